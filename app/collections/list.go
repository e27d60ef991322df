package collections

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Filter limits a list of collections; what is zero does not limit. An actor
// of some offices sees what paid their debts, and what nobody knows yet.
type Filter struct {
	Channel    string
	Code       string
	From, Till day.Date
	Standing   LineKind // OnItem: all attributed; Excess, Unknown: some of it is still so today
}

// Listed is a collection with what is still to be done about it.
type Listed struct {
	bun.BaseModel `bun:"table:collection,alias:collection"`
	Collection    `bun:",extend"`
	Excess        money.Cents `bun:",scanonly"` // standing as an excess today
	Unknown       money.Cents `bun:",scanonly"` // not attributed today
}

// MaxOffset is how far a list may be turned over by pages.
const MaxOffset = 10_000

// List returns a page of collections: by day, or by amount.
func List(tx *tenants.Tx, f Filter, sort string, down bool, offset, limit int) (all []Listed, err error) {
	column := "paid_on"
	if sort == "importo" {
		column = "cents"
	}
	direction := "ASC"
	if down {
		direction = "DESC"
	}
	q := f.limit(tx, withStanding(tx, &all)).
		OrderExpr("collection." + column + " " + direction + ", collection.id " + direction).
		Offset(int64(min(offset, MaxOffset))).Limit(int64(limit))
	if err := q.Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("list collections: %w", err)
	}
	return all, nil
}

const standing = "COALESCE((SELECT b.cents FROM ledger_balance AS b WHERE b.tenant_id = collection.tenant_id AND b.account = ? AND b.ref = collection.id), 0)"

func withStanding(tx *tenants.Tx, into any) *bun.SelectQuery {
	return tx.Select(into).ColumnExpr("collection.*").
		ColumnExpr(standing+" AS excess", ledger.ANT).ColumnExpr(standing+" AS unknown", ledger.DATc)
}

func (f Filter) limit(tx *tenants.Tx, q *bun.SelectQuery) *bun.SelectQuery {
	if len(tx.Actor.Offices) > 0 {
		q = q.Where(seen, bun.List(tx.Actor.Offices))
	}
	if f.Channel != "" {
		q = q.Where("collection.channel = ?", f.Channel)
	}
	if f.Code != "" {
		q = q.Where("collection.code = ?", f.Code)
	}
	if !f.From.IsZero() {
		q = q.Where("collection.paid_on >= ?", f.From)
	}
	if !f.Till.IsZero() {
		q = q.Where("collection.paid_on <= ?", f.Till)
	}
	switch f.Standing {
	case Excess:
		q = q.Where(open, bun.List([]ledger.Account{ledger.ANT}))
	case Unknown:
		q = q.Where(open, bun.List([]ledger.Account{ledger.DATc}))
	case OnItem:
		q = q.Where("NOT "+open, bun.List([]ledger.Account{ledger.ANT, ledger.DATc}))
	}
	return q
}

// What an actor of some offices sees, and what is still open on a collection.
const (
	seen = `(EXISTS (SELECT 1 FROM collection_line AS l WHERE l.tenant_id = collection.tenant_id AND l.collection_id = collection.id AND l.kind = 'unknown'
			GROUP BY l.collection_id HAVING sum(l.cents) > 0)
		OR EXISTS (SELECT 1 FROM collection_line AS l JOIN debt AS d ON d.tenant_id = l.tenant_id AND d.id = l.debt_id
			WHERE l.tenant_id = collection.tenant_id AND l.collection_id = collection.id AND d.office IN (?)
			GROUP BY l.debt_id HAVING sum(l.cents) > 0 OR min(COALESCE(l.root, 0)) = 0))`
	open = `EXISTS (SELECT 1 FROM ledger_balance AS b WHERE b.tenant_id = collection.tenant_id AND b.ref = collection.id AND b.account IN (?) AND b.cents <> 0)`
)

// Load returns a collection with its lines as they stand today. One that the actor's offices may
// not see is NotFound.
func Load(tx *tenants.Tx, id uuid.UUID) (c Listed, err error) {
	var found []Listed
	if err := (Filter{}).limit(tx, withStanding(tx, &found)).Where("collection.id = ?", id).Limit(1).Scan(tx.Ctx); err != nil {
		return c, fmt.Errorf("load collection: %w", err)
	}
	if len(found) == 0 {
		return c, fault.New(fault.NotFound, "missing", "Incasso non trovato.")
	}
	c = found[0]
	lines, err := LinesOf(tx, id)
	c.Lines = lines[id]
	return c, err
}

// Some returns those of the collections that the actor's offices may see, in
// the order of their ids, without lines.
func Some(tx *tenants.Tx, ids []uuid.UUID) (all []Listed, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if err := (Filter{}).limit(tx, withStanding(tx, &all)).Where("collection.id IN (?)", bun.List(ids)).OrderExpr("collection.id").Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("some collections: %w", err)
	}
	return all, nil
}

// ReceiptOf returns the receipt of a collection.
func ReceiptOf(tx *tenants.Tx, id uuid.UUID) (r Receipt, err error) {
	return r, tx.One(tx.Select(&r).Where("collection_id = ?", id), "Ricevuta non trovata.")
}

// OfDebt returns the collections that paid a debt, oldest first, each with its
// lines on that debt and no others.
func OfDebt(tx *tenants.Tx, debt uuid.UUID) (all []Collection, err error) {
	paid := tx.Select((*Line)(nil)).Column("collection_id").Where("debt_id = ?", debt)
	if err := tx.Select(&all).Where("id IN (?)", paid).OrderExpr("paid_on, id").Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("collections of a debt: %w", err)
	}
	ids := make([]uuid.UUID, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	lines, err := LinesOf(tx, ids...)
	for i := range all {
		all[i].Lines = slices.DeleteFunc(lines[all[i].ID], func(l Line) bool { return l.DebtID != debt })
	}
	return slices.DeleteFunc(all, func(c Collection) bool { return len(c.Lines) == 0 }), err
}

// Each returns all collections of a filter in the order in which they became
// known, a batch a transaction.
func Each(ctx context.Context, db *tenants.DB, tenant tenants.ID, by tenants.Actor, f Filter) iter.Seq2[Listed, error] {
	const size = 1000
	return func(yield func(Listed, error) bool) {
		var after uuid.UUID
		for {
			var batch []Listed
			err := db.Read(ctx, tenant, func(tx *tenants.Tx) error {
				tx.Actor = by
				return f.limit(tx, withStanding(tx, &batch)).Where("collection.id > ?", after).OrderExpr("collection.id").Limit(size).Scan(tx.Ctx)
			})
			if err != nil {
				yield(Listed{}, fmt.Errorf("read collections: %w", err))
				return
			}
			for _, c := range batch {
				if !yield(c, nil) {
					return
				}
			}
			if len(batch) < size {
				return
			}
			after = batch[len(batch)-1].ID
		}
	}
}

// Day is what was collected on a day, and what waits to be handled.
type Day struct {
	Collections     int
	Cents           money.Cents
	Unknown, Excess int // collections with such a rest, of any day
	UnknownC, Kept  money.Cents
}

// OnDay counts the collections paid on a day and those that wait for a person.
func OnDay(tx *tenants.Tx, on day.Date) (d Day, err error) {
	var today struct {
		Collections int
		Cents       money.Cents
	}
	q := Filter{From: on, Till: on}.limit(tx, tx.SelectFrom("collection")).
		ColumnExpr("count(*) AS collections, CAST(COALESCE(sum(collection.cents), 0) AS bigint) AS cents")
	if err := q.Scan(tx.Ctx, &today); err != nil {
		return d, fmt.Errorf("count collections: %w", err)
	}
	d.Collections, d.Cents = today.Collections, today.Cents
	var waiting []struct {
		Account ledger.Account
		Refs    int
		Cents   money.Cents
	}
	q = Filter{}.limit(tx, tx.SelectFrom("collection")).
		Join("JOIN ledger_balance AS w ON w.tenant_id = collection.tenant_id AND w.ref = collection.id AND w.cents <> 0").
		Where("w.account IN (?)", bun.List([]ledger.Account{ledger.ANT, ledger.DATc})).
		ColumnExpr("w.account, count(*) AS refs, CAST(sum(w.cents) AS bigint) AS cents").GroupExpr("w.account")
	if err := q.Scan(tx.Ctx, &waiting); err != nil {
		return d, fmt.Errorf("count what waits: %w", err)
	}
	for _, w := range waiting {
		if w.Account == ledger.ANT {
			d.Excess, d.Kept = w.Refs, w.Cents
		} else {
			d.Unknown, d.UnknownC = w.Refs, w.Cents
		}
	}
	return d, nil
}
