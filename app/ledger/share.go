package ledger

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Share (quota di un riversamento) says which cents of which item stand in an
// allocation of R3 or R4, when a batch is spread over several credits or
// orders. Line is the collection's line that brought the cents.
type Share struct {
	Allocation uuid.UUID
	Level      Level
	Line, Item uuid.UUID
	Cents      money.Cents
	Seq        int // order in the file

	// What the line holds in all and what the allocation does, given to
	// AddShares.
	LineTotal, AllocationTotal money.Cents
}

type shareRow struct {
	bun.BaseModel `bun:"table:share,alias:share"`
	tenants.Row

	ID           uuid.UUID `bun:"id,pk"`
	AllocationID uuid.UUID
	Level        Level
	LineRef      uuid.UUID
	ItemRef      uuid.UUID
	Cents        money.Cents
	Seq          int
	MadeAt       time.Time
}

// shareLevel is the level under which the ends of shares are counted: left the
// line, right the allocation.
func shareLevel(l Level) Level { return "S" + l[1:] }

// AddShares writes shares of allocations that are not void. Together they
// never exceed the line or the allocation: else a fault of kind Conflict.
func AddShares(tx *tenants.Tx, shares ...Share) error {
	var rows []shareRow
	var ends []End
	for _, s := range shares {
		if s.Level != R3 && s.Level != R4 || s.Cents <= 0 {
			return fmt.Errorf("share of %s: level %q, %d cents", s.Item, s.Level, s.Cents)
		}
		rows = append(rows, shareRow{ID: tx.NewID(), AllocationID: s.Allocation, Level: s.Level, LineRef: s.Line, ItemRef: s.Item,
			Cents: s.Cents, Seq: s.Seq, MadeAt: tx.Now()})
		ends = append(ends, End{Level: shareLevel(s.Level), Side: Left, Ref: s.Line, Total: s.LineTotal, use: s.Cents},
			End{Level: shareLevel(s.Level), Side: Right, Ref: s.Allocation, Total: s.AllocationTotal, use: s.Cents})
	}
	for part := range slices.Chunk(rows, chunk) {
		if _, err := tx.Insert(&part).Exec(tx.Ctx); err != nil {
			return fmt.Errorf("insert shares: %w", err)
		}
	}
	return useEnds(tx, ends)
}

// freeShares gives back what the shares of a voided allocation used.
func freeShares(tx *tenants.Tx, s stateRow, was Status) error {
	if s.Status != Voided || was == Voided || s.Level != R3 && s.Level != R4 {
		return nil
	}
	shares, err := Shares(tx, ShareFilter{Allocation: s.AllocationID, Void: true})
	if err != nil {
		return err
	}
	var ends []End
	for _, h := range shares {
		ends = append(ends, End{Level: shareLevel(h.Level), Side: Left, Ref: h.Line, use: -h.Cents},
			End{Level: shareLevel(h.Level), Side: Right, Ref: h.Allocation, use: -h.Cents})
	}
	return useEnds(tx, ends)
}

// ShareFilter limits a list of shares; what is zero does not limit. Those of
// voided allocations are left out, unless Void.
type ShareFilter struct {
	Allocation, Line, Item uuid.UUID
	Level                  Level
	Void                   bool
}

// Shares returns the shares that the filter lets through, in file order.
func Shares(tx *tenants.Tx, f ShareFilter) ([]Share, error) {
	var rows []shareRow
	q := tx.Select(&rows).Order("share.seq", "share.id")
	for column, id := range map[string]uuid.UUID{"share.allocation_id": f.Allocation, "share.line_ref": f.Line, "share.item_ref": f.Item} {
		if id != uuid.Nil {
			q = q.Where("? = ?", bun.Safe(column), id)
		}
	}
	if f.Level != "" {
		q = q.Where("share.level = ?", f.Level)
	}
	if !f.Void {
		q = q.Join("JOIN allocation_state AS s ON s.tenant_id = share.tenant_id AND s.allocation_id = share.allocation_id AND s.status <> ?", Voided)
	}
	if err := q.Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("shares: %w", err)
	}
	out := make([]Share, len(rows))
	for i, r := range rows {
		out[i] = Share{Allocation: r.AllocationID, Level: r.Level, Line: r.LineRef, Item: r.ItemRef, Cents: r.Cents, Seq: r.Seq}
	}
	return out, nil
}
