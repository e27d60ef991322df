package citizen_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cassacomune/app/web/citizen"
	"cassacomune/tenants/tenantstest"
)

func TestWrongCodes(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		good := p.owe("MENSA", "1", 2300)
		for typed, says := range map[string]string{
			"":                     "campo da compilare",
			"3010000":              "18 cifre",
			"30100000000000123X":   "18 cifre",
			"301000000000001234":   "ultime due cifre",
			"<script>x</script>":   "18 cifre",
			"301 0000 0000 000 99": "18 cifre",
		} {
			a := p.post("/avvisi", "codice", typed).is(422, says, `aria-invalid="true"`)
			if strings.Contains(a.body, "<script>x") {
				t.Errorf("%q comes back as markup", typed)
			}
			if typed == "3010000" {
				a.is(422, `value="3010000"`)
			}
		}
		p.get("/avvisi/301000000000001234").is(404)
		p.get("/avvisi/" + strings.Repeat("9", 400)).is(404)
		p.post("/carrello/voci", "codice", "301000000000001234").is(404)
		p.post("/carrello/voci/x/togli").is(404)
		p.post("/carrello/voci/00000000-0000-7000-8000-000000000000/togli").leads("/carrello")
		p.get("/carrello").is(200, "Il carrello è vuoto")

		// Bytes that are no text.
		for _, path := range []string{"/avvisi/%00", "/ricevute/%ff", "/servizi/%00", "/entra?next=%00", "/avvisi/%ff%fe"} {
			p.get(path).is(404)
		}
		p.post("/avvisi", "codice", "3010\x00\xff").is(422)
		p.post("/carrello/voci", "codice", "\x00").is(404)
		p.post("/carrello/voci", "codice", good).leads("/carrello")
		p.post("/carrello/versante", "nome", "Anna\x00\xff").leads("/carrello/riepilogo")
		p.get("/carrello/riepilogo").is(200, "Anna")
		p.cookies["carrello"] = "\xff"
		p.get("/carrello").is(200, "Il carrello è vuoto")
		delete(p.cookies, "carrello")

		// Another site's form, and a request that says nothing of where it
		// comes from, change nothing.
		p.header = map[string]string{"Sec-Fetch-Site": "cross-site"}
		p.post("/carrello/voci", "codice", good).is(403)
		p.header = nil
		r := httptest.NewRequest("POST", "/carrello/voci", strings.NewReader("codice="+good))
		r.Host = host
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		p.send(r).is(403)
		big := httptest.NewRequest("POST", "/notifiche/vpos", strings.NewReader(strings.Repeat("x", 70_000)))
		big.Host = host
		p.send(big).is(413)
		none := httptest.NewRequest("POST", "/notifiche/slip", strings.NewReader("x=1"))
		none.Host = host
		p.send(none).is(404)
	})
}

func TestRates(t *testing.T) {
	db := tenantstest.SQLite(t)
	town := db.Add(t, "alfa")
	for name, limits := range map[string]citizen.Limits{
		"address": {Address: citizen.Rate{Burst: 3, Every: time.Minute}, Town: citizen.Rate{Burst: 99, Every: time.Minute}, Code: citizen.Rate{Burst: 99, Every: time.Minute}},
		"town":    {Address: citizen.Rate{Burst: 99, Every: time.Minute}, Town: citizen.Rate{Burst: 3, Every: time.Minute}, Code: citizen.Rate{Burst: 99, Every: time.Minute}},
		"code":    {Address: citizen.Rate{Burst: 99, Every: time.Minute}, Town: citizen.Rate{Burst: 99, Every: time.Minute}, Code: citizen.Rate{Burst: 3, Every: time.Minute}},
	} {
		p := &portal{t: t, db: db, town: town, cookies: map[string]string{}}
		p.app = newPages(t, db, limits)
		for range 3 {
			p.get("/avvisi/301000000000001234").is(404)
		}
		p.get("/avvisi/301000000000001234").is(429, "troppe richieste")
		if name == "code" {
			p.get("/avvisi/301000000000001235").is(404)
		}
		db.Clock.Move(time.Minute)
		p.get("/avvisi/301000000000001234").is(404)
		p.get("/avvisi/301000000000001234").is(429)
	}
}
