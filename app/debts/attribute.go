package debts

import (
	"fmt"

	"github.com/google/uuid"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// PlanAttribution is PlanPayment for money that a person attributes: a debt
// that the actor's offices do not see, or that is not born, is NotFound. With
// hold it keeps the debt's row until the transaction ends.
func PlanAttribution(tx *tenants.Tx, instalment uuid.UUID, cents money.Cents, paidOn day.Date, hold bool) (Plan, error) {
	d, in, err := seeInstalment(tx, instalment, hold)
	if err != nil {
		return Plan{}, err
	}
	if !tx.Actor.Sees(d.Office) || d.State == Unborn {
		return Plan{}, fault.New(fault.NotFound, "missing", "Posizione non trovata.")
	}
	return planOn(tx, d, in, cents, paidOn)
}

// Attribute is Apply for money that a person attributes; the debt's story says
// from where.
func (p Plan) Attribute(tx *tenants.Tx, detail string) error {
	return p.apply(tx, "attributed", detail)
}

// Booked is what a plan has done, kept so that it can be taken back.
type Booked struct {
	Paid    []BookedCents `json:"paid"`
	Changed []BookedCents `json:"changed,omitempty"` // what is due by title
	Content string        `json:"content"`           // hash of what the office had said of the debt
}

// BookedCents is a movement of an item.
type BookedCents struct {
	Item  uuid.UUID   `json:"item"`
	Cents money.Cents `json:"cents"`
	Rule  string      `json:"rule,omitempty"`
}

// Booked says what Apply does.
func (p Plan) Booked() Booked {
	b := Booked{Content: p.Debt.Hash}
	for _, l := range p.Lines {
		b.Paid = append(b.Paid, BookedCents{Item: l.Item.ID, Cents: l.Cents})
	}
	for _, a := range p.Adjust {
		b.Changed = append(b.Changed, BookedCents{a.Item.ID, a.Cents, a.Rule})
	}
	return b
}

// TakeBack undoes on the debt's own rows what a plan has done: what is paid and
// due, the states, and, where nothing else has come, the choice of the option.
// Codes that only this money had closed are active again. It is a Conflict
// where later payments stand on a price that the plan had set.
func (b Booked) TakeBack(tx *tenants.Tx, instalment uuid.UUID, detail string) error {
	d, in, err := byInstalment(tx, instalment)
	if err != nil {
		return err
	}
	if !tx.Actor.Sees(d.Office) {
		return fault.New(fault.NotFound, "missing", "Posizione non trovata.")
	}
	others := excluded(d, in)
	sum := money.Cents(0)
	for _, p := range b.Paid {
		portionOf(in, p.Item).Paid -= p.Cents
		sum += p.Cents
	}
	in.Paid, d.Paid = in.Paid-sum, d.Paid-sum
	free := d.Paid == 0 && (len(others) == 0 || d.Hash == b.Content) // else the other options say what is no longer so
	for _, c := range b.Changed {
		if isOption(c.Rule) && !free {
			return fault.New(fault.Conflict, "debts.option_kept", "La posizione %s è stata pagata o corretta ancora dopo questa attribuzione, che ne aveva scelto la soluzione di pagamento: non si può più annullare.", d.Position)
		}
		if err := changeItem(tx, c.Item, -c.Cents); err != nil {
			return err
		}
		d.Cents -= c.Cents
		if portion := portionOf(in, c.Item); portion != nil && !isOption(c.Rule) {
			portion.Cents -= c.Cents
			in.Cents -= c.Cents
		}
	}
	if d.Paid > d.Cents || in.Paid > in.Cents {
		return fault.New(fault.Conflict, "debts.price_kept", "Sulla posizione %s sono arrivati altri pagamenti, al prezzo che questa attribuzione ha portato: non si può più annullare.", d.Position)
	}
	if err := b.save(tx, in); err != nil {
		return err
	}
	if free {
		if err := reopen(tx, others); err != nil {
			return err
		}
		d.Chosen = ""
	}
	d.State, d.ChangedAt = stateOf(d), tx.Now()
	if _, err := tx.Update(&d).Column("cents", "paid", "state", "chosen", "changed_at").WherePK().Exec(tx.Ctx); err != nil {
		return fmt.Errorf("take back from debt: %w", err)
	}
	return record(tx, d.ID, "unattributed", -sum, detail)
}

// save writes the instalment and its portions; one that is no longer paid is
// asked for again.
func (b Booked) save(tx *tenants.Tx, in Instalment) error {
	for i := range in.Portions {
		if _, err := tx.Update(&in.Portions[i]).Column("cents", "paid").WherePK().Exec(tx.Ctx); err != nil {
			return fmt.Errorf("take back from portion: %w", err)
		}
	}
	if _, err := tx.Update(&in).Column("cents", "paid").WherePK().Exec(tx.Ctx); err != nil {
		return fmt.Errorf("take back from instalment: %w", err)
	}
	if in.Paid == in.Cents {
		return nil
	}
	return reopen(tx, []Instalment{in})
}

// excluded are the instalments that the choice of an option has closed: their
// codes are closed, and not replaced as those of an older content are.
func excluded(d Debt, chosen Instalment) (all []Instalment) {
	for _, in := range d.Instalments {
		if in.Option == chosen.Option || in.State != InstalmentClosed {
			continue
		}
		for _, c := range in.Codes {
			if c.State == Closed {
				all = append(all, in)
				break
			}
		}
	}
	return all
}

// reopen lets instalments be paid again, by the codes that were closed.
func reopen(tx *tenants.Tx, all []Instalment) error {
	for _, in := range all {
		in.State = InstalmentOpen
		if _, err := tx.Update(&in).Column("state").WherePK().Exec(tx.Ctx); err != nil {
			return fmt.Errorf("reopen instalment: %w", err)
		}
		if _, err := tx.Update(&Code{State: Active}).Column("state").
			Where("instalment_id = ?", in.ID).Where("state = ?", Closed).Exec(tx.Ctx); err != nil {
			return fmt.Errorf("reopen codes: %w", err)
		}
	}
	return nil
}

func stateOf(d Debt) State {
	switch {
	case d.Paid == 0:
		return Open
	case d.Paid < d.Cents:
		return Partly
	}
	return Paid
}
