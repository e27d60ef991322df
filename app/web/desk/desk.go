// Package desk is the office's side: the log-in of staff, the day's work, the
// debts, the files that bring them, what was collected, and the one search
// box. It shows and asks; what may be done is decided by the rooms.
package desk

import (
	"context"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/channels/all"
	"cassacomune/app/fault"
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

		{Method: "GET", Path: "/desk/file", Permission: "debts:import", Handle: fileList},
		{Method: "POST", Path: "/desk/file", Permission: "debts:import", Handle: upload},
		{Method: "GET", Path: "/desk/file/:id", Permission: "debts:import", Handle: filePage},
		{Method: "GET", Path: "/desk/file/:id/avanzamento", Permission: "debts:import", Handle: fileProgress},
		{Method: "GET", Path: "/desk/file/:id/scarti.csv", Permission: "debts:import", Handle: rejectedCSV},
		{Method: "POST", Path: "/desk/file/:id/approvazioni", Permission: "debts:import", Handle: approveFile},
		{Method: "POST", Path: "/desk/file/:id/cancellazioni", Permission: "debts:import", Handle: cancelFile},

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

// idOf reads the id of the address. What is no id is answered like an id that
// nobody has.
func idOf(c *fiber.Ctx, missing string) (uuid.UUID, error) {
	id, err := uuid.Parse(strings.Clone(c.Params("id")))
	if err != nil {
		return id, fault.New(fault.NotFound, "missing", "%s", missing)
	}
	return id, nil
}

// longDownload is the context of rows that are sent after the handler has
// returned: the request's own ends with it.
func longDownload() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 10*time.Minute)
}
