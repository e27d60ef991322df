// Package desk is the office's side: the log-in of staff, the day's work, the
// debts, what was collected, and the one search box. It shows and asks; what
// may be done is decided by the rooms.
package desk

import (
	"cassacomune/app/channels/all"
	"cassacomune/app/web/page"
)

// Routes are the pages of the desk.
func Routes() []page.Route {
	d := &desk{doors: newLimiter(), channels: channelNames{}}
	for _, ch := range all.List {
		d.channels[ch.Key()] = ch.Title()
	}
	return []page.Route{
		page.Get("/accesso", "portal:view", d.loginPage),
		page.Post("/accesso", "portal:view", d.logIn),
		page.Get("/accesso/password", "portal:view", d.choicePage),
		page.Post("/accesso/password", "portal:view", d.choose),

		page.Get("/desk", "desk:view", dashboard),

		page.Get("/desk/posizioni", "debts:view", debtList),
		page.Get("/desk/posizioni.csv", "debts:view", debtCSV),
		page.Get("/desk/posizioni/nuova", "debts:edit", newDebtPage),
		page.Post("/desk/posizioni", "debts:edit", d.createDebt),
		page.Get("/desk/posizioni/:id", "debts:view", d.debtPage),
		page.Post("/desk/posizioni/:id/annullamenti", "debts:edit", d.annul),
		page.Get("/desk/posizioni/:id/correzioni", "debts:edit", correctPage),
		page.Post("/desk/posizioni/:id/correzioni", "debts:edit", correct),
		page.Post("/desk/posizioni/:id/riemissioni", "debts:edit", d.reissue),
		page.Get("/desk/posizioni/:id/avviso.pdf", "debts:view", slipPDF),

		page.Get("/desk/incassi", "collections:view", d.collectionList),
		page.Get("/desk/incassi.csv", "collections:view", d.collectionCSV),
		page.Get("/desk/incassi/:id", "collections:view", d.collectionPage),
		page.Post("/desk/incassi/:id/attribuzioni", "collections:attribute", d.attribute),
		page.Post("/desk/incassi/:id/attribuzioni/annullamenti", "collections:attribute", d.unattribute),

		page.Get("/segui", "trace:view", d.follow),
		page.Get("/desk/lavorazioni", "jobs:view", d.jobList),
		page.Get("/desk/lavorazioni.csv", "jobs:view", d.jobCSV),
	}
}

type desk struct {
	doors    *limiter
	channels channelNames
}

// home is where every path of the desk begins.
var home = page.Link{Name: "Scrivania", URL: "/desk"}
