package web_test

import (
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/web"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

// TestFramesAreTheirOwn asks for pages in turns, each more than once, so that
// what was kept of one frame would show in another's.
func TestFramesAreTheirOwn(t *testing.T) {
	s := open(t, nil)
	alfa := s.db.Add(t, "alfa")
	s.db.Add(t, "beta")
	clerk, _ := s.staff(t, alfa, auth.RoleClerk)
	administrator, _ := s.staff(t, alfa, auth.RoleAdministrator)
	const staffs, portals, here = `href="/desk/posizioni"`, `href="/servizi"`, ` aria-current="page">Pagamenti spontanei`
	for range 2 {
		for _, c := range []struct {
			host, path, cookie string
			says, not          []string
		}{
			{"alfa.localhost", "/niente", "", []string{"Comune di alfa", portals, `href="/entra"`}, []string{"beta", staffs, here, "Esci"}},
			{"alfa.localhost", "/niente", clerk, []string{"Comune di alfa", staffs, "Esci"}, []string{portals, `href="/admin"`, `href="/entra"`}},
			{"alfa.localhost", "/servizi", "", []string{here}, nil},
			{"beta.localhost", "/niente", "", []string{"Comune di beta", portals}, []string{"alfa", staffs, "Esci"}},
			{"alfa.localhost", "/niente", administrator, []string{`href="/admin"`, `href="/admin/persone"`}, []string{portals}},
			{"gestore.localhost", "/niente", "", []string{"Gestione dell&#39;istanza"}, []string{"alfa", "beta", staffs, portals, `href="/admin"`}},
		} {
			page := s.ask(t, "GET", c.host, c.path, "", "Cookie", c.cookie).body
			for _, text := range c.says {
				if !strings.Contains(page, text) {
					t.Errorf("%s%s lacks %q", c.host, c.path, text)
				}
			}
			for _, text := range c.not {
				if strings.Contains(page, text) {
					t.Errorf("%s%s says %q", c.host, c.path, text)
				}
			}
		}
	}
}

// TestSetUpShowsAtOnce changes the title of a town in a page: the next one
// shows it, whatever was kept of the town.
func TestSetUpShowsAtOnce(t *testing.T) {
	s := open(t, func(cfg *web.Config) {
		cfg.Routes = append(cfg.Routes, page.Route{Method: "GET", Path: "/admin/titolo", Permission: "setup:edit", Handle: func(c *fiber.Ctx) error {
			return page.At(c).Within(c, func(tx *tenants.Tx) error {
				m, err := tx.Municipality()
				if err != nil {
					return err
				}
				m.Settings.Title = "Comune nuovo"
				return tx.SaveSettings(m.Settings)
			})
		}})
	})
	cookie, _ := s.staff(t, s.db.Add(t, "alfa"), auth.RoleAdministrator)
	for _, c := range []struct{ path, says string }{{"/niente", "Comune di alfa"}, {"/admin/titolo", ""}, {"/niente", "Comune nuovo"}} {
		if got := s.ask(t, "GET", "alfa.localhost", c.path, "", "Cookie", cookie).body; !strings.Contains(got, c.says) {
			t.Errorf("after the change, %s does not say %q", c.path, c.says)
		}
	}
}
