package web

import (
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
func (w *web) base(c *fiber.Ctx, at *page.Request) page.Base {
	words := w.Texts.In(at.Lang)
	b := page.Base{Words: words, Form: page.Form{Words: words}, CSRF: page.Token(w.Key, sessionOf(c)), Menu: menu(c, at, words)}
	b.Brand = page.Brand{Name: "Cassa Comune", Region: "Gestione dell'istanza", Test: w.Test}
	if at.Tenant.ID != 0 {
		s := at.Settings
		b.Brand = page.Brand{Name: s.Title, Contact: s.Contact, Region: s.Region, Privacy: s.Privacy, Accessibility: s.Access, Test: w.Test}
		if at.Lang == "de" && s.TitleDE != "" {
			b.Brand.Name = s.TitleDE
		}
		if len(s.Languages) > 1 {
			for _, l := range s.Languages {
				b.Languages = append(b.Languages, page.Language{Code: l, Name: languageNames[l], URL: "/lingua/" + l, Active: l == at.Lang})
			}
		}
	}
	b.User = userOf(at)
	return b
}

func userOf(at *page.Request) page.User {
	switch at.Session.Kind {
	case auth.KindAnonymous:
		return page.User{LoginURL: "/entra"}
	case auth.KindCitizen:
		return page.User{Name: at.Session.Citizen.Name(), LoggedIn: true, LogoutURL: "/esci"}
	}
	u := page.User{Name: at.Session.Actor.Name, LoggedIn: true, LogoutURL: "/esci"}
	if len(at.Session.Roles) > 0 {
		u.Role = roleNames[at.Session.Roles[0]]
	}
	return u
}

// entry is a line of the menu, for who holds its permission.
type entry struct {
	permission, key, url string
}

var entries = []entry{
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

// menu is what this visitor may go to.
func menu(c *fiber.Ctx, at *page.Request, words page.Words) (links []page.Link) {
	add := func(key, url string) {
		links = append(links, page.Link{Name: words.T(key), URL: url, Active: c.Path() == url})
	}
	if at.Tenant.ID == 0 {
		if at.May("operator:view") {
			add("menu.operator|Comuni", "/")
		}
		return links
	}
	if at.Session.Kind != auth.KindStaff {
		add("menu.home|Paga", "/")
		add("menu.services|Pagamenti spontanei", "/servizi")
		if at.May("citizen:debts") {
			add("menu.mine|I miei pagamenti", "/miei")
		}
		add("menu.cart|Carrello", "/carrello")
		return links
	}
	for _, e := range entries {
		if at.May(e.permission) {
			add(e.key, e.url)
		}
	}
	return links
}
