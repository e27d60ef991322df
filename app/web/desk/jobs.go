package desk

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

type jobsPage struct {
	page.Base
	Table page.Table
	Kinds []page.Option
	None  page.Empty
}

// shownJobs is how many runs the list shows: the latest.
const shownJobs = 100

var kindNames = map[jobs.Kind]string{jobs.Import: "Caricamento di un file", jobs.Reconcile: "Riconciliazione", jobs.Slips: "Bollettini",
	jobs.Settle: "Esito di un pagamento", jobs.Letter: "Messaggio", jobs.Fulfil: "Avviso agli uffici di un pagamento"}

var stateNames = map[jobs.State][2]string{jobs.Queued: {"In coda", "bg-secondary"}, jobs.Running: {"In corso", "bg-primary"}, jobs.Done: {"Finita", "bg-success"},
	jobs.Failed: {"Non riuscita", "bg-danger"}, jobs.Cancelled: {"Annullata", "bg-secondary"}}

// jobKinds are what the list may be limited to.
var jobKinds = []jobs.Kind{jobs.Import, jobs.Reconcile, jobs.Settle, jobs.Fulfil, jobs.Letter, jobs.Slips}

func (d *desk) jobList(c *fiber.Ctx) error {
	at := page.At(c)
	p := jobsPage{Base: page.For(c, "Lavorazioni"), None: page.Empty{Title: "Nessuna lavorazione", Text: "Qui compare il lavoro che il sistema fa senza farti aspettare: file, riconciliazioni, esiti dei pagamenti."}}
	p.Breadcrumb, p.Kinds = []page.Link{home}, []page.Option{{Name: "Tutte"}}
	list := page.ReadList(c, p.Words, page.Listing{Filters: []string{"che"}})
	p.Form = list.Form()
	var wanted []jobs.Kind
	for _, k := range jobKinds {
		p.Kinds = append(p.Kinds, page.Option{Value: string(k), Name: kindNames[k]})
		if string(k) == list.Filter("che") {
			wanted = []jobs.Kind{k}
		}
	}
	var runs []jobs.Run
	err := at.Read(c, func(tx *tenants.Tx) (err error) {
		runs, err = jobs.List(tx, shownJobs, wanted...)
		return err
	})
	if err != nil {
		return err
	}
	p.Table = page.Table{ID: "lavorazioni", Caption: fmt.Sprintf("Dalla più recente, al massimo %d", shownJobs),
		Columns: []page.Column{{Name: "Chiesta il"}, {Name: "Che cosa"}, {Name: "Da chi"}, {Name: "Stato"}, {Name: "Finita il"}}}
	for _, r := range runs {
		begun := page.Cell{Text: page.Instant(r.CreatedAt)}
		if r.Kind == jobs.Import && at.May("debts:import") {
			begun.URL = "/desk/file/" + r.ID.String()
		}
		name := kindNames[r.Kind]
		if name == "" {
			name = string(r.Kind)
		}
		state := page.Cell{Text: stateNames[r.State][0], Kind: "badge", Class: stateNames[r.State][1]}
		if r.State == jobs.Running && r.Total > 0 {
			state.Text += fmt.Sprintf(", %d%%", r.Percent())
		}
		if r.Error != "" {
			state.More = []page.Cell{{Text: r.Error, Kind: "small"}}
		}
		p.Table.Rows = append(p.Table.Rows, []page.Cell{begun, {Text: name}, {Text: d.askedBy(r.CreatedBy)}, state, {Text: page.Instant(r.FinishedAt)}})
	}
	return page.Show(c, "desk/jobs", p)
}

// askedBy names who asked for a run: a person, a channel that told something,
// or somebody who paid without a log-in.
func (d *desk) askedBy(who string) string {
	if key, ok := strings.CutPrefix(who, "canale "); ok {
		return d.channels.of(key)
	}
	if who == "anonimo" {
		return "chi paga"
	}
	return who
}
