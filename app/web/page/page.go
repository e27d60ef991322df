// Package page is what every page of every role shares: the views and how they
// are rendered, the base of a page's data, texts in several languages, forms,
// lists, downloads, and the protections of the browser's side (content
// security policy, request forgery). It knows no debt and no payment, and
// opens no transaction.
package page

import (
	"fmt"

	"github.com/gofiber/fiber/v2"
)

// Base is embedded in the data of every page.
type Base struct {
	Words
	*Look
	Title      string
	User       User
	Breadcrumb []Link // the way here, without the page itself
	Flash      *Alert
	Form       Form   // the page's main form, when it has one
	CSRF       string // token of the session, for every POST form
}

// frame is what the frame around a page shows: fields of its own, and not what
// every page would have to be searched for.
func (b Base) frame() Base { return b }

// User is who looks at the page. A LoginURL without a login shows the button.
type User struct {
	Name, Role          string
	LoggedIn            bool
	LoginURL, LogoutURL string
	PasswordURL         string // where staff change their own
}

// Link is a name with an address.
type Link struct {
	Name, URL string
	Active    bool
}

// Alert is a message on a page. Kind is success, warning, danger or info.
type Alert struct{ Kind, Title, Text string }

const baseKey = "page.base"

// Prepare keeps the base of this request's pages; a middleware calls it once
// the municipality and the user are known.
func Prepare(c *fiber.Ctx, b Base) { c.Locals(baseKey, b) }

// For returns the prepared base with a title, for the page's data. It takes
// the message that the previous page left.
func For(c *fiber.Ctx, title string) Base {
	b, ok := c.Locals(baseKey).(Base)
	if !ok {
		b.Look = &Look{}
	}
	b.Title = title
	b.Flash = takeFlash(c)
	return b
}

// Show renders a page and sends it. Nothing is sent when the template fails. A
// page whose form has errors is answered with 422.
func Show(c *fiber.Ctx, name string, data any) error {
	if f, ok := data.(interface{ failed() bool }); ok && f.failed() {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return send(c, name, data)
}

// Fragment renders a part alone, for a script that replaces it.
func Fragment(c *fiber.Ctx, part string, data any) error { return send(c, part, data) }

func send(c *fiber.Ctx, name string, data any) error {
	// The response's own buffer is kept between requests; nothing leaves it
	// before the handler has returned.
	answer := c.Response()
	answer.ResetBody()
	if err := c.App().Config().Views.Render(answer.BodyWriter(), name, data); err != nil {
		answer.ResetBody()
		return fmt.Errorf("showing %s: %w", name, err)
	}
	c.Type("html", "utf-8")
	return nil
}

func (b Base) failed() bool { return b.Form.Failed() }
