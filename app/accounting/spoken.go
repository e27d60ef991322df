package accounting

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/money"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

type pairKey struct {
	provisional uuid.UUID
	to          imputation
}

// spoken is what exported orders have already taken.
type spoken struct {
	parts map[uuid.UUID][]OrderPart // by provisional
	pairs map[pairKey]bool          // of orders that left before their parts were kept
	cents map[uuid.UUID]money.Cents // exported and not in the journal yet
}

func spokenFor(tx *tenants.Tx, credits []treasury.Provisional) (s spoken, err error) {
	s = spoken{map[uuid.UUID][]OrderPart{}, map[pairKey]bool{}, map[uuid.UUID]money.Cents{}}
	orders, err := Orders(tx, "")
	if err != nil {
		return s, err
	}
	withParts, err := s.readParts(tx, credits)
	if err != nil {
		return s, err
	}
	for _, o := range orders {
		if o.State == Withdrawn {
			continue
		}
		for _, l := range o.Lines {
			if !withParts[o.ID] {
				s.pairs[pairKey{l.ProvisionalID, o.imputation()}] = true
			}
			if o.State == Exported && l.Kind == Regularisation {
				s.cents[l.ProvisionalID] += l.Cents
			}
		}
	}
	return s, nil
}

// readParts reads what orders hold of some credits, and says which orders they
// are.
func (s spoken) readParts(tx *tenants.Tx, credits []treasury.Provisional) (map[uuid.UUID]bool, error) {
	orders := map[uuid.UUID]bool{}
	for some := range slices.Chunk(credits, 500) {
		ids := make([]uuid.UUID, len(some))
		for i, p := range some {
			ids[i] = p.ID
		}
		var parts []OrderPart
		if err := tx.Select(&parts).Join("JOIN collection_order AS o ON o.tenant_id = order_part.tenant_id AND o.id = order_part.order_id AND o.state <> ?", Withdrawn).
			Where("order_part.provisional_id IN (?)", bun.List(ids)).OrderExpr("o.label, order_part.seq").Scan(tx.Ctx); err != nil {
			return nil, fmt.Errorf("parts of orders: %w", err)
		}
		for _, p := range parts {
			orders[p.OrderID] = true
			s.parts[p.ProvisionalID] = append(s.parts[p.ProvisionalID], p)
		}
	}
	return orders, nil
}

// beyond is what of a credit's portions no exported order holds. An order keeps
// the cents of a batch's line, whatever is known today of what they paid: it is
// taken from the same item first, then from what a person has attributed since,
// the last first, then from what has no item, then from the rest.
func beyond(portions []portion, held []OrderPart) []portion {
	if len(held) == 0 {
		return portions
	}
	left := slices.Clone(portions)
	lines := map[uuid.UUID][]int{}
	for i, p := range left {
		lines[p.own] = append(lines[p.own], i)
	}
	rest := map[uuid.UUID]money.Cents{} // by line: of items that are no longer there
	fees := map[uuid.UUID]money.Cents{}
	for _, h := range held {
		gross := h.Gross
		for _, i := range lines[h.LineRef] {
			if left[i].item == h.ItemID {
				gross -= left[i].take(gross)
			}
		}
		rest[h.LineRef] += gross
		fees[h.LineRef] += h.Fee
	}
	for line, fee := range fees {
		at := lines[line]
		for _, i := range slices.SortedStableFunc(slices.Values(at), func(a, b int) int { return left[a].sooner(left[b]) }) {
			rest[line] -= left[i].take(rest[line])
		}
		spreadFee(left, at, fee)
	}
	return slices.DeleteFunc(left, func(p portion) bool { return p.gross == 0 })
}

// take draws cents from a portion, as many as it has.
func (p *portion) take(cents money.Cents) money.Cents {
	taken := max(0, min(p.gross, cents))
	p.gross -= taken
	return taken
}

// sooner orders portions of a line by whose money an order more likely holds.
func (p portion) sooner(than portion) int {
	known := func(p portion) int {
		if p.item == uuid.Nil {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(than.later, p.later), cmp.Compare(known(p), known(than)))
}

// spreadFee puts what is left of a line's fee on what is left of the line, the
// first first, as it was at the beginning.
func spreadFee(left []portion, at []int, held money.Cents) {
	fee := -held
	for _, i := range at {
		fee += left[i].fee
	}
	for _, i := range at {
		left[i].fee = max(0, min(fee, left[i].gross))
		fee -= left[i].fee
	}
}
