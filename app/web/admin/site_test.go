package admin_test

import (
	"context"
	"net/url"
	"testing"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/price"
	"cassacomune/app/web"
	"cassacomune/app/web/admin"
	"cassacomune/app/web/webtest"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

const password = webtest.Password

var (
	ctx = context.Background()
	by  = tenants.System("test")
)

// site is the application over two municipalities, with somebody of each role
// in the first.
type site struct {
	db     *tenantstest.Data
	app    *fiber.App
	alfa   tenants.Tenant
	beta   tenants.Tenant
	tokens map[string]auth.Token
}

func newSite(t *testing.T, db *tenantstest.Data) *site {
	t.Helper()
	s := &site{db: db, alfa: db.Add(t, "alfa"), beta: db.Add(t, "beta"), tokens: map[string]auth.Token{}}
	s.app = webtest.App(t, web.Config{DB: db.DB, Routes: admin.Routes()})
	for _, role := range auth.StaffRoles {
		s.tokens[role] = webtest.Join(t, db, s.alfa, role, role)
	}
	for _, town := range []tenants.Tenant{s.alfa, s.beta} {
		setUp(t, db, town)
	}
	return s
}

// setUp gives a municipality one row of everything, marked with its slug.
func setUp(t *testing.T, db *tenantstest.Data, town tenants.Tenant) {
	t.Helper()
	mark := town.Slug
	err := db.Within(ctx, town.ID, by, func(tx *tenants.Tx) error {
		for _, err := range []error{
			tx.SaveOffice(tenants.Office{Code: mark + "-scuola", Name: "Scuola " + mark}),
			tx.SaveDebtType(tenants.DebtType{Code: mark + "-MENSA", Office: mark + "-scuola", Name: "Mensa " + mark, Active: true,
				Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}, Channels: []tenants.Permitted{{Channel: "slip", Ground: tenants.GroundOutside}}}}),
			tx.SaveChannel(tenants.Channel{Key: "vpos", Settings: map[string]string{"alias": "terminale-" + mark}}),
			tx.SaveSecret("vpos", "mac_key", "segreto-"+mark),
			tx.SaveAccount(tenants.Account{Key: mark + "-tes", Name: "Tesoreria " + mark, Kind: tenants.AccountTreasury, Source: tenants.SourceJournal, Number: "1"}),
			tx.SaveChapter(tenants.Chapter{Year: 2026, Number: mark + "-3010", Name: "Mense " + mark, AccountCode: "E.3.01.02.01.008", Siope: "3010201008", Title: "3", Typology: "3010000"}),
			tx.SaveAssessment(tenants.Assessment{Year: 2025, Number: mark + "-12", ChapterYear: 2026, Chapter: mark + "-3010", Name: "Accertamento " + mark}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *site) get(t *testing.T, role, path string) (int, string) {
	t.Helper()
	return webtest.Ask(t, s.app, "alfa.localhost", s.tokens[role], "GET", path, "", nil)
}

func (s *site) post(t *testing.T, role, path string, values url.Values) (int, string) {
	t.Helper()
	return webtest.Post(t, s.app, "alfa.localhost", s.tokens[role], path, values)
}
