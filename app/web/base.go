package web

import (
	"cmp"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/web/page"
)

var languageNames = map[string]string{"it": "Italiano", "de": "Deutsch"}

var roleNames = map[string]string{
	auth.RoleCitizen: "cittadino", auth.RoleClerk: "operatore di sportello", auth.RoleAccountant: "ragioneria",
	auth.RoleAdministrator: "amministratore", auth.RoleOperator: "gestore",
}

// base is what every page of this request shows around its content.
func (w *web) base(c *fiber.Ctx, at *page.Request, known *looks) page.Base {
	words := w.Texts.In(at.Lang)
	return page.Base{Words: words, Look: w.look(c, at, known), Form: page.Form{Words: words}, CSRF: page.Token(w.Key, sessionOf(c)), User: userOf(at)}
}

func userOf(at *page.Request) page.User {
	switch at.Session.Kind {
	case auth.KindAnonymous:
		return page.User{LoginURL: "/entra"}
	case auth.KindCitizen:
		return page.User{Name: at.Session.Citizen.Name(), LoggedIn: true, LogoutURL: "/esci"}
	}
	u := page.User{Name: at.Session.Actor.Name, LoggedIn: true, LogoutURL: "/esci"}
	if at.Tenant.ID != 0 {
		u.PasswordURL = "/password"
	}
	if len(at.Session.Roles) > 0 {
		u.Role = roleNames[at.Session.Roles[0]]
	}
	return u
}

// looks are the looks of a host that were asked for so far: one for each
// language, set of roles and place in the menu.
type looks struct{ made sync.Map } // lookKey -> *page.Look

type lookKey struct{ lang, roles, here string }

func (w *web) look(c *fiber.Ctx, at *page.Request, known *looks) *page.Look {
	menu := menuOf(at)
	key := lookKey{at.Lang, strings.Join(at.Session.Roles, " "), ""}
	for _, e := range menu {
		if c.Path() == e.url {
			key.here = e.url
		}
	}
	if made, ok := known.made.Load(key); ok {
		return made.(*page.Look)
	}
	look := &page.Look{Words: w.Texts.In(at.Lang), Brand: w.brand(at), Languages: languagesOf(at)}
	for _, e := range menu {
		if at.May(e.permission) {
			look.Menu = append(look.Menu, page.Link{Name: look.T(e.key), URL: e.url, Active: e.url == key.here})
		}
	}
	made, _ := known.made.LoadOrStore(key, look)
	return made.(*page.Look)
}

func (w *web) brand(at *page.Request) page.Brand {
	if at.Tenant.ID == 0 {
		return page.Brand{Name: "Cassa Comune", Region: "Gestione dell'istanza", Test: w.Test}
	}
	s := at.Settings
	b := page.Brand{Name: s.Title, Contact: s.Contact, Region: s.Region, Privacy: s.Privacy, Accessibility: s.Access, Test: w.Test}
	if at.Lang == "de" {
		b.Name, b.Region = cmp.Or(s.TitleDE, b.Name), cmp.Or(s.RegionDE, b.Region)
	}
	return b
}

func languagesOf(at *page.Request) (all []page.Language) {
	if len(at.Settings.Languages) < 2 {
		return nil
	}
	for _, l := range at.Settings.Languages {
		all = append(all, page.Language{Code: l, Name: languageNames[l], URL: "/lingua/" + l, Active: l == at.Lang})
	}
	return all
}

// entry is a line of the menu, for who holds its permission.
type entry struct {
	permission, key, url string
}

var (
	portalMenu = []entry{
		{"portal:view", "menu.home|Paga", "/"},
		{"portal:pay", "menu.services|Pagamenti spontanei", "/servizi"},
		{"citizen:debts", "menu.mine|I miei pagamenti", "/miei"},
		{"portal:pay", "menu.cart|Carrello", "/carrello"},
	}
	staffMenu = []entry{
		{"desk:view", "menu.desk|Scrivania", "/desk"},
		{"debts:view", "menu.debts|Posizioni", "/desk/posizioni"},
		{"debts:import", "menu.imports|Carica file", "/desk/file"},
		{"collections:view", "menu.collections|Incassi", "/desk/incassi"},
		{"treasury:view", "menu.treasury|Tesoreria", "/ragioneria/tesoreria"},
		{"reconcile:view", "menu.reconcile|Riconciliazione", "/ragioneria/riconciliazione"},
		{"orders:view", "menu.orders|Reversali", "/ragioneria/reversali"},
		{"trace:view", "menu.trace|Segui l'euro", "/segui"},
		{"setup:view", "menu.setup|Configurazione", "/admin"},
		{"people:edit", "menu.people|Persone", "/admin/persone"},
	}
	operatorMenu = []entry{{"operator:view", "menu.operator|Comuni", "/"}, {"operator:people", "menu.people|Persone", "/persone"}}
)

// menuOf is what there is on this visitor's side.
func menuOf(at *page.Request) []entry {
	switch {
	case at.Tenant.ID == 0:
		return operatorMenu
	case at.Session.Kind == auth.KindStaff:
		return staffMenu
	}
	return portalMenu
}
