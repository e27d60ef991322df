package debts

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Filter limits a list of debts; what is zero does not limit. The offices of
// the actor always do.
type Filter struct {
	Type             string
	State            State
	DueFrom, DueTill day.Date
	Name             string // how the first debtor's name begins
	Debtor           string // fiscal code of whoever owes
	Position         string // the office's own key
}

// Unpaid is, in a filter, every state in which something is still to be paid.
const Unpaid State = "unpaid"

// MaxOffset is how far a list may be turned over by pages: whoever looks
// further has to filter.
const MaxOffset = 10_000

// sorts are the orders of a list. The order of loading needs no sorting, that
// by due date of one state neither.
var sorts = map[string]string{"caricata": "id", "scadenza": "due_on", "importo": "cents", "nome": "debtor_key"}

// List returns a page of debts with what a list shows of them, and no more: no
// fields, no items. An unknown order is that of loading.
func List(tx *tenants.Tx, f Filter, sort string, down bool, offset, limit int) (all []Debt, err error) {
	column, ok := sorts[sort]
	if !ok {
		column = "id"
	}
	direction := "ASC"
	if down {
		direction = "DESC"
	}
	all = make([]Debt, 0, limit) // a debt is large: grown, the slice would be the most of a page's memory
	q := f.limit(tx, tx.Select(&all).Column("id", "type", "position", "reason", "debtor_code", "debtor_name", "due_on", "cents", "paid", "state"))
	switch column {
	case "id":
		q = q.OrderExpr("id " + direction)
	case "due_on": // without a due date: last, whichever way
		q = q.OrderExpr("due_on " + direction + " NULLS LAST, id " + direction)
	default:
		q = q.OrderExpr(column + " " + direction + ", id " + direction)
	}
	if err := q.Offset(int64(min(offset, MaxOffset))).Limit(int64(limit)).Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("list debts: %w", err)
	}
	return all, nil
}

func (f Filter) limit(tx *tenants.Tx, q *bun.SelectQuery) *bun.SelectQuery {
	q = born(q)
	if len(tx.Actor.Offices) > 0 {
		q = q.Where("office IN (?)", bun.List(tx.Actor.Offices))
	}
	state := f.State
	if state == Unpaid {
		q, state = q.Where("state IN (?)", bun.List([]State{Open, Partly})), ""
	}
	for column, value := range map[string]string{"type": f.Type, "state": string(state), "position": f.Position} {
		if value != "" {
			q = q.Where("? = ?", bun.Ident(column), value)
		}
	}
	if !f.DueFrom.IsZero() {
		q = q.Where("due_on >= ?", f.DueFrom)
	}
	if !f.DueTill.IsZero() {
		q = q.Where("due_on <= ?", f.DueTill)
	}
	if key := Fold(f.Name); key != "" { // a range: LIKE would lose the index behind row-level security
		q = q.Where("debtor_key >= ? AND debtor_key < ?", key, key+"\U0010ffff")
	}
	if code := strings.ToUpper(f.Debtor); code != "" {
		q = q.Where("(debtor_code = ? OR id IN (?))", code, partyTo(tx, code))
	}
	return q
}

// eachBatch is how many rows of a download are read in one transaction.
const eachBatch = 1000

// Each returns all debts of a filter in the order of loading, a batch a
// transaction, so that a long download holds none open.
func Each(ctx context.Context, db *tenants.DB, tenant tenants.ID, by tenants.Actor, f Filter) iter.Seq2[Debt, error] {
	return func(yield func(Debt, error) bool) {
		var after uuid.UUID
		for {
			var batch []Debt
			err := db.Read(ctx, tenant, func(tx *tenants.Tx) error {
				tx.Actor = by
				return f.limit(tx, tx.Select(&batch)).Where("id > ?", after).OrderExpr("id").Limit(eachBatch).Scan(tx.Ctx)
			})
			if err != nil {
				yield(Debt{}, fmt.Errorf("read debts: %w", err))
				return
			}
			for _, d := range batch {
				if !yield(d, nil) {
					return
				}
			}
			if len(batch) < eachBatch {
				return
			}
			after = batch[len(batch)-1].ID
		}
	}
}

// Count is how many debts a filter finds and what is still due on them.
type Count struct {
	Debts int
	Cents money.Cents
}

// CountOpen counts the debts that are still to be paid and fall due in a
// period; a zero day leaves that end open.
func CountOpen(tx *tenants.Tx, from, till day.Date) (c Count, err error) {
	q := Filter{State: Unpaid, DueFrom: from, DueTill: till}.limit(tx, tx.SelectFrom("debt")).
		ColumnExpr("count(*) AS debts, CAST(COALESCE(sum(cents - paid), 0) AS bigint) AS cents")
	if err := q.Scan(tx.Ctx, &c); err != nil {
		return c, fmt.Errorf("count debts: %w", err)
	}
	return c, nil
}
