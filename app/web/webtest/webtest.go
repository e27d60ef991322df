// Package webtest asks the pages in tests, as a browser of somebody who has
// logged in does.
package webtest

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
	"cassacomune/app/web"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
	"cassacomune/views"
)

// Password is everybody's.
const Password = "prova-prova-prova"

// App is the application over some routes: what the configuration leaves out
// is as tests need it.
func App(t testing.TB, cfg web.Config) *fiber.App {
	t.Helper()
	var err error
	if cfg.Views, err = page.NewViews(views.FS); err != nil {
		t.Fatal(err)
	}
	if cfg.Key = tenantstest.Key; cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return web.New(cfg)
}

// Join makes <name>@<town>.example somebody with a role in a municipality, of
// some offices or of all, and logs in.
func Join(t testing.TB, db *tenantstest.Data, town tenants.Tenant, name, role string, offices ...string) auth.Token {
	t.Helper()
	ctx, by := context.Background(), tenants.System("test")
	var token auth.Token
	p, err := auth.CreatePerson(ctx, db.DB, by, name+"@"+town.Slug+".example", "Persona "+name)
	if err == nil {
		err = auth.SetPassword(ctx, db.DB, by, p.ID, Password)
	}
	if err == nil {
		err = auth.Grant(ctx, db.DB, town.ID, by, p.ID, role, offices)
	}
	if err == nil {
		token, err = auth.LogIn(ctx, db.DB, town.ID, town.Slug+".localhost", p.Email, Password)
	}
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// CSRF is the sign that the forms of a session carry.
func CSRF(token auth.Token) string {
	id := sha256.Sum256([]byte(token))
	return page.Token(tenantstest.Key, hex.EncodeToString(id[:]))
}

// Post sends a form of a session, with its sign.
func Post(t testing.TB, app *fiber.App, host string, token auth.Token, path string, values url.Values) (status int, body string) {
	t.Helper()
	if values == nil {
		values = url.Values{}
	}
	if token != "" {
		values.Set("csrf", CSRF(token))
	}
	return Ask(t, app, host, token, "POST", path, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
}

// Ask sends a request of a session ("": of nobody) and returns the page, with
// where it leads and the cookies it leaves on lines of their own behind it.
func Ask(t testing.TB, app *fiber.App, host string, token auth.Token, method, path, kind string, content io.Reader) (status int, body string) {
	t.Helper()
	r := httptest.NewRequest(method, path, content)
	r.Host = host
	if method == "POST" {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if token != "" {
		r.Header.Set("Cookie", "sessione="+string(token))
	}
	answer, err := app.Test(r, 20_000)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	body = string(page)
	for _, name := range []string{"Set-Cookie", "Location"} {
		for _, value := range answer.Header.Values(name) {
			body += "\n" + name + ": " + value
		}
	}
	return answer.StatusCode, body
}
