package citizen

import (
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/fault"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

const (
	stateCookie = "accesso"
	stateLife   = 10 * time.Minute

	// The client secret of the identity provider is a channel's secret.
	secretChannel, secretField = "oidc", "client_secret"
)

type loginPage struct {
	page.Base
	Start string // where the button leads
	Ready bool   // the municipality has an identity provider
}

// login explains what the log-in is for, before leaving for the provider.
func (p *portal) login(c *fiber.Ctx) error {
	at, next := page.At(c), auth.LocalPath(c.Query("next"))
	if next == "/" || next == "/entra" {
		next = "/miei"
	}
	if citizenOf(at) != nil {
		return c.Redirect(next, fiber.StatusSeeOther)
	}
	v := loginPage{Base: base(c, "login.title|Accedi all'area personale"), Start: "/entra/avvia?next=" + url.QueryEscape(next), Ready: at.Settings.Identity.Issuer != ""}
	return page.Show(c, "citizen/login", v)
}

// leave sends the browser to the identity provider.
func (p *portal) leave(c *fiber.Ctx) error {
	at := page.At(c)
	private(c)
	if at.Settings.Identity.Issuer == "" {
		return fault.New(fault.Conflict, "login.none", "Questo Comune non ha ancora attivato l'accesso dei cittadini.")
	}
	if err := p.allow(c, ""); err != nil {
		return err
	}
	secret, err := clientSecret(c, at)
	if err != nil {
		return err
	}
	to, err := auth.StartOIDC(c.UserContext(), at.DB, at.Tenant.ID, at.Settings.Identity, secret, c.BaseURL()+"/entra/ritorno", c.Query("next"))
	if err != nil {
		return err
	}
	keep(c, stateCookie, auth.StateOf(to), stateLife)
	return c.Redirect(to, fiber.StatusSeeOther)
}

func clientSecret(c *fiber.Ctx, at *page.Request) (secret string, err error) {
	err = at.Read(c, func(tx *tenants.Tx) error {
		secret, err = tx.Secret(secretChannel, secretField)
		return err
	})
	return secret, err
}

// back is where the provider sends the browser.
func (p *portal) back(c *fiber.Ctx) error {
	at := page.At(c)
	private(c)
	secret, err := clientSecret(c, at)
	if err != nil {
		return err
	}
	kept := c.Cookies(own(c, stateCookie))
	keep(c, stateCookie, "", -time.Hour)
	token, next, err := auth.FinishOIDC(c.UserContext(), at.DB, at.Tenant.ID, at.Settings.Identity, secret, at.Session.Host,
		auth.Return{State: c.Query("state"), Code: c.Query("code"), Error: c.Query("error"), Cookie: kept})
	if err != nil {
		return err
	}
	page.KeepSession(c, token)
	return c.Redirect(next, fiber.StatusSeeOther)
}

// logout ends the session of whoever has one. The cart goes with it: the next
// person at this screen must not find it.
func (p *portal) logout(c *fiber.Ctx) error {
	at := page.At(c)
	if err := auth.LogOut(c.UserContext(), at.DB, at.Tenant.ID, at.Token); err != nil {
		return err
	}
	page.KeepSession(c, "")
	keep(c, cartCookie, "", -time.Hour)
	return c.Redirect("/", fiber.StatusSeeOther)
}

// language remembers the language and goes back to where the visitor was.
func (p *portal) language(c *fiber.Ctx) error {
	known := false
	for _, l := range page.At(c).Settings.Languages {
		known = known || l == c.Params("code")
	}
	if !known {
		return fault.New(fault.NotFound, "portal.language", "Questa lingua non è disponibile.")
	}
	c.Cookie(&fiber.Cookie{Name: page.LanguageCookie, Value: c.Params("code"), Path: "/", MaxAge: 365 * 24 * 3600,
		HTTPOnly: true, Secure: c.Secure(), SameSite: fiber.CookieSameSiteLaxMode})
	to := "/"
	if u, err := url.Parse(c.Get(fiber.HeaderReferer)); err == nil && u.Host == string(c.Request().Host()) {
		to = auth.LocalPath(u.RequestURI())
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}
