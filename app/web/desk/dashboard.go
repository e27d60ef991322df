package desk

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/treasury"
	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

type dashboardView struct {
	page.Base
	MaySearch bool
	MayJobs   bool
	Todo      []task
	Today     []task
}

// task is one thing to do, or to know, today.
type task struct {
	Title, Says, URL, Action string
	Number                   int
	Sum                      money.Cents
}

// soon is how many days ahead a due date counts as near.
const soon = 7

func dashboard(c *fiber.Ctx) error {
	at := page.At(c)
	p := dashboardView{Base: page.For(c, "Scrivania"), MaySearch: at.May("search:use"), MayJobs: at.May("jobs:view")}
	if at.May("setup:edit") && len(at.Types()) == 0 {
		p.Todo = append(p.Todo, task{Title: "Configurazione", Says: "Non c'è ancora nessun tipo dovuto, e il Comune non può riscuotere.", URL: "/admin", Action: "Vedi che cosa serve per partire"})
	}
	err := at.Read(c, func(tx *tenants.Tx) error {
		today := tx.Today()
		if at.May("debts:import") {
			if err := p.addFiles(tx, at); err != nil {
				return err
			}
		}
		if at.May("debts:view") {
			if err := p.addDebts(tx, today); err != nil {
				return err
			}
		}
		if at.May("collections:view") {
			if err := p.addCollections(tx, today); err != nil {
				return err
			}
		}
		return p.addTreasury(tx, at)
	})
	if err != nil {
		return err
	}
	return page.Show(c, "desk/dashboard", p)
}

func (p *dashboardView) addDebts(tx *tenants.Tx, today day.Date) error {
	near, err := debts.CountOpen(tx, today, today.AddDays(soon))
	if err != nil {
		return err
	}
	late, err := debts.CountOpen(tx, day.Date{}, today.AddDays(-1))
	if err != nil {
		return err
	}
	p.Today = append(p.Today,
		task{Title: "In scadenza", Says: fmt.Sprintf("Da pagare entro sette giorni, fino al %s.", today.AddDays(soon).Italian()), Number: near.Debts, Sum: near.Cents,
			URL: "/desk/posizioni?stato=unpaid&ordina=scadenza&dal=" + today.Italian() + "&al=" + today.AddDays(soon).Italian(), Action: "Vedi le posizioni in scadenza"},
		task{Title: "Scadute", Says: "Non ancora pagate del tutto.", Number: late.Debts, Sum: late.Cents,
			URL: "/desk/posizioni?stato=unpaid&ordina=scadenza&al=" + today.AddDays(-1).Italian(), Action: "Vedi le posizioni scadute"})
	return nil
}

func (p *dashboardView) addCollections(tx *tenants.Tx, today day.Date) error {
	d, err := collections.OnDay(tx, today)
	if err != nil {
		return err
	}
	p.Today = append(p.Today, task{Title: "Incassi di oggi", Says: "Pagati oggi e già comunicati dai canali.", Number: d.Collections, Sum: d.Cents,
		URL: "/desk/incassi?dal=" + today.Italian() + "&al=" + today.Italian(), Action: "Vedi gli incassi di oggi"})
	if d.Unknown > 0 {
		p.Todo = append(p.Todo, task{Title: "Incassi da attribuire", Says: "Non si sa ancora per che cosa: si attribuiscono dalla pagina di ciascuno.", Number: d.Unknown, Sum: d.UnknownC,
			URL: "/desk/incassi?tipo=unknown", Action: "Vedi gli incassi da attribuire"})
	}
	if d.Excess > 0 {
		p.Todo = append(p.Todo, task{Title: "Eccedenze", Says: "Denaro in più: si attribuisce ad altro dalla pagina dell'incasso, o va restituito.", Number: d.Excess, Sum: d.Kept,
			URL: "/desk/incassi?tipo=excess", Action: "Vedi le eccedenze"})
	}
	return nil
}

// addTreasury tells the accountant what the Treasurer waits for.
func (p *dashboardView) addTreasury(tx *tenants.Tx, at *page.Request) error {
	if at.May("reconcile:decide") {
		proposed, err := ledger.Allocations(tx, ledger.Filter{Status: ledger.Proposed})
		if err != nil {
			return err
		}
		if len(proposed) > 0 {
			p.Todo = append(p.Todo, task{Title: "Abbinamenti proposti", Says: "Aspettano che qualcuno li confermi o li respinga.", Number: len(proposed),
				URL: "/ragioneria/riconciliazione", Action: "Vedi gli abbinamenti proposti"})
		}
	}
	if !at.May("orders:export") {
		return nil
	}
	open, err := treasury.Provisionals(tx, treasury.Filter{Side: treasury.Credit, Unordered: true})
	if err != nil || len(open) == 0 {
		return err
	}
	t := task{Title: "Provvisori di entrata da regolarizzare", Number: len(open), URL: "/ragioneria/tesoreria", Action: "Vedi i provvisori",
		Says: "Il primo termine di 60 giorni è il " + open[0].Deadline().Italian() + "."}
	for _, o := range open {
		t.Sum += o.Remaining()
	}
	p.Todo = append(p.Todo, t)
	return nil
}

// addFiles counts the files of debts that wait for somebody to approve them.
func (p *dashboardView) addFiles(tx *tenants.Tx, at *page.Request) error {
	files, err := jobs.Files(tx, 200)
	n := 0
	for _, f := range files {
		if f.Stage() == jobs.Waiting && f.Preview.HoldsDebts() && f.Of(at.Session.Actor) && f.Check.CreatedAt.After(tx.Now().AddDate(0, 0, -soon)) {
			n++
		}
	}
	if n > 0 {
		p.Todo = append(p.Todo, task{Title: "File da approvare", Says: "Controllati, aspettano una decisione.", Number: n, URL: "/desk/file", Action: "Vedi i file"})
	}
	return err
}
