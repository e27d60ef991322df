package admin_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/price"
	"cassacomune/app/web"
	"cassacomune/app/web/admin"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
	"cassacomune/views"
)

const password = "prova-prova-prova"

var (
	ctx = context.Background()
	by  = tenants.System("test")
	key = []byte("chiave dei moduli di prova")
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
	v, err := page.NewViews(views.FS)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{db: db, alfa: db.Add(t, "alfa"), beta: db.Add(t, "beta"), tokens: map[string]auth.Token{}}
	s.app = web.New(web.Config{DB: db.DB, Log: slog.New(slog.DiscardHandler), Key: key, Views: v, Routes: admin.Routes()})
	for _, role := range auth.StaffRoles {
		s.join(t, s.alfa, role)
	}
	for _, town := range []tenants.Tenant{s.alfa, s.beta} {
		setUp(t, db, town)
	}
	return s
}

func (s *site) join(t *testing.T, town tenants.Tenant, role string) {
	t.Helper()
	p, err := auth.CreatePerson(ctx, s.db.DB, by, role+"@"+town.Slug+".example", "Persona "+role)
	if err == nil {
		err = auth.SetPassword(ctx, s.db.DB, by, p.ID, password)
	}
	if err == nil {
		err = auth.Grant(ctx, s.db.DB, town.ID, by, p.ID, role, nil)
	}
	if err == nil {
		s.tokens[role], err = auth.LogIn(ctx, s.db.DB, town.ID, town.Slug+".localhost", p.Email, password)
	}
	if err != nil {
		t.Fatal(err)
	}
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
	return s.send(t, role, "GET", path, nil)
}

func (s *site) post(t *testing.T, role, path string, values url.Values) (int, string) {
	t.Helper()
	return s.send(t, role, "POST", path, values)
}

// send asks the first municipality as somebody with the role.
func (s *site) send(t *testing.T, role, method, path string, values url.Values) (int, string) {
	t.Helper()
	token := s.tokens[role]
	if method == "POST" && token != "" {
		id := sha256.Sum256([]byte(token))
		values.Set("csrf", page.Token(key, hex.EncodeToString(id[:])))
	}
	r := httptest.NewRequest(method, path, strings.NewReader(values.Encode()))
	r.Host = "alfa.localhost"
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if token != "" {
		r.Header.Set("Cookie", "sessione="+string(token))
	}
	answer, err := s.app.Test(r, 20000)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	text := string(body)
	if to := answer.Header.Get("Location"); to != "" {
		text += "\nLocation: " + to
	}
	return answer.StatusCode, text
}
