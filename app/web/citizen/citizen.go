// Package citizen is the portal of who pays: by notice number without a
// log-in, from one's own list after one, or by opening a payment oneself; the
// cart, the way to the bank's page and back, the slip, the receipt. It decides
// nothing about money: it shows what the rooms say, and a browser that comes
// back from a bank proves nothing.
package citizen

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/channels"
	"cassacomune/app/web/page"
)

// Config is what the portal needs from outside.
type Config struct {
	Key      []byte             // signs the addresses of outcomes
	Channels []channels.Channel // in the order in which payers see them
	Limits   Limits             // zero: DefaultLimits
}

type portal struct {
	Config
	rates *rates
}

// Routes are the pages of the portal.
func Routes(cfg Config) []page.Route {
	if cfg.Limits == (Limits{}) {
		cfg.Limits = DefaultLimits
	}
	p := &portal{Config: cfg, rates: newRates()}
	return []page.Route{
		page.Get("/", "portal:view", p.home),
		page.Post("/avvisi", "portal:pay", p.find),
		page.Get("/avvisi/:code", "portal:pay", p.notice),

		page.Get("/carrello", "portal:pay", p.cart),
		page.Post("/carrello/voci", "portal:pay", p.put),
		page.Post("/carrello/voci/:instalment/togli", "portal:pay", p.remove),
		page.Post("/carrello/versante", "portal:pay", p.payer),
		page.Get("/carrello/riepilogo", "portal:pay", p.summary),
		page.Post("/carrello/pagamenti", "portal:pay", p.pay),
		page.Get("/carrello/bollettino", "portal:pay", p.waiting),
		page.Get("/carrello/bollettino.pdf", "portal:pay", p.slip),
		page.Get("/pagamenti/:attempt/esito", "portal:pay", p.outcome),
		page.Get("/ricevute/:token", "portal:view", p.receipt),

		page.Get("/servizi", "portal:pay", p.services),
		page.Get("/servizi/:type", "portal:pay", p.service),
		page.Post("/servizi/:type", "portal:pay", p.open),

		page.Get("/miei", "citizen:debts", p.mine),
		page.Get("/miei/:id", "citizen:debts", p.debt),

		page.Get("/entra", "portal:view", p.login),
		page.Get("/entra/avvia", "portal:view", p.leave),
		page.Get("/entra/ritorno", "portal:view", p.back),
		page.Post("/esci", "portal:view", p.logout),
		page.Get("/lingua/:code", "portal:view", p.language),
	}
}

// base begins a page; the title is a keyed text.
func base(c *fiber.Ctx, title string) page.Base {
	b := page.For(c, "")
	b.Title = b.T(title)
	return b
}

// private keeps an answer out of caches and of search engines.
func private(c *fiber.Ctx) {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Robots-Tag", "noindex, nofollow")
}

// signed proves that an address was made by us.
func (p *portal) signed(what string) string {
	mac := hmac.New(sha256.New, p.Key)
	mac.Write([]byte("outcome\x00" + what))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
}

func (p *portal) genuine(what, sign string) bool {
	return hmac.Equal([]byte(p.signed(what)), []byte(sign))
}

// citizenOf is the citizen who is logged in, or nil.
func citizenOf(at *page.Request) *auth.Citizen { return at.Session.Citizen }

// own names a cookie; over https the name ties it to the host.
func own(c *fiber.Ctx, name string) string {
	if c.Secure() {
		return "__Host-" + name
	}
	return name
}

func keep(c *fiber.Ctx, name, value string, life time.Duration) {
	c.Cookie(&fiber.Cookie{Name: own(c, name), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HTTPOnly: true, Secure: c.Secure(), SameSite: fiber.CookieSameSiteLaxMode})
}
