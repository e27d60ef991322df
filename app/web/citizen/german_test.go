package citizen_test

import (
	"html"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cassacomune/app/codes"
	"cassacomune/app/debts"
	"cassacomune/app/web/citizen"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
	"cassacomune/views"
)

// In this test everything that is said in German stands between marks: our
// texts, and the town's own names. What a page shows outside of them is
// Italian, unless it is a number, or the words of a person or an office.

// words are those of people and offices, and the names of the languages.
var words = strings.NewReplacer("Mensa di Giulietta", "", "TARI 2026", "", "Voce", "", "Anna Verdi", "", "Mario Rossi", "", debtor, "", "Italiano", "", "Deutsch", "")

var (
	shownIn   = regexp.MustCompile(`\b(?:title|aria-label|alt|placeholder|data-cc-done)="([^"]*)"`)
	hiddenIn  = regexp.MustCompile(`(?s)<script.*?</script>|<style.*?</style>|<code>.*?</code>`)
	letters   = regexp.MustCompile(`\pL{2,}.*`)
	codesOurs = regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{26}\b|(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)
)

// italian is what a page shows outside of the marks.
func italian(body string) (found []string) {
	body = hiddenIn.ReplaceAllString(body, "")
	texts := tags.Split(body, -1)
	if i, j := strings.Index(body, "<title>"), strings.Index(body, "</title>"); i >= 0 && j > i {
		texts = append(texts, body[i+len("<title>"):j])
	}
	for _, m := range shownIn.FindAllStringSubmatch(body, -1) {
		texts = append(texts, m[1])
	}
	for _, text := range texts {
		text = codesOurs.ReplaceAllString(words.Replace(outside(html.UnescapeString(text))), "")
		if rest := letters.FindString(text); rest != "" && !slices.Contains(found, rest) {
			found = append(found, strings.TrimSpace(rest))
		}
	}
	return found
}

// outside is a text without what stands between marks, which may hold others.
func outside(text string) string {
	var out strings.Builder
	deep := 0
	for _, r := range text {
		switch {
		case r == '⟦':
			deep++
		case r == '⟧':
			deep--
		case deep == 0:
			out.WriteRune(r)
		}
	}
	return out.String()
}

func TestItalianIsSeen(t *testing.T) {
	got := italian(`<title>⟦Zahlung⟧ - Comune</title><h1>⟦Sie zahlen ⟦heute⟧ an⟧: 12,00 €</h1><p title="Scadenza">Da pagare</p><code>abc</code>`)
	if want := []string{"Comune", "Da pagare", "Scadenza"}; !slices.Equal(got, want) {
		t.Errorf("italian = %q, want %q", got, want)
	}
}

// germanPortal is the town in German, between marks.
func germanPortal(t *testing.T, db *tenantstest.Data, limits citizen.Limits) *portal {
	t.Helper()
	p := newPortal(t, db, limits)
	p.within(func(tx *tenants.Tx) error {
		m, err := tx.Municipality()
		if err != nil {
			return err
		}
		m.Settings.TitleDE, m.Settings.Region, m.Settings.RegionDE, m.Settings.Contact = "⟦Gemeinde alfa⟧", "Provincia autonoma", "⟦Autonome Provinz⟧", "⟦Steueramt⟧"
		m.Settings.Privacy, m.Settings.Access = "https://alfa.example/privacy", "https://alfa.example/access"
		if err := tx.SaveSettings(m.Settings); err != nil {
			return err
		}
		if err := tx.SaveOffice(tenants.Office{Code: "SCU", Name: "Scuola", NameDE: "⟦Schule⟧"}); err != nil {
			return err
		}
		types, err := tx.DebtTypes()
		for _, d := range types {
			d.NameDE = "⟦" + d.Code + "⟧"
			for i := range d.Setup.Fields {
				d.Setup.Fields[i].LabelDE = "⟦Tag⟧"
			}
			if err := tx.SaveDebtType(d); err != nil {
				return err
			}
		}
		return err
	})
	texts, err := page.LoadTexts(views.FS)
	if err != nil {
		t.Fatal(err)
	}
	for key, text := range texts["de"] {
		texts["de"][key] = "⟦" + text + "⟧"
	}
	p.app = newPagesIn(t, db, limits, texts)
	p.watch = func(path string, a answer) {
		if a.status == 303 || strings.HasPrefix(path, "/notifiche/") || a.header.Get("Content-Type") == "application/pdf" {
			return
		}
		if !strings.Contains(a.body, `<html lang="de">`) {
			t.Errorf("%s answers no German page: %.200s", path, a.body)
		}
		for _, text := range italian(a.body) {
			t.Errorf("%s (%d) shows %q in Italian", path, a.status, text)
		}
	}
	p.german()
	return p
}

// german begins as a new visitor who reads German.
func (p *portal) german() { p.cookies = map[string]string{page.LanguageCookie: "de"} }

// TestGermanPages walks through the portal in German, from the home page to the
// receipt, and into everything that can go wrong on the way.
func TestGermanPages(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := germanPortal(t, db, citizen.Limits{})
		p.germanNotices()
		p.germanCart()
		p.germanBank()
		p.germanSlip()
		p.germanServices()
		p.germanLogin()
		p.germanErrors()
	})
}

func (p *portal) germanNotices() {
	p.get("/")
	unknown, err := codes.NewNotice(1, 998_877_665_544)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, typed := range []string{"", "123", "301000000000001234", unknown} {
		p.post("/avvisi", "codice", typed).is(422)
	}
	fine, local, single := p.owe("VERB", "v1", 10000), p.owe("AMBI", "a1", 10000), p.owe("MENSA", "m0", 2300)
	for _, code := range []string{fine, local, single} {
		p.get("/avvisi/" + code).is(200)
	}
	p.get("/avvisi/" + unknown).is(404)
	p.db.Clock.Move(50 * 24 * time.Hour)
	for _, code := range []string{fine, local, single} { // overdue, and past the reduced amount
		p.get("/avvisi/" + code).is(200)
	}
	p.db.Clock.Move(-50 * 24 * time.Hour)
	gone := p.debtOf(single)
	p.within(func(tx *tenants.Tx) error { return debts.Annul(tx, gone.ID, "sbagliato") })
	p.get("/avvisi/" + single).is(200)
	replaced := p.owe("MENSA", "m1", 2300)
	again := p.debtOf(replaced)
	p.within(func(tx *tenants.Tx) error {
		_, err := debts.Reissue(tx, again.Instalments[0].ID)
		return err
	})
	p.get("/avvisi/" + replaced).is(200)
	p.post("/carrello/voci", "codice", replaced).leads("/carrello")
	p.get("/carrello").is(200)
}

func (p *portal) germanCart() {
	p.german()
	p.get("/carrello").is(200)
	plan := p.debtOf(p.plan())
	for _, in := range plan.Instalments[:2] { // of two options: one excludes the other
		p.post("/carrello/voci", "codice", in.Codes[0].Code).leads("/carrello")
		p.get("/carrello").is(200)
	}
	for i := range 6 { // more than there is room for
		p.post("/carrello/voci", "codice", p.owe("MENSA", "c"+string(rune('a'+i)), 2300)).leads("/carrello")
		p.get("/carrello").is(200)
	}
	for _, cf := range []string{"ABC", "12345678901234567", "RSSMRA80A01H50!U", "RSSMRA80A32H501U", "RSSMRA80A01H501X", "00000000000", "1234567890A", "12345678901"} {
		p.post("/carrello/versante", "nome", "Anna Verdi", "cf", cf).is(422)
	}
	p.post("/carrello/versante", "nome", "", "email", "x").is(422)
	p.post("/carrello/versante", "nome", strings.Repeat("1", 101)).is(422)
	p.post("/carrello/versante", "nome", "Anna Verdi", "cf", debtor, "email", "1@2.3").leads("/carrello/riepilogo")
	sum := p.get("/carrello/riepilogo").is(200).field("totale")
	p.post("/carrello/pagamenti", "canale", "vpos", "totale", "1.00").leads("/carrello/riepilogo")
	p.get("/carrello/riepilogo").is(200)
	p.post("/carrello/pagamenti", "canale", "nessuno", "totale", sum).leads("/carrello/riepilogo")
	p.get("/carrello/riepilogo").is(200)
	p.within(func(tx *tenants.Tx) error { return debts.Annul(tx, plan.ID, "sbagliato") }) // under the payer's hands
	p.get("/carrello").is(200)
	p.post("/carrello/pagamenti", "canale", "slip", "totale", sum).is(409)
	p.post("/carrello/pagamenti", "canale", "vpos", "totale", sum).is(409)
}

func (p *portal) germanBank() {
	for esito, state := range map[string]string{"KO": "2300", "PEN": "2300", "ANNULLO": "2300", "OK": "2299", "": ""} {
		p.german()
		code, back := p.toBank(p.owe("MENSA", "b"+esito, 2300))
		p.get("/carrello").is(200) // under way
		if esito != "" {
			p.notify(outcome(code, esito, state)).is(200)
		}
		p.get(back).is(200)
		p.get("/carrello").is(200)
		if esito == "" {
			p.db.Clock.Move(31 * time.Minute)
			p.get(back).is(200)
		}
	}
	p.german()
	order, back := p.toBank(p.owe("MENSA", "paid", 2300))
	p.notify(outcome(order, "OK", "2300")).is(200)
	p.receiptOn(p.get(back).is(200))
	p.get("/carrello").is(200)
	p.get("/ricevute/" + strings.Repeat("A", 43)).is(404)
	p.german()
	p.post("/carrello/voci", "codice", p.owe("MENSA", "dear", 100_000_000)).leads("/carrello")
	p.post("/carrello/versante", "nome", "Anna Verdi").leads("/carrello/riepilogo")
	p.post("/carrello/pagamenti", "canale", "vpos", "totale", p.get("/carrello/riepilogo").field("totale")).is(409)
}

func (p *portal) germanSlip() {
	p.german()
	notice := p.owe("MENSA", "slip", 2300)
	p.post("/carrello/voci", "codice", notice).leads("/carrello")
	p.toSlip("23.00")
	slip := field(p.get("/carrello/bollettino").is(200), `<dd class="cc-code">`)
	p.get("/carrello").is(200)
	p.post("/avvisi", "codice", slip).is(422)
	p.get("/avvisi/" + slip).is(404)
	p.postal(11, 9900, slip) // more than is due
	p.receiptOn(p.get("/carrello/bollettino").is(200))
	p.get("/avvisi/" + notice).is(200)
}

func (p *portal) germanServices() {
	p.german()
	p.get("/servizi").is(200)
	p.get("/servizi/SALA").is(200)
	p.get("/servizi/NULLA").is(404)
	for _, amount := range []string{"", "12..34", "0", "-3", "100.000.000,00"} {
		p.post("/servizi/SALA", "nome", "Anna Verdi", "cf", debtor, "c_giorno", "12/05/2026", "importo", amount).is(422)
	}
	p.post("/servizi/SALA", "nome", "", "cf", "ABC", "c_giorno", "31/02/2026", "importo", "1").is(422)
	p.post("/servizi/SALA", "nome", strings.Repeat("1", 201), "cf", "", "c_giorno", strings.Repeat("1", 201), "importo", "1").is(422)
	p.post("/servizi/SALA", "nome", "Anna Verdi", "cf", debtor, "c_giorno", "12/05/2026", "importo", "1").leads("/carrello")
	p.get("/carrello").is(200)
	order, back := p.toBank()
	p.notify(outcome(order, "OK", "100")).is(200)
	p.receiptOn(p.get(back).is(200))
}

// receiptOn reads the receipt to which a page leads.
func (p *portal) receiptOn(a answer) {
	p.t.Helper()
	i := strings.Index(a.body, "/ricevute/")
	p.get(a.body[i : i+strings.IndexByte(a.body[i:], '"')]).is(200)
}

func (p *portal) germanLogin() {
	p.german()
	p.get("/entra").is(200)
	p.get("/entra/avvia").is(409)
	issuer := p.identities()
	time.Sleep(2100 * time.Millisecond) // the shell keeps what it knows of a town for a moment
	p.get("/").is(200)
	p.get("/entra?next=/miei").is(200)
	p.get("/entra/ritorno?state=x&code=y").is(403)
	p.logIn(issuer, "/miei").leads("/miei")
	list := p.get("/miei").is(200)
	for _, m := range regexp.MustCompile(`href="(/miei/[0-9a-f-]{36})"`).FindAllStringSubmatch(list.body, -1) {
		p.get(m[1]).is(200)
	}
	p.get("/miei/x").is(404)
	p.post("/esci", "csrf", list.field("csrf")).leads("/")
}

func (p *portal) germanErrors() {
	p.german()
	p.get("/nessuna").is(404)
	p.get("/lingua/xx").is(404)
	p.get("/carrello/bollettino.pdf").is(404)
	p.header = map[string]string{"Sec-Fetch-Site": "cross-site"}
	p.post("/avvisi", "codice", "1").is(403)
	p.header = nil
	large := httptest.NewRequest("POST", "/avvisi", strings.NewReader("codice="+strings.Repeat("1", 5<<20)))
	large.Host = host
	large.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	large.Header.Set("Sec-Fetch-Site", "same-origin")
	large.Header.Set("Cookie", page.LanguageCookie+"=de")
	p.send(large).is(413)
	p.app = germanPortal(p.t.(*testing.T), tenantstest.SQLite(p.t), citizen.Limits{Address: citizen.Rate{Burst: 1, Every: time.Hour}, Town: citizen.Rate{Burst: 9, Every: time.Hour}, Code: citizen.Rate{Burst: 9, Every: time.Hour}}).app
	p.get("/avvisi/1").is(404)
	p.get("/avvisi/1").is(429)
}
