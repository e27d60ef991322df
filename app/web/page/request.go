package page

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/auth"
	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// Request is what a handler knows of who asks, and for which municipality. It
// is made once, before any route is matched.
type Request struct {
	DB        *tenants.DB
	Tenant    tenants.Tenant // zero on the operator's side
	Settings  tenants.Settings
	Catalogue []tenants.DebtType // by name, as it was a moment ago
	Session   auth.Session
	Token     auth.Token
	Lang      string
	FormHosts []string // origins to which a form of this page may lead
}

const requestKey = "page.request"

// Carry keeps the request's scope; the web's own middleware calls it.
func Carry(c *fiber.Ctx, r *Request) { c.Locals(requestKey, r) }

// At returns the request's scope.
func At(c *fiber.Ctx) *Request {
	r, _ := c.Locals(requestKey).(*Request)
	return r
}

// Read runs queries of the request's municipality.
func (r *Request) Read(c *fiber.Ctx, fn func(*tenants.Tx) error) error {
	return r.DB.Read(c.UserContext(), r.Tenant.ID, func(tx *tenants.Tx) error {
		tx.Actor = r.Session.Actor // lists are limited to the actor's offices
		return fn(tx)
	})
}

// Within runs a transaction of the request's municipality, on behalf of who
// asks.
func (r *Request) Within(c *fiber.Ctx, fn func(*tenants.Tx) error) error {
	return r.DB.Within(c.UserContext(), r.Tenant.ID, r.Session.Actor, fn)
}

// Types are those of the catalogue that who asks may see.
func (r *Request) Types() []tenants.DebtType {
	mine := r.Session.Actor.Offices
	if len(mine) == 0 {
		return r.Catalogue
	}
	var all []tenants.DebtType
	for _, t := range r.Catalogue {
		if slices.Contains(mine, t.Office) {
			all = append(all, t)
		}
	}
	return all
}

// May reports whether who asks holds a permission here.
func (r *Request) May(permission string) bool {
	return auth.Allowed(r.Session, r.Tenant.ID, permission)
}

// ID reads the id of the address. What is no id is answered like an id that
// nobody has.
func ID(c *fiber.Ctx, missing string) (uuid.UUID, error) {
	id, err := uuid.Parse(strings.Clone(c.Params("id")))
	if err != nil {
		return id, fault.New(fault.NotFound, "missing", "%s", missing)
	}
	return id, nil
}

// Route is one line of a role's pages: without a permission the application
// does not start.
type Route struct {
	Method, Path, Permission string
	Handle                   fiber.Handler

	// Machine marks a route that other servers call: no session, no form of
	// ours, and so nothing that a browser could be tricked into. Its handler
	// must check the signature of every message.
	Machine bool

	// Upload marks a route whose body is a file, which its handler reads as it
	// comes. Every other body is a form, or a message, and short.
	Upload bool
}

// Get is the route of a page.
func Get(path, permission string, h fiber.Handler) Route {
	return Route{Method: fiber.MethodGet, Path: path, Permission: permission, Handle: h}
}

// Post is the route of a form.
func Post(path, permission string, h fiber.Handler) Route {
	return Route{Method: fiber.MethodPost, Path: path, Permission: permission, Handle: h}
}

// SessionCookie is the name of the cookie that holds the session's token; over
// https it is bound to the host by its name.
func SessionCookie(c *fiber.Ctx) string {
	if c.Secure() {
		return "__Host-sessione"
	}
	return "sessione"
}

// KeepSession gives the browser the token of a session; an empty one takes it
// away.
func KeepSession(c *fiber.Ctx, token auth.Token) {
	age := 12 * 3600
	if token == "" {
		age = -1
	}
	c.Cookie(&fiber.Cookie{Name: SessionCookie(c), Value: string(token), Path: "/", MaxAge: age,
		HTTPOnly: true, Secure: c.Secure(), SameSite: fiber.CookieSameSiteLaxMode})
}
