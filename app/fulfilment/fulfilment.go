// Package fulfilment (erogazione) says when the office may give the service: a
// debt type names the grade of certainty that releases it, whether a part is
// enough, and what a later reversal does. It gives nothing itself: it writes
// the fact, which the office reads.
package fulfilment

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/debts"
	"cassacomune/app/ledger"
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
	Grade  tenants.Grade
	Cents  money.Cents
	Reason string
	At     time.Time
	Actor  string
}

// Of returns the events of a debt, oldest first.
func Of(tx *tenants.Tx, debt uuid.UUID) (all []Event, err error) {
	return all, tx.Select(&all).Where("debt_id = ?", debt).OrderExpr("seq").Scan(tx.ByKey())
}

// decide is the pure rule: what a debt's policy makes of its present state.
// ok is false when nothing changes.
func decide(p tenants.Policy, last Kind, paid, due money.Cents, grade tenants.Grade) (kind Kind, ok bool) {
	wanted := p.Grade
	if wanted == 0 {
		wanted = tenants.Confirmed
	}
	good := grade >= wanted && paid > 0 && (paid >= due || p.Partial)
	switch {
	case good && last != Released:
		return Released, true
	case good || last != Released || grade >= wanted && paid >= due:
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

// Evaluate is the step that looks at debts that have been paid since, or whose
// money has moved, and writes what their policy says. It is safe to repeat.
func Evaluate(tx *tenants.Tx, ids ...uuid.UUID) (written int, err error) {
	var all []debts.Debt
	q := tx.Select(&all).Column("id", "type", "position", "cents", "paid").OrderExpr("id")
	if len(ids) > 0 {
		q = q.Where("id IN (?)", bun.List(ids))
	} else {
		q = q.Where("paid > 0")
	}
	if err := q.Scan(tx.Ctx); err != nil {
		return 0, fmt.Errorf("debts to fulfil: %w", err)
	}
	last, err := lasts(tx)
	if err != nil {
		return 0, err
	}
	grades, err := gradesOf(tx, ids)
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
		was := last[d.ID]
		kind, ok := decide(t.Setup.Fulfilment, was.Kind, d.Paid, d.Cents, grades[d.ID])
		if !ok {
			continue
		}
		e := Event{ID: tx.NewID(), DebtID: d.ID, Seq: was.Seq + 1, Kind: kind, Grade: grades[d.ID], Cents: d.Paid,
			Reason: fmt.Sprintf("pagati %s su %s", d.Paid, d.Cents), At: tx.Now(), Actor: tx.Actor.Name}
		if _, err := tx.Insert(&e).Exec(tx.Ctx); err != nil {
			return written, fmt.Errorf("write fulfilment: %w", err)
		}
		written++
	}
	return written, nil
}

func lasts(tx *tenants.Tx) (map[uuid.UUID]Event, error) {
	var all []Event
	if err := tx.Select(&all).OrderExpr("seq").Scan(tx.Ctx); err != nil {
		return nil, err
	}
	last := make(map[uuid.UUID]Event, len(all))
	for _, e := range all {
		last[e.DebtID] = e
	}
	return last, nil
}

// gradesOf is how certain the least certain money of each paid debt is: that
// of a collection, or of the batch and the credit behind it where each cent of
// the batch before is matched.
func gradesOf(tx *tenants.Tx, ids []uuid.UUID) (map[uuid.UUID]tenants.Grade, error) {
	var rows []struct {
		DebtID       uuid.UUID
		CollectionID uuid.UUID
	}
	q := tx.SelectFrom("collection_line").ColumnExpr("debt_id, collection_id").Where("kind = ?", "item").
		GroupExpr("debt_id, collection_id").Having("sum(cents) > 0")
	if len(ids) > 0 {
		q = q.Where("debt_id IN (?)", bun.List(ids))
	}
	if err := q.Scan(tx.Ctx, &rows); err != nil {
		return nil, fmt.Errorf("collections of debts: %w", err)
	}
	remitted, err := matched(tx, ledger.R2)
	if err != nil {
		return nil, err
	}
	credited, err := matched(tx, ledger.R3)
	if err != nil {
		return nil, err
	}
	grades := map[uuid.UUID]tenants.Grade{}
	for _, r := range rows {
		g := tenants.Confirmed
		for _, batch := range remitted[r.CollectionID] {
			g = tenants.Remitted
			if len(credited[batch]) > 0 {
				g = tenants.Credited
			}
		}
		if was, ok := grades[r.DebtID]; !ok || g < was {
			grades[r.DebtID] = g
		}
	}
	return grades, nil
}

func matched(tx *tenants.Tx, level ledger.Level) (map[uuid.UUID][]uuid.UUID, error) {
	edges, err := ledger.Allocations(tx, ledger.Filter{Level: level, Status: ledger.Confirmed})
	if err != nil {
		return nil, err
	}
	right := make(map[uuid.UUID][]uuid.UUID, len(edges))
	for _, e := range edges {
		right[e.Left] = append(right[e.Left], e.Right)
	}
	return right, nil
}
