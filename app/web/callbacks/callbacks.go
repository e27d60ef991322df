// Package callbacks is where providers tell us what happened, server to
// server. Nobody logs in here and no page is shown: what a message proves
// about itself by its signature is all that counts.
package callbacks

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/channels"
	"cassacomune/app/fault"
	"cassacomune/app/web/page"
)

// mostBytes is more than any provider's message.
const mostBytes = 64 << 10

// Routes are the addresses that providers call.
func Routes(list []channels.Channel) []page.Route {
	return []page.Route{{Method: fiber.MethodPost, Path: "/notifiche/:channel", Permission: "portal:pay", Machine: true,
		Handle: func(c *fiber.Ctx) error { return notified(c, list) }}}
}

// notified settles a message. The same one twice is answered alike; one that
// does not prove its sender is kept, refused, and changes nothing.
func notified(c *fiber.Ctx, list []channels.Channel) error {
	ch := find(list, c.Params("channel"))
	if ch == nil {
		return fault.New(fault.NotFound, "callbacks.channel", "Canale sconosciuto.")
	}
	if n := c.Request().Header.ContentLength(); n < 0 || n > mostBytes {
		c.Context().SetConnectionClose() // what was not read must not look like a request
		return fault.New(fault.TooLarge, "callbacks.size", "La notifica è troppo grande.")
	}
	at := page.At(c)
	_, err := channels.Notify(c.UserContext(), at.DB, at.Tenant.ID, ch, message(c))
	if errors.Is(err, channels.ErrUnsigned) {
		return fault.New(fault.Forbidden, "callbacks.unsigned", "La notifica non è autentica.")
	}
	if err != nil {
		return err
	}
	return c.SendString("OK")
}

func find(list []channels.Channel, key string) channels.Notified {
	for _, ch := range list {
		if n, ok := ch.(channels.Notified); ok && ch.Key() == key {
			return n
		}
	}
	return nil
}

// message copies what came in: Fiber's own lives on a buffer that is used
// again.
func message(c *fiber.Ctx) channels.Message {
	m := channels.Message{Form: map[string]string{}, Header: map[string]string{}, Body: append([]byte(nil), c.Body()...)}
	for k, v := range c.Request().PostArgs().All() {
		m.Form[string(k)] = string(v)
	}
	for k, v := range c.Request().Header.All() {
		m.Header[string(k)] = string(v)
	}
	return m
}
