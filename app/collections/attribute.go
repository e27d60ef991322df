package collections

import (
	"cmp"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// Attribution (attribuzione) is a person's word for what money was that came
// with a code of no debt, or beyond what was due: it paid a debt. Another one
// takes it back.
type Attribution struct {
	bun.BaseModel `bun:"table:attribution"`
	tenants.Row

	ID           uuid.UUID `bun:"id,pk"`
	CollectionID uuid.UUID
	Number       int    // turn of the collection
	Key          string `bun:",nullzero"` // of the form that asked
	DebtID       uuid.UUID
	InstalmentID uuid.UUID
	Cents        money.Cents
	Undoes       uuid.UUID `bun:",nullzero"`
	TxID         uuid.UUID
	Booked       debts.Booked
	Reason       string
	Who          string
	At           time.Time
}

// NewAttribution is what a person asks for.
type NewAttribution struct {
	Collection, Instalment uuid.UUID
	Cents                  money.Cents // 0: as much as the one has and the other asks for
	Reason                 string
	Key                    string // of the form: the same twice is done once; "" = none
}

// Foreseen is what an attribution would do.
type Foreseen struct {
	Collection Listed
	Plan       debts.Plan
	Left       money.Cents // on the collection, of nobody known or in excess
	Takes      []taken
}

// taken is a part of a line of the channel's that pays an item.
type taken struct {
	from  Line
	item  debts.Item
	cents money.Cents
}

// Foresee says what Attribute would do, and changes nothing.
func Foresee(tx *tenants.Tx, n NewAttribution) (Foreseen, error) {
	c, err := Load(tx, n.Collection)
	if err != nil {
		return Foreseen{}, err
	}
	return c.foresee(tx, n, false)
}

// Attribute is the step by which a person uses what a collection still has of
// nobody known, or in excess, to pay a debt: at the price of the payer's day,
// as if its code had been paid, and never more than there is nor than the
// instalment asks for; the rest stays where it is. Of two at once who use the
// same money the second is a Conflict.
func Attribute(tx *tenants.Tx, n NewAttribution) (a Attribution, err error) {
	if n.Reason == "" {
		return a, fault.New(fault.Invalid, "collections.reason", "Scrivi perché questo denaro è di questa posizione.").On("motivo")
	}
	c, before, err := hold(tx, n.Collection)
	if err != nil {
		return a, err
	}
	if n.Key != "" {
		if a, done, err := asked(tx, n); err != nil || done {
			return a, err
		}
	}
	f, err := c.foresee(tx, n, true)
	if err != nil {
		return a, err
	}
	a = Attribution{ID: tx.NewID(), CollectionID: c.ID, Number: before + 1, Key: n.Key, DebtID: f.Plan.Debt.ID, InstalmentID: n.Instalment,
		Cents: f.Plan.Cents(), Booked: f.Plan.Booked(), Reason: n.Reason, Who: tx.Actor.Name, At: tx.Now()}
	return a, a.book(tx, c, f)
}

// hold waits for whoever else uses the money of a collection, loads it if the
// actor sees it, and says how many attributions there were.
func hold(tx *tenants.Tx, id uuid.UUID) (c Listed, before int, err error) {
	if err = ledger.HoldBalances(tx, id); err != nil {
		return c, 0, err
	}
	if c, err = Load(tx, id); err != nil {
		return c, 0, err
	}
	n, err := tx.Select((*Attribution)(nil)).Where("collection_id = ?", id).Count(tx.Ctx)
	return c, int(n), err
}

// asked finds what the same form has done before.
func asked(tx *tenants.Tx, n NewAttribution) (a Attribution, done bool, err error) {
	err = tx.One(tx.Select(&a).Where("key = ?", n.Key), "")
	switch {
	case fault.Is(err, fault.NotFound):
		return a, false, nil
	case err != nil:
		return a, false, err
	case a.CollectionID != n.Collection || a.InstalmentID != n.Instalment || n.Cents != 0 && a.Cents != n.Cents || a.Reason != n.Reason:
		return a, false, fault.New(fault.Conflict, "collections.form", "Questo modulo è già stato inviato con altri dati: %s sono già attribuiti. Ricarica la pagina.", a.Cents)
	}
	undone, err := a.undone(tx)
	if undone {
		err = fault.New(fault.Conflict, "collections.form", "Questo modulo è già stato inviato, e l'attribuzione è poi stata annullata. Ricarica la pagina.")
	}
	return a, true, err
}

func (c Listed) foresee(tx *tenants.Tx, n NewAttribution, hold bool) (f Foreseen, err error) {
	has := c.Unknown + c.Excess
	switch {
	case has == 0:
		return f, fault.New(fault.Conflict, "collections.nothing", "Su questo incasso non resta nulla da attribuire: forse qualcun altro lo ha già fatto.")
	case n.Cents < 0:
		return f, fault.New(fault.Invalid, "collections.cents", "L'importo da attribuire deve essere maggiore di zero.").On("importo")
	case n.Cents > has:
		return f, fault.New(fault.Conflict, "collections.less", "Su questo incasso restano da attribuire %s: non se ne possono usare %s.", has, n.Cents).On("importo")
	}
	cents := has
	if n.Cents > 0 {
		cents = n.Cents
	}
	f = Foreseen{Collection: c}
	if f.Plan, err = debts.PlanAttribution(tx, n.Instalment, cents, c.PaidOn, hold); err != nil {
		return f, err
	}
	paid := f.Plan.Cents()
	switch {
	case f.Plan.Why != "":
		return f, fault.New(fault.Conflict, "collections.unpayable", "Su questa rata non si può attribuire nulla. %s", f.Plan.Why)
	case paid == 0:
		return f, fault.New(fault.Conflict, "collections.unpayable", "Su questa rata non si può attribuire nulla: non c'è più nulla da pagare.")
	case paid < n.Cents:
		return f, fault.New(fault.Conflict, "collections.asks", "La rata chiede %s: non se ne possono attribuire %s.", paid, n.Cents).On("importo")
	}
	f.Left, f.Takes = has-paid, c.take(f.Plan.Lines)
	return f, nil
}

// take spreads what a plan pays over the money that waits, in the order of the
// collection's lines.
func (c Listed) take(pays []debts.Imputed) (all []taken) {
	i, used := 0, money.Cents(0)
	for _, p := range pays {
		for left := p.Cents; left > 0; {
			from := c.Lines[i]
			if from.Kind == OnItem || from.Cents == used {
				i, used = i+1, 0
				continue
			}
			part := min(left, from.Cents-used)
			all = append(all, taken{from, p.Item, part})
			left, used = left-part, used+part
		}
	}
	return all
}

// account is where the money of a line waits.
func (l Line) account() ledger.Account {
	if l.Kind == Excess {
		return ledger.ANT
	}
	return ledger.DATc
}

func (a *Attribution) book(tx *tenants.Tx, c Listed, f Foreseen) error {
	p := f.Plan
	entry := ledger.Entry{Key: a.ledgerKey(c), Kind: "attribution", EffectiveOn: c.PaidOn, Source: "decisione di una persona", Postings: p.Postings(),
		Content: []string{c.name(), p.Debt.Type, p.Debt.Position, p.Instalment.Option, fmt.Sprint(p.Instalment.Number), a.Cents.Decimal()}}
	for _, t := range f.Takes {
		entry.Postings = append(entry.Postings, ledger.Posting{Event: ledger.Attributed, Debit: t.from.account(), DebitRef: c.ID,
			Credit: t.item.Claims(), CreditRef: t.item.ID, Cents: t.cents})
	}
	posted, err := ledger.Post(tx, entry)
	if err != nil {
		return fmt.Errorf("post attribution: %w", err)
	}
	a.TxID = posted.ID
	if _, err := tx.Insert(a).Exec(tx.Ctx); err != nil {
		return fmt.Errorf("insert attribution: %w", err)
	}
	var rows []Line
	for _, t := range f.Takes {
		rows = append(rows,
			Line{Kind: t.from.Kind, DebtID: t.from.DebtID, InstalmentID: t.from.InstalmentID, Cents: -t.cents, Root: t.from.Seq},
			Line{Kind: OnItem, DebtID: p.Debt.ID, InstalmentID: p.Instalment.ID, ItemID: t.item.ID, Cents: t.cents, Root: t.from.Seq})
	}
	if err := a.addLines(tx, rows); err != nil {
		return err
	}
	if err := a.allocate(tx, c, p); err != nil {
		return err
	}
	if err := p.Attribute(tx, c.told(a.Reason)); err != nil {
		return err
	}
	return a.tell(tx, "collection.attribute")
}

func (c Collection) name() string { return c.Channel + ":" + c.Key }

// told is what a debt's story says of the collection and of a person's reason.
func (c Collection) told(reason string) string {
	return fmt.Sprintf("incasso %s del %s: %s", cmp.Or(c.Code, c.Key), c.PaidOn.Italian(), reason)
}

func (a Attribution) ledgerKey(c Listed) string {
	return fmt.Sprintf("attributed:%s:%d", c.name(), a.Number)
}

// addLines writes further rows of the collection.
func (a Attribution) addLines(tx *tenants.Tx, rows []Line) error {
	var last int
	if err := tx.Select((*Line)(nil)).ColumnExpr("max(seq)").Where("collection_id = ?", a.CollectionID).Scan(tx.Ctx, &last); err != nil {
		return fmt.Errorf("last line of collection: %w", err)
	}
	for i := range rows {
		rows[i].CollectionID, rows[i].Seq, rows[i].AttributionID = a.CollectionID, last+1+i, a.ID
	}
	if _, err := tx.Insert(&rows).Exec(tx.Ctx); err != nil {
		return fmt.Errorf("insert lines of attribution: %w", err)
	}
	return nil
}

// tell leaves the deed in the audit, and the offices and what follows a
// payment hear of the debt.
func (a Attribution) tell(tx *tenants.Tx, deed string) error {
	if _, err := jobs.Start(tx, jobs.Fulfil, Paid{Debts: []uuid.UUID{a.DebtID}}); err != nil {
		return err
	}
	return tx.Audit(deed, a.CollectionID.String(), a.Reason)
}

// Paid is the parameter of a run that tells the offices of debts just paid, or
// from which money was taken back.
type Paid struct {
	Debts []uuid.UUID `json:"debts"`
}
