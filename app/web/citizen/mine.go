package citizen

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

// owed is a debt as its debtor sees it in the list.
type owed struct {
	Name, Office, Reason, URL string
	State, Badge              string
	Due                       day.Date
	Overdue                   bool
	Amount                    money.Cents // to pay, or paid
	Code                      string      // to put into the cart; "" when it needs a choice
	Receipt                   string
	Line                      page.Line
}

type minePage struct {
	page.Base
	Open, Closed []owed
	Total        money.Cents
	Empty        page.Empty
}

// mine is everything that the citizen owes, over all offices.
func (p *portal) mine(c *fiber.Ctx) error {
	at, v := page.At(c), minePage{Base: base(c, "mine.title|I miei pagamenti")}
	private(c)
	v.Empty = page.Empty{Title: v.T("mine.none|Non risulta nulla a tuo nome"), Text: v.T("mine.none_text|In questo Comune non ci sono pagamenti collegati al tuo codice fiscale. Se hai ricevuto un avviso, puoi pagarlo con il suo codice."),
		URL: "/", Action: v.T("cart.find|Cerca un avviso")}
	err := at.Read(c, func(tx *tenants.Tx) error {
		all, err := debts.OwedBy(tx, citizenOf(at).FiscalCode)
		if err != nil {
			return err
		}
		names, err := namesOf(tx, at.Lang)
		if err != nil {
			return err
		}
		proofs, err := collections.ProofsOn(tx, ids(all))
		if err != nil {
			return err
		}
		walk := newWalker(tx, v.Words)
		for _, d := range all {
			o, err := names.owed(tx, walk, d, proofs[d.ID])
			if err != nil {
				return err
			}
			if d.State == debts.Open || d.State == debts.Partly {
				v.Open, v.Total = append(v.Open, o), v.Total+o.Amount
			} else {
				v.Closed = append(v.Closed, o)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return page.Show(c, "citizen/mine", v)
}

func ids(all []debts.Debt) (out []uuid.UUID) {
	for _, d := range all {
		out = append(out, d.ID)
	}
	return out
}

// names are those of the catalogue, in the visitor's language: of types and
// offices by code, and of types by their Italian name.
type names struct{ types, offices, italian map[string]string }

// say is a text of a debt in the visitor's language where it is our own: where
// it begins with the name of a debt type, as what was opened on the portal does,
// and an item without a label. The words of an office stay.
func (n names) say(text string) string {
	name, rest, more := strings.Cut(text, ": ")
	said, ok := n.italian[name]
	switch {
	case !ok:
		return text
	case more:
		return said + ": " + rest
	}
	return said
}

func namesOf(tx *tenants.Tx, lang string) (n names, err error) {
	n = names{map[string]string{}, map[string]string{}, map[string]string{}}
	types, err := tx.DebtTypes()
	if err != nil {
		return n, err
	}
	for _, t := range types {
		n.types[t.Code], n.italian[t.Name] = t.NameIn(lang), t.NameIn(lang)
	}
	offices, err := tx.Offices()
	for _, o := range offices {
		n.offices[o.Code] = o.Name
		if lang == "de" && o.NameDE != "" {
			n.offices[o.Code] = o.NameDE
		}
	}
	return n, err
}

func (n names) owed(tx *tenants.Tx, walk walker, d debts.Debt, proofs []collections.Proof) (o owed, err error) {
	o = owed{Name: n.types[d.Type], Office: n.offices[d.Office], Reason: n.say(d.Reason), URL: "/miei/" + d.ID.String(), Due: d.DueOn, Amount: d.Paid}
	o.State, o.Badge = stateOf(walk.words, d, tx.Today())
	if o.Line, err = walk.line(d, proofs); err != nil {
		return o, err
	}
	if len(proofs) > 0 {
		o.Receipt = "/ricevute/" + proofs[len(proofs)-1].Receipt.Token
	}
	if d.State != debts.Open && d.State != debts.Partly {
		return o, nil
	}
	o.Amount = d.Remaining()
	o.Overdue = !o.Due.IsZero() && o.Due.Before(tx.Today())
	asked, err := debts.Payables(tx, d, tx.Today())
	if asked = slices.DeleteFunc(asked, func(p debts.Payable) bool { return p.Instalment.State != debts.InstalmentOpen }); len(asked) == 1 {
		o.Amount = asked[0].Cents
		if asked[0].Why == "" {
			o.Code = asked[0].Code.Code
		}
	}
	return o, err
}

func stateOf(w page.Words, d debts.Debt, today day.Date) (text, badge string) {
	switch {
	case d.State == debts.Paid:
		return w.T("state.paid|Pagato"), "bg-success"
	case d.State == debts.Annulled:
		return w.T("state.annulled|Annullato"), "bg-secondary"
	case !d.DueOn.IsZero() && d.DueOn.Before(today):
		return w.T("state.overdue|Scaduto"), "bg-danger"
	case d.State == debts.Partly:
		return w.T("state.partly|Pagato in parte"), "bg-primary"
	case !d.DueOn.IsZero() && d.DueOn.Sub(today) <= 14:
		return w.T("state.soon|In scadenza"), "bg-warning"
	}
	return w.T("state.open|Da pagare"), "bg-primary"
}

// way is an instalment that may be paid, or was.
type way struct {
	Name, Code, State string
	Change            string // until when the amount stands, and what comes after it
	Due               day.Date
	Amount            money.Cents
	Open              bool
}

// paid is a collection on the debt.
type paid struct {
	On      day.Date
	Amount  money.Cents
	Receipt string
	Number  string
}

type debtPage struct {
	page.Base
	owed
	Ways      []way
	Items     []debts.Item
	Paid      []paid
	Exclusive bool // the ways exclude each other
}

// debt is one of the citizen's own; anybody else's does not exist.
func (p *portal) debt(c *fiber.Ctx) error {
	at, v := page.At(c), debtPage{Base: page.For(c, "")}
	private(c)
	v.Breadcrumb = []page.Link{{Name: v.T("mine.title|I miei pagamenti"), URL: "/miei"}}
	id, err := uuid.Parse(c.Params("id"))
	if err != nil {
		return fault.New(fault.NotFound, "missing", "Posizione non trovata.")
	}
	err = at.Read(c, func(tx *tenants.Tx) error {
		d, err := debts.OwedByOne(tx, citizenOf(at).FiscalCode, id)
		if err != nil {
			return err
		}
		return v.fill(tx, d, at.Lang)
	})
	if err != nil {
		return err
	}
	return page.Show(c, "citizen/debt", v)
}

func (v *debtPage) fill(tx *tenants.Tx, d debts.Debt, lang string) error {
	known, err := namesOf(tx, lang)
	if err != nil {
		return err
	}
	proofs, err := collections.ProofsOn(tx, []uuid.UUID{d.ID})
	if err != nil {
		return err
	}
	if v.owed, err = known.owed(tx, newWalker(tx, v.Words), d, proofs[d.ID]); err != nil {
		return err
	}
	v.Title, v.Items = known.say(d.Reason), d.Items
	for i := range v.Items {
		v.Items[i].Label = known.say(v.Items[i].Label)
	}
	for _, p := range proofs[d.ID] {
		v.Paid = append(v.Paid, paid{p.Collection.PaidOn, paidOn(d.ID, p), "/ricevute/" + p.Receipt.Token, p.Receipt.Number})
	}
	options, parts := map[string]bool{}, map[string]int{}
	for _, in := range d.Instalments {
		parts[in.Option]++
	}
	d.Instalments = byOption(d.Instalments)
	all, err := debts.Payables(tx, d, tx.Today())
	if err != nil {
		return err
	}
	for _, asked := range all {
		in := asked.Instalment
		w := way{Name: v.T("debt.whole|In un'unica soluzione"), Code: asked.Code.Code, State: v.Say(asked.Why), Due: in.DueOn, Amount: asked.Cents, Open: asked.Why == "" && asked.Code.Code != ""}
		if in.Option != debts.SingleOption {
			w.Name = v.T("debt.part|Rata %d di %d", in.Number, parts[in.Option])
		}
		if !w.Open {
			w.Amount = in.Cents
		} else if w.Change, err = v.change(tx, d, asked); err != nil {
			return err
		}
		options[in.Option] = options[in.Option] || w.Open
		v.Ways = append(v.Ways, w)
	}
	open := 0
	for _, is := range options {
		if is {
			open++
		}
	}
	v.Exclusive = open > 1
	return nil
}

// change says until when the amount of an instalment stands.
func (v *debtPage) change(tx *tenants.Tx, d debts.Debt, asked debts.Payable) (string, error) {
	if asked.Until.IsZero() {
		return "", nil
	}
	later, err := debts.Payables(tx, d, asked.Until.AddDays(1))
	for _, l := range later {
		if l.Instalment.ID == asked.Instalment.ID {
			return changeOf(v.Words, asked, l), err
		}
	}
	return "", err
}

// byOption puts the instalments of an option together: the single payment
// first, then the others in the order in which they fall due.
func byOption(all []debts.Instalment) []debts.Instalment {
	first := map[string]int{debts.SingleOption: -1}
	for i, in := range all {
		if _, ok := first[in.Option]; !ok {
			first[in.Option] = i
		}
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b debts.Instalment) int {
		return cmp.Or(first[a.Option]-first[b.Option], a.Number-b.Number)
	})
	return sorted
}
