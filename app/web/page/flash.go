package page

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Flash leaves a message for the page after the redirect, in a cookie that
// lives a minute. It must hold no personal data and decides nothing.
func Flash(c *fiber.Ctx, a Alert) {
	text, err := json.Marshal(a)
	if err != nil {
		return // three strings always marshal
	}
	setFlash(c, base64.RawURLEncoding.EncodeToString(text), time.Minute)
}

func takeFlash(c *fiber.Ctx) *Alert {
	raw := c.Cookies(flashName(c))
	if raw == "" {
		return nil
	}
	setFlash(c, "", -time.Hour)
	text, err := base64.RawURLEncoding.DecodeString(raw)
	if err != nil {
		return nil
	}
	var a Alert
	if json.Unmarshal(text, &a) != nil || !strings.Contains(" success warning danger info ", " "+a.Kind+" ") {
		return nil
	}
	return &a
}

func setFlash(c *fiber.Ctx, value string, life time.Duration) {
	c.Cookie(&fiber.Cookie{
		Name: flashName(c), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HTTPOnly: true, Secure: c.Secure(), SameSite: fiber.CookieSameSiteLaxMode,
	})
}

// flashName ties the cookie to the host where the connection allows it.
func flashName(c *fiber.Ctx) string {
	if c.Secure() {
		return "__Host-messaggio"
	}
	return "messaggio"
}
