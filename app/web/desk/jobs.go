package desk

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

type jobsPage struct {
	page.Base
	List   page.List
	Table  page.Table
	Kinds  []page.Option
	States []page.Option
	None   page.Empty
}

var kindNames = map[jobs.Kind]string{jobs.Import: "Caricamento di un file", jobs.Reconcile: "Riconciliazione", jobs.Slips: "Bollettini",
	jobs.Settle: "Esito di un pagamento", jobs.Letter: "Messaggio", jobs.Fulfil: "Avviso agli uffici di un pagamento"}

var stateNames = map[jobs.State][2]string{jobs.Queued: {"In coda", "bg-secondary"}, jobs.Running: {"In corso", "bg-primary"}, jobs.Done: {"Finita", "bg-success"},
	jobs.Failed: {"Non riuscita", "bg-danger"}, jobs.Cancelled: {"Annullata", "bg-secondary"}}

// jobKinds are what the list may be limited to: what somebody works on today.
var jobKinds = []jobs.Kind{jobs.Import, jobs.Reconcile, jobs.Settle, jobs.Fulfil}

var jobListing = page.Listing{Filters: []string{"che", "stato"}}

func jobFilter(l page.List) jobs.Filter {
	return jobs.Filter{Kind: jobs.Kind(l.Filter("che")), State: jobs.State(l.Filter("stato"))}
}

func (d *desk) jobList(c *fiber.Ctx) error {
	at := page.At(c)
	p := jobsPage{Base: page.For(c, "Lavorazioni"), Kinds: []page.Option{{Name: "Tutte"}}, States: []page.Option{{Name: "Tutte"}},
		None: page.Empty{Title: "Nessuna lavorazione", Text: "Qui compare il lavoro che il sistema fa senza farti aspettare: file, riconciliazioni, esiti dei pagamenti."}}
	p.Breadcrumb = []page.Link{home}
	p.List = page.ReadList(c, p.Words, jobListing)
	p.Form = p.List.Form()
	for _, k := range jobKinds {
		p.Kinds = append(p.Kinds, page.Option{Value: string(k), Name: kindNames[k]})
	}
	for _, s := range []jobs.State{jobs.Queued, jobs.Running, jobs.Done, jobs.Failed, jobs.Cancelled} {
		p.States = append(p.States, page.Option{Value: string(s), Name: stateNames[s][0]})
	}
	if p.List.Filtered() {
		p.None = page.Empty{Title: "Nessuna lavorazione", Text: "Nessuna lavorazione corrisponde ai filtri: togline uno.", URL: "/desk/lavorazioni", Action: "Togli i filtri"}
	}
	var runs []jobs.Run
	err := at.Read(c, func(tx *tenants.Tx) (err error) {
		f := jobFilter(p.List)
		f.Offset, f.Limit = p.List.Offset(), p.List.Size+1
		runs, err = jobs.Some(tx, f)
		return err
	})
	if err != nil {
		return err
	}
	runs = page.Shown(&p.List, runs)
	p.Table = page.Table{ID: "lavorazioni", Caption: p.List.Summary() + ", dalla più recente", Columns: page.Columns("Chiesta il", "Che cosa", "Da chi", "Stato", "Finita il")}
	for _, r := range runs {
		p.Table.Rows = append(p.Table.Rows, d.jobRow(r, at))
	}
	return page.Show(c, "desk/jobs", p)
}

func (d *desk) jobRow(r jobs.Run, at *page.Request) []page.Cell {
	begun := page.Cell{Text: page.Instant(r.CreatedAt)}
	if r.Kind == jobs.Import && at.May("debts:import") {
		begun.URL = "/desk/file/" + r.ID.String()
	}
	state := page.Cell{Text: stateNames[r.State][0], Kind: "badge", Class: stateNames[r.State][1]}
	if r.State == jobs.Running && r.Total > 0 {
		state.Text += fmt.Sprintf(", %d%%", r.Percent())
	}
	if r.Error != "" {
		state.More = []page.Cell{{Text: r.Error, Kind: "small"}}
	}
	return []page.Cell{begun, {Text: cmp.Or(kindNames[r.Kind], string(r.Kind))}, {Text: d.askedBy(r.CreatedBy)}, state, {Text: page.Instant(r.FinishedAt)}}
}

// jobCSV is the list as a file, read in pieces, each in a transaction of its
// own.
func (d *desk) jobCSV(c *fiber.Ctx) error {
	f, db, town := jobFilter(page.ReadList(c, page.Words{}, jobListing)), page.At(c).DB, page.At(c).Tenant.ID
	f.Limit = 1000
	ctx, done := page.LongDownload()
	return page.CSV(c, "lavorazioni.csv", []string{"chiesta_il", "che_cosa", "da_chi", "stato", "finita_il", "errore"}, func(yield func([]string, error) bool) {
		defer done()
		for more := true; more; {
			var runs []jobs.Run
			if err := db.Read(ctx, town, func(tx *tenants.Tx) (err error) {
				runs, err = jobs.Some(tx, f)
				return err
			}); err != nil {
				yield(nil, err)
				return
			}
			for _, r := range runs {
				if !yield([]string{page.Instant(r.CreatedAt), cmp.Or(kindNames[r.Kind], string(r.Kind)), d.askedBy(r.CreatedBy), stateNames[r.State][0], page.Instant(r.FinishedAt), r.Error}, nil) {
					return
				}
				f.Before = r.ID
			}
			more = len(runs) == f.Limit
		}
	})
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
