package operator

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/fault"
	"cassacomune/app/web/page"
)

type doorPage struct {
	page.Base
	Next string
}

func door(c *fiber.Ctx) error {
	return page.Show(c, "operator/door", doorPage{Base: page.For(c, "Accesso del gestore"), Next: auth.LocalPath(c.Query("next"))})
}

func enter(c *fiber.Ctx) error {
	at, p := page.At(c), doorPage{Base: page.For(c, "Accesso del gestore")}
	p.Form = page.ReadForm(c, p.Words)
	p.Next = auth.LocalPath(p.Form.Value("next"))
	email, password := p.Form.Need("email", "E-mail"), c.FormValue("password")
	if password == "" {
		p.Form.Wrong("password", "Password: campo da compilare")
	}
	if p.Form.Failed() {
		return page.Show(c, "operator/door", p)
	}
	token, err := auth.LogInOperator(c.UserContext(), at.DB, at.Session.Host, email, password)
	if errors.Is(err, auth.ErrOneTime) {
		return page.NewChoice(c, email).Show(c)
	}
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.TooMany) {
		p.Form.Wrong("", fault.Of(err).Text)
		return page.Show(c, "operator/door", p)
	}
	if err != nil {
		return err
	}
	return letIn(c, token, p.Next)
}

// letIn gives the browser its new session and ends the one that it came with.
func letIn(c *fiber.Ctx, token auth.Token, to string) error {
	at := page.At(c)
	if at.Session.Kind == auth.KindOperator { // the session that the browser came with
		if err := auth.LogOutOperator(c.UserContext(), at.DB, at.Token); err != nil {
			return err
		}
	}
	page.KeepSession(c, token)
	return c.Redirect(to, fiber.StatusSeeOther)
}

func leave(c *fiber.Ctx) error {
	at := page.At(c)
	if err := auth.LogOutOperator(c.UserContext(), at.DB, at.Token); err != nil {
		return err
	}
	page.KeepSession(c, "")
	return c.Redirect("/accesso", fiber.StatusSeeOther)
}

func choicePage(c *fiber.Ctx) error { return page.NewChoice(c, "").Show(c) }

// choose is the log-in of who was given a password for one use.
func choose(c *fiber.Ctx) error {
	at, p := page.At(c), page.ReadChoice(c)
	if p.Form.Failed() {
		return p.Show(c)
	}
	token, err := auth.ChooseOperator(c.UserContext(), at.DB, at.Session.Host, p.Email, p.Given, p.Password)
	if err != nil {
		return p.Refused(c, err)
	}
	return letIn(c, token, "/")
}
