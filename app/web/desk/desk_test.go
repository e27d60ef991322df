package desk_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/money"
	"cassacomune/app/price"
	"cassacomune/app/web"
	"cassacomune/app/web/desk"
	"cassacomune/app/web/files"
	"cassacomune/app/web/webtest"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

const password = webtest.Password

// office is a town with staff, seen through its addresses.
type office struct {
	*tenantstest.Data
	t     testing.TB
	app   *fiber.App
	town  tenants.Tenant
	token map[string]auth.Token // by role, and "school": a clerk of one office
}

func open(t testing.TB, db *tenantstest.Data) *office {
	t.Helper()
	o := &office{Data: db, t: t, town: db.Add(t, "alfa"), token: map[string]auth.Token{}}
	o.reopen()
	o.within(func(tx *tenants.Tx) error {
		for _, code := range []string{"scuola", "polizia"} {
			if err := tx.SaveOffice(tenants.Office{Code: code, Name: "Ufficio " + code}); err != nil {
				return err
			}
		}
		if err := tx.SaveDebtType(tenants.DebtType{Code: "MENSA", Office: "scuola", Name: "Ristorazione scolastica", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}}); err != nil {
			return err
		}
		return tx.SaveDebtType(tenants.DebtType{Code: "CDS", Office: "polizia", Name: "Verbale", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.RoadFine}}})
	})
	o.staff("clerk", auth.RoleClerk, nil)
	o.staff("school", auth.RoleClerk, []string{"scuola"})
	o.staff("accountant", auth.RoleAccountant, nil)
	o.staff("administrator", auth.RoleAdministrator, nil)
	return o
}

// reopen starts the pages anew.
func (o *office) reopen() {
	o.t.Helper()
	o.app = webtest.App(o.t, web.Config{DB: o.DB, Routes: append(desk.Routes(), files.Routes()...)})
}

var manager = tenants.Actor{Name: "prova", Role: "system"}

func (o *office) staff(name, role string, offices []string) {
	o.t.Helper()
	o.token[name] = webtest.Join(o.t, o.Data, o.town, name, role, offices...)
}

func (o *office) within(fn func(*tenants.Tx) error) {
	o.t.Helper()
	if err := o.Within(context.Background(), o.town.ID, manager, fn); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) debt(typ, position, name string, cents money.Cents) (d debts.Debt) {
	o.t.Helper()
	n := debts.New{Type: typ, Position: position, Reason: "Causale " + position, DueOn: day.New(2026, 3, 5), Source: "hand",
		Parties: []debts.Party{{Kind: "person", Name: name, Code: "RSSMRA80A01H501U"}}}
	n.Items = []debts.NewItem{{Key: "1", Cents: cents}}
	if typ == "CDS" {
		n.NotifiedOn, n.Minimum, n.Maximum = day.New(2026, 1, 20), cents, 4*cents
	}
	o.within(func(tx *tenants.Tx) (err error) {
		if d, err = debts.Add(tx, n); err == nil {
			d, err = debts.Load(tx, d.ID)
		}
		return err
	})
	return d
}

type answer struct {
	status int
	body   string
	header http.Header
}

func (o *office) send(r *http.Request, who string) answer {
	o.t.Helper()
	r.Host = "alfa.localhost"
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if t, ok := o.token[who]; ok {
		r.Header.Set("Cookie", "sessione="+string(t))
	}
	got, err := o.app.Test(r, -1)
	if err != nil {
		o.t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return answer{got.StatusCode, string(body), got.Header}
}

func (o *office) get(who, path string) answer {
	o.t.Helper()
	return o.send(httptest.NewRequest("GET", path, nil), who)
}

var tokenField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

func (o *office) csrf(who string) string {
	o.t.Helper()
	m := tokenField.FindStringSubmatch(o.get(who, "/desk").body)
	if m == nil {
		o.t.Fatal("no token on the page")
	}
	return m[1]
}

func (o *office) post(who, path string, pairs ...string) answer {
	o.t.Helper()
	form := url.Values{"csrf": {o.csrf(who)}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return o.send(r, who)
}

func (a answer) says(t *testing.T, status int, texts ...string) {
	t.Helper()
	if a.status != status {
		t.Fatalf("status = %d, want %d: %s", a.status, status, a.body)
	}
	for _, want := range texts {
		if !strings.Contains(a.body, want) {
			t.Errorf("page does not say %q: %s", want, a.body)
		}
	}
}

func (a answer) silent(t *testing.T, texts ...string) {
	t.Helper()
	for _, hidden := range texts {
		if strings.Contains(a.body, hidden) {
			t.Errorf("page says %q", hidden)
		}
	}
}

// TestWhoMay goes through the pages with every role and with none.
func TestWhoMay(t *testing.T) {
	pages := []struct{ path, may string }{
		{"/desk", "clerk accountant administrator"}, {"/desk/posizioni", "clerk accountant administrator"},
		{"/desk/posizioni.csv", "clerk accountant administrator"}, {"/desk/posizioni/nuova", "clerk"},
		{"/desk/incassi", "clerk accountant administrator"}, {"/desk/incassi.csv", "clerk accountant administrator"},
		{"/desk/file", "clerk"}, {"/desk/lavorazioni", "clerk accountant administrator"}, {"/segui", "clerk accountant administrator"},
	}
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		o := open(t, db)
		for _, p := range pages {
			for _, role := range []string{"clerk", "accountant", "administrator"} {
				want := 403
				if strings.Contains(p.may, role) {
					want = 200
				}
				if got := o.get(role, p.path).status; got != want {
					t.Errorf("%s %s = %d, want %d", role, p.path, got, want)
				}
			}
			nobody := o.get("", p.path)
			if nobody.status != 303 || !strings.HasPrefix(nobody.header.Get("Location"), "/accesso?next=") {
				t.Errorf("nobody %s = %d to %q, want the log-in", p.path, nobody.status, nobody.header.Get("Location"))
			}
		}
	})
}

func TestLogin(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		o := open(t, db)
		o.get("", "/accesso?next=/desk/incassi").says(t, 200, `name="next" value="/desk/incassi"`, "Accesso del personale")
		try := func(next, email, word string) answer {
			form := url.Values{"email": {email}, "password": {word}, "next": {next}}
			r := httptest.NewRequest("POST", "/accesso", strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			return o.send(r, "")
		}
		in := try("/desk/incassi", "clerk@alfa.example", password)
		if in.status != 303 || in.header.Get("Location") != "/desk/incassi" || !strings.Contains(in.header.Get("Set-Cookie"), "sessione=") {
			t.Fatalf("log-in = %d to %q", in.status, in.header.Get("Location"))
		}
		if to := try("//altrove.example", "clerk@alfa.example", password).header.Get("Location"); to != "/desk" {
			t.Errorf("a next of elsewhere leads to %q, want /desk", to)
		}
		wrong, unknown := try("/", "clerk@alfa.example", "sbagliata"), try("/", "nessuno@example.it", password)
		wrong.says(t, 422, "E-mail o password non corretti.")
		unknown.says(t, 422, "E-mail o password non corretti.")
		if wrong.header.Get("Set-Cookie") != "" {
			t.Error("a wrong password gave a cookie")
		}
		o.stranger("altrove@example.it")
		try("/", "altrove@example.it", password).says(t, 422, "E-mail o password non corretti.")
		for range 20 {
			try("/", "nessuno@example.it", "sbagliata")
		}
		try("/", "administrator@alfa.example", password).says(t, 429, "Troppi tentativi")
	})
}

// stranger is a person with a password and no role in the town.
func (o *office) stranger(email string) {
	o.t.Helper()
	p, err := auth.CreatePerson(context.Background(), o.DB, manager, email, "Persona di altrove")
	if err == nil {
		err = auth.SetPassword(context.Background(), o.DB, manager, p.ID, password)
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// TestLoginEndsTheOldSession shows that the token of before opens nothing.
func TestLoginEndsTheOldSession(t *testing.T) {
	o := open(t, tenantstest.SQLite(t))
	in := o.post("clerk", "/accesso", "email", "clerk@alfa.example", "password", password)
	if in.status != 303 {
		t.Fatalf("log-in = %d", in.status)
	}
	if again := o.get("clerk", "/desk"); again.status != 303 {
		t.Errorf("the old token = %d, want the log-in", again.status)
	}
}

func TestDebts(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		o := open(t, db)
		o.get("clerk", "/desk/posizioni").says(t, 200, "Non ci sono ancora posizioni")
		canteen, fine := o.debt("MENSA", "M1", "Ròssi Anna", 4500), o.debt("CDS", "V1", "Bianchi Ugo", 4200)
		all := o.get("clerk", "/desk/posizioni")
		all.says(t, 200, "Ròssi Anna", "Bianchi Ugo", "45,00", "Da pagare", "Incassato: in attesa")
		o.get("clerk", "/desk/posizioni?nome=rossi+a").silent(t, "Bianchi")
		o.get("clerk", "/desk/posizioni?nome=rossi+a").says(t, 200, "Ròssi Anna")
		o.get("clerk", "/desk/posizioni?tipo=CDS").silent(t, "Ròssi")
		o.get("clerk", "/desk/posizioni?stato=paid").says(t, 200, "Nessuna posizione")
		o.get("clerk", "/desk/posizioni?dal=01/03/2026&al=31/03/2026&cf=rssmra80a01h501u&ordina=scadenza").says(t, 200, "Ròssi Anna", "Bianchi Ugo")
		o.get("clerk", "/desk/posizioni?dal=31/02/2026").says(t, 422, "data non leggibile")
		o.get("clerk", "/desk/posizioni?pagina=100000").says(t, 200, "Troppe pagine")
		o.get("clerk", "/desk/posizioni.csv").says(t, 200, "MENSA;M1;", "45,00")

		o.get("school", "/desk/posizioni").silent(t, "Bianchi", "Verbale")
		o.get("school", "/desk/posizioni.csv").silent(t, "Bianchi")
		page := o.get("clerk", "/desk/posizioni/"+canteen.ID.String())
		page.says(t, 200, "Ristorazione scolastica", "Soluzione unica", "45,00", "Numero avviso", "Caricata", "Annulla la posizione")
		o.get("administrator", "/desk/posizioni/"+canteen.ID.String()).silent(t, "Annulla la posizione")
		o.sameMissing("school", "/desk/posizioni/", fine.ID.String())

		pdf := o.get("clerk", "/desk/posizioni/"+canteen.ID.String()+"/avviso.pdf")
		if pdf.status != 200 || !strings.HasPrefix(pdf.body, "%PDF") {
			t.Errorf("slip = %d, %.20q", pdf.status, pdf.body)
		}
	})
}

// sameMissing checks that what is another's answers like what nobody has.
func (o *office) sameMissing(who, path, foreign string) {
	o.t.Helper()
	number := regexp.MustCompile(`<code>[^<]*</code>|value="[A-Za-z0-9_-]{80,}"`)
	same := func(id string) answer {
		a := o.get(who, path+id)
		a.body = number.ReplaceAllString(a.body, "")
		return a
	}
	theirs := same(foreign)
	for _, id := range []string{"01890000-0000-7000-8000-000000000000", "non-un-id"} {
		nobodys := same(id)
		if theirs.status != 404 || nobodys.status != 404 || theirs.body != nobodys.body {
			o.t.Errorf("%s: a foreign id answers %d, %q %d; want the same 404", path, theirs.status, id, nobodys.status)
		}
	}
}

func TestForeignTown(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		o := open(t, db)
		other := &office{Data: db, t: t, town: db.Add(t, "beta")}
		other.within(func(tx *tenants.Tx) error {
			if err := tx.SaveOffice(tenants.Office{Code: "s", Name: "Scuola"}); err != nil {
				return err
			}
			return tx.SaveDebtType(tenants.DebtType{Code: "MENSA", Office: "s", Name: "Mensa", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}})
		})
		d := other.debt("MENSA", "B1", "Altrove", 100)
		c := other.collect(d.Codes[0].Code, "B", 100)
		o.sameMissing("clerk", "/desk/posizioni/", d.ID.String())
		o.sameMissing("clerk", "/desk/incassi/", c.ID.String())
		o.sameMissing("clerk", "/desk/file/", d.ID.String())
		o.get("clerk", "/segui?codice="+d.Codes[0].Code).says(t, 404, "Non lo troviamo")
	})
}

func (o *office) collect(code, key string, cents money.Cents) (c collections.Collection) {
	o.t.Helper()
	n := collections.New{Channel: "slip", Key: key, Code: code, PaidOn: day.New(2026, 3, 2), Payer: "Versante Prova", Source: "flusso, riga 3", Cents: cents}
	o.within(func(tx *tenants.Tx) (err error) { c, _, err = collections.Book(tx, n); return err })
	return c
}

func TestCreateCorrectAnnul(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		o := open(t, db)
		o.get("clerk", "/desk/posizioni/nuova").says(t, 200, "Che cosa è dovuto", "Verbale")
		o.get("school", "/desk/posizioni/nuova?tipo=CDS").silent(t, "Causale")
		o.get("clerk", "/desk/posizioni/nuova?tipo=CDS").says(t, 200, "Data di notifica", "MANUALE-")
		bad := o.post("clerk", "/desk/posizioni", "tipo", "MENSA", "posizione", "H1", "importo", "12..34", "debitore_nome", "Ada Prova", "debitore_tipo", "person", "scadenza", "31/02/2026")
		bad.says(t, 422, "Causale: campo da compilare", "importo non leggibile", "data non leggibile", `value="12..34"`)
		o.post("school", "/desk/posizioni", "tipo", "CDS", "posizione", "H2", "causale", "x", "importo", "1", "debitore_nome", "A").says(t, 422, "scegli un tipo")

		form := []string{"tipo", "MENSA", "posizione", "H1", "causale", "Mensa di marzo", "importo", "1.234,50", "scadenza", "31/03/2026",
			"debitore_tipo", "person", "debitore_nome", "Ada Prova", "debitore_codice", "rssmra80a01h501u"}
		made := o.post("clerk", "/desk/posizioni", form...)
		if made.status != 303 {
			t.Fatalf("create = %d: %s", made.status, made.body)
		}
		at := made.header.Get("Location")
		o.get("clerk", at).says(t, 200, "Mensa di marzo", "1.234,50", "31/03/2026", "RSSMRA80A01H501U")
		o.post("clerk", "/desk/posizioni", form...).says(t, 422, "esiste già")
		o.post("accountant", "/desk/posizioni", form...).says(t, 403)

		o.get("clerk", at+"/correzioni").says(t, 200, `value="1234,50"`, `value="Mensa di marzo"`)
		fixed := o.post("clerk", at+"/correzioni", "causale", "Mensa di aprile", "importo_1", "1.000,00", "scadenza", "30/04/2026", "debitore_tipo", "person", "debitore_nome", "Ada Prova", "debitore_codice", "RSSMRA80A01H501U")
		if fixed.status != 303 {
			t.Fatalf("correct = %d: %s", fixed.status, fixed.body)
		}
		o.get("clerk", at).says(t, 200, "Mensa di aprile", "1.000,00", "30/04/2026", "Corretta", "sostituito")

		live := regexp.MustCompile(`name="rata" value="([^"]+)"`).FindStringSubmatch(o.get("clerk", at).body)
		if live == nil {
			t.Fatal("no instalment to renew")
		}
		if got := o.post("clerk", at+"/riemissioni", "rata", live[1]).status; got != 303 {
			t.Errorf("reissue = %d, want 303", got)
		}
		o.get("clerk", at).says(t, 200, "Riemessa")
		o.post("clerk", at+"/riemissioni", "rata", "niente").says(t, 404)

		o.post("clerk", at+"/annullamenti").says(t, 422, "Scrivi il motivo")
		o.post("accountant", at+"/annullamenti", "motivo", "x").says(t, 403)
		if got := o.post("clerk", at+"/annullamenti", "motivo", "Errore di persona").status; got != 303 {
			t.Errorf("annul = %d, want 303", got)
		}
		gone := o.get("clerk", at)
		gone.says(t, 200, "Annullato", "Errore di persona")
		gone.silent(t, "Annulla la posizione")
	})
}

func TestCollections(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		o := open(t, db)
		canteen, fine := o.debt("MENSA", "M1", "Rossi Anna", 4500), o.debt("CDS", "V1", "Bianchi Ugo", 4200)
		paid := o.collect(canteen.Codes[0].Code, "P1", 5000)
		unknown := o.collect("", "P2", 700)
		other := o.collect(fine.Codes[0].Code, "P3", 4200)

		o.get("clerk", "/desk/incassi").says(t, 200, "50,00", "7,00", "42,00", "Eccedenza di 5,00", "Da attribuire", "Versante Prova")
		o.get("clerk", "/desk/incassi?tipo=unknown").silent(t, "50,00", "42,00")
		o.get("clerk", "/desk/incassi?tipo=unknown").says(t, 200, "7,00")
		o.get("clerk", "/desk/incassi?tipo=excess").silent(t, ">7,00")
		o.get("clerk", "/desk/incassi?tipo=item").silent(t, "50,00")
		o.get("clerk", "/desk/incassi?canale=vpos").says(t, 200, "Nessun incasso")
		o.get("clerk", "/desk/incassi?codice="+canteen.Codes[0].Code).says(t, 200, "50,00")
		o.get("clerk", "/desk/incassi.csv").says(t, 200, "02/03/2026;slip;P1;Versante Prova;", ";50,00;")
		o.get("school", "/desk/incassi").silent(t, "42,00")
		o.get("school", "/desk/incassi").says(t, 200, "50,00", "7,00")
		o.sameMissing("school", "/desk/incassi/", other.ID.String())

		o.get("clerk", "/desk/incassi/"+paid.ID.String()).says(t, 200, "Incasso di 50,00", "M1", "Eccedenza", "codice pagato", "è della posizione M1", "flusso, riga 3", "/ricevute/")
		o.get("clerk", "/desk/incassi/"+unknown.ID.String()).says(t, 200, "Nessuno sa ancora")
		o.get("clerk", "/desk").says(t, 200, "Incassi da attribuire", "Eccedenze", "99,00", "In scadenza")

		o.get("clerk", "/desk/posizioni/"+canteen.ID.String()).says(t, 200, "Versante Prova", "Pagato")
		trace := o.get("clerk", "/segui?codice="+canteen.Codes[0].Code)
		trace.says(t, 200, "posizione M1", "Bollettino postale premarcato", "Chiave nel canale: <span class=\"text-break\">P1<", "codice pagato", "è della posizione M1", "flusso, riga 3", "Il canale non ha ancora detto")
		o.get("clerk", "/segui?codice="+fine.Codes[0].Code).says(t, 200, "posizione V1")
		hidden := o.get("school", "/segui?codice="+fine.Codes[0].Code)
		hidden.says(t, 404, "non risulta. Abbiamo cercato fra")
		hidden.silent(t, "posizione V1", ">V1", "42,00")
		o.get("clerk", "/segui?codice=P3").says(t, 200, "42,00")
		o.get("school", "/segui?codice=P3").says(t, 404, "non risulta")
		o.get("school", "/segui?codice=P2").says(t, 200, "7,00")
		o.get("clerk", "/segui?codice=inesistente").says(t, 404, "Abbiamo cercato fra")
		if to := o.get("clerk", "/segui?codice=RSSMRA80A01H501U"); to.status != 303 || to.header.Get("Location") != "/desk/posizioni?cf=RSSMRA80A01H501U" {
			t.Errorf("a person's code = %d to %q", to.status, to.header.Get("Location"))
		}
	})
}
