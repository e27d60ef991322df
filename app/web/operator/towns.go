package operator

import (
	"context"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/day"
	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

var townListing = page.Listing{Filters: []string{"cerca"}, Path: "/comuni"}

// counted are the states of runs that the list counts.
var counted = []jobs.State{jobs.Queued, jobs.Running, jobs.Done, jobs.Failed}

// towns lists the municipalities, and how much work of each waits or failed.
func towns(c *fiber.Ctx) error {
	p := listPage{Base: page.For(c, "Comuni"), Lead: "I Comuni di questa istanza. I loro dati non si vedono da qui: delle lavorazioni solo quante sono.", Search: "/comuni", Hint: "denominazione, nome breve o codice fiscale, anche in parte", CSV: true}
	p.New, p.Other = page.Link{Name: "Aggiungi un Comune", URL: "/comuni/nuovo"}, page.Link{Name: "Registro della piattaforma", URL: "/registro"}
	p.List = page.ReadList(c, p.Words, townListing)
	p.Form = p.List.Form()
	all, err := townsWith(c, p.List.Filter("cerca"))
	if err != nil {
		return err
	}
	p.Table = page.Table{ID: "comuni", Columns: page.Columns("Comune", "Nome breve", "Codice fiscale", "Dal", "Stato", "In coda €", "In corso €", "Concluse €", "Fallite €")}
	for _, t := range page.Paged(&p.List, all) {
		counts, err := runsOf(c.UserContext(), page.At(c).DB, t)
		if err != nil {
			return err
		}
		row := []page.Cell{{Text: t.Name}, {Text: t.Slug, Kind: "code"}, {Text: t.FiscalCode, Kind: "code"}, {Text: day.Of(t.CreatedAt).Italian()}, stateCell(t.State)}
		for _, s := range counted {
			row = append(row, page.Cell{Text: page.Count(counts[s]), Kind: "money"})
		}
		p.Table.Rows = append(p.Table.Rows, row)
	}
	p.Table.Caption = p.List.Summary() + ": per ogni Comune, quante lavorazioni"
	switch {
	case len(all) > 0:
	case p.List.Filtered():
		p.Empty = &page.Empty{Title: "Nessun Comune", Text: "Nessun Comune corrisponde alla ricerca.", URL: "/", Action: "Mostra tutti"}
	default:
		p.Empty = &page.Empty{Title: "Nessun Comune", Text: "Aggiungi il primo Comune e il suo amministratore.", URL: "/comuni/nuovo", Action: "Aggiungi un Comune"}
	}
	return page.Show(c, "operator/list", p)
}

// townsWith are the municipalities that a text names.
func townsWith(c *fiber.Ctx, text string) (found []tenants.Tenant, err error) {
	text = strings.ToLower(text)
	all, err := page.At(c).DB.All(c.UserContext())
	for _, t := range all {
		if strings.Contains(strings.ToLower(t.Name+"\n"+t.Slug+"\n"+t.FiscalCode), text) {
			found = append(found, t)
		}
	}
	return found, err
}

func runsOf(ctx context.Context, db *tenants.DB, t tenants.Tenant) (counts map[jobs.State]int64, err error) {
	if t.State != tenants.StateReady {
		return nil, nil
	}
	err = db.Read(ctx, t.ID, func(tx *tenants.Tx) (err error) {
		counts, err = jobs.Counts(tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count runs of %s: %w", t.Slug, err)
	}
	return counts, nil
}

// townsCSV is the list as a file.
func townsCSV(c *fiber.Ctx) error {
	all, err := townsWith(c, page.ReadList(c, page.Words{}, townListing).Filter("cerca"))
	if err != nil {
		return err
	}
	db := page.At(c).DB
	ctx, done := page.LongDownload()
	return page.CSV(c, "comuni.csv", []string{"comune", "nome_breve", "codice_fiscale", "dal", "stato", "in_coda", "in_corso", "concluse", "fallite"}, func(yield func([]string, error) bool) {
		defer done()
		for _, t := range all {
			counts, err := runsOf(ctx, db, t)
			row := []string{t.Name, t.Slug, t.FiscalCode, day.Of(t.CreatedAt).Italian(), stateCell(t.State).Text}
			for _, s := range counted {
				row = append(row, fmt.Sprint(counts[s]))
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	})
}

// states are those of a municipality, by name.
var states = map[string]string{tenants.StatePending: "in preparazione", tenants.StateReady: "attivo"}

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
