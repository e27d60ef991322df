package desk

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/accounting"
	"cassacomune/app/collections"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

// attributing is what a collection's page shows of its attributions: those
// made, and the one in the making, from the search to what it would do.
type attributing struct {
	May    bool
	Waits  money.Cents // of nobody known or in excess
	Found  page.Table
	More   bool // there are others
	Chosen *chosen
	Made   page.Table
	Back   *takenBack
}

// chosen is what attributing to one instalment would do.
type chosen struct {
	collections.Foreseen
	Name    string   // of the instalment
	Effects []string // in words
	Held    string   // in which orders the money stands
	Form    string   // key by which the form is done once
}

// takenBack is an attribution that is about to be undone.
type takenBack struct {
	collections.Attribution
	Position string
	Held     string
}

// candidatesShown is how many debts a search shows.
const candidatesShown = 20

func (p *collectionView) readAttributions(tx *tenants.Tx) error {
	p.Waits = p.Collection.Unknown + p.Collection.Excess
	made, err := collections.AttributionsOf(tx, p.Collection.ID)
	if err != nil {
		return err
	}
	if err := p.readMade(tx, made); err != nil {
		return err
	}
	if !p.May || p.Waits == 0 {
		return nil
	}
	if p.Chosen, err = p.foresee(tx); err != nil || p.Chosen != nil || p.Form.Value("cerca") == "" {
		return err
	}
	found, more, err := debts.Candidates(tx, p.Form.Value("cerca"), p.Collection.PaidOn, candidatesShown)
	if err != nil {
		return err
	}
	p.Found, p.More = p.candidateTable(found), more
	return nil
}

func (p *collectionView) candidateTable(found []debts.Payable) page.Table {
	t := page.Table{ID: "rate", Caption: "Rate da pagare, con ciò che chiedevano il " + p.Collection.PaidOn.Italian(),
		Columns: []page.Column{{Name: "Posizione e rata"}, {Name: "Debitore"}, {Name: "Scadenza"}, {Name: "Chiede", Money: true}}}
	for _, c := range found {
		at := p.at(url.Values{"cerca": {p.Form.Value("cerca")}, "rata": {c.Instalment.ID.String()}}, "attribuisci")
		row := []page.Cell{{Text: c.Debt.Position + " · " + instalmentName(c.Debt, c.Instalment), URL: at, More: []page.Cell{{Text: c.Type.NameIn(p.Lang()) + ": " + c.Debt.Reason, Kind: "small"}}},
			{Text: c.Debt.DebtorName, More: []page.Cell{{Text: c.Debt.DebtorCode, Kind: "small"}}},
			{Text: c.Instalment.DueOn.Italian()}, {Text: c.Cents.String(), Kind: "money"}}
		if c.Why != "" {
			row[3].More = []page.Cell{{Text: c.Why, Kind: "small"}}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// at is an address of this page, at a place in it.
func (p *collectionView) at(q url.Values, place string) string {
	return "/desk/incassi/" + p.Collection.ID.String() + "?" + q.Encode() + "#" + place
}

func instalmentName(d debts.Debt, in debts.Instalment) string {
	parts := map[string]int{}
	for _, each := range d.Instalments {
		parts[each.Option]++
	}
	return wayTitle(in, parts)
}

// foresee says what the instalment that was chosen would get; nil when none
// was, or when it can get nothing, which the form says.
func (p *collectionView) foresee(tx *tenants.Tx) (*chosen, error) {
	id, err := uuid.Parse(p.Form.Value("rata"))
	if err != nil {
		return nil, nil
	}
	f, err := collections.Foresee(tx, collections.NewAttribution{Collection: p.Collection.ID, Instalment: id})
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil && p.Form.Failed() { // it has been said
		return nil, nil
	}
	if err != nil {
		return nil, p.Form.Take(err)
	}
	held, err := heldBy(tx, p.Collection, uuid.Nil)
	return &chosen{f, instalmentName(f.Plan.Debt, f.Plan.Instalment), effects(f), held, tx.NewID().String()}, err
}

// effects are what happens besides the payment itself.
func effects(f collections.Foreseen) (all []string) {
	p := f.Plan
	change := money.Cents(0)
	for _, a := range p.Adjust {
		change += a.Cents
	}
	if change != 0 {
		all = append(all, fmt.Sprintf("Il dovuto passa da %s a %s: è il prezzo di chi ha pagato il %s.", p.Debt.Cents, p.Debt.Cents+change, p.PaidOn.Italian()))
	}
	due, paid := p.Debt.Cents+change, p.Debt.Paid+p.Cents()
	if paid >= due {
		all = append(all, "La posizione risulta pagata, e i suoi codici non sono più pagabili.")
	} else {
		all = append(all, fmt.Sprintf("Sulla posizione restano da pagare %s.", due-paid))
	}
	if p.Debt.Chosen == "" && slices.ContainsFunc(p.Debt.Instalments, func(in debts.Instalment) bool {
		return in.Option != p.Instalment.Option && in.State == debts.InstalmentOpen
	}) {
		all = append(all, "Le altre soluzioni di pagamento si chiudono.")
	}
	if f.Left > 0 {
		all = append(all, fmt.Sprintf("Sull'incasso restano da attribuire %s.", f.Left))
	}
	return all
}

// heldBy names the orders in which money stands that an attribution, or its
// undoing, concerns; "" is none.
func heldBy(tx *tenants.Tx, c collections.Listed, undone uuid.UUID) (string, error) {
	var settled []uuid.UUID
	for _, l := range c.Lines {
		if l.Kind == collections.OnItem && (undone == uuid.Nil || l.AttributionID != undone) {
			settled = append(settled, l.ItemID)
		}
	}
	h, err := accounting.Holds(tx, c.Collection, settled...)
	if err != nil || !h.Any() {
		return "", err
	}
	var names []string
	for _, o := range h.Orders {
		names = append(names, o.Label+", "+strings.ToLower(o.State.Italian()))
	}
	for _, o := range h.Journal {
		names = append(names, "reversale "+o.Number+" del "+fmt.Sprint(o.Year))
	}
	return strings.Join(names, "; "), nil
}

// readMade lists the attributions, and prepares the one to be undone.
func (p *collectionView) readMade(tx *tenants.Tx, made []collections.Attributed) error {
	p.Made = page.Table{ID: "attribuzioni", Caption: "Attribuzioni decise da una persona",
		Columns: []page.Column{{Name: "Quando e chi"}, {Name: "Posizione"}, {Name: "Motivo"}, {Name: "Stato"}, {Name: "Importo", Money: true}}}
	for _, a := range made {
		d, err := debts.Load(tx, a.DebtID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		row := []page.Cell{{Text: page.Instant(a.At) + ", " + a.Who}, {}, {Text: a.Reason}, {Text: "valida", Kind: "badge", Class: "bg-success"}, {Text: a.Cents.String(), Kind: "money"}}
		if d.Position != "" {
			row[1] = page.Cell{Text: d.Position + " · " + d.Reason, URL: "/desk/posizioni/" + d.ID.String()}
		}
		switch {
		case a.Undone != nil:
			row[3] = page.Cell{Text: "annullata", Kind: "badge", Class: "bg-secondary", More: []page.Cell{
				{Text: page.Instant(a.Undone.At) + ", " + a.Undone.Who + ": " + a.Undone.Reason, Kind: "small"}}}
		case p.May && d.Position != "":
			row[3].More = []page.Cell{{Text: "Annulla l'attribuzione", URL: p.at(url.Values{"annulla": {a.ID.String()}}, "annulla")}}
			if p.Form.Value("annulla") == a.ID.String() && p.Form.Value("rata") == "" {
				held, err := heldBy(tx, p.Collection, a.ID)
				if err != nil {
					return err
				}
				p.Back = &takenBack{a.Attribution, d.Position, held}
			}
		}
		p.Made.Rows = append(p.Made.Rows, row)
	}
	return nil
}

// attribute uses what a collection still has to pay a debt.
func (d *desk) attribute(c *fiber.Ctx) error {
	return d.onCollection(c, func(tx *tenants.Tx, id uuid.UUID, f *page.Form) (string, error) {
		n := collections.NewAttribution{Collection: id, Reason: f.Need("motivo", "Motivo")}
		var err error
		if n.Instalment, err = uuid.Parse(f.Value("rata")); err != nil {
			f.Wrong("cerca", "Scegli la rata a cui attribuire il denaro.")
		}
		if f.Value("importo") != "" {
			if n.Cents = f.Money("importo", "Importo"); n.Cents <= 0 && f.Error("importo") == "" {
				f.Wrong("importo", "Importo: deve essere maggiore di zero")
			}
		}
		if form, err := uuid.Parse(f.Value("modulo")); err == nil {
			n.Key = form.String()
		}
		if f.Failed() {
			return "", nil
		}
		a, err := collections.Attribute(tx, n)
		return a.Cents.String() + " attribuiti alla posizione. Se è stato un errore, l'attribuzione si annulla da questa pagina.", err
	})
}

// unattribute takes an attribution back.
func (d *desk) unattribute(c *fiber.Ctx) error {
	return d.onCollection(c, func(tx *tenants.Tx, id uuid.UUID, f *page.Form) (string, error) {
		a, err := collections.FindAttribution(tx, id, f.Value("annulla"))
		if err != nil {
			return "", err
		}
		err = collections.Undo(tx, a.ID, f.Value("motivo"))
		return "Attribuzione annullata: " + a.Cents.String() + " sono di nuovo da attribuire.", err
	})
}

// onCollection runs what a person decides on a collection; what the form must
// correct shows the collection again.
func (d *desk) onCollection(c *fiber.Ctx, fn func(tx *tenants.Tx, id uuid.UUID, f *page.Form) (says string, err error)) error {
	id, err := page.ID(c, noCollection)
	if err != nil {
		return err
	}
	form := page.ReadForm(c, page.Words{})
	says := ""
	err = page.At(c).Within(c, func(tx *tenants.Tx) error {
		if _, err := collections.Load(tx, id); err != nil {
			return err
		}
		says, err = fn(tx, id, &form)
		return err
	})
	if err == nil && !form.Failed() {
		page.Flash(c, page.Alert{Kind: "success", Title: "Fatto", Text: says})
		return c.Redirect("/desk/incassi/"+id.String(), fiber.StatusSeeOther)
	}
	if err != nil {
		if err := form.Take(err); err != nil {
			return err
		}
	}
	p, err := d.loadCollection(c, id, form)
	if err != nil {
		return err
	}
	return page.Show(c, "desk/collection", p)
}
