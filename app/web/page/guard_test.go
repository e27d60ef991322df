package page

import (
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"cassacomune/app/fault"

	"github.com/gofiber/fiber/v2"
)

func request(method, target, body string, headers map[string]string) func(*testing.T, *fiber.App) (int, string, map[string][]string) {
	return func(t *testing.T, app *fiber.App) (int, string, map[string][]string) {
		t.Helper()
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		if method == "POST" {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		for k, v := range headers {
			r.Header.Set(k, v)
		}
		answer, err := app.Test(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(text), answer.Header
	}
}

func testApp(v fiber.Views) *fiber.App {
	return fiber.New(fiber.Config{Views: v, Immutable: true, ErrorHandler: func(c *fiber.Ctx, err error) error {
		if fault.Is(err, fault.Forbidden) {
			return c.SendStatus(403)
		}
		if fault.Is(err, fault.NotFound) {
			return c.SendStatus(404)
		}
		return c.SendStatus(500)
	}})
}

func TestForgery(t *testing.T) {
	key := []byte("chiave di prova")
	app := testApp(nil)
	app.Use(Forgery(key, func(c *fiber.Ctx) string { return c.Cookies("s") }))
	app.All("/", func(c *fiber.Ctx) error { return c.SendStatus(204) })
	token := Token(key, "una")
	own := map[string]string{"Sec-Fetch-Site": "same-origin"}
	with := func(more ...string) map[string]string {
		h := map[string]string{"Cookie": "s=una"}
		for i := 0; i < len(more); i += 2 {
			h[more[i]] = more[i+1]
		}
		return h
	}
	form := "csrf=" + url.QueryEscape(token)
	for _, test := range []struct {
		name, method, body string
		headers            map[string]string
		want               int
	}{
		{"reading is free", "GET", "", nil, 204},
		{"session with token", "POST", form, with("Sec-Fetch-Site", "same-origin"), 204},
		{"old browser with token", "POST", form, with(), 204},
		{"token in header", "POST", "", with("X-CSRF-Token", token), 204},
		{"session without token", "POST", "", with("Sec-Fetch-Site", "same-origin"), 403},
		{"token of another session", "POST", "csrf=" + Token(key, "altra"), with(), 403},
		{"token of another key", "POST", "csrf=" + Token([]byte("x"), "una"), with(), 403},
		{"another site with token", "POST", form, with("Sec-Fetch-Site", "cross-site"), 403},
		{"a neighbour town with token", "POST", form, with("Sec-Fetch-Site", "same-site"), 403},
		{"another origin with token", "POST", form, with("Origin", "https://altro.example"), 403},
		{"null origin with token", "POST", form, with("Origin", "null"), 403},
		{"no session, own page", "POST", "", own, 204},
		{"no session, own origin", "POST", "", map[string]string{"Origin": "http://example.com"}, 204},
		{"no session, no header", "POST", "", nil, 403},
		{"no session, another origin", "POST", "", map[string]string{"Origin": "http://altro.example"}, 403},
	} {
		got, _, _ := request(test.method, "/", test.body, test.headers)(t, app)
		if got != test.want {
			t.Errorf("%s: status %d, want %d", test.name, got, test.want)
		}
	}
	if a, b := Token(key, "una"), Token(key, "una"); a == b {
		t.Error("two tokens of a session are equal, want each masked anew")
	}
}

func TestHeaders(t *testing.T) {
	app := testApp(nil)
	app.Use(Headers(func(*fiber.Ctx) []string { return []string{"https://pagamenti.example"} }))
	app.Get("/io", Personal, func(c *fiber.Ctx) error { return c.SendString("x") })
	_, _, head := request("GET", "/io", "", nil)(t, app)
	policy := strings.Join(head["Content-Security-Policy"], "")
	for _, want := range []string{"default-src 'none'", "form-action 'self' https://pagamenti.example;", "frame-ancestors 'none'", "script-src 'self';"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy %q has no %q", policy, want)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q allows something unsafe", policy)
	}
	if got := strings.Join(head["Cache-Control"], ""); got != "no-store" {
		t.Errorf("Cache-Control = %q, want no-store", got)
	}
}

func TestAssets(t *testing.T) {
	app := testApp(nil)
	app.Get("/static/:digest/*", Assets)
	path, err := asset("bi.css")
	if err != nil {
		t.Fatal(err)
	}
	status, _, head := request("GET", path, "", nil)(t, app)
	if got := strings.Join(head["Cache-Control"], ""); status != 200 || !strings.Contains(got, "immutable") {
		t.Errorf("%s = %d %q, want it kept for ever", path, status, got)
	}
	for _, bad := range []string{"/static/x/none.css", "/static/x/..%2fstatic.go", "/static/x/build/build.cjs"} {
		if status, _, _ := request("GET", bad, "", nil)(t, app); status != 404 {
			t.Errorf("%s = %d, want 404", bad, status)
		}
	}
}

func TestCSV(t *testing.T) {
	app := testApp(nil)
	app.Get("/ok", func(c *fiber.Ctx) error {
		return CSV(c, "debiti.csv", []string{"nome", "importo"}, func(yield func([]string, error) bool) {
			yield([]string{"=1+1;x", "-12,50"}, nil)
		})
	})
	_, got, head := request("GET", "/ok", "", nil)(t, app)
	if want := "\ufeffnome;importo\r\n\"'=1+1;x\";-12,50\r\n"; got != want {
		t.Errorf("csv = %q, want %q", got, want)
	}
	if got, want := strings.Join(head["Content-Disposition"], ""), "attachment; filename=debiti.csv"; got != want {
		t.Errorf("disposition = %q, want %q", got, want)
	}
	cut := errors.New("database gone")
	err := WriteCSV(io.Discard, nil, func(yield func([]string, error) bool) { yield(nil, cut) })
	if !errors.Is(err, cut) {
		t.Errorf("WriteCSV = %v, want %v", err, cut)
	}
	for cell, want := range map[string]string{"+39 055": "'+39 055", "@x": "'@x", "-x": "'-x", "-1.234,50": "-1.234,50", "\tx": "'\tx", "x=1": "x=1"} {
		if got := guarded([]string{cell})[0]; got != want {
			t.Errorf("guarded(%q) = %q, want %q", cell, got, want)
		}
	}
}

func TestFlashOnce(t *testing.T) {
	app := testApp(nil)
	app.Get("/set", func(c *fiber.Ctx) error { Flash(c, Alert{Kind: "success", Text: "Avviso annullato: n. 5"}); return nil })
	app.Get("/take", func(c *fiber.Ctx) error { return c.SendString(fmt.Sprint(For(c, "x").Flash)) })
	_, _, head := request("GET", "/set", "", nil)(t, app)
	cookie, _, _ := strings.Cut(strings.Join(head["Set-Cookie"], ""), ";")
	_, got, head := request("GET", "/take", "", map[string]string{"Cookie": cookie})(t, app)
	if want := "&{success  Avviso annullato: n. 5}"; got != want {
		t.Errorf("flash = %q, want %q", got, want)
	}
	if gone := strings.Join(head["Set-Cookie"], ""); !strings.Contains(gone, "messaggio=;") {
		t.Errorf("cookie = %q, want it cleared", gone)
	}
	if _, got, _ = request("GET", "/take", "", map[string]string{"Cookie": "messaggio=%%%"})(t, app); got != "<nil>" {
		t.Errorf("flash of a broken cookie = %q, want none", got)
	}
}
