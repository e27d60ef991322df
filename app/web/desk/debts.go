package desk

import (
	"cmp"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

type debtsPage struct {
	page.Base
	List               page.List
	Table              page.Table
	Types              []page.Option
	States             []page.Option
	TooFar             bool
	MayEdit, MayImport bool
	Filtered           bool
}

// None is what the page says when the filters find nothing.
func (debtsPage) None() page.Empty {
	return page.Empty{Title: "Nessuna posizione", Text: "Con questi filtri non si trova nulla. Controlla le date e i codici, oppure togli un filtro.", URL: "/desk/posizioni", Action: "Togli i filtri"}
}

// First is what the page says before the first debt.
func (p debtsPage) First() page.Empty {
	first := page.Empty{Title: "Non ci sono ancora posizioni", Text: "Le posizioni arrivano con un file dell'ufficio, oppure si aprono a mano una per una: lo fa chi lavora allo sportello."}
	if p.MayImport {
		first.URL, first.Action = "/desk/file", "Carica un file"
	}
	return first
}

var debtListing = page.Listing{
	Filters: []string{"tipo", "stato", "dal", "al", "nome", "cf", "posizione"},
	Sorts:   []string{"-caricata", "scadenza", "importo", "nome"},
}

var debtStates = []page.Option{{Value: "", Name: "Tutti"}, {Value: "unpaid", Name: "Non ancora pagato del tutto"}, {Value: "open", Name: "Da pagare"}, {Value: "partly", Name: "Pagato in parte"},
	{Value: "paid", Name: "Pagato"}, {Value: "annulled", Name: "Annullato"}}

func debtList(c *fiber.Ctx) error {
	p := debtsPage{Base: page.For(c, "Posizioni"), States: debtStates, MayEdit: page.At(c).May("debts:edit"), MayImport: page.At(c).May("debts:import")}
	p.Breadcrumb = []page.Link{home}
	p.List = page.ReadList(c, p.Words, debtListing)
	p.Form = p.List.Form()
	filter := debtFilter(&p.Form)
	p.Filtered = filter != debts.Filter{}
	if p.TooFar = p.List.Offset() > debts.MaxOffset; p.TooFar {
		return page.Show(c, "desk/debts", p)
	}
	types := page.At(c).Types()
	p.Types = typeOptions(types, "Tutti", p.Lang())
	err := page.At(c).Read(c, func(tx *tenants.Tx) error {
		found, err := debts.List(tx, filter, p.List.Sort, p.List.Down, p.List.Offset(), p.List.Size+1)
		if err != nil {
			return err
		}
		p.Table.Rows, err = debtRows(tx, p.Words, page.Shown(&p.List, found), types)
		return err
	})
	if err != nil {
		return err
	}
	p.Table.ID, p.Table.Caption = "posizioni", p.List.Summary()
	p.Table.Columns = p.List.Columns(page.Column{Name: "Debitore e causale", Sort: "nome"}, page.Column{Name: "Scadenza", Sort: "scadenza"},
		page.Column{Name: "Importo", Sort: "importo", Money: true}, page.Column{Name: "Stato"}, page.Column{Name: "Percorso"})
	return page.Show(c, "desk/debts", p)
}

// debtFilter reads the filters; a day that cannot be read is noted on the form.
func debtFilter(f *page.Form) debts.Filter {
	return debts.Filter{Type: f.Value("tipo"), State: debts.State(f.Value("stato")), DueFrom: f.Day("dal", "Scadenza dal"), DueTill: f.Day("al", "Scadenza al"),
		Name: f.Value("nome"), Debtor: f.Value("cf"), Position: f.Value("posizione")}
}

// debtRows makes the rows of a list; how far money has come is asked only for
// debts on which some has.
func debtRows(tx *tenants.Tx, w page.Words, found []debts.Debt, types []tenants.DebtType) ([][]page.Cell, error) {
	var paid []uuid.UUID
	for _, d := range found {
		if d.Paid > 0 {
			paid = append(paid, d.ID)
		}
	}
	reached, err := collections.Reached(tx, paid)
	if err != nil {
		return nil, err
	}
	names, today := typeNames(types, w.Lang()), tx.Today()
	rows := make([][]page.Cell, len(found))
	for i, d := range found {
		who, state := d.DebtorName, page.Cell{Text: d.State.Italian(), Kind: "badge", Class: badges[d.State]}
		if who == "" {
			who = d.DebtorCode
		}
		if late(d, today) {
			state.More = []page.Cell{{Text: "Scaduta", Kind: "badge", Class: "bg-danger"}}
		}
		rows[i] = []page.Cell{{Text: who, URL: "/desk/posizioni/" + d.ID.String(), More: []page.Cell{{Text: d.Reason}, {Text: cmp.Or(names[d.Type], d.Type) + " · " + d.Position, Kind: "small"}}},
			{Text: d.DueOn.Italian()}, {Text: d.Cents.String(), Kind: "money"}, state, lampsOf(w, d, reached[d.ID])}
	}
	return rows, nil
}

func late(d debts.Debt, today day.Date) bool {
	return !d.DueOn.IsZero() && d.DueOn.Before(today) && (d.State == debts.Open || d.State == debts.Partly)
}

func typeNames(types []tenants.DebtType, lang string) map[string]string {
	names := make(map[string]string, len(types))
	for _, t := range types {
		names[t.Code] = t.NameIn(lang)
	}
	return names
}

func typeOptions(types []tenants.DebtType, first, lang string) []page.Option {
	options := []page.Option{{Value: "", Name: first}}
	for _, t := range types {
		options = append(options, page.Option{Value: t.Code, Name: t.NameIn(lang)})
	}
	return options
}

// debtCSV is the filtered list as a file, in the order of loading.
func debtCSV(c *fiber.Ctx) error {
	at := page.At(c)
	form := page.ReadList(c, page.Words{}, debtListing).Form()
	ctx, done := page.LongDownload()
	all := debts.Each(ctx, at.DB, at.Tenant.ID, at.Session.Actor, debtFilter(&form))
	header := []string{"tipo_dovuto", "codice_posizione", "causale", "debitore_nome", "debitore_codice", "scadenza", "stato", "dovuto", "pagato", "residuo"}
	return page.CSV(c, "posizioni.csv", header, func(yield func([]string, error) bool) {
		defer done()
		for d, err := range all {
			row := []string{d.Type, d.Position, d.Reason, d.DebtorName, d.DebtorCode, d.DueOn.Italian(), d.State.Italian(),
				d.Cents.Comma(), d.Paid.Comma(), d.Remaining().Comma()}
			if !yield(row, err) || err != nil {
				return
			}
		}
	})
}
