package operator_test

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/web"
	"cassacomune/app/web/operator"
	"cassacomune/app/web/webtest"
	"cassacomune/jobs"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

const (
	host     = "gestione.localhost"
	email    = "gestore@istanza.example"
	password = webtest.Password
)

var (
	ctx = context.Background()
	by  = tenants.System("test")
)

type site struct {
	db   *tenantstest.Data
	app  *fiber.App
	alfa tenants.Tenant
}

func newSite(t *testing.T, db *tenantstest.Data) *site {
	t.Helper()
	s := &site{db: db, alfa: db.Add(t, "alfa")}
	s.app = webtest.App(t, web.Config{DB: db.DB, Operator: operator.Routes(), OperatorHost: host})
	p, err := auth.CreatePerson(ctx, db.DB, by, email, "Gestore")
	if err == nil {
		err = auth.SetPassword(ctx, db.DB, by, p.ID, password)
	}
	if err == nil {
		err = auth.GrantOperator(ctx, db.DB, by, p.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) send(t *testing.T, at, token, method, path string, values url.Values) (int, string) {
	t.Helper()
	if method == "POST" {
		return webtest.Post(t, s.app, at, auth.Token(token), path, values)
	}
	return webtest.Ask(t, s.app, at, auth.Token(token), method, path, "", nil)
}

var sessionCookie = regexp.MustCompile(`sessione=([^;]+)`)

// enter logs in through the page and returns the session's token.
func (s *site) enter(t *testing.T) string {
	t.Helper()
	status, body := s.send(t, host, "", "POST", "/accesso", url.Values{"email": {email}, "password": {password}, "next": {"/registro"}})
	m := sessionCookie.FindStringSubmatch(body)
	if status != 303 || m == nil || !strings.Contains(body, "Location: /registro") {
		t.Fatalf("POST /accesso = %d, want 303 to /registro with a session", status)
	}
	return m[1]
}

func TestDoor(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		s := newSite(t, db)
		if status, body := s.send(t, host, "", "GET", "/", nil); status != 303 || !strings.Contains(body, "Location: /accesso") {
			t.Errorf("GET / without a session = %d, want 303 to the log-in", status)
		}
		if status, body := s.send(t, host, "", "GET", "/accesso", nil); status != 200 || !strings.Contains(body, "Accesso del gestore") {
			t.Errorf("GET /accesso = %d, want 200", status)
		}
		status, body := s.send(t, host, "", "POST", "/accesso", url.Values{"email": {email}, "password": {"sbagliata-sbagliata"}})
		if status != 422 || !strings.Contains(body, auth.ErrWrong.Text) || !strings.Contains(body, email) || strings.Contains(body, "sbagliata-sbagliata") {
			t.Errorf("POST /accesso with a wrong password = %d, want 422 keeping the e-mail only", status)
		}
		if status, _ := s.send(t, "alfa.localhost", "", "GET", "/registro", nil); status != 404 {
			t.Errorf("GET /registro at a town = %d, want 404: the operator's pages stand on its host alone", status)
		}
		token := s.enter(t)
		if status, _ := s.send(t, host, token, "POST", "/esci", url.Values{}); status != 303 {
			t.Errorf("POST /esci = %d, want 303", status)
		}
		if status, _ := s.send(t, host, token, "GET", "/", nil); status != 303 {
			t.Errorf("GET / after the log-out = %d, want 303", status)
		}
	})
}

// TestTownsWithoutTheirData shows a town that has a run whose parameters and
// audit carry a mark: only the count may be seen.
func TestTownsWithoutTheirData(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		s := newSite(t, db)
		if err := db.Within(ctx, s.alfa.ID, by, func(tx *tenants.Tx) error {
			if _, err := jobs.Start(tx, jobs.Letter, map[string]string{"x": "MARCA-ALFA"}); err != nil {
				return err
			}
			return tx.Audit("prova", "MARCA-ALFA", "")
		}); err != nil {
			t.Fatal(err)
		}
		token := s.enter(t)
		for _, path := range []string{"/", "/registro", "/comuni/nuovo", "/comuni?cerca=ALFA", "/comuni.csv", "/registro.csv"} {
			status, body := s.send(t, host, token, "GET", path, nil)
			if status != 200 || strings.Contains(body, "MARCA-ALFA") {
				t.Errorf("GET %s = %d, want 200 and nothing of the town", path, status)
			}
			if path == "/" && (!strings.Contains(body, "Comune di alfa") || !strings.Contains(body, `<td data-th="In coda" class="text-end cc-num">1</td>`)) {
				t.Error("the list does not show the town with one run in the queue")
			}
			for _, m := range href.FindAllStringSubmatch(body, -1) {
				if status, _ := s.send(t, host, token, "GET", m[1], nil); status != 200 {
					t.Errorf("%s links to %s, which answers %d", path, m[1], status)
				}
			}
			if path == "/comuni.csv" && !strings.Contains(body, "Comune di alfa;alfa;") {
				t.Error("the file does not hold the town")
			}
			if path == "/registro.csv" && !strings.Contains(body, ";tenant.add;alfa;") {
				t.Error("the register's file does not hold the town's registration")
			}
			if path == "/registro" && !strings.Contains(body, "Comune aggiunto") {
				t.Error("the register does not show the town's registration")
			}
		}
		if status, _ := s.send(t, "alfa.localhost", token, "GET", "/registro", nil); status == 200 {
			t.Error("the operator's session opens a page of a town")
		}
	})
}

var href = regexp.MustCompile(`<a [^>]*href="(/[^"#]*)`)

func newTown(change ...string) url.Values {
	v := url.Values{"name": {"Comune di Gamma"}, "slug": {"gamma"}, "fiscal_code": {"80000010589"}, "host": {"gamma.localhost"}, "email": {"capo@gamma.example"}, "admin": {"Capo"}}
	for i := 0; i < len(change); i += 2 {
		v.Set(change[i], change[i+1])
	}
	return v
}

var shown = regexp.MustCompile(`data-cc-copy="([^"]+)"`)

func TestAddTown(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		s := newSite(t, db)
		token := s.enter(t)
		for _, bad := range [][2]string{{"slug", "alfa"}, {"slug", "Gamma!"}, {"fiscal_code", "123"}, {"fiscal_code", "01234567890"}, {"host", "alfa.localhost"}, {"host", "a b/c"}, {"email", "nessuno"}, {"admin", ""}} {
			status, body := s.send(t, host, token, "POST", "/comuni", newTown(bad[0], bad[1]))
			if status != 422 || !strings.Contains(body, "Comune di Gamma") || !strings.Contains(body, `href="#`+bad[0]+`"`) {
				t.Errorf("POST /comuni with %s = %q is %d, want 422 on the field with the values kept", bad[0], bad[1], status)
			}
		}
		status, body := s.send(t, host, token, "POST", "/comuni", newTown())
		m := shown.FindStringSubmatch(body)
		if status != 200 || m == nil {
			t.Fatalf("POST /comuni = %d, want 200 with the first password", status)
		}
		town, err := db.BySlug(ctx, "gamma")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := auth.Choose(ctx, db.DB, town.ID, "gamma.localhost", "capo@gamma.example", m[1], password); err != nil {
			t.Errorf("Choose of the first administrator: %v", err)
		}
		status, body = s.send(t, host, token, "POST", "/comuni", newTown("slug", "delta", "host", "delta.localhost"))
		if m = shown.FindStringSubmatch(body); status != 200 || m == nil {
			t.Fatalf("a second town of the same administrator = %d, want 200 with a new password: another of gamma might know the former\n%s", status, body)
		}
		if _, err := auth.LogIn(ctx, db.DB, town.ID, "gamma.localhost", "capo@gamma.example", password); !errors.Is(err, auth.ErrWrong) {
			t.Errorf("the former password in the first town = %v, want ErrWrong", err)
		}
		if _, err := auth.Choose(ctx, db.DB, town.ID, "gamma.localhost", "capo@gamma.example", m[1], "verde bosco 12 passi"); err != nil {
			t.Errorf("Choose with the new one: %v", err)
		}
		if status, body := s.send(t, host, token, "POST", "/comuni", newTown("slug", "epsilon", "host", "epsilon.localhost")); status != 303 {
			t.Errorf("a third town = %d, want 303 and the password kept\n%s", status, body)
		}
		if _, err := auth.LogIn(ctx, db.DB, town.ID, "gamma.localhost", "capo@gamma.example", "verde bosco 12 passi"); err != nil {
			t.Errorf("the password of who serves several towns was changed: %v", err)
		}
	})
}

// TestOperatorsListsFilter: what is asked for is shown, and no more.
func TestOperatorsListsFilter(t *testing.T) {
	s := newSite(t, tenantstest.SQLite(t))
	token := s.enter(t)
	for path, says := range map[string]string{"/comuni?cerca=nessuno": "Nessun Comune corrisponde", "/registro?dal=01/01/2090": "Nessuna operazione corrisponde",
		"/registro?azione=operator.grant": "<small>Gestore</small>"} {
		if _, body := s.send(t, host, token, "GET", path, nil); !strings.Contains(body, says) {
			t.Errorf("GET %s does not say %q", path, says)
		}
	}
	if _, body := s.send(t, host, token, "GET", "/registro?azione=operator.grant", nil); strings.Contains(body, "Comune aggiunto<br>") {
		t.Error("the filter by act does not limit the register")
	}
	if status, _ := s.send(t, host, token, "GET", "/registro.csv?dal=31/02/2026", nil); status != 422 {
		t.Errorf("a wrong day = %d, want 422", status)
	}
}
