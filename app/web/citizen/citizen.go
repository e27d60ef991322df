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
	get := func(path, permission string, h fiber.Handler) page.Route {
		return page.Route{Method: fiber.MethodGet, Path: path, Permission: permission, Handle: h}
	}
	post := func(path, permission string, h fiber.Handler) page.Route {
		return page.Route{Method: fiber.MethodPost, Path: path, Permission: permission, Handle: h}
	}
	return []page.Route{
		get("/", "portal:view", p.home),
		post("/avvisi", "portal:pay", p.find),
		get("/avvisi/:code", "portal:pay", p.notice),

		get("/carrello", "portal:pay", p.cart),
		post("/carrello/voci", "portal:pay", p.put),
		post("/carrello/voci/:instalment/togli", "portal:pay", p.remove),
		post("/carrello/versante", "portal:pay", p.payer),
		get("/carrello/riepilogo", "portal:pay", p.summary),
		post("/carrello/pagamenti", "portal:pay", p.pay),
		get("/carrello/bollettino", "portal:pay", p.waiting),
		get("/carrello/bollettino.pdf", "portal:pay", p.slip),
		get("/pagamenti/:attempt/esito", "portal:pay", p.outcome),
		get("/ricevute/:token", "portal:view", p.receipt),

		get("/servizi", "portal:pay", p.services),
		get("/servizi/:type", "portal:pay", p.service),
		post("/servizi/:type", "portal:pay", p.open),

		get("/miei", "citizen:debts", p.mine),
		get("/miei/:id", "citizen:debts", p.debt),

		get("/entra", "portal:view", p.login),
		get("/entra/avvia", "portal:view", p.leave),
		get("/entra/ritorno", "portal:view", p.back),
		post("/esci", "portal:view", p.logout),
		get("/lingua/:code", "portal:view", p.language),
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
