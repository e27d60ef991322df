package page

import (
	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/fault"
)

// Choice is the page on which who was given a password for one use chooses
// their own. It shows again nothing of what was typed but the e-mail.
type Choice struct {
	Base
	Email, Given, Password string
}

// NewChoice is the page before anything was typed but an e-mail.
func NewChoice(c *fiber.Ctx, email string) Choice {
	p := Choice{Base: For(c, "Scegli la tua password")}
	p.Form = FillForm(p.Words, map[string]string{"email": email})
	return p
}

// ReadChoice takes over what was typed; blanks around a password are part of
// it.
func ReadChoice(c *fiber.Ctx) Choice {
	typed := ReadForm(c, For(c, "").Words)
	p := NewChoice(c, typed.Value("email"))
	p.Given, p.Password = typed.Value("given"), string(append([]byte(nil), c.FormValue("password")...))
	p.Email = p.Form.Need("email", "E-mail")
	if p.Given == "" {
		p.Form.Wrong("given", "Password ricevuta: campo da compilare")
	}
	if p.Password == "" {
		p.Form.Wrong("password", "Nuova password: campo da compilare")
	}
	if p.Password != c.FormValue("again") {
		p.Form.Wrong("again", "Le due password nuove sono diverse")
	}
	return p
}

// Show sends the page.
func (p Choice) Show(c *fiber.Ctx) error { return Show(c, "site/choose", p) }

// Refused shows the page again with what a log-in was refused for; an error
// that is none comes back.
func (p Choice) Refused(c *fiber.Ctx, err error) error {
	e := fault.Of(err)
	switch {
	case e == nil:
		return err
	case e.Key == auth.ErrWrong.Key:
		p.Form.Wrong("", "E-mail o password ricevuta non corrette, oppure la password ricevuta è scaduta o già usata. Controlla come l'hai scritta, o fattene dare un'altra.")
	default:
		p.Form.Wrong(e.Field, e.Text)
	}
	return p.Show(c)
}
