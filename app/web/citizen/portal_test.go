package citizen_test

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/channels/all"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/money"
	"cassacomune/app/price"
	"cassacomune/app/web"
	"cassacomune/app/web/callbacks"
	"cassacomune/app/web/citizen"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
	"cassacomune/views"
)

const (
	macKey = "chiave-di-prova"
	alias  = "ALIAS1"
	host   = "alfa.localhost"
	debtor = "RSSMRA80A01H501U"
	name   = "Segretissimo Rossi"
)

// portal is a town with its pages, and a browser that looks at them.
type portal struct {
	t       testing.TB
	db      *tenantstest.Data
	town    tenants.Tenant
	app     *fiber.App
	cookies map[string]string
	header  map[string]string
	watch   func(path string, a answer) // sees every answer
}

func newPortal(t testing.TB, db *tenantstest.Data, limits citizen.Limits) *portal {
	t.Helper()
	p := &portal{t: t, db: db, town: db.Add(t, "alfa"), cookies: map[string]string{}}
	p.setUp(bank(t))
	p.app = newPages(t, db, limits)
	return p
}

func newPages(t testing.TB, db *tenantstest.Data, limits citizen.Limits) *fiber.App {
	t.Helper()
	texts, err := page.LoadTexts(views.FS)
	if err != nil {
		t.Fatal(err)
	}
	return newPagesIn(t, db, limits, texts)
}

func newPagesIn(t testing.TB, db *tenantstest.Data, limits citizen.Limits, texts page.Texts) *fiber.App {
	t.Helper()
	v, err := page.NewViews(views.FS)
	if err != nil {
		t.Fatal(err)
	}
	key := []byte("0123456789abcdef")
	routes := append(citizen.Routes(citizen.Config{Key: key, Channels: all.List, Limits: limits}), callbacks.Routes(all.List)...)
	return web.New(web.Config{DB: db.DB, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
		Key: key, Views: v, Texts: texts, Routes: routes})
}

// bank answers questions about an order: it knows none.
func bank(t testing.TB) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		const stamp = "1772442000000"
		fmt.Fprintf(w, `{"esito":"OK","idOperazione":"1","timeStamp":%q,"mac":%q,"report":[]}`, stamp, sign("esito=OK"+"idOperazione=1"+"timeStamp="+stamp))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// sign is the MAC of the public formulas: the text, then the key.
func sign(text string) string {
	sum := sha1.Sum([]byte(text + macKey))
	return hex.EncodeToString(sum[:])
}

func (p *portal) setUp(base string) {
	p.within(func(tx *tenants.Tx) error {
		m, err := tx.Municipality()
		if err != nil {
			return err
		}
		m.Settings.Languages = []string{"it", "de"}
		m.Settings.TitleDE = "Gemeinde alfa"
		if err := tx.SaveSettings(m.Settings); err != nil {
			return err
		}
		if err := tx.SaveOffice(tenants.Office{Code: "SCU", Name: "Scuola", NameDE: "Schule"}); err != nil {
			return err
		}
		both := []tenants.Permitted{{Channel: "vpos", Ground: tenants.GroundOutside}, {Channel: "slip", Ground: tenants.GroundOutside}}
		for _, d := range []tenants.DebtType{
			{Code: "MENSA", Office: "SCU", Name: "Ristorazione scolastica", NameDE: "Schulausspeisung", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}, Channels: both}},
			{Code: "VERB", Office: "SCU", Name: "Violazione del Codice della strada", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.RoadFine}, Channels: both[:1]}},
			{Code: "AMBI", Office: "SCU", Name: "Sanzione ambientale", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.LocalFine}, Channels: both}},
			{Code: "SALA", Office: "SCU", Name: "Uso di una sala", Active: true, Spontaneous: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}, Channels: both,
				Fields: []tenants.Field{{Key: "giorno", Label: "Giorno", Required: true, Kind: "date"}}}},
		} {
			if err := tx.SaveDebtType(d); err != nil {
				return err
			}
		}
		if err := tx.SaveChannel(tenants.Channel{Key: "vpos", Enabled: true, Settings: map[string]string{"base": base, "alias": alias}}); err != nil {
			return err
		}
		if err := tx.SaveSecret("vpos", "mac_key", macKey); err != nil {
			return err
		}
		return tx.SaveChannel(tenants.Channel{Key: "slip", Enabled: true})
	})
}

func (p *portal) within(fn func(*tenants.Tx) error) {
	p.t.Helper()
	if err := p.db.Within(context.Background(), p.town.ID, tenants.System("test"), fn); err != nil {
		p.t.Fatal(err)
	}
}

// owe makes a debt and returns its notice number.
func (p *portal) owe(kind, position string, cents money.Cents) (code string) {
	p.t.Helper()
	p.within(func(tx *tenants.Tx) error {
		d, err := debts.Add(tx, debts.New{Type: kind, Position: position, Reason: "Mensa di Giulietta", DueOn: day.New(2026, 3, 31), NotifiedOn: day.New(2026, 3, 1), Source: "test", Minimum: cents, Maximum: 4 * cents,
			Parties: []debts.Party{{Kind: "person", Code: debtor, Name: name}}, Items: []debts.NewItem{{Key: "1", Label: "Voce", Cents: cents}}})
		if err != nil {
			return err
		}
		d, err = debts.Load(tx, d.ID)
		for _, c := range d.Codes {
			if c.Kind == debts.NoticeCode {
				code = c.Code
			}
		}
		return err
	})
	return code
}

// answer is what the browser got.
type answer struct {
	t      testing.TB
	status int
	to     string
	body   string
	header http.Header
}

func (p *portal) get(path string) answer { return p.ask(http.MethodGet, path, nil) }

func (p *portal) post(path string, pairs ...string) answer {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return p.ask(http.MethodPost, path, form)
}

func (p *portal) ask(method, path string, form url.Values) answer {
	p.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host = host
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for k, v := range p.header {
		r.Header.Set(k, v)
	}
	for k, v := range p.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	return p.send(r)
}

func (p *portal) send(r *http.Request) answer {
	p.t.Helper()
	res, err := p.app.Test(r, 20_000)
	if err != nil {
		p.t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		p.cookies[c.Name] = c.Value
		if c.MaxAge < 0 || c.Value == "" {
			delete(p.cookies, c.Name)
		}
	}
	a := answer{p.t, res.StatusCode, res.Header.Get("Location"), string(body), res.Header}
	if p.watch != nil {
		p.watch(r.URL.Path, a)
	}
	return a
}

// notify is the acquirer's message, as a server sends it: no cookie, no origin.
func (p *portal) notify(form url.Values) answer {
	p.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/notifiche/vpos", strings.NewReader(form.Encode()))
	r.Host = host
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.send(r)
}

func outcome(code, esito, importo string) url.Values {
	f := url.Values{"alias": {alias}, "codTrans": {code}, "esito": {esito}, "importo": {importo}, "divisa": {"EUR"}, "data": {"20260302"}, "orario": {"100500"}, "codAut": {"T1"}}
	f.Set("mac", sign("codTrans="+code+"esito="+esito+"importo="+importo+"divisa=EUR"+"data=20260302"+"orario=100500"+"codAut=T1"))
	return f
}

func (a answer) is(status int, says ...string) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status = %d, want %d: %s", a.status, status, text(a.body))
	}
	for _, s := range says {
		if !strings.Contains(a.body, s) {
			a.t.Errorf("the page does not say %q: %s", s, text(a.body))
		}
	}
	return a
}

func (a answer) leads(to string) answer {
	a.t.Helper()
	if a.status != 303 || !strings.HasPrefix(a.to, to) {
		a.t.Fatalf("answer = %d to %q, want 303 to %q: %s", a.status, a.to, to, text(a.body))
	}
	return a
}

func (a answer) lacks(says ...string) answer {
	a.t.Helper()
	for _, s := range says {
		if strings.Contains(a.body, s) {
			a.t.Errorf("the page says %q: %s", s, text(a.body))
		}
	}
	return a
}

// field is the value of a hidden field.
func (a answer) field(name string) string {
	a.t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(a.body)
	if m == nil {
		a.t.Fatalf("no field %s: %s", name, text(a.body))
	}
	return strings.ReplaceAll(m[1], "&amp;", "&")
}

var tags = regexp.MustCompile(`(?s)<head.*?</head>|<[^>]*>`)

func text(body string) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(body, " ")), " ")
}

// toBank walks from a code to the bank's form, and returns the order's code
// and where the browser comes back.
func (p *portal) toBank(codes ...string) (code, back string) {
	p.t.Helper()
	for _, c := range codes {
		p.post("/carrello/voci", "codice", c).leads("/carrello")
	}
	p.post("/carrello/versante", "nome", "Anna Verdi").leads("/carrello/riepilogo")
	a := p.post("/carrello/pagamenti", "canale", "vpos", "totale", p.get("/carrello/riepilogo").field("totale")).is(200, "DispatcherServlet")
	u, err := url.Parse(a.field("url"))
	if err != nil {
		p.t.Fatal(err)
	}
	return a.field("codTrans"), u.RequestURI()
}

func (p *portal) debtOf(code string) (d debts.Debt) {
	p.t.Helper()
	p.within(func(tx *tenants.Tx) error {
		c, err := debts.FindCode(tx, code)
		if err != nil {
			return err
		}
		d, err = debts.Load(tx, c.DebtID)
		return err
	})
	return d
}
