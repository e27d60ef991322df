package accounting

import (
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/collections"
	"cassacomune/app/ledger"
	"cassacomune/app/reconcile"
	"cassacomune/tenants"
)

// Holding are the orders in which the money of a collection stands: what is
// learned of it later does not change them.
type Holding struct {
	Orders  []Order    // exported and not withdrawn
	Journal []Executed // in the journal, and none of ours
}

// Any reports whether there is one.
func (h Holding) Any() bool { return len(h.Orders)+len(h.Journal) > 0 }

// Holds finds the orders in which a collection's money stands, but for what is
// settled: ours that hold only what was known to pay those items.
func Holds(tx *tenants.Tx, c collections.Collection, settled ...uuid.UUID) (h Holding, err error) {
	batches, err := rights(tx, ledger.R2, c.ID)
	if err != nil || len(batches) == 0 {
		return h, err
	}
	lines := make([]uuid.UUID, len(batches))
	for i, id := range batches {
		lines[i] = reconcile.OwnID(id, c.Key)
	}
	part := tx.Select((*OrderPart)(nil)).Column("order_id").Where("line_ref IN (?)", bun.List(lines))
	if len(settled) > 0 {
		part = part.Where("(item_id IS NULL OR item_id NOT IN (?))", bun.List(settled))
	}
	if err := tx.Select(&h.Orders).Where("id IN (?)", part).Where("state <> ?", Withdrawn).Order("label").Scan(tx.Ctx); err != nil {
		return h, fmt.Errorf("orders that hold a collection: %w", err)
	}
	credits, err := rights(tx, ledger.R3, batches...)
	if err != nil {
		return h, err
	}
	executed, err := rights(tx, ledger.R4, credits...)
	if err != nil {
		return h, err
	}
	ours, err := alreadyRecognised(tx)
	for _, id := range executed {
		if err == nil && !ours[id] {
			var o Executed
			o, err = ExecutedByID(tx, id)
			h.Journal = append(h.Journal, o)
		}
	}
	return h, err
}

// rights are the ends towards the order of confirmed allocations.
func rights(tx *tenants.Tx, level ledger.Level, lefts ...uuid.UUID) (all []uuid.UUID, err error) {
	for _, left := range lefts {
		edges, err := ledger.Allocations(tx, ledger.Filter{Level: level, Left: left, Status: ledger.Confirmed})
		if err != nil {
			return nil, err
		}
		for _, e := range edges {
			if !slices.Contains(all, e.Right) {
				all = append(all, e.Right)
			}
		}
	}
	return all, nil
}
