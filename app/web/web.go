// Package web puts the pages of every role behind one application: which
// municipality is asked, who asks, whether they may, and the one page for
// everything that goes wrong.
package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/google/uuid"

	"cassacomune/app/auth"
	"cassacomune/app/fault"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

// Config is what the pages need from outside.
type Config struct {
	DB       *tenants.DB
	Log      *slog.Logger
	Key      []byte       // for the tokens of forms
	Views    fiber.Views  // page.NewViews
	Routes   []page.Route // of every role, at a municipality's host
	Operator []page.Route // at OperatorHost
	Proxies  []string     // addresses whose X-Forwarded-* headers are believed

	Texts        page.Texts
	OperatorHost string                 // host of the operator's side; empty: none
	Index        func(*fiber.Ctx) error // answer of the bare host of the demo; nil: 404
	IndexHosts   []string               // the bare hosts
	Test         bool                   // shown on every page: no amount is real
	Ready        func(context.Context) error
	Metrics      fiber.Handler
	MetricsToken string
	UploadLimit  int
}

// New makes the application. It panics on a route without a permission that
// the policy knows: that is a programmer's mistake.
func New(cfg Config) *fiber.App {
	w := &web{Config: cfg, towns: newTowns(cfg.DB), operator: &looks{}}
	app := fiber.New(fiber.Config{
		Views: cfg.Views, Immutable: true, DisableStartupMessage: true, ErrorHandler: w.fail,
		BodyLimit: max(cfg.UploadLimit, 4<<20), StreamRequestBody: true, DisablePreParseMultipartForm: true, // uploads are read as they come
		ReadTimeout: 60 * time.Second, IdleTimeout: 75 * time.Second,
		EnableTrustedProxyCheck: true, TrustedProxies: cfg.Proxies, ProxyHeader: fiber.HeaderXForwardedFor,
	})
	app.Use(number, w.record, recover.New())
	app.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok") })
	app.Get("/readyz", w.ready)
	if cfg.Metrics != nil {
		app.Get("/metrics", w.metrics)
	}
	app.Get("/static/:digest/*", page.Assets)
	app.Use(w.arrive, page.Headers(func(c *fiber.Ctx) []string { return page.At(c).FormHosts }))
	for _, r := range cfg.Routes {
		w.add(app, r, false)
	}
	for _, r := range cfg.Operator {
		w.add(app, r, true)
	}
	app.Use(func(*fiber.Ctx) error { return fault.New(fault.NotFound, "web.page", "Questa pagina non esiste.") })
	return app
}

type web struct {
	Config
	towns    *towns
	operator *looks
}

// add mounts a route behind its permission. What a visitor may not see without
// a login leads to the login; what a role may not do is refused.
func (w *web) add(app *fiber.App, r page.Route, operator bool) {
	if !auth.Known(r.Permission) {
		panic(fmt.Sprintf("web: route %s %s has the unknown permission %q", r.Method, r.Path, r.Permission))
	}
	app.Add(r.Method, r.Path, func(c *fiber.Ctx) error {
		at := page.At(c)
		if operator != (at.Tenant.ID == 0) {
			return c.Next()
		}
		if !r.Upload {
			if err := page.Whole(c); err != nil {
				return err
			}
		}
		if !r.Machine {
			if err := page.CheckForgery(c, w.Key, sessionOf(c)); err != nil {
				return err
			}
		}
		if at.May(r.Permission) || operator && r.Permission == public {
			if at.Session.Kind != auth.KindAnonymous {
				c.Set(fiber.HeaderCacheControl, "no-store")
			}
			if r.Permission == setUp {
				defer w.towns.forget(at.Session.Host)
			}
			return r.Handle(c)
		}
		if at.Session.Kind == auth.KindAnonymous && c.Method() == fiber.MethodGet {
			return c.Redirect(loginFor(r.Permission)+"?next="+escape(c.OriginalURL()), fiber.StatusSeeOther)
		}
		return fault.New(fault.Forbidden, "web.forbidden", "Il tuo ruolo non permette questa operazione.")
	})
}

// public is the permission of pages for everybody; on the operator's host, where
// a visitor has no role at all, only the log-in asks for it.
const public = "portal:view"

// setUp is the permission of the pages that change what is kept of a town.
const setUp = "setup:edit"

func loginFor(permission string) string {
	if strings.HasPrefix(permission, "citizen:") {
		return "/entra"
	}
	return "/accesso"
}

// number names the request for the log and the error page. The name that a
// client may have sent is not taken: it could say anything about anybody.
func number(c *fiber.Ctx) error {
	c.Set(fiber.HeaderXRequestID, uuid.NewString())
	return c.Next()
}

// record gives the request a context with a deadline and writes one line: no
// query string, no personal data.
func (w *web) record(c *fiber.Ctx) error {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	ctx, end := tenants.Joining(ctx)
	defer end()
	c.SetUserContext(ctx)
	err := c.Next()
	if err != nil { // the error page decides the status
		if err = w.fail(c, err); err != nil {
			return err
		}
	}
	tenant := ""
	if at := page.At(c); at != nil {
		tenant = at.Tenant.Slug
	}
	w.Log.Info("request", "id", c.GetRespHeader(fiber.HeaderXRequestID), "tenant", tenant, "method", c.Method(),
		"route", c.Route().Path, "status", c.Response().StatusCode(), "ms", time.Since(begun).Milliseconds())
	return nil
}

func (w *web) ready(c *fiber.Ctx) error {
	if w.Ready != nil {
		if err := w.Ready(c.UserContext()); err != nil {
			w.Log.Error("not ready", "error", err)
			return c.Status(fiber.StatusServiceUnavailable).SendString("not ready")
		}
	}
	return c.SendString("ready")
}

func (w *web) metrics(c *fiber.Ctx) error {
	if w.MetricsToken == "" || c.Get(fiber.HeaderAuthorization) != "Bearer "+w.MetricsToken {
		return c.SendStatus(fiber.StatusNotFound)
	}
	return w.Metrics(c)
}

// sessionOf names the session for the tokens of its forms.
func sessionOf(c *fiber.Ctx) string {
	at := page.At(c)
	if at == nil || at.Session.Kind == auth.KindAnonymous {
		return ""
	}
	id := sha256.Sum256([]byte(at.Token))
	return hex.EncodeToString(id[:])
}
