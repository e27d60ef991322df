package accounts

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/day"
	"cassacomune/app/money"
	"cassacomune/app/treasury"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

// equation is a control equation of a day, as it came out.
type equation struct {
	Number, Says, Class string
}

type dayRow struct {
	treasury.Day
	AccountName string
	Equations   []equation
}

type provisionalRow struct {
	treasury.Provisional
	Says, Class string // the 60-day clock
	URL         string
}

type treasuryView struct {
	page.Base
	Days        []dayRow
	Meaning     []page.Option
	Squares     []treasury.Square
	Ages        []treasury.Ageing
	Waiting     []treasury.Waiting
	Differences int
	List        page.List
	Filter      page.Form
	States      []page.Option
	Sides       []page.Option
	Rows        []provisionalRow
	Head        page.Table
	Empty       *page.Empty
	MayImport   bool
	MayCheck    bool
}

// meaning says each control equation in words.
var meaning = []page.Option{
	{Value: "1", Name: "saldo precedente + entrate - uscite = saldo finale, per conto"},
	{Value: "2", Name: "somma dei movimenti = entrate - uscite, per conto"},
	{Value: "3", Name: "saldo precedente + entrate - uscite = saldo finale, in complesso"},
	{Value: "4", Name: "fondo di cassa + reversali riscosse + provvisori di entrata = totale entrate"},
	{Value: "5", Name: "deficit di cassa + mandati pagati + provvisori di uscita = totale uscite"},
	{Value: "6", Name: "totale entrate - totale uscite = saldo complessivo finale"},
	{Value: "7", Name: "saldo precedente = saldo finale del giorno prima"},
}

var (
	provisionalListing = page.Listing{Filters: []string{"lato", "stato", "numero", "dal", "al"}}
	sideOptions        = []page.Option{{Value: "credit", Name: "di entrata"}, {Value: "debit", Name: "di uscita"}}
	stateOptions       = []page.Option{{Value: "open", Name: "da regolarizzare"}, {Value: "closed", Name: "regolarizzati"}, {Value: "cancelled", Name: "annullati"}, {Value: "all", Name: "tutti"}}
)

// shownDays is how many days of the journal the page shows, the latest.
const shownDays = 31

func treasuryPage(c *fiber.Ctx) error {
	at := page.At(c)
	p := treasuryView{Base: page.For(c, "Tesoreria"), Meaning: meaning, States: stateOptions, Sides: sideOptions,
		MayImport: at.May("treasury:import"), MayCheck: at.May("check:view")}
	p.List = page.ReadList(c, p.Words, provisionalListing)
	p.Filter = p.List.Form()
	filter := provisionalFilter(&p.Filter)
	p.Form.Errors = p.Filter.Errors
	err := at.Read(c, func(tx *tenants.Tx) error {
		if err := p.readDays(tx); err != nil {
			return err
		}
		return p.readProvisionals(tx, filter)
	})
	if err != nil {
		return err
	}
	return page.Show(c, "accounts/treasury", p)
}

// provisionalFilter reads the filters; credits that are open are the default.
func provisionalFilter(f *page.Form) treasury.Filter {
	out := treasury.Filter{Side: treasury.Credit, State: treasury.Open, Number: f.Value("numero"), From: f.Day("dal", "Dal"), To: f.Day("al", "Al")}
	if f.Value("lato") == "debit" {
		out.Side = treasury.Debit
	}
	switch s := f.Value("stato"); s {
	case "closed", "cancelled":
		out.State = treasury.State(s)
	case "all":
		out.State = ""
	}
	return out
}

func (p *treasuryView) readDays(tx *tenants.Tx) error {
	accounts, err := tx.Accounts()
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, a := range accounts {
		names[a.Key] = a.Name
	}
	days, err := treasury.Days(tx, 0)
	if err != nil {
		return err
	}
	slices.SortStableFunc(days, func(a, b treasury.Day) int { return b.ToOn.Compare(a.ToOn) })
	for _, d := range days[:min(len(days), shownDays)] {
		p.Days = append(p.Days, dayRow{d, names[d.Account], equations(d)})
	}
	if p.Squares, err = treasury.Quadrature(tx); err != nil {
		return err
	}
	if p.Waiting, err = treasury.Waitings(tx); err != nil {
		return err
	}
	differences, err := treasury.Differences(tx)
	p.Differences = len(differences)
	return err
}

// equations are the seven of a day: green, red, or not computable from what
// the file says.
func equations(d treasury.Day) (all []equation) {
	for _, m := range meaning {
		e := equation{m.Value, "non calcolabile", "bg-secondary"}
		if holds := d.Equations[m.Value]; holds != nil && *holds {
			e.Says, e.Class = "torna", "bg-success"
		} else if holds != nil {
			e.Says, e.Class = "non torna", "bg-danger"
		}
		all = append(all, e)
	}
	return all
}

func (p *treasuryView) readProvisionals(tx *tenants.Tx, f treasury.Filter) error {
	open, err := treasury.Provisionals(tx, treasury.Filter{Side: treasury.Credit, State: treasury.Open})
	if err != nil {
		return err
	}
	p.Ages = treasury.Age(open, tx.Today())
	from := min(p.List.Offset(), 10_000)
	f.Limit = from + p.List.Size + 1
	rows, err := treasury.Provisionals(tx, f)
	if err != nil {
		return err
	}
	shown := rows[min(from, len(rows)):min(from+p.List.Size, len(rows))]
	p.List.Found(len(shown), -1, len(rows) > from+p.List.Size)
	for _, r := range shown {
		p.Rows = append(p.Rows, withClock(r, tx.Today()))
	}
	p.Head = page.Table{ID: "provvisori", Columns: page.Columns("Numero", "Data", "Chi versa e causale", "Importo €", "Da regolarizzare €", "Termine")}
	if len(rows) == 0 {
		p.Empty = &page.Empty{Title: "Nessun provvisorio", Text: "Nessun provvisorio corrisponde ai filtri. I provvisori arrivano con il giornale di cassa del Tesoriere."}
		if p.MayImport {
			p.Empty.URL, p.Empty.Action = "/ragioneria/file", "Carica il giornale di cassa"
		}
	}
	return nil
}

// withClock says how much is left of the 60 days.
func withClock(r treasury.Provisional, today day.Date) provisionalRow {
	row := provisionalRow{Provisional: r, URL: creditURL(r.ID), Says: r.State.Italian(), Class: "bg-secondary"}
	if r.State != treasury.Open {
		return row
	}
	switch left := r.DaysLeft(today); {
	case left == -1:
		row.Says, row.Class = "scaduto da un giorno", "bg-danger"
	case left < 0:
		row.Says, row.Class = fmt.Sprintf("scaduto da %d giorni", -left), "bg-danger"
	case left == 0:
		row.Says, row.Class = "scade oggi", "bg-danger"
	case left == 1:
		row.Says, row.Class = "resta un giorno", "bg-warning"
	case left <= 15:
		row.Says, row.Class = fmt.Sprintf("restano %d giorni", left), "bg-warning"
	default:
		row.Says, row.Class = fmt.Sprintf("restano %d giorni", left), "bg-primary"
	}
	return row
}

func creditURL(id uuid.UUID) string { return "/ragioneria/riconciliazione/" + id.String() }

// Cents is an amount that a template prints.
func (treasuryView) Cents(n int64) money.Cents { return money.Cents(n) }

// Known prints an amount that the file may not say.
func (treasuryView) Known(c *money.Cents) string {
	if c == nil {
		return "non detto"
	}
	return c.String()
}

// provisionalsCSV is the list as a file.
func provisionalsCSV(c *fiber.Ctx) error {
	at := page.At(c)
	form := page.ReadList(c, page.Words{}, provisionalListing).Form()
	f := provisionalFilter(&form)
	if form.Failed() {
		return treasuryPage(c)
	}
	header := []string{"numero", "esercizio", "conto", "data", "versante", "codice_versante", "causale", "importo", "da_regolarizzare", "termine", "stato"}
	return page.CSV(c, "provvisori.csv", header, provisionalRows(at.DB, at.Tenant.ID, f))
}

// provisionalRows reads in pieces, each in a transaction of its own.
func provisionalRows(db *tenants.DB, tenant tenants.ID, f treasury.Filter) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		f.Limit = 500
		for {
			var rows []treasury.Provisional
			if err := db.Read(context.Background(), tenant, func(tx *tenants.Tx) (err error) {
				rows, err = treasury.Provisionals(tx, f)
				return err
			}); err != nil {
				yield(nil, err)
				return
			}
			for _, r := range rows {
				if !yield([]string{r.Number, strconv.Itoa(r.Year), r.Account, r.EffectiveOn.Italian(), r.PartyName, r.PartyCode, r.Text,
					r.Cents.Comma(), r.Remaining().Comma(), r.Deadline().Italian(), r.State.Italian()}, nil) {
					return
				}
			}
			if len(rows) < f.Limit {
				return
			}
			f.After = rows[len(rows)-1].ID
		}
	}
}
