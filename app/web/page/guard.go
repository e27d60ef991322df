package page

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"

	"cassacomune/app/fault"

	"github.com/gofiber/fiber/v2"
)

// Headers sets what protects a page in the browser: a policy under which
// nothing runs, loads or frames but our own files. formHosts names further
// origins to which a form of this request may lead (a payment page), or is nil.
func Headers(formHosts func(*fiber.Ctx) []string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		form := "'self'"
		if formHosts != nil {
			form = strings.Join(append([]string{form}, formHosts(c)...), " ")
		}
		c.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; "+
			"img-src 'self' data:; connect-src 'self'; form-action "+form+"; base-uri 'none'; frame-ancestors 'none'")
		c.Set("X-Content-Type-Options", "nosniff")
		c.Set("Referrer-Policy", "same-origin")
		c.Set("Cross-Origin-Opener-Policy", "same-origin")
		c.Set("Cross-Origin-Resource-Policy", "same-origin")
		c.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		if c.Secure() {
			c.Set("Strict-Transport-Security", "max-age=31536000")
		}
		return c.Next()
	}
}

// Personal keeps the answers below it out of every cache.
func Personal(c *fiber.Ctx) error {
	err := c.Next()
	c.Set(fiber.HeaderCacheControl, "no-store")
	return err
}

// Forgery guards every changing request. It refuses those of another origin,
// and, within a session, those without its token. session returns the
// session's id, or "" for a visitor without one.
func Forgery(key []byte, session func(*fiber.Ctx) string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := CheckForgery(c, key, session(c)); err != nil {
			return err
		}
		return c.Next()
	}
}

// CheckForgery is what Forgery asks of one request, for a caller that knows
// the route: servers that call us are no browsers and prove themselves by the
// signature of what they say (Route.Machine).
func CheckForgery(c *fiber.Ctx, key []byte, id string) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return nil
	}
	if !sameOrigin(c, id != "") || id != "" && !TokenValid(key, id, sentToken(c)) {
		return fault.New(fault.Forbidden, "web.forgery",
			"La pagina è rimasta aperta troppo a lungo o la richiesta viene da un altro sito: torna alla pagina, ricaricala e riprova.")
	}
	return nil
}

// sameOrigin asks what browsers add to each request and no page can forge.
// Without either header only a request that carries a token may pass.
func sameOrigin(c *fiber.Ctx, withToken bool) bool {
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "":
	default:
		return false
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" {
		return withToken
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && u.Host == string(c.Request().Host())
}

func sentToken(c *fiber.Ctx) string {
	if h := c.Get("X-CSRF-Token"); h != "" {
		return h
	}
	if len(c.Request().Header.MultipartFormBoundary()) > 0 { // a file stands in the body: the sign is in the address
		return c.Query("csrf")
	}
	return c.FormValue("csrf")
}

const tokenLen = sha256.Size

// Token returns a token of the session. Each is masked anew, so that a
// compressed page does not give it away by its length.
func Token(key []byte, session string) string {
	if session == "" {
		return ""
	}
	out := make([]byte, 2*tokenLen)
	rand.Read(out[:tokenLen])
	for i, b := range tokenOf(key, session) {
		out[tokenLen+i] = out[i] ^ b
	}
	return base64.RawURLEncoding.EncodeToString(out)
}

// TokenValid reports whether the token is one of the session.
func TokenValid(key []byte, session, token string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 2*tokenLen || session == "" {
		return false
	}
	for i := range tokenLen {
		raw[tokenLen+i] ^= raw[i]
	}
	return hmac.Equal(raw[tokenLen:], tokenOf(key, session))
}

func tokenOf(key []byte, session string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("csrf\x00" + session))
	return mac.Sum(nil)
}
