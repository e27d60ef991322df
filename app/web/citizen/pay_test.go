package citizen_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"cassacomune/app/debts"
	"cassacomune/app/web/citizen"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

func TestPayByCode(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		first, second := p.owe("MENSA", "1", 2300), p.owe("MENSA", "2", 1740)
		p.get("/").is(200, "Codice avviso", "18 cifre")
		p.post("/avvisi", "codice", first[:4]+" "+first[4:8]+"-"+first[8:]).leads("/avvisi/" + first)
		p.get("/avvisi/"+first).is(200, "Ristorazione scolastica", "Scuola", "23,00", "31/03/2026").lacks(name, debtor, "Giulietta")

		p.post("/carrello/voci", "codice", first).leads("/carrello")
		p.post("/carrello/voci", "codice", first).leads("/carrello") // twice is once
		p.post("/carrello/voci", "codice", second).leads("/carrello")
		p.get("/carrello").is(200, "40,40").lacks(name, debtor, "Giulietta")
		p.get("/carrello/riepilogo").leads("/carrello") // nobody pays yet
		p.post("/carrello/versante", "nome", "", "cf", "ABC", "email", "x").is(422, "Chi paga", "ABC", "16 caratteri", "non è completo")
		p.post("/carrello/versante", "nome", "Anna Verdi", "email", "anna@example.it").leads("/carrello/riepilogo")
		sum := p.get("/carrello/riepilogo").is(200, "40,40", "Anna Verdi", "Carta di credito", "Bollettino postale").lacks(name, "Giulietta")

		p.post("/carrello/pagamenti", "canale", "vpos", "totale", "1.00").leads("/carrello/riepilogo")
		p.get("/carrello/riepilogo").is(200, "è cambiato")
		bank := p.post("/carrello/pagamenti", "canale", "vpos", "totale", sum.field("totale")).is(200, `action="http://127.0.0.1`).lacks(name, "Giulietta")
		if got, want := bank.field("mac"), sign("codTrans="+bank.field("codTrans")+"divisa=EUR"+"importo=4040"); got != want {
			t.Errorf("mac = %s, want %s", got, want)
		}
		again := p.post("/carrello/pagamenti", "canale", "vpos", "totale", sum.field("totale")).is(200)
		if got, want := again.field("codTrans"), bank.field("codTrans"); got != want {
			t.Errorf("pressed twice: order %s, want the same %s", got, want)
		}
		code, back := bank.field("codTrans"), strings.TrimPrefix(bank.field("url"), "http://"+host)

		p.get(back).is(200, "in attesa", "Non ti verrà addebitato due volte", "data-cc-poll")
		p.get(back[:len(back)-3] + "xyz").is(404)
		p.notify(outcome(code, "OK", "4040")).is(200)
		p.notify(outcome(code, "OK", "4040")).is(200) // repeated
		paid := p.get(back).is(200, "Pagamento riuscito", "Ti sono stati addebitati 40,40")
		if d := p.debtOf(first); d.State != debts.Paid || d.Paid != 2300 {
			t.Errorf("debt = %s, paid %s, want paid once", d.State, d.Paid)
		}
		i := strings.Index(paid.body, "/ricevute/")
		receipt := paid.body[i : i+strings.IndexByte(paid.body[i:], '"')]
		r := p.get(receipt).is(200, "Anna Verdi", "40,40", "2026/000001").lacks(name)
		if got := r.header.Get("Cache-Control") + " " + r.header.Get("X-Robots-Tag"); got != "no-store noindex, nofollow" {
			t.Errorf("receipt's headers = %q", got)
		}
		if pdf := p.get(receipt + ".pdf").is(200); !strings.HasPrefix(pdf.body, "%PDF-") {
			t.Errorf("receipt.pdf begins with %.8q", pdf.body)
		}
		p.get("/ricevute/" + strings.Repeat("A", 43)).is(404)
		p.get("/avvisi/"+first).is(200, "Risulta già pagato").lacks("Metti nel carrello")
		p.get("/carrello").is(200, "è stato pagato")
		p.post("/carrello/pagamenti", "canale", "vpos", "totale", "40.40").leads("/pagamenti/") // the back button
		p.post("/carrello/voci", "codice", first).leads("/carrello")
		p.get("/carrello").is(200, "Risulta già pagato")
	})
}

func TestOutcomes(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		notice := p.owe("MENSA", "1", 2300)
		code, back := p.toBank(notice)

		wrong := outcome(code, "OK", "2300")
		wrong.Set("mac", sign("altro"))
		p.notify(wrong).is(403, "autentica")
		p.notify(outcome("SCONOSCIUTO1", "OK", "2300")).is(404)
		p.get(back).is(200, "in attesa")

		p.notify(outcome(code, "KO", "2300")).is(200)
		p.get(back).is(200, "Pagamento rifiutato", "Non ti è stato addebitato nulla", "Torna al carrello")

		code, back = p.toBank(notice)
		p.notify(outcome(code, "PEN", "2300")).is(200)
		p.get(back).is(200, "in attesa")
		p.post("/carrello/pagamenti", "canale", "vpos", "totale", "23.00").leads(back[:20]) // the bank still thinks
		p.header = map[string]string{"X-Fragment": "1"}
		p.get(back).is(200, "data-cc-progress").lacks("<html")
		p.header = nil
		p.notify(outcome(code, "ANNULLO", "2300")).is(200)
		p.get(back).is(200, "Pagamento annullato")

		code, back = p.toBank(notice)
		p.notify(outcome(code, "OK", "2299")).is(200)
		p.get(back).is(200, "da verificare", "Non pagare di nuovo")
		if d := p.debtOf(notice); d.Paid != 0 {
			t.Errorf("another amount paid %s, want nothing", d.Paid)
		}

		code, back = p.toBank(notice)
		p.get(back + "&esito=OK&codTrans=" + code).leads(back) // a browser proves nothing
		p.get(back).is(200, "in attesa")
		db.Clock.Move(31 * time.Minute)
		p.get(back).is(200, "non completato", "Non ci risulta nessun addebito")
		p.notify(outcome(code, "OK", "2300")).is(200) // money that comes late is money
		p.get(back).is(200, "Pagamento riuscito")
		if d := p.debtOf(notice); d.Paid != 2300 {
			t.Errorf("after expiry paid %s, want 23,00", d.Paid)
		}
	})
}

// TestTwoPayers has two people pay the same notice, and another town hear of it.
func TestTwoPayers(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		notice := p.owe("MENSA", "1", 2300)
		one, _ := p.toBank(notice)
		p.cookies = map[string]string{}
		two, back := p.toBank(notice)
		if one == two {
			t.Fatal("two browsers share an order")
		}
		other := &portal{t: t, db: db, town: db.Add(t, "beta")}
		other.setUp("http://127.0.0.1:1")
		r := httptest.NewRequest("POST", "/notifiche/vpos", strings.NewReader(outcome(one, "OK", "2300").Encode()))
		r.Host = "beta.localhost"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		p.send(r).is(404)

		p.notify(outcome(one, "OK", "2300")).is(200)
		p.notify(outcome(two, "OK", "2300")).is(200)
		paid := p.get(back).is(200, "Pagamento riuscito")
		i := strings.Index(paid.body, "/ricevute/")
		p.get(paid.body[i:i+strings.IndexByte(paid.body[i:], '"')]).is(200, "più di quanto era dovuto", "23,00")
		if d := p.debtOf(notice); d.Paid != 2300 {
			t.Errorf("paid %s, want once, the rest an excess", d.Paid)
		}
	})
}

// TestAtOnce sends the same word many times at once.
func TestAtOnce(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		notice := p.owe("MENSA", "1", 2300)
		code, _ := p.toBank(notice)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				r := httptest.NewRequest("POST", "/notifiche/vpos", strings.NewReader(outcome(code, "OK", "2300").Encode()))
				r.Host = host
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				if res, err := p.app.Test(r, 30_000); err != nil || res.StatusCode != 200 {
					t.Errorf("notification = %v, %v, want 200", res, err)
				}
			})
		}
		wg.Wait()
		if d := p.debtOf(notice); d.Paid != 2300 {
			t.Errorf("paid %s, want once", d.Paid)
		}
	})
}

// TestDoubleClick presses every button of the way several times at once.
func TestDoubleClick(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		first, second := p.owe("MENSA", "1", 2300), p.owe("MENSA", "2", 100)
		p.post("/carrello/voci", "codice", first).leads("/carrello")
		for _, a := range p.atOnce("/carrello/voci", "codice="+second) {
			a.leads("/carrello")
		}
		p.get("/carrello").is(200, "24,00")
		p.post("/carrello/versante", "nome", "Anna Verdi").leads("/carrello/riepilogo")
		orders := map[string]bool{}
		for _, a := range p.atOnce("/carrello/pagamenti", "canale=vpos&totale=24.00") {
			orders[a.is(200).field("codTrans")] = true
		}
		if len(orders) != 1 {
			t.Errorf("%d orders at the bank, want one", len(orders))
		}
		for _, a := range p.atOnce("/carrello/pagamenti", "canale=slip&totale=24.00") {
			a.leads("/carrello/bollettino")
		}
		p.within(func(tx *tenants.Tx) error {
			n, err := tx.Select((*debts.Code)(nil)).Where("cart_id IS NOT NULL").Count(tx.Ctx)
			if n != 1 {
				t.Errorf("%d slip codes for the cart, want one", n)
			}
			return err
		})
	})
}

// atOnce sends the same form six times at once from the same browser.
func (p *portal) atOnce(path, form string) []answer {
	p.t.Helper()
	answers := make([]answer, 6)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			r := httptest.NewRequest("POST", path, strings.NewReader(form))
			r.Host = host
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			r.AddCookie(&http.Cookie{Name: "carrello", Value: p.cookies["carrello"]})
			res, err := p.app.Test(r, 30_000)
			if err != nil {
				p.t.Error(err)
				return
			}
			body, err := io.ReadAll(res.Body)
			if err != nil {
				p.t.Error(err)
			}
			answers[i] = answer{p.t, res.StatusCode, res.Header.Get("Location"), string(body), res.Header}
		})
	}
	wg.Wait()
	return answers
}

func TestSlip(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		p.get("/carrello/bollettino").leads("/carrello")
		p.get("/carrello/bollettino.pdf").is(404)
		p.post("/carrello/voci", "codice", p.owe("MENSA", "1", 2300)).leads("/carrello")
		p.post("/carrello/voci", "codice", p.owe("MENSA", "2", 100)).leads("/carrello")
		p.post("/carrello/versante", "nome", "Anna Verdi").leads("/carrello/riepilogo")
		p.post("/carrello/pagamenti", "canale", "slip", "totale", "24.00").leads("/carrello/bollettino")
		p.get("/carrello/bollettino").is(200, "In attesa del pagamento fino al 01/04/2026", "24,00").lacks(name)
		if pdf := p.get("/carrello/bollettino.pdf").is(200); !strings.HasPrefix(pdf.body, "%PDF-") {
			t.Errorf("bollettino.pdf begins with %.8q", pdf.body)
		}
		p.post("/carrello/pagamenti", "canale", "slip", "totale", "24.00").leads("/carrello/bollettino")
		p.get("/carrello").is(200, "con il bollettino")

		fine := p.owe("VERB", "3", 4200) // cards only
		p.cookies = map[string]string{}
		p.get("/avvisi/"+fine).is(200, "29,40", "fino al 06/03/2026", "42,00")
		local := p.owe("AMBI", "4", 5000)
		p.get("/avvisi/"+local).is(200, "Dopo: ", "ordinanza")
		db.Clock.Move(90 * 24 * time.Hour)
		p.get("/avvisi/"+local).is(200, "non si può pagare", "ordinanza").lacks("Metti nel carrello")
		p.post("/carrello/voci", "codice", local).leads("/carrello")
		p.get("/carrello").is(200, "ordinanza", "Il carrello è vuoto")
		db.Clock.Move(-90 * 24 * time.Hour)
		p.post("/carrello/voci", "codice", fine).leads("/carrello")
		p.post("/carrello/versante", "nome", "Anna Verdi").leads("/carrello/riepilogo")
		p.get("/carrello/riepilogo").is(200, "29,40", "Carta").lacks("Bollettino postale")
		p.post("/carrello/pagamenti", "canale", "slip", "totale", "29.40").is(409)
		p.post("/carrello/pagamenti", "canale", "nulla", "totale", "29.40").leads("/carrello/riepilogo")
		p.get("/carrello/riepilogo").is(200, "Scegli come pagare")
	})
}
