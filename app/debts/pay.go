package debts

import (
	"fmt"

	"github.com/google/uuid"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// PlanPayment says what a payment made on a day by the payer does to the debt
// of an instalment: which prices change, which items it pays, what is too
// much. It holds the debt's row until the transaction ends.
func PlanPayment(tx *tenants.Tx, instalment uuid.UUID, cents money.Cents, paidOn day.Date) (Plan, error) {
	d, in, err := byInstalment(tx, instalment)
	if err != nil {
		return Plan{}, err
	}
	return planOn(tx, d, in, cents, paidOn)
}

func planOn(tx *tenants.Tx, d Debt, in Instalment, cents money.Cents, paidOn day.Date) (Plan, error) {
	if why := whyNot(d, in); why != "" {
		return Plan{Debt: d, Instalment: in, Excess: cents, Why: why}, nil
	}
	t, err := tx.DebtType(d.Type)
	if err != nil {
		return Plan{}, err
	}
	q, err := quote(t, d, in, paidOn)
	if err != nil {
		return Plan{}, fmt.Errorf("price of %s: %w", d.Position, err)
	}
	var claims []claim
	for _, it := range d.Items {
		if p := portionOf(in, it.ID); p != nil && p.Cents > p.Paid {
			claims = append(claims, claim{it, p.Cents - p.Paid})
		}
	}
	p := plan(claims, max(0, q.Cents-in.Paid), ruleOf(q), cents, t.Setup.Imputation)
	p.Debt, p.Instalment, p.PaidOn = d, in, paidOn
	p.Adjust = append(p.optionChange(), p.Adjust...)
	return p, nil
}

// optionChange is the difference between the title and the option that this
// payment chooses, where the option asks for more or less (a reduced payment).
func (p Plan) optionChange() (changes []Adjusted) {
	if p.Debt.Chosen != "" || len(p.Lines) == 0 {
		return nil
	}
	asked := map[uuid.UUID]money.Cents{}
	for _, in := range p.Debt.Instalments {
		if in.Option == p.Instalment.Option && in.State != InstalmentClosed {
			for _, portion := range in.Portions {
				asked[portion.ItemID] += portion.Cents
			}
		}
	}
	for _, it := range p.Debt.Items {
		if d := asked[it.ID] - it.Cents; d != 0 {
			changes = append(changes, Adjusted{it, d, "option " + p.Instalment.Option})
		}
	}
	return changes
}

// Postings are the changes of what is due by title; they go before those of
// the collection, in the same transaction of the ledger.
func (p Plan) Postings() (all []ledger.Posting) {
	for _, a := range p.Adjust {
		all = append(all, a.Item.changed(a.Cents))
	}
	return all
}

// Due is what each item asks for in all, once the plan is applied.
func (p Plan) Due() map[uuid.UUID]money.Cents {
	due := map[uuid.UUID]money.Cents{}
	for _, it := range p.Debt.Items {
		due[it.ID] = it.Cents
	}
	for _, a := range p.Adjust {
		due[a.Item.ID] += a.Cents
	}
	return due
}

// Apply books the plan on the debt's own rows: what is due, what is paid, the
// option chosen, the codes that nobody should pay any more. A debt that was
// waiting for its payment is born here.
func (p Plan) Apply(tx *tenants.Tx) error { return p.apply(tx, "paid", "") }

func (p Plan) apply(tx *tenants.Tx, event, detail string) error {
	if len(p.Lines) == 0 {
		return nil // all of it was too much: the debt stays as it is
	}
	d, in := p.Debt, p.Instalment
	if err := d.beBorn(tx, p.PaidOn); err != nil {
		return err
	}
	for _, a := range p.Adjust {
		if err := changeItem(tx, a.Item.ID, a.Cents); err != nil {
			return err
		}
		d.Cents += a.Cents
		if portion := portionOf(in, a.Item.ID); portion != nil && !isOption(a.Rule) {
			portion.Cents += a.Cents
			in.Cents += a.Cents
		}
	}
	for _, l := range p.Lines {
		portion := portionOf(in, l.Item.ID)
		portion.Paid += l.Cents
		in.Paid += l.Cents
		d.Paid += l.Cents
		if _, err := tx.Update(portion).Column("cents", "paid").WherePK().Exec(tx.Ctx); err != nil {
			return err
		}
	}
	if p.Completes {
		in.State = InstalmentPaid
	}
	if _, err := tx.Update(&in).Column("cents", "paid", "state").WherePK().Exec(tx.Ctx); err != nil {
		return err
	}
	d.Chosen = in.Option
	d.State = Partly
	if d.Paid >= d.Cents {
		d.State = Paid
	}
	d.ChangedAt = tx.Now()
	if _, err := tx.Update(&d).Column("cents", "paid", "state", "chosen", "changed_at").WherePK().Exec(tx.Ctx); err != nil {
		return err
	}
	if err := closeOthers(tx, d, in, p.Completes); err != nil {
		return err
	}
	return record(tx, d.ID, event, p.Cents(), detail)
}

func isOption(rule string) bool { return len(rule) > 7 && rule[:7] == "option " }

func changeItem(tx *tenants.Tx, id uuid.UUID, by money.Cents) error {
	_, err := tx.Update(&Item{ID: id}).Set("cents = cents + ?", by).WherePK().Exec(tx.Ctx)
	return err
}

// closeOthers closes the instalments and codes of the options that were not
// chosen, and the codes of an instalment that is paid in full.
func closeOthers(tx *tenants.Tx, d Debt, paid Instalment, complete bool) error {
	for _, in := range d.Instalments {
		mine := in.ID == paid.ID
		if !mine && in.Option == paid.Option || mine && !complete {
			continue
		}
		if !mine && in.State == InstalmentOpen {
			in.State = InstalmentClosed
			if _, err := tx.Update(&in).Column("state").WherePK().Exec(tx.Ctx); err != nil {
				return err
			}
		}
		if err := closeCodes(tx, in.ID, Closed); err != nil {
			return err
		}
	}
	return nil
}

func closeCodes(tx *tenants.Tx, instalment uuid.UUID, to CodeState) error {
	_, err := tx.Update(&Code{State: to}).Column("state").
		Where("instalment_id = ?", instalment).Where("state = ?", Active).Exec(tx.Ctx)
	return err
}

func record(tx *tenants.Tx, debt uuid.UUID, kind string, cents money.Cents, detail string) error {
	_, err := tx.Insert(&Event{ID: tx.NewID(), DebtID: debt, At: tx.Now(), Actor: tx.Actor.Name, Kind: kind, Cents: cents, Detail: detail}).Exec(tx.Ctx)
	return err
}

// Annul relieves a debt before payment (sgravio, annullamento): nothing is due
// any more and its codes are closed. A debt on which money has come is a
// Conflict: that is a refund, which is spending.
func Annul(tx *tenants.Tx, id uuid.UUID, reason string) error {
	d, err := Load(tx, id)
	if err != nil {
		return err
	}
	if reason == "" {
		return fault.New(fault.Invalid, "debts.reason", "Scrivi il motivo dell'annullamento.").On("motivo")
	}
	if d.State == Annulled {
		return nil
	}
	if d.Paid > 0 {
		return fault.New(fault.Conflict, "debts.paid", "Su questa posizione sono già arrivati %s: si può solo rimborsare.", d.Paid)
	}
	entry := ledger.Entry{Key: "annul:" + d.Type + "/" + d.Position, Content: d.Hash, Kind: "relief", EffectiveOn: tx.Today(), Source: "act"}
	for _, it := range d.Items {
		if it.Cents > 0 {
			entry.Postings = append(entry.Postings, it.changed(-it.Cents))
		}
		it.Cents = 0
		if _, err := tx.Update(&it).Column("cents").WherePK().Exec(tx.Ctx); err != nil {
			return err
		}
	}
	if len(entry.Postings) > 0 {
		if _, err := ledger.Post(tx, entry); err != nil {
			return err
		}
	}
	for _, in := range d.Instalments {
		if err := closeCodes(tx, in.ID, Closed); err != nil {
			return err
		}
	}
	was := d.Cents
	d.Cents, d.State, d.ChangedAt = 0, Annulled, tx.Now()
	if _, err := tx.Update(&d).Column("cents", "state", "changed_at").WherePK().Exec(tx.Ctx); err != nil {
		return err
	}
	if err := record(tx, d.ID, "annulled", was, reason); err != nil {
		return err
	}
	return tx.Audit("debt.annul", d.ID.String(), reason)
}
