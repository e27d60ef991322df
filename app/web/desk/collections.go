package desk

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/collections"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/reconcile"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

type collectionsPage struct {
	page.Base
	List     page.List
	Table    page.Table
	Channels []page.Option
	Kinds    []page.Option
	Filtered bool
	TooFar   bool
	None     page.Empty
}

var collectionListing = page.Listing{Filters: []string{"canale", "tipo", "dal", "al", "codice"}, Sorts: []string{"-giorno", "importo"}}

var collectionKinds = []page.Option{{Value: "", Name: "Tutti"}, {Value: string(collections.OnItem), Name: "Attribuiti"},
	{Value: string(collections.Excess), Name: "Con eccedenza"}, {Value: string(collections.Unknown), Name: "Da attribuire"}}

func (d *desk) collectionList(c *fiber.Ctx) error {
	p := collectionsPage{Base: page.For(c, "Incassi"), Kinds: collectionKinds, Channels: []page.Option{{Value: "", Name: "Tutti"}}}
	for _, key := range slices.Sorted(maps.Keys(d.channels)) {
		p.Channels = append(p.Channels, page.Option{Value: key, Name: d.channels[key]})
	}
	p.Breadcrumb = []page.Link{home}
	p.List = page.ReadList(c, p.Words, collectionListing)
	p.Form = p.List.Form()
	filter := collectionFilter(&p.Form)
	p.Filtered = filter != collections.Filter{}
	p.None = page.Empty{Title: "Nessun incasso", Text: "Gli incassi compaiono qui appena un canale dice che qualcuno ha pagato."}
	if p.Filtered {
		p.None = page.Empty{Title: "Nessun incasso", Text: "Con questi filtri non si trova nulla.", URL: "/desk/incassi", Action: "Togli i filtri"}
	}
	if p.TooFar = p.List.Offset() > collections.MaxOffset; p.TooFar {
		return page.Show(c, "desk/collections", p)
	}
	var found []collections.Listed
	err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		found, err = collections.List(tx, filter, p.List.Sort, p.List.Down, p.List.Offset(), p.List.Size+1)
		return err
	})
	if err != nil {
		return err
	}
	found = page.Shown(&p.List, found)
	p.Table = page.Table{ID: "incassi", Caption: p.List.Summary(), Columns: p.List.Columns(page.Column{Name: "Pagato il", Sort: "giorno"},
		page.Column{Name: "Canale"}, page.Column{Name: "Versante"}, page.Column{Name: "Codice"}, page.Column{Name: "Stato"}, page.Column{Name: "Importo", Sort: "importo", Money: true})}
	for _, f := range found {
		says, class := standingOf(f)
		p.Table.Rows = append(p.Table.Rows, []page.Cell{{Text: f.PaidOn.Italian(), URL: "/desk/incassi/" + f.ID.String()}, {Text: d.channels.of(f.Channel)},
			{Text: f.Payer}, {Text: page.Groups(f.Code), Kind: "code"}, {Text: says, Kind: "badge", Class: class}, {Text: f.Cents.String(), Kind: "money"}})
	}
	return page.Show(c, "desk/collections", p)
}

func collectionFilter(f *page.Form) collections.Filter {
	return collections.Filter{Channel: f.Value("canale"), Code: strings.ReplaceAll(f.Value("codice"), " ", ""),
		From: f.Day("dal", "Pagato dal"), Till: f.Day("al", "Pagato al"), Standing: collections.LineKind(f.Value("tipo"))}
}

func standingOf(c collections.Listed) (says, class string) {
	switch {
	case c.Unknown > 0:
		return "Da attribuire", "bg-warning"
	case c.Excess > 0:
		return "Eccedenza di " + c.Excess.String(), "bg-warning"
	}
	return "Attribuito", "bg-success"
}

func (d *desk) collectionCSV(c *fiber.Ctx) error {
	at := page.At(c)
	form := page.ReadList(c, page.Words{}, collectionListing).Form()
	ctx, done := page.LongDownload()
	all := collections.Each(ctx, at.DB, at.Tenant.ID, at.Session.Actor, collectionFilter(&form))
	header := []string{"pagato_il", "canale", "chiave", "versante", "codice", "importo", "commissione", "eccedenza", "da_attribuire", "fonte"}
	return page.CSV(c, "incassi.csv", header, func(yield func([]string, error) bool) {
		defer done()
		for f, err := range all {
			row := []string{f.PaidOn.Italian(), f.Channel, f.Key, f.Payer, f.Code, f.Cents.Comma(), f.Fee.Comma(), f.Excess.Comma(), f.Unknown.Comma(), f.Source}
			if !yield(row, err) || err != nil {
				return
			}
		}
	})
}

type collectionView struct {
	page.Base
	Collection   collections.Listed
	Channel      string
	State, Badge string
	Facts        []fact
	Lines, Edges page.Table
	Receipt      collections.Receipt
	Key          string
	attributing
}

const noCollection = "Incasso non trovato."

func (d *desk) collectionPage(c *fiber.Ctx) error {
	id, err := page.ID(c, noCollection)
	if err != nil {
		return err
	}
	asked := map[string]string{}
	for _, name := range []string{"cerca", "rata", "annulla"} {
		asked[name] = strings.Clone(c.Query(name))
	}
	p, err := d.loadCollection(c, id, page.FillForm(page.Words{}, asked))
	if err != nil {
		return err
	}
	return page.Show(c, "desk/collection", p)
}

// loadCollection reads a collection, and what a form asks to see of its
// attributions.
func (d *desk) loadCollection(c *fiber.Ctx, id uuid.UUID, form page.Form) (*collectionView, error) {
	p := &collectionView{Base: page.For(c, "Incasso")}
	p.Breadcrumb = []page.Link{home, {Name: "Incassi", URL: "/desk/incassi"}}
	form.Words = p.Words
	p.Form, p.May = form, page.At(c).May("collections:attribute")
	err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		if p.Collection, err = collections.Load(tx, id); err != nil {
			return err
		}
		if p.Receipt, err = collections.ReceiptOf(tx, id); err != nil {
			return err
		}
		edges, err := ledger.Allocations(tx, ledger.Filter{Ref: id, Limit: 200})
		if err != nil {
			return err
		}
		files, err := fileNames(tx)
		if err != nil {
			return err
		}
		p.Facts, p.Edges = factsOf(p.Collection, p.Receipt, files), edgeTable(edges, files)
		if p.Lines, err = lineTable(tx, p.Collection.Lines); err != nil {
			return err
		}
		return p.readAttributions(tx)
	})
	if err != nil {
		return nil, err
	}
	p.Title = fmt.Sprintf("Incasso di %s", p.Collection.Cents)
	p.Channel = d.channels.of(p.Collection.Channel)
	p.State, p.Badge = standingOf(p.Collection)
	p.Key = cmp.Or(p.Collection.Code, p.Collection.Key)
	return p, nil
}

// fact is something that the channel said of a collection.
type fact struct{ Name, Value, URL string }

func factsOf(c collections.Listed, r collections.Receipt, files sources) []fact {
	all := []fact{{Name: "Codice pagato", Value: cmp.Or(page.Groups(c.Code), "nessuno")}, {Name: "Chiave nel canale", Value: c.Key}}
	if c.ProviderID != "" {
		all = append(all, fact{Name: "Operazione del gestore", Value: c.ProviderID})
	}
	return append(all, fact{Name: "Saputo il", Value: page.Instant(c.KnownAt) + ", " + files.name(c.Source)}, fact{Name: "Commissione", Value: c.Fee.String()},
		fact{Name: "Ricevuta", Value: "n. " + r.Number, URL: "/ricevute/" + r.Token})
}

var lineNames = map[collections.LineKind]string{collections.OnItem: "Posizione pagata", collections.Excess: "Eccedenza", collections.Unknown: "Da attribuire"}

// lineTable says what the collection paid. A debt of an office that the actor
// does not see is named by nothing but its amount.
func lineTable(tx *tenants.Tx, lines []collections.Line) (page.Table, error) {
	t := page.Table{ID: "righe", Caption: "Le parti dell'incasso", Columns: []page.Column{{Name: "Che cosa"}, {Name: "Posizione"}, {Name: "Voce"}, {Name: "Importo", Money: true}}}
	known := map[string]debts.Debt{}
	for _, l := range lines {
		row := []page.Cell{{Text: lineNames[l.Kind]}, {}, {}, {Text: l.Cents.String(), Kind: "money"}}
		if l.ByPerson() {
			row[0].More = []page.Cell{{Text: "per attribuzione", Kind: "small"}}
		}
		if l.Kind != collections.Unknown {
			debt, err := debtOnce(tx, known, l)
			if err != nil {
				return t, err
			}
			if debt.Position != "" {
				row[1] = page.Cell{Text: debt.Position + " · " + debt.Reason, URL: "/desk/posizioni/" + debt.ID.String()}
			}
			for _, it := range debt.Items {
				if it.ID == l.ItemID {
					row[2] = page.Cell{Text: it.Label}
				}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

func debtOnce(tx *tenants.Tx, known map[string]debts.Debt, l collections.Line) (debts.Debt, error) {
	key := l.DebtID.String()
	if d, ok := known[key]; ok {
		return d, nil
	}
	d, err := debts.Load(tx, l.DebtID)
	if fault.Is(err, fault.NotFound) { // of another office
		err = nil
	}
	known[key] = d
	return d, err
}

var levels = map[ledger.Level]string{ledger.R1: "Posizione e incasso", ledger.R2: "Incasso e riversamento", ledger.R3: "Riversamento e accredito", ledger.R4: "Accredito e reversale"}

var statuses = map[ledger.Status]string{ledger.Proposed: "proposto", ledger.Confirmed: "confermato", ledger.Voided: "sciolto"}

// edgeTable shows allocations with the reasons that were kept of them.
func edgeTable(edges []ledger.Allocation, files sources) page.Table {
	t := page.Table{ID: "prove", Caption: "Abbinamenti e loro prove",
		Columns: []page.Column{{Name: "Fra"}, {Name: "Stato"}, {Name: "Regola"}, {Name: "Prove"}, {Name: "Chi e quando"}, {Name: "Importo", Money: true}}}
	for _, e := range edges {
		t.Rows = append(t.Rows, []page.Cell{{Text: levels[e.Level]}, {Text: statuses[e.Status]}, {Text: reconcile.RuleItalian(e.Rule)}, {Text: evidence(e.Evidence, files)},
			{Text: whoIs(e.Who) + ", " + page.Instant(e.When)}, {Text: e.Cents.String(), Kind: "money"}})
	}
	return t
}

func evidence(reasons []ledger.Reason, files sources) string {
	var all []string
	for _, r := range reasons {
		s := reconcile.ReasonItalian(r)
		if r.Where != "" {
			s += " (" + files.name(r.Where) + ")"
		}
		all = append(all, s)
	}
	return strings.Join(all, "; ")
}
