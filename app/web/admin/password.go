package admin

import (
	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/fault"
	"cassacomune/app/web/page"
)

func passwordPage(c *fiber.Ctx) error {
	if err := staffOnly(c); err != nil {
		return err
	}
	return page.Show(c, "admin/password", sheet{Base: page.For(c, "Cambia la password")})
}

// staffOnly answers a citizen, who has no password here, as any unknown page.
func staffOnly(c *fiber.Ctx) error {
	if page.At(c).Session.Kind != auth.KindStaff {
		return fault.New(fault.NotFound, "web.page", "Questa pagina non esiste.")
	}
	return nil
}

// changePassword changes one's own; every session ends, this one too.
func changePassword(c *fiber.Ctx) error {
	if err := staffOnly(c); err != nil {
		return err
	}
	s := sheet{Base: page.For(c, "Cambia la password")}
	old, fresh := c.FormValue("old"), c.FormValue("password") // blanks around it are part of it
	s.Form = page.Form{Words: s.Words}
	f := &s.Form
	if old == "" {
		f.Wrong("old", "Password attuale: campo da compilare")
	}
	if fresh == "" {
		f.Wrong("password", "Nuova password: campo da compilare")
	}
	if fresh != c.FormValue("again") {
		f.Wrong("again", "Le due password nuove sono diverse")
	}
	if !f.Failed() {
		at := page.At(c)
		err := auth.ChangePassword(c.UserContext(), at.DB, at.Session.Actor, old, fresh)
		if err == nil {
			page.KeepSession(c, "")
			return saved(c, "/accesso", "Password cambiata: accedi con quella nuova.")
		}
		if err := f.Take(err); err != nil {
			return err
		}
	}
	return page.Show(c, "admin/password", s)
}
