package accounts_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/accounting"
	"cassacomune/app/auth"
	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/formats/all"
	"cassacomune/app/formats/opi"
	"cassacomune/app/money"
	"cassacomune/app/price"
	"cassacomune/app/reconcile"
	"cassacomune/app/sandbox/treasurer"
	"cassacomune/app/treasury"
	"cassacomune/app/web"
	"cassacomune/app/web/accounts"
	"cassacomune/app/web/files"
	"cassacomune/app/web/webtest"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

var (
	ctx    = context.Background()
	by     = tenants.System("test")
	second = day.New(2026, 3, 2)
)

// site is the application over two municipalities of the same month, with
// somebody of each role in the first.
type site struct {
	*testing.T
	db     *tenantstest.Data
	app    *fiber.App
	alfa   town
	beta   town
	tokens map[string]auth.Token
}

// town is a municipality with its Treasurer.
type town struct {
	tenants.Tenant
	bank   *treasurer.Treasurer
	credit map[string]uuid.UUID // provisionals by what they are
}

func newSite(t *testing.T, db *tenantstest.Data) *site {
	t.Helper()
	s := &site{T: t, db: db, tokens: map[string]auth.Token{}}
	s.app = webtest.App(t, web.Config{DB: db.DB, Routes: append(accounts.Routes(), files.Routes()...), UploadLimit: 32 << 20})
	s.alfa, s.beta = s.town("alfa"), s.town("beta")
	for _, role := range auth.StaffRoles {
		s.tokens[role] = webtest.Join(t, db, s.alfa.Tenant, role, role)
	}
	return s
}

// town makes a municipality whose month has: a batch of cards known by its
// key, a batch of slips proposed by its amount, a transfer of the State.
func (s *site) town(slug string) town {
	s.Helper()
	w := town{Tenant: s.db.Add(s.T, slug), credit: map[string]uuid.UUID{}}
	w.bank = treasurer.New(treasurer.Config{Opening: 100000, Clock: func() time.Time { return second.Start() }})
	s.within(w, func(tx *tenants.Tx) error { return setUp(tx) })
	s.paid(w, "A", "vpos", 10000)
	s.paid(w, "C", "slip", 3000)
	s.remit(w, "vpos", "T1"+slug+"-2026-03-02", "T1"+slug, "A", 10000, 200)
	s.remit(w, "slip", "12345-"+slug, "12345", "C", 3000, 0)
	for what, m := range map[string]treasurer.Movement{
		"pos":   {Cents: 9800, On: second, Party: treasurer.Party{Name: "ACQUIRER " + slug}, Text: "ACCREDITO POS RIF T1" + strings.ToUpper(slug) + "-20260302"},
		"state": {Cents: 50000, On: second, Party: treasurer.Party{Name: "MINISTERO " + slug}, Text: "FONDO DI SOLIDARIETA"},
		"post":  {Cents: 3000, On: second, Party: treasurer.Party{Name: "BANCA POSTALE " + slug}, Text: "INCASSO BOLLETTINI"},
	} {
		if _, err := w.bank.Credit(m); err != nil {
			s.Fatal(what, err)
		}
	}
	s.load(w, second)
	s.reconcile(w)
	s.within(w, func(tx *tenants.Tx) error {
		all, err := treasury.Provisionals(tx, treasury.Filter{})
		for _, p := range all {
			w.credit[map[money.Cents]string{9800: "pos", 50000: "state", 3000: "post"}[p.Cents]] = p.ID
		}
		return err
	})
	return w
}

func setUp(tx *tenants.Tx) error {
	m, err := tx.Municipality()
	if err != nil {
		return err
	}
	m.Settings.Defaults = tenants.Imputation{Excess: "2026/90", Unknown: "2026/90", Others: "2026/90"}
	for _, err := range []error{
		tx.SaveSettings(m.Settings),
		tx.SaveOffice(tenants.Office{Code: "u", Name: "Ufficio"}),
		tx.SaveAccount(tenants.Account{Key: "tes", Name: "Tesoreria", Kind: tenants.AccountTreasury, Source: tenants.SourceJournal, Number: "1"}),
		tx.SaveChapter(tenants.Chapter{Year: 2026, Number: "3010", Name: "Mense", AccountCode: "E.3.01.02.01.008", Siope: "3010201008", Typology: "3010000"}),
		tx.SaveChapter(tenants.Chapter{Year: 2026, Number: "9010", Name: "Partite di giro", AccountCode: "E.9.02.99.99.999", Siope: "9029999999"}),
		tx.SaveAssessment(tenants.Assessment{Year: 2026, Number: "12", Chapter: "3010", Name: "Mense 2026"}),
		tx.SaveAssessment(tenants.Assessment{Year: 2026, Number: "90", Chapter: "9010", Name: "Eccedenze"}),
		tx.SaveDebtType(tenants.DebtType{Code: "MENSA", Office: "u", Name: "Mensa", Active: true, Setup: tenants.TypeSetup{
			Price: price.Rule{Kind: price.Fixed}, Revenue: tenants.Revenue{Year: 2026, Assessment: "12"}}}),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *site) within(w town, fn func(*tenants.Tx) error) {
	s.Helper()
	if err := s.db.Within(ctx, w.ID, by, fn); err != nil {
		s.Fatal(err)
	}
}

func (s *site) paid(w town, position, channel string, cents money.Cents) {
	s.Helper()
	s.within(w, func(tx *tenants.Tx) error {
		d, err := debts.Add(tx, debts.New{Type: "MENSA", Position: position, Reason: "Mensa marzo", DueOn: day.New(2026, 3, 31),
			Parties: []debts.Party{{Kind: "person", Name: "Ada Prova"}}, Items: []debts.NewItem{{Key: "1", Cents: cents}}})
		if err == nil {
			d, err = debts.Load(tx, d.ID)
		}
		if err != nil {
			return err
		}
		_, _, err = collections.Book(tx, collections.New{Channel: channel, Key: "pay-" + position, Code: d.Instalments[0].Codes[0].Code, Cents: cents, PaidOn: second, Source: "prova"})
		return err
	})
}

func (s *site) remit(w town, channel, flow, account, position string, cents, fee money.Cents) {
	s.Helper()
	s.within(w, func(tx *tenants.Tx) error {
		_, _, err := collections.Remit(tx, collections.NewRemittance{Channel: channel, Flow: flow, Account: account, On: second, Source: "prova",
			Lines: []collections.RemittanceLine{{Key: "pay-" + position, Cents: cents, Fee: fee}}})
		return err
	})
}

// load reads the Treasurer's journal of a day.
func (s *site) load(w town, on day.Date) {
	s.Helper()
	b, err := w.bank.Journal(on)
	if err == nil {
		_, err = accounting.ReadJournal(ctx, s.db.DB, w.ID, by, "giornale.xml", opi.Read(bytes.NewReader(b)), new(all.JournalCheck))
	}
	if err != nil {
		s.Fatal(err)
	}
}

func (s *site) reconcile(w town) {
	s.Helper()
	s.within(w, func(tx *tenants.Tx) error {
		_, _, err := reconcile.Step(tx, uuid.Nil, 1000)
		return err
	})
}

func (s *site) get(role, path string) (int, string) {
	s.Helper()
	return webtest.Ask(s.T, s.app, "alfa.localhost", s.tokens[role], "GET", path, "", nil)
}

func (s *site) post(role, path string, values url.Values) (int, string) {
	s.Helper()
	return webtest.Post(s.T, s.app, "alfa.localhost", s.tokens[role], path, values)
}

// upload sends a file as the form does.
func (s *site) upload(role, path, name string, content []byte) (int, string) {
	s.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		s.Fatal(err)
	}
	return webtest.Ask(s.T, s.app, "alfa.localhost", s.tokens[role], "POST", path+"?csrf="+webtest.CSRF(s.tokens[role]), w.FormDataContentType(), &body)
}
