package web_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/web"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
	"cassacomune/views"
)

var (
	ctx = context.Background()
	by  = tenants.System("test")
)

// site is an application with a few routes of the test's own, listening.
type site struct {
	db   *tenantstest.Data
	log  *lines
	addr string
	http *http.Client

	mu   sync.Mutex
	kept []string
}

// lines is a log that is written and read at once.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *lines) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }
func (l *lines) Reset()                      { l.mu.Lock(); defer l.mu.Unlock(); l.b.Reset() }

func (s *site) keep(values ...string) { s.mu.Lock(); s.kept = append(s.kept, values...); s.mu.Unlock() }

func open(t *testing.T, change func(*web.Config)) *site {
	t.Helper()
	s := &site{db: tenantstest.SQLite(t), log: &lines{}}
	v, err := page.NewViews(views.FS)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := page.LoadTexts(views.FS)
	if err != nil {
		t.Fatal(err)
	}
	cfg := web.Config{DB: s.db.DB, Log: slog.New(slog.NewJSONHandler(s.log, nil)), Key: tenantstest.Key, Views: v, Texts: texts,
		OperatorHost: "gestore.localhost", Routes: s.routes(),
		Operator: []page.Route{{Method: "GET", Path: "/comuni", Permission: "operator:view", Handle: who}}}
	if change != nil {
		change(&cfg)
	}
	app := web.New(cfg)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go app.Listener(l)
	t.Cleanup(func() { app.Shutdown() })
	s.addr = l.Addr().String()
	s.http = &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1, MaxIdleConnsPerHost: 1},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s
}

func who(c *fiber.Ctx) error { return c.SendString("town:" + page.At(c).Tenant.Slug) }

func (s *site) routes() []page.Route {
	return []page.Route{
		{Method: "GET", Path: "/", Permission: "portal:view", Handle: who},
		{Method: "GET", Path: "/ricorda/:id", Permission: "portal:view", Handle: func(c *fiber.Ctx) error {
			s.keep(c.Params("id"), c.Query("q"), c.Get("X-Note"), c.Path(), c.Hostname(), c.Cookies("k"))
			return nil
		}},
		{Method: "GET", Path: "/guasto", Permission: "portal:view", Handle: func(*fiber.Ctx) error {
			return errors.New("dial tcp 10.0.0.7:5432: password of secret-host refused")
		}},
		{Method: "GET", Path: "/panico", Permission: "portal:view", Handle: func(*fiber.Ctx) error { panic("secret-panic") }},
		{Method: "GET", Path: "/desk", Permission: "desk:view", Handle: who},
		{Method: "GET", Path: "/miei", Permission: "citizen:debts", Handle: who},
		{Method: "GET", Path: "/admin", Permission: "setup:edit", Handle: who},
		{Method: "POST", Path: "/paga", Permission: "portal:pay", Handle: who},
		{Method: "POST", Path: "/desk", Permission: "desk:view", Handle: who},
		{Method: "POST", Path: "/notifica", Permission: "portal:pay", Handle: who, Machine: true},
	}
}

type answer struct {
	status int
	header http.Header
	body   string
	reused bool // it came on a connection that had served before
}

// ask sends a request to a host; headers are name and value in turn.
func (s *site) ask(t *testing.T, method, host, path, form string, headers ...string) answer {
	t.Helper()
	var a answer
	trace := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { a.reused = i.Reused }})
	r, err := http.NewRequestWithContext(trace, method, "http://"+s.addr+path, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := s.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a.status, a.header, a.body = resp.StatusCode, resp.Header, string(b)
	return a
}

// staff logs a clerk in and returns the cookie header.
func (s *site) staff(t *testing.T, town tenants.Tenant, role string) (cookie string, token auth.Token) {
	t.Helper()
	email := role + "@" + town.Slug + ".example"
	p, err := auth.CreatePerson(ctx, s.db.DB, by, email, "Nome Cognome")
	if err != nil {
		t.Fatal(err)
	}
	const password = "una frase lunga abbastanza"
	if err := errors.Join(auth.SetPassword(ctx, s.db.DB, by, p.ID, password), auth.Grant(ctx, s.db.DB, town.ID, by, p.ID, role, nil)); err != nil {
		t.Fatal(err)
	}
	token, err = auth.LogIn(ctx, s.db.DB, town.ID, town.Slug+".localhost", email, password)
	if err != nil {
		t.Fatal(err)
	}
	return "sessione=" + string(token), token
}

func TestHostsAlternateOnOneConnection(t *testing.T) {
	s := open(t, nil)
	s.db.Add(t, "alfa")
	s.db.Add(t, "beta")
	for i := range 40 {
		host := []string{"alfa", "beta", "nessuno"}[i%3]
		got := s.ask(t, "GET", host+".localhost", "/", "")
		if i > 0 && !got.reused {
			t.Fatal("the connection was not kept: nothing is tested")
		}
		if want := "town:" + host; host != "nessuno" && (got.status != 200 || got.body != want) {
			t.Fatalf("request %d to %s = %d %q, want %q", i, host, got.status, got.body, want)
		}
		if host == "nessuno" && (got.status != 404 || strings.Contains(got.body, "alfa") || strings.Contains(got.body, "beta")) {
			t.Fatalf("an unknown host = %d %q, want 404 of no town", got.status, got.body)
		}
	}
}

func TestHostsAreExact(t *testing.T) {
	s := open(t, nil)
	s.db.Add(t, "alfa")
	for host, want := range map[string]int{
		"alfa.localhost": 200, "ALFA.localhost": 200, "alfa.localhost:8080": 200,
		"localhost": 404, "x.alfa.localhost": 404, "alfa.localhost.": 404, "alfa.localhost.example": 404,
		"alfa": 404, "127.0.0.1": 404, "[::1]": 404, "gestore.localhost": 404,
	} {
		if got := s.ask(t, "GET", host, "/", ""); got.status != want {
			t.Errorf("%q = %d %.60q, want %d", host, got.status, got.body, want)
		}
	}
}

func TestForwardedHostNeedsATrustedProxy(t *testing.T) {
	forged := []string{"X-Forwarded-Host", "beta.localhost", "X-Forwarded-Proto", "https"}
	for proxies, want := range map[string]string{"": "town:alfa", "10.9.9.9": "town:alfa", "127.0.0.1": "town:beta"} {
		s := open(t, func(c *web.Config) {
			if proxies != "" {
				c.Proxies = []string{proxies}
			}
		})
		s.db.Add(t, "alfa")
		s.db.Add(t, "beta")
		got := s.ask(t, "GET", "alfa.localhost", "/", "", forged...)
		if got.body != want {
			t.Errorf("proxies %q: %q, want %q", proxies, got.body, want)
		}
		if hsts := got.header.Get("Strict-Transport-Security") != ""; hsts != (want == "town:beta") {
			t.Errorf("proxies %q: forwarded protocol believed = %v", proxies, hsts)
		}
	}
}

// TestValuesOutliveTheirRequest keeps what handlers read beyond the request:
// without Immutable the next request on the connection overwrites it.
func TestValuesOutliveTheirRequest(t *testing.T) {
	s := open(t, nil)
	s.db.Add(t, "alfa")
	s.db.Add(t, "beta")
	ask := func(host, mark string) {
		s.ask(t, "GET", host, "/ricorda/"+mark+"?q="+mark, "", "X-Note", mark, "Cookie", "k="+mark)
	}
	var want []string
	for i := range 20 {
		mark, host := strings.Repeat(string(rune('a'+i)), 12), []string{"alfa.localhost", "beta.localhost"}[i%2]
		ask(host, mark)
		want = append(want, mark, mark, mark, "/ricorda/"+mark, host, mark)
	}
	for i, got := range s.kept {
		if got != want[i] {
			t.Fatalf("value %d is now %q, was %q", i, got, want[i])
		}
	}
	if len(s.kept) != len(want) {
		t.Errorf("%d values kept, want %d", len(s.kept), len(want))
	}
}

func TestRoutesWithoutPermissionPanic(t *testing.T) {
	for _, permission := range []string{"", "debts", "debts:", "debts:everything", "*", "r:clerk", "Debts:view"} {
		for _, operator := range []bool{false, true} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("a route with permission %q was mounted", permission)
					}
				}()
				r := []page.Route{{Method: "GET", Path: "/x", Permission: permission, Handle: who}}
				cfg := web.Config{Routes: r}
				if operator {
					cfg = web.Config{Operator: r}
				}
				web.New(cfg)
			}()
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	s := open(t, nil)
	town := s.db.Add(t, "alfa")
	cookie, _ := s.staff(t, town, auth.RoleClerk)
	want := map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"}
	for _, path := range []string{"/", "/guasto", "/nessuna-pagina", "/panico", "/desk"} {
		got := s.ask(t, "GET", "alfa.localhost", path, "", "Cookie", cookie)
		for name, value := range want {
			if got.header.Get(name) != value {
				t.Errorf("%s: %s = %q, want %q", path, name, got.header.Get(name), value)
			}
		}
		csp := got.header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: policy %q lacks %q", path, csp, part)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("%s: policy %q is open", path, csp)
		}
	}
	if got := s.ask(t, "GET", "alfa.localhost", "/desk", "", "Cookie", cookie); got.status != 200 || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("a page behind a login: %d, Cache-Control %q, want 200 no-store", got.status, got.header.Get("Cache-Control"))
	}
}

func TestForgeryIsRefused(t *testing.T) {
	s := open(t, nil)
	town := s.db.Add(t, "alfa")
	s.db.Add(t, "beta")
	cookie, token := s.staff(t, town, auth.RoleClerk)
	csrf := page.Token(tenantstest.Key, sha(token))
	body := "csrf=" + url.QueryEscape(csrf)
	tests := []struct {
		name, path, form string
		headers          []string
		want             int
	}{
		{"own page with token", "/desk", body, []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin"}, 200},
		{"own page without token", "/desk", "x=1", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin"}, 403},
		{"own page, another session's token", "/desk", "csrf=" + url.QueryEscape(page.Token(tenantstest.Key, "other")), []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin"}, 403},
		{"own page, token of another key", "/desk", "csrf=" + url.QueryEscape(page.Token([]byte("other key"), sha(token))), []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin"}, 403},
		{"another site with token", "/desk", body, []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site"}, 403},
		{"another town with token", "/desk", body, []string{"Cookie", cookie, "Sec-Fetch-Site", "same-site"}, 403},
		{"old browser, own origin", "/desk", body, []string{"Cookie", cookie, "Origin", "http://alfa.localhost"}, 200},
		{"old browser, another town's origin", "/desk", body, []string{"Cookie", cookie, "Origin", "http://beta.localhost"}, 403},
		{"old browser, null origin", "/desk", body, []string{"Cookie", cookie, "Origin", "null"}, 403},
		{"visitor from own page", "/paga", "x=1", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"visitor from another site", "/paga", "x=1", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"visitor without either header", "/paga", "x=1", nil, 403},
		{"a server that notifies", "/notifica", "x=1", nil, 200},
		{"a stolen cookie at another town", "/desk", body, []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin", "host", "beta.localhost"}, 403},
	}
	for _, test := range tests {
		host := "alfa.localhost"
		if n := len(test.headers); n > 1 && test.headers[n-2] == "host" {
			host, test.headers = test.headers[n-1], test.headers[:n-2]
		}
		if got := s.ask(t, "POST", host, test.path, test.form, test.headers...); got.status != test.want {
			t.Errorf("%s: %d %.80q, want %d", test.name, got.status, got.body, test.want)
		}
	}
}

func TestRightsAtTheDoor(t *testing.T) {
	s := open(t, nil)
	town := s.db.Add(t, "alfa")
	s.db.Add(t, "beta")
	cookie, _ := s.staff(t, town, auth.RoleClerk)
	tests := []struct {
		host, path, cookie string
		status             int
		location           string
	}{
		{"alfa.localhost", "/desk", "", 303, "/accesso?next=%2Fdesk"},
		{"alfa.localhost", "/desk?a=b&next=//evil", "", 303, "/accesso?next=%2Fdesk%3Fa%3Db%26next%3D%2F%2Fevil"},
		{"alfa.localhost", "/miei", "", 303, "/entra?next=%2Fmiei"},
		{"alfa.localhost", "/desk", cookie, 200, ""},
		{"alfa.localhost", "/admin", cookie, 403, ""},
		{"beta.localhost", "/desk", cookie, 303, "/accesso?next=%2Fdesk"}, // a stranger there
		{"gestore.localhost", "/comuni", cookie, 303, "/accesso?next=%2Fcomuni"},
		{"gestore.localhost", "/desk", cookie, 404, ""},
		{"alfa.localhost", "/comuni", cookie, 404, ""},
		{"alfa.localhost", "/desk", "sessione=" + strings.Repeat("a", 43), 303, "/accesso?next=%2Fdesk"},
		{"alfa.localhost", "/desk", "sessione=x", 303, "/accesso?next=%2Fdesk"},
	}
	for _, test := range tests {
		got := s.ask(t, "GET", test.host, test.path, "", "Cookie", test.cookie)
		if got.status != test.status || got.header.Get("Location") != test.location {
			t.Errorf("%s%s with %.20q = %d %q, want %d %q", test.host, test.path, test.cookie, got.status, got.header.Get("Location"), test.status, test.location)
		}
	}
}

var requestCode = regexp.MustCompile(`<code>([0-9a-f-]{36})</code>`)

func TestErrorPageSaysNoInternals(t *testing.T) {
	s := open(t, nil)
	s.db.Add(t, "alfa")
	for path, status := range map[string]int{"/guasto": 500, "/panico": 500, "/nessuna-pagina": 404} {
		s.log.Reset()
		got := s.ask(t, "GET", "alfa.localhost", path, "")
		if got.status != status {
			t.Errorf("%s = %d, want %d", path, got.status, status)
		}
		m := requestCode.FindStringSubmatch(got.body)
		if m == nil || m[1] != got.header.Get("X-Request-Id") {
			t.Errorf("%s: the page shows no request code: %.300q", path, got.body)
			continue
		}
		for _, internal := range []string{"secret", "10.0.0.7", "goroutine", ".go:", "cassacomune/", "panic"} {
			if strings.Contains(got.body, internal) {
				t.Errorf("%s: the page shows %q", path, internal)
			}
		}
		if !strings.Contains(s.log.String(), m[1]) {
			t.Errorf("%s: the log does not know request %s", path, m[1])
		}
		if status == 500 && !strings.Contains(s.log.String(), "secret") {
			t.Errorf("%s: the cause is not in the log: %s", path, s.log)
		}
	}
}

// TestLogHoldsNothingPersonal sends personal data wherever a browser might and
// reads the log.
func TestLogHoldsNothingPersonal(t *testing.T) {
	s := open(t, nil)
	town := s.db.Add(t, "alfa")
	cookie, _ := s.staff(t, town, auth.RoleClerk)
	const code = "RSSMRA80A01H501U"
	for _, path := range []string{"/?q=" + code, "/ricorda/" + code, "/nessuna/" + code, "/guasto?q=" + code, "/desk?q=" + code} {
		s.ask(t, "GET", "alfa.localhost", path, "", "Cookie", cookie, "X-Request-Id", code, "User-Agent", code, "Referer", "http://alfa.localhost/"+code)
	}
	s.ask(t, "POST", "alfa.localhost", "/paga?q="+code, "name="+code, "Sec-Fetch-Site", "same-origin")
	log := s.log.String()
	if n := strings.Count(log, `"msg":"request"`); n != 6 {
		t.Errorf("%d request lines, want 6", n)
	}
	for _, never := range []string{code, "?", strings.TrimPrefix(cookie, "sessione="), "Nome Cognome", "q="} {
		if strings.Contains(log, never) {
			t.Errorf("the log holds %q:\n%s", never, log)
		}
	}
}

func TestReadiness(t *testing.T) {
	s := open(t, func(c *web.Config) { c.Ready = func(context.Context) error { return errors.New("no database") } })
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 503, "/metrics": 404} {
		if got := s.ask(t, "GET", "127.0.0.1", path, ""); got.status != want || strings.Contains(got.body, "database") {
			t.Errorf("%s = %d %q, want %d", path, got.status, got.body, want)
		}
	}
	s = open(t, func(c *web.Config) {
		c.MetricsToken, c.Metrics = "letmein", func(c *fiber.Ctx) error { return c.SendString("numbers") }
	})
	for header, want := range map[string]int{"": 404, "Bearer x": 404, "Bearer ": 404, "Bearer letmein": 200} {
		if got := s.ask(t, "GET", "127.0.0.1", "/metrics", "", "Authorization", header); got.status != want {
			t.Errorf("metrics with %q = %d, want %d", header, got.status, want)
		}
	}
}

func sha(token auth.Token) string {
	id := sha256.Sum256([]byte(token))
	return hex.EncodeToString(id[:])
}
