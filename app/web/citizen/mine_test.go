package citizen_test

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/sandbox/idp"
	"cassacomune/app/web/citizen"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// identities stands up a provider, written apart from our code.
func (p *portal) identities() (issuer string) {
	p.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	issuer = "http://" + l.Addr().String()
	provider, err := idp.New(idp.Config{Issuer: issuer, Clock: p.db.Now, People: []idp.Person{{FiscalCode: debtor, Given: "Mario", Family: "Rossi"}},
		Clients: []idp.Client{{ID: "alfa", Secret: "segreto", Redirects: []string{"http://" + host + "/entra/ritorno"}}}})
	if err != nil {
		p.t.Fatal(err)
	}
	app := fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true})
	provider.Mount(app)
	go app.Listener(l)
	p.t.Cleanup(func() { app.Shutdown() })
	p.within(func(tx *tenants.Tx) error {
		m, err := tx.Municipality()
		if err != nil {
			return err
		}
		m.Settings.Identity = tenants.Identity{Issuer: issuer, ClientID: "alfa"}
		if err := tx.SaveSettings(m.Settings); err != nil {
			return err
		}
		return tx.SaveSecret("oidc", "client_secret", "segreto")
	})
	return issuer
}

// logIn walks through the provider's page and back.
func (p *portal) logIn(issuer, next string) answer {
	p.t.Helper()
	to := p.get("/entra/avvia?next=" + url.QueryEscape(next)).leads(issuer)
	u, err := url.Parse(to.to)
	if err != nil {
		p.t.Fatal(err)
	}
	form := u.Query()
	form.Set("persona", "0")
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := stay.PostForm(issuer+"/authorize", form)
	if err != nil {
		p.t.Fatal(err)
	}
	res.Body.Close()
	back, err := res.Location()
	if err != nil {
		p.t.Fatal(err)
	}
	return p.get(back.RequestURI())
}

func TestMine(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		p.get("/miei").leads("/entra?next=%2Fmiei")
		p.get("/entra").is(200, "non ha ancora attivato")
		p.get("/entra/avvia").is(409)
		issuer := p.identities()
		p.app = newPages(t, db, citizen.Limits{}) // the shell keeps what it knows of a town for a moment
		p.get("/").is(200, "SPID o CIE")
		p.get("/entra?next=/miei").is(200, "Entra con SPID o CIE", "/entra/avvia?next=%2Fmiei")
		p.get("/entra/ritorno?state=x&code=y").is(403)

		p.logIn(issuer, "/miei").leads("/miei")
		p.get("/miei").is(200, "Non risulta nulla a tuo nome", "Mario Rossi")

		late, plan := p.owe("MENSA", "1", 2300), p.plan()
		foreign := p.foreign()
		list := p.get("/miei").is(200, "Da pagare: ", "Mensa di Giulietta", "TARI 2026", "Scuola", "Incassato: in attesa").lacks("Debito altrui")
		if strings.Index(list.body, "TARI 2026") > strings.Index(list.body, "Mensa di Giulietta") {
			t.Error("what is due first stands second")
		}
		mine := p.debtOf(late)
		p.get("/miei/"+mine.ID.String()).is(200, "Mensa di Giulietta", "In un&#39;unica soluzione", "23,00")
		p.get("/miei/"+p.debtOf(plan).ID.String()).is(200, "Rata 1 di 2", "Rata 2 di 2", "una sola soluzione")
		p.get("/miei/" + foreign).is(404)
		p.get("/miei/x").is(404)

		// A form of a session needs the session's sign.
		p.post("/carrello/voci", "codice", late).is(403)
		csrf := list.field("csrf")
		p.post("/carrello/voci", "codice", late, "csrf", csrf).leads("/carrello")
		p.get("/carrello").is(200, `value="Mario Rossi"`, debtor)
		p.post("/carrello/versante", "nome", "Mario Rossi", "cf", debtor, "csrf", csrf).leads("/carrello/riepilogo")
		a := p.post("/carrello/pagamenti", "canale", "vpos", "totale", "23.00", "csrf", csrf).is(200)
		p.notify(outcome(a.field("codTrans"), "OK", "2300")).is(200)
		p.get("/miei").is(200, "Già pagati", "Ricevuta", "Incassato: fatto")
		p.get("/miei/"+mine.ID.String()).is(200, "Pagamenti ricevuti", "Ricevuta 2026/000001")

		p.post("/esci", "csrf", csrf).leads("/")
		p.get("/miei").leads("/entra")
		p.get("/carrello").is(200, "Il carrello è vuoto").lacks("Mario")
	})
}

// foreign is a debt of somebody else.
func (p *portal) foreign() (id string) {
	p.t.Helper()
	p.within(func(tx *tenants.Tx) error {
		d, err := debts.Add(tx, debts.New{Type: "MENSA", Position: "altrui", Reason: "Debito altrui", Source: "test",
			Parties: []debts.Party{{Kind: "person", Code: "NVNLCU90R63F205G", Name: "Lucia"}}, Items: []debts.NewItem{{Key: "1", Cents: 100}}})
		id = d.ID.String()
		return err
	})
	return id
}

// plan owes something in one go or in two instalments.
func (p *portal) plan() (code string) {
	p.t.Helper()
	p.within(func(tx *tenants.Tx) error {
		d, err := debts.Add(tx, debts.New{Type: "MENSA", Position: "rate", Reason: "TARI 2026", Source: "test",
			Parties: []debts.Party{{Kind: "person", Code: "NVNLCU90R63F205G", Name: "Lucia"}, {Kind: "person", Role: "co-debtor", Code: debtor, Name: name}},
			Items:   []debts.NewItem{{Key: "1", Cents: 10000}},
			Options: []debts.NewOption{
				{Key: debts.SingleOption, Instalments: []debts.NewInstalment{{Number: 1, DueOn: day.New(2026, 3, 10), Portions: []debts.NewPortion{{Item: "1", Cents: 10000}}}}},
				{Key: "rate", Instalments: []debts.NewInstalment{
					{Number: 1, DueOn: day.New(2026, 3, 10), Portions: []debts.NewPortion{{Item: "1", Cents: 5000}}},
					{Number: 2, DueOn: day.New(2026, 6, 10), Portions: []debts.NewPortion{{Item: "1", Cents: 5000}}}}}}})
		if err != nil {
			return err
		}
		d, err = debts.Load(tx, d.ID)
		if err == nil {
			code = d.Codes[0].Code
		}
		return err
	})
	return code
}

func TestSpontaneous(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		p.get("/servizi").is(200, "Scuola", "Uso di una sala").lacks("Ristorazione")
		p.get("/servizi/SALA").is(200, "Giorno", "Importo")
		p.get("/servizi/MENSA").is(404) // in the catalogue, but not without a notice
		p.get("/servizi/NULLA").is(404)
		p.post("/servizi/SALA", "nome", "Anna", "cf", "ABC", "c_giorno", "31/02/2026", "importo", "12..34").is(422, `value="ABC"`, "31/02/2026", "12..34", "non leggibile")
		for _, bad := range []string{"0", "-3", "1e3", "1,234", ""} {
			p.post("/servizi/SALA", "nome", "Anna", "cf", debtor, "c_giorno", "12/05/2026", "importo", bad).is(422, "Importo")
		}
		p.post("/servizi/SALA", "nome", "Anna Verdi", "cf", debtor, "c_giorno", "12/05/2026", "importo", "1.234,50").leads("/carrello")
		p.get("/carrello").is(200, "Uso di una sala", "1.234,50")
	})
}

// field reads the code that follows a mark.
func field(a answer, mark string) string {
	i := strings.Index(a.body, mark) + len(mark)
	return strings.ReplaceAll(a.body[i:i+strings.IndexByte(a.body[i:], '<')], " ", "")
}

func TestLanguage(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		code := p.owe("MENSA", "1", 2300)
		p.header = map[string]string{"Referer": "http://" + host + "/avvisi/" + code}
		p.get("/lingua/de").leads("/avvisi/" + code)
		p.get("/avvisi/"+code).is(200, "Schulausspeisung", "Gemeinde alfa", "In den Warenkorb")
		p.header = map[string]string{"Referer": "https://altrove.example/x"}
		if got := p.get("/lingua/it").leads("/").to; got != "/" {
			t.Errorf("from elsewhere to %q, want /", got)
		}
		p.get("/lingua/fr").is(404)
	})
}
