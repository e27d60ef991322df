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
		{Method: "GET", Path: "/accesso", Permission: "portal:view", Handle: d.loginPage},
		{Method: "POST", Path: "/accesso", Permission: "portal:view", Handle: d.logIn},

		{Method: "GET", Path: "/desk", Permission: "desk:view", Handle: dashboard},

		{Method: "GET", Path: "/desk/posizioni", Permission: "debts:view", Handle: debtList},
		{Method: "GET", Path: "/desk/posizioni.csv", Permission: "debts:view", Handle: debtCSV},
		{Method: "GET", Path: "/desk/posizioni/nuova", Permission: "debts:edit", Handle: newDebtPage},
		{Method: "POST", Path: "/desk/posizioni", Permission: "debts:edit", Handle: d.createDebt},
		{Method: "GET", Path: "/desk/posizioni/:id", Permission: "debts:view", Handle: d.debtPage},
		{Method: "POST", Path: "/desk/posizioni/:id/annullamenti", Permission: "debts:edit", Handle: d.annul},
		{Method: "GET", Path: "/desk/posizioni/:id/correzioni", Permission: "debts:edit", Handle: correctPage},
		{Method: "POST", Path: "/desk/posizioni/:id/correzioni", Permission: "debts:edit", Handle: correct},
		{Method: "POST", Path: "/desk/posizioni/:id/riemissioni", Permission: "debts:edit", Handle: d.reissue},
		{Method: "GET", Path: "/desk/posizioni/:id/avviso.pdf", Permission: "debts:view", Handle: slipPDF},

		{Method: "GET", Path: "/desk/incassi", Permission: "collections:view", Handle: d.collectionList},
		{Method: "GET", Path: "/desk/incassi.csv", Permission: "collections:view", Handle: d.collectionCSV},
		{Method: "GET", Path: "/desk/incassi/:id", Permission: "collections:view", Handle: d.collectionPage},

		{Method: "GET", Path: "/segui", Permission: "trace:view", Handle: d.follow},
		{Method: "GET", Path: "/desk/lavorazioni", Permission: "jobs:view", Handle: jobList},
	}
}

type desk struct {
	doors    *limiter
	channels channelNames
}

// home is where every path of the desk begins.
var home = page.Link{Name: "Scrivania", URL: "/desk"}
