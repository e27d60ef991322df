// Package operator is the pages of who keeps the instance running: which
// municipalities it hosts, their state, how much work waits, the people who
// log in, and the register of the platform. It sees no municipality's data: of the runs only how many.
package operator

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/day"
	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// Routes are the operator's pages, on the host that is no municipality's.
func Routes() []page.Route {
	return []page.Route{
		page.Get("/accesso", "portal:view", door),
		page.Post("/accesso", "portal:view", enter),
		page.Get("/accesso/password", "portal:view", choicePage),
		page.Post("/accesso/password", "portal:view", choose),
		page.Post("/esci", "account:self", leave),
		page.Get("/", "operator:view", towns),
		page.Get("/comuni/nuovo", "operator:towns", newTown),
		page.Post("/comuni", "operator:towns", addTown),
		page.Get("/persone", "operator:people", people),
		page.Get("/persone/:person", "operator:people", person),
		page.Post("/persone/:person/password", "operator:people", issuePassword),
		page.Post("/persone/:person/comuni", "operator:people", admit),
		page.Get("/registro", "operator:view", register),
	}
}

type listPage struct {
	page.Base
	Lead   string
	Search string // where its text is looked for
	New    page.Link
	Other  page.Link
	Table  page.Table
	List   page.List
	Empty  *page.Empty
}

var states = map[string]string{tenants.StatePending: "in preparazione", tenants.StateReady: "attivo"}

// towns lists the municipalities, and how much work of each waits or failed.
func towns(c *fiber.Ctx) error {
	at, p := page.At(c), listPage{Base: page.For(c, "Comuni"), Lead: "I Comuni di questa istanza. I loro dati non si vedono da qui: delle lavorazioni solo quante sono."}
	p.New, p.Other = page.Link{Name: "Aggiungi un Comune", URL: "/comuni/nuovo"}, page.Link{Name: "Registro della piattaforma", URL: "/registro"}
	p.List = page.ReadList(c, p.Words, page.Listing{})
	all, err := at.DB.All(c.UserContext())
	if err != nil {
		return err
	}
	shown := page.Paged(&p.List, all)
	p.Table = page.Table{ID: "comuni", Caption: "Per ogni Comune, quante lavorazioni", Columns: []page.Column{{Name: "Comune"}, {Name: "Nome breve"}, {Name: "Codice fiscale"}, {Name: "Dal"}, {Name: "Stato"},
		{Name: "In coda", Money: true}, {Name: "In corso", Money: true}, {Name: "Concluse", Money: true}, {Name: "Fallite", Money: true}}}
	for _, t := range shown {
		row := []page.Cell{{Text: t.Name}, {Text: t.Slug, Kind: "code"}, {Text: t.FiscalCode, Kind: "code"}, {Text: day.Of(t.CreatedAt).Italian()}, stateCell(t.State)}
		counts := map[jobs.State]int64{}
		if t.State == tenants.StateReady {
			if err := at.DB.Read(c.UserContext(), t.ID, func(tx *tenants.Tx) (err error) {
				counts, err = jobs.Counts(tx)
				return err
			}); err != nil {
				return fmt.Errorf("count runs of %s: %w", t.Slug, err)
			}
		}
		for _, s := range []jobs.State{jobs.Queued, jobs.Running, jobs.Done, jobs.Failed} {
			row = append(row, page.Cell{Text: strconv.FormatInt(counts[s], 10), Kind: "money"})
		}
		p.Table.Rows = append(p.Table.Rows, row)
	}
	if len(all) == 0 {
		p.Empty = &page.Empty{Title: "Nessun Comune", Text: "Aggiungi il primo Comune e il suo amministratore.", URL: "/comuni/nuovo", Action: "Aggiungi un Comune"}
	}
	return page.Show(c, "operator/list", p)
}

func stateCell(state string) page.Cell {
	class := "bg-secondary"
	if state == tenants.StateReady {
		class = "bg-success"
	}
	text, ok := states[state]
	if !ok {
		text = state
	}
	return page.Cell{Text: text, Kind: "badge", Class: class}
}

func register(c *fiber.Ctx) error {
	p := listPage{Base: page.For(c, "Registro della piattaforma"), Lead: "Chi ha fatto che cosa sulla piattaforma, dalla più recente."}
	p.Breadcrumb = []page.Link{{Name: "Comuni", URL: "/"}}
	p.List = page.ReadList(c, p.Words, page.Listing{})
	p.Table = page.Table{ID: "registro", Caption: "Operazioni, dalla più recente", Columns: []page.Column{{Name: "Quando"}, {Name: "Chi"}, {Name: "Azione"}, {Name: "Dettaglio"}}}
	err := page.At(c).DB.Platform(c.UserContext(), func(tx *tenants.PlatformTx) error {
		rows, err := tx.AuditRows(p.List.Offset(), p.List.Size+1)
		for _, r := range page.Shown(&p.List, rows) {
			p.Table.Rows = append(p.Table.Rows, auditRow(r))
		}
		return err
	})
	if err != nil {
		return err
	}
	return page.Show(c, "operator/list", p)
}

// auditRow is a row for people: the act by its name, and what it was done to
// below it.
func auditRow(r tenants.PlatformAuditRow) []page.Cell {
	act := page.Cell{Text: page.ActionName(r.Action), Kind: "long"}
	if r.Object != "" {
		act.More = []page.Cell{{Text: r.Object, Kind: "small"}}
	}
	who := r.Actor
	if role, name, ok := strings.Cut(who, " "); ok && (role == auth.RoleOperator || role == "system") {
		who = name
	}
	return []page.Cell{{Text: r.At.In(day.Rome).Format("02/01/2006 15:04:05")}, {Text: who}, act, {Text: r.Detail, Kind: "long"}}
}
