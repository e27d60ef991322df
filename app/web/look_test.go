package web_test

import (
	"strings"
	"testing"

	"cassacomune/app/auth"
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
