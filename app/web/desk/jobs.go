package desk

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

type jobsPage struct {
	page.Base
	Table page.Table
	None  page.Empty
}

// shownJobs is how many runs the list shows: the latest.
const shownJobs = 100

var kindNames = map[jobs.Kind]string{jobs.Import: "Caricamento di un file", jobs.Reconcile: "Riconciliazione", jobs.Slips: "Bollettini",
	jobs.Settle: "Esito di un pagamento", jobs.Letter: "Messaggio", jobs.Fulfil: "Avviso agli uffici di un pagamento"}

var stateNames = map[jobs.State][2]string{jobs.Queued: {"In coda", "bg-secondary"}, jobs.Running: {"In corso", "bg-primary"}, jobs.Done: {"Finita", "bg-success"},
	jobs.Failed: {"Non riuscita", "bg-danger"}, jobs.Cancelled: {"Annullata", "bg-secondary"}}

func jobList(c *fiber.Ctx) error {
	at := page.At(c)
	p := jobsPage{Base: page.For(c, "Lavorazioni"), None: page.Empty{Title: "Nessuna lavorazione", Text: "Qui compare il lavoro che il sistema fa senza farti aspettare."}}
	p.Breadcrumb = []page.Link{home}
	var runs []jobs.Run
	err := at.Read(c, func(tx *tenants.Tx) (err error) {
		runs, err = jobs.List(tx, shownJobs)
		return err
	})
	if err != nil {
		return err
	}
	p.Table = page.Table{ID: "lavorazioni", Caption: fmt.Sprintf("Lavorazioni, dalla più recente: %d", len(runs)),
		Columns: []page.Column{{Name: "Chiesta il"}, {Name: "Che cosa"}, {Name: "Da chi"}, {Name: "Stato"}, {Name: "Avanzamento"}, {Name: "Finita il"}, {Name: "Nota"}}}
	for _, r := range runs {
		begun := page.Cell{Text: page.Instant(r.CreatedAt)}
		if r.Kind == jobs.Import && at.May("debts:import") {
			begun.URL = "/desk/file/" + r.ID.String()
		}
		name := kindNames[r.Kind]
		if name == "" {
			name = string(r.Kind)
		}
		p.Table.Rows = append(p.Table.Rows, []page.Cell{begun, {Text: name}, {Text: r.CreatedBy},
			{Text: stateNames[r.State][0], Kind: "badge", Class: stateNames[r.State][1]}, {Text: fmt.Sprintf("%d%%", r.Percent())}, {Text: page.Instant(r.FinishedAt)}, {Text: r.Error}})
	}
	return page.Show(c, "desk/jobs", p)
}
