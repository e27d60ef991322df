package idp

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/gofiber/fiber/v2"
	"golang.org/x/oauth2"

	"cassacomune/app/codes"
)

// serve runs a provider on a loopback port.
func serve(t *testing.T, now func() time.Time) (*oidc.Provider, oauth2.Config) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	issuer := "http://" + listener.Addr().String() + "/idp"
	redirect := "http://comune.localhost/accesso"
	p, err := New(Config{Issuer: issuer, Clock: now, Clients: []Client{{ID: "comune", Secret: "segreto:1", Redirects: []string{redirect}}}})
	if err != nil {
		t.Fatal(err)
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true})
	p.Mount(app.Group("/idp"))
	done := make(chan error, 1)
	go func() { done <- app.Listener(listener) }()
	t.Cleanup(func() {
		if err := app.Shutdown(); err != nil {
			t.Error(err)
		}
		<-done
	})
	found, err := oidc.NewProvider(t.Context(), issuer)
	if err != nil {
		t.Fatal(err)
	}
	return found, oauth2.Config{ClientID: "comune", ClientSecret: "segreto:1", RedirectURL: redirect,
		Endpoint: found.Endpoint(), Scopes: []string{"openid"}}
}

var stay = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// press walks from the list of people to the redirect.
func press(t *testing.T, address, person string) url.Values {
	t.Helper()
	page, err := stay.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer page.Body.Close()
	body, err := io.ReadAll(page.Body)
	if err != nil {
		t.Fatal(err)
	}
	if page.StatusCode != 200 || strings.Count(string(body), `name="persona"`) != 7 || !strings.Contains(string(body), "non è SPID") {
		t.Fatalf("list of people: status %d, %s", page.StatusCode, body)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	form := u.Query()
	form.Set("persona", person)
	answer, err := stay.PostForm(strings.Split(address, "?")[0], form)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	where, err := answer.Location()
	if err != nil {
		t.Fatalf("no redirect, status %d", answer.StatusCode)
	}
	return where.Query()
}

// TestLogin is a whole log-in by a public client library.
func TestLogin(t *testing.T) {
	p, config := serve(t, time.Now)
	verifier := oauth2.GenerateVerifier()
	q := press(t, config.AuthCodeURL("stato", oidc.Nonce("n1"), oauth2.S256ChallengeOption(verifier)), "1")
	if q.Get("state") != "stato" || q.Get("code") == "" {
		t.Fatalf("redirect = %v", q)
	}
	token, err := config.Exchange(t.Context(), q.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: "comune", SupportedSigningAlgs: []string{"RS256"}}).Verify(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{FiscalClaim: "TINIT-SMPMRA75E12E625O", "given_name": "Mario", "family_name": "Esempio",
		"email": "mario.esempio@example.org", "acr": Level, "nonce": "n1"} {
		if got := claims[name]; got != want {
			t.Errorf("claim %s = %v, want %s", name, got, want)
		}
	}
	info, err := p.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
	if err != nil || info.Subject != id.Subject || info.Email != "mario.esempio@example.org" {
		t.Errorf("userinfo = %+v, %v", info, err)
	}
	if _, err := config.Exchange(t.Context(), q.Get("code"), oauth2.VerifierOption(verifier)); err == nil {
		t.Error("a code was taken twice")
	}
}

func TestRefusals(t *testing.T) {
	now := time.Now()
	_, config := serve(t, func() time.Time { return now })
	verifier := oauth2.GenerateVerifier()
	good := config.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier))
	if q := press(t, good, "nessuna"); q.Get("error") != "access_denied" || q.Get("state") != "s" {
		t.Errorf("refusal = %v", q)
	}
	if _, err := config.Exchange(t.Context(), press(t, good, "0").Get("code"), oauth2.VerifierOption("sbagliato")); err == nil {
		t.Error("a wrong verifier was taken")
	}
	code := press(t, good, "0").Get("code")
	now = now.Add(codeLife + time.Second)
	if _, err := config.Exchange(t.Context(), code, oauth2.VerifierOption(verifier)); err == nil {
		t.Error("a code past its minute was taken")
	}
	wrong := config
	wrong.ClientSecret = "altro"
	if _, err := wrong.Exchange(t.Context(), press(t, good, "0").Get("code"), oauth2.VerifierOption(verifier)); err == nil {
		t.Error("a wrong secret was taken")
	}
	for name, address := range map[string]string{
		"no PKCE":         config.AuthCodeURL("s"),
		"plain PKCE":      config.AuthCodeURL("s", oauth2.SetAuthURLParam("code_challenge", strings.Repeat("a", 43)), oauth2.SetAuthURLParam("code_challenge_method", "plain")),
		"other redirect":  strings.Replace(good, "accesso", "altrove", 1),
		"unknown client":  strings.Replace(good, "client_id=comune", "client_id=x", 1),
		"no openid scope": strings.Replace(good, "scope=openid", "scope=email", 1),
	} {
		answer, err := stay.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		where, _ := answer.Location()
		sent := where != nil && where.Query().Get("error") != "" && where.Query().Get("code") == ""
		if answer.StatusCode != 400 && !sent {
			t.Errorf("%s: status %d, %v", name, answer.StatusCode, where)
		}
	}
}

// TestInvented holds the six to the published check letter.
func TestInvented(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Invented() {
		if err := codes.CheckFiscalCode(p.FiscalCode); err != nil {
			t.Errorf("%s: %v", p.Family, err)
		}
		seen[p.FiscalCode] = true
	}
	if len(seen) != 6 {
		t.Errorf("different people = %d, want 6", len(seen))
	}
}
