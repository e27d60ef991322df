package web

import (
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
)

// readable reports whether an address is text: no database keeps, nor looks
// for, bytes that are none.
func readable(c *fiber.Ctx) bool {
	ok := isText(c.Path())
	for k, v := range c.Context().QueryArgs().All() {
		ok = ok && isText(string(k)) && isText(string(v))
	}
	return ok
}

func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
