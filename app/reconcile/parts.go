package reconcile

import (
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/collections"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// TakenBack is the kind of a part that a channel takes back (storno).
const TakenBack collections.LineKind = "taken back"

// Part is what a remittance holds of one item, or of what has none: an excess,
// an unknown collection. The parts of a batch stand in file order.
type Part struct {
	Line, Item uuid.UUID // collection and item; an unknown collection has an id of its own
	Kind       collections.LineKind
	Debt       uuid.UUID
	Gross, Fee money.Cents
}

// Net is what of the part is credited.
func (p Part) Net() money.Cents { return p.Gross - p.Fee }

// Parts spreads a batch over the items that its collections paid. The fee of a
// line goes with its first parts.
func Parts(tx *tenants.Tx, r collections.Remittance) ([]Part, error) {
	var lines []collections.RemittanceLine
	if err := tx.Select(&lines).Where("remittance_id = ?", r.ID).Order("seq").Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("lines of remittance: %w", err)
	}
	var parts []Part
	for some := range slices.Chunk(lines, 500) {
		paid, err := paidBy(tx, r, some)
		if err != nil {
			return nil, err
		}
		for _, l := range some {
			parts = append(parts, split(r, l, paid[l.Key])...)
		}
	}
	return joined(parts), nil
}

// paidBy returns what the collections of lines paid, by their key.
func paidBy(tx *tenants.Tx, r collections.Remittance, lines []collections.RemittanceLine) (map[string][]collections.Line, error) {
	keys := make([]string, len(lines))
	for i, l := range lines {
		keys[i] = l.Key
	}
	var found []collections.Collection
	if err := tx.Select(&found).Where("channel = ?", r.Channel).Where("key IN (?)", bun.List(keys)).Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("collections of batch: %w", err)
	}
	out := map[string][]collections.Line{}
	if len(found) == 0 {
		return out, nil
	}
	ids := make([]uuid.UUID, len(found))
	key := map[uuid.UUID]string{}
	for i, c := range found {
		ids[i], key[c.ID] = c.ID, c.Key
	}
	paid, err := collections.LinesOf(tx, ids...)
	for id, lines := range paid {
		out[key[id]] = lines
	}
	return out, err
}

func split(r collections.Remittance, l collections.RemittanceLine, paid []collections.Line) (parts []Part) {
	own := uuid.NewSHA1(r.ID, []byte(l.Key))
	switch {
	case l.Cents < 0:
		return []Part{{Line: own, Kind: TakenBack, Gross: l.Cents, Fee: l.Fee}}
	case len(paid) == 0:
		return []Part{{Line: own, Kind: collections.Unknown, Gross: l.Cents, Fee: l.Fee}}
	}
	left, fee := l.Cents, l.Fee
	for i, p := range paid {
		gross := min(left, p.Cents)
		if i == len(paid)-1 {
			gross = left
		}
		f := min(fee, gross)
		if gross > 0 {
			parts = append(parts, Part{Line: p.CollectionID, Item: p.ItemID, Kind: p.Kind, Debt: p.DebtID, Gross: gross, Fee: f})
		}
		left, fee = left-gross, fee-f
	}
	return parts
}

type partKey struct{ line, item uuid.UUID }

// joined has one part for each collection and item: a cart may pay two
// instalments of the same.
func joined(parts []Part) (out []Part) {
	at := map[partKey]int{}
	for _, p := range parts {
		i, ok := at[partKey{p.Line, p.Item}]
		if !ok {
			at[partKey{p.Line, p.Item}] = len(out)
			out = append(out, p)
			continue
		}
		out[i].Gross += p.Gross
		out[i].Fee += p.Fee
	}
	return out
}

// share says which cents of which items stand in a match that takes only a
// part of a batch: the first in file order that no other match has. A batch
// from which something was taken back has no shares: its order is prepared by
// a person.
func share(tx *tenants.Tx, m match) error {
	if m.Cents == m.batch.Net() {
		return nil
	}
	parts, err := Parts(tx, m.batch)
	if err != nil || slices.ContainsFunc(parts, func(p Part) bool { return p.Kind == TakenBack }) {
		return err
	}
	used, err := sharedBefore(tx, m)
	if err != nil {
		return err
	}
	lines := map[uuid.UUID]money.Cents{}
	for _, p := range parts {
		lines[p.Line] += p.Net()
	}
	left := m.Cents
	var shares []ledger.Share
	for i, p := range parts {
		cents := min(left, p.Net()-used[partKey{p.Line, p.Item}])
		if cents <= 0 {
			continue
		}
		left -= cents
		shares = append(shares, ledger.Share{Allocation: m.ID, Level: ledger.R3, Line: p.Line, Item: p.Item, Cents: cents, Seq: i + 1,
			LineTotal: lines[p.Line], AllocationTotal: m.Cents})
	}
	if len(shares) == 0 {
		return nil
	}
	return ledger.AddShares(tx, shares...)
}

// sharedBefore sums what other matches of the batch have taken of its parts.
func sharedBefore(tx *tenants.Tx, m match) (map[partKey]money.Cents, error) {
	others, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R3, Left: m.Left, Status: ledger.Confirmed})
	if err != nil {
		return nil, err
	}
	used := map[partKey]money.Cents{}
	for _, a := range others {
		shares, err := ledger.Shares(tx, ledger.ShareFilter{Allocation: a.ID})
		if err != nil {
			return nil, err
		}
		for _, s := range shares {
			used[partKey{s.Line, s.Item}] += s.Cents
		}
	}
	return used, nil
}
