// Package fulfilment (erogazione) says when the office may give the service: a
// debt type names the grade of certainty that releases it, whether a part is
// enough, and what a later reversal does. It gives nothing itself: it writes
// the fact, which the office reads.
package fulfilment

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/collections"
	"cassacomune/app/debts"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Kind is what was decided.
type Kind string

// The kinds of event; the last one of a debt is its state.
const (
	Released  Kind = "released"  // the service may be given
	Told      Kind = "told"      // the money went back; the office is told
	Suspended Kind = "suspended" // ... and holds the service
	Revoked   Kind = "revoked"   // ... and takes it back
)

// Italian names the event.
func (k Kind) Italian() string {
	return map[Kind]string{Released: "Il servizio può essere erogato", Told: "Il pagamento è tornato indietro: avvisato l'ufficio",
		Suspended: "Servizio sospeso", Revoked: "Servizio revocato"}[k]
}

// Event is a fact about the service that a debt pays for.
type Event struct {
	bun.BaseModel `bun:"table:fulfilment"`
	tenants.Row

	ID     uuid.UUID `bun:"id,pk"`
	DebtID uuid.UUID
	Seq    int
	Kind   Kind
	Grade  tenants.Grade // that the policy wanted
	Cents  money.Cents   // that had it
	Reason string
	At     time.Time
	Actor  string
}

// Of returns the events of a debt, oldest first.
func Of(tx *tenants.Tx, debt uuid.UUID) (all []Event, err error) {
	return all, tx.Select(&all).Where("debt_id = ?", debt).OrderExpr("seq").Scan(tx.ByKey())
}

// decide is the pure rule: what a debt's policy makes of its present state, by
// how much of its money is as certain as the policy wants. ok is false when
// nothing changes, and always where the policy names no grade: there is nothing
// to release.
func decide(p tenants.Policy, last Kind, certain, due money.Cents) (kind Kind, ok bool) {
	good := certain > 0 && (certain >= due || p.Partial)
	switch {
	case p.Grade == 0 || good && last == Released:
		return "", false
	case good:
		return Released, true
	case last != Released || certain >= due:
		return "", false
	}
	switch p.Reversal {
	case "suspend":
		return Suspended, true
	case "revoke":
		return Revoked, true
	}
	return Told, true
}

// certain is how much of a debt's money is as certain as a grade wants, and
// what it is then called. Channels confirm what they have collected, and no
// window is known after which money can no longer be returned, so that below
// Confirmed and above Credited there is nothing to tell apart.
func certain(r collections.Reach, grade tenants.Grade) (cents money.Cents, called string) {
	switch {
	case grade <= tenants.Confirmed:
		return r.Collected, "pagati"
	case grade == tenants.Remitted:
		return r.Remitted, "riversati"
	}
	return r.Credited, "accreditati"
}

// atOnce is how many debts are looked at together.
const atOnce = 500

// Evaluate is the step that looks at debts whose money has moved, and writes
// what their policy says. It is safe to repeat.
func Evaluate(tx *tenants.Tx, ids ...uuid.UUID) (written int, err error) {
	for some := range slices.Chunk(ids, atOnce) {
		var all []debts.Debt
		if err := tx.Select(&all).Column("id", "type", "cents").Where("id IN (?)", bun.List(some)).OrderExpr("id").Scan(tx.Ctx); err != nil {
			return written, fmt.Errorf("debts to fulfil: %w", err)
		}
		n, err := evaluate(tx, all)
		if written += n; err != nil {
			return written, err
		}
	}
	return written, nil
}

// EvaluateAll is Evaluate for every debt to which a reconciliation may matter:
// those of types that wait for more than the channel's word.
func EvaluateAll(tx *tenants.Tx) (written int, err error) {
	types, err := tx.DebtTypes()
	if err != nil {
		return 0, err
	}
	var waiting []string
	for _, t := range types {
		if t.Setup.Fulfilment.Grade > tenants.Confirmed {
			waiting = append(waiting, t.Code)
		}
	}
	if len(waiting) == 0 {
		return 0, nil
	}
	for after := uuid.Nil; ; {
		var all []debts.Debt
		if err := tx.Select(&all).Column("id", "type", "cents").Where("id > ?", after).Where("paid > 0").Where("type IN (?)", bun.List(waiting)).
			OrderExpr("id").Limit(atOnce).Scan(tx.Ctx); err != nil {
			return written, fmt.Errorf("debts to fulfil: %w", err)
		}
		n, err := evaluate(tx, all)
		if written += n; err != nil || len(all) < atOnce {
			return written, err
		}
		after = all[len(all)-1].ID
	}
}

func evaluate(tx *tenants.Tx, all []debts.Debt) (written int, err error) {
	ids := make([]uuid.UUID, len(all))
	for i, d := range all {
		ids[i] = d.ID
	}
	last, err := lasts(tx, ids)
	if err != nil {
		return 0, err
	}
	reached, err := collections.Reached(tx, ids)
	if err != nil {
		return 0, err
	}
	types := map[string]tenants.DebtType{}
	for _, d := range all {
		t, ok := types[d.Type]
		if !ok {
			if t, err = tx.DebtType(d.Type); err != nil {
				return written, err
			}
			types[d.Type] = t
		}
		policy, was := t.Setup.Fulfilment, last[d.ID]
		come, called := certain(reached[d.ID], policy.Grade)
		kind, ok := decide(policy, was.Kind, come, d.Cents)
		if !ok {
			continue
		}
		e := Event{ID: tx.NewID(), DebtID: d.ID, Seq: was.Seq + 1, Kind: kind, Grade: policy.Grade, Cents: come,
			Reason: fmt.Sprintf("%s %s su %s", called, come, d.Cents), At: tx.Now(), Actor: tx.Actor.Name}
		if _, err := tx.Insert(&e).Exec(tx.Ctx); err != nil {
			return written, fmt.Errorf("write fulfilment: %w", err)
		}
		written++
	}
	return written, nil
}

// lasts are the events that say how debts stand.
func lasts(tx *tenants.Tx, debts []uuid.UUID) (map[uuid.UUID]Event, error) {
	last := make(map[uuid.UUID]Event, len(debts))
	if len(debts) == 0 {
		return last, nil
	}
	var all []Event
	if err := tx.Select(&all).Where("debt_id IN (?)", bun.List(debts)).OrderExpr("seq").Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("fulfilment of debts: %w", err)
	}
	for _, e := range all {
		last[e.DebtID] = e
	}
	return last, nil
}
