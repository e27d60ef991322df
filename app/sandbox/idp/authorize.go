package idp

import (
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Mount adds the provider's routes below a prefix.
func (p *Provider) Mount(r fiber.Router) {
	r.Get("/.well-known/openid-configuration", p.discovery)
	r.Get("/jwks", p.jwks)
	r.Get("/authorize", p.choose)
	r.Post("/authorize", p.chosen)
	r.Post("/token", p.token)
	r.Get("/userinfo", p.userinfo)
}

func (p *Provider) discovery(c *fiber.Ctx) error {
	i := p.config.Issuer
	return c.JSON(fiber.Map{
		"issuer": i, "authorization_endpoint": i + "/authorize", "token_endpoint": i + "/token",
		"userinfo_endpoint": i + "/userinfo", "jwks_uri": i + "/jwks",
		"response_types_supported": []string{"code"}, "grant_types_supported": []string{"authorization_code"},
		"subject_types_supported": []string{"pairwise"}, "id_token_signing_alg_values_supported": []string{"RS256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
		"code_challenge_methods_supported":      []string{"S256"}, "scopes_supported": []string{"openid", "profile", "email"},
		"acr_values_supported": []string{Level},
		"claims_supported":     []string{"sub", "given_name", "family_name", "email", "birthdate", FiscalClaim},
	})
}

// request is an authorization request, as the query and the form carry it.
type request map[string]string

var carried = []string{"response_type", "client_id", "redirect_uri", "scope", "state", "nonce",
	"code_challenge", "code_challenge_method"}

// check returns the reason for which nobody may be sent anywhere, and then the
// OAuth error that goes back to the client.
func (p *Provider) check(r request) (reason, back string) {
	client, ok := p.clients[r["client_id"]]
	switch {
	case !ok:
		return "Il servizio che chiede l'accesso è sconosciuto.", ""
	case !slices.Contains(client.Redirects, r["redirect_uri"]):
		return "L'indirizzo di ritorno non è registrato per questo servizio.", ""
	case r["response_type"] != "code":
		return "", "unsupported_response_type"
	case !slices.Contains(strings.Fields(r["scope"]), "openid"):
		return "", "invalid_scope"
	case r["code_challenge_method"] != "S256" || len(r["code_challenge"]) != 43:
		return "", "invalid_request"
	}
	return "", ""
}

func (p *Provider) choose(c *fiber.Ctx) error {
	r := gather(func(name string) string { return c.Query(name) })
	if done, err := p.stop(c, r); done {
		return err
	}
	var b strings.Builder
	b.WriteString(`<p>Nessuna di queste persone esiste. Scegli con chi entrare.</p><form method="post" action="` + html.EscapeString(p.config.Issuer) + `/authorize">`)
	for _, name := range carried {
		b.WriteString(`<input type="hidden" name="` + name + `" value="` + html.EscapeString(r[name]) + `">`)
	}
	for i, person := range p.config.People {
		b.WriteString(`<button name="persona" value="` + strconv.Itoa(i) + `">` + html.EscapeString(person.Given+" "+person.Family) + `</button>`)
	}
	b.WriteString(`<button name="persona" value="nessuna">Non voglio entrare</button></form>`)
	return send(c, fiber.StatusOK, "Entra con un'identità di prova", b.String())
}

func (p *Provider) chosen(c *fiber.Ctx) error {
	r := gather(func(name string) string { return c.FormValue(name) })
	if done, err := p.stop(c, r); done {
		return err
	}
	i, err := strconv.Atoi(c.FormValue("persona"))
	if err != nil || i < 0 || i >= len(p.config.People) {
		return back(c, r, url.Values{"error": {"access_denied"}})
	}
	code := randomToken()
	p.mu.Lock()
	p.codes[code] = grant{client: r["client_id"], redirect: r["redirect_uri"], nonce: r["nonce"],
		challenge: r["code_challenge"], person: p.config.People[i], until: p.config.Clock().Add(codeLife)}
	p.mu.Unlock()
	return back(c, r, url.Values{"code": {code}, "iss": {p.config.Issuer}})
}

func gather(field func(string) string) request {
	r := request{}
	for _, name := range carried {
		r[name] = strings.Clone(field(name))
	}
	return r
}

func (p *Provider) stop(c *fiber.Ctx, r request) (bool, error) {
	reason, code := p.check(r)
	switch {
	case reason != "":
		return true, send(c, fiber.StatusBadRequest, "Accesso non possibile", `<p role="alert">`+reason+`</p>`)
	case code != "":
		return true, back(c, r, url.Values{"error": {code}})
	}
	return false, nil
}

func back(c *fiber.Ctx, r request, values url.Values) error {
	u, err := url.Parse(r["redirect_uri"])
	if err != nil {
		return fiber.ErrBadRequest
	}
	query := u.Query()
	for name, v := range values {
		query[name] = v
	}
	if r["state"] != "" {
		query.Set("state", r["state"])
	}
	u.RawQuery = query.Encode()
	return c.Redirect(u.String(), fiber.StatusSeeOther)
}

const style = `body{font:1.1rem/1.5 system-ui,sans-serif;margin:0;color:#10243a;background:#eef3f8}
header{background:#0b4f6c;color:#fff;padding:1rem}main{max-width:36rem;margin:1.5rem auto;padding:1.5rem;background:#fff}
button{display:block;width:100%;margin:.5rem 0;padding:.75rem;font:inherit;text-align:left;border:2px solid #0b4f6c;background:#fff;color:#0b4f6c;cursor:pointer}
button:focus-visible{outline:3px solid #b45309;outline-offset:2px}`

func send(c *fiber.Ctx, status int, title, body string) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	c.Type("html", "utf-8")
	return c.Status(status).SendString(`<!doctype html><html lang="it"><head><meta charset="utf-8">` +
		`<meta name="viewport" content="width=device-width, initial-scale=1"><title>` + title + `</title><style>` + style +
		`</style></head><body><header>Identità di prova: non è SPID, non è CIE</header><main><h1>` + title + `</h1>` + body + `</main></body></html>`)
}
