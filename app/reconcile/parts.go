package reconcile

import (
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/collections"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// TakenBack is the kind of a part that a channel takes back (storno).
const TakenBack collections.LineKind = "taken back"

// Part is what a remittance holds of one item, or of what has none: an excess,
// an unknown collection. The parts of a batch stand in file order.
type Part struct {
	Own        uuid.UUID // the line of the batch, the same whatever is known of it
	Line, Item uuid.UUID // collection and item; a collection that is not known has the id of the batch's line
	Kind       collections.LineKind
	Debt       uuid.UUID
	Gross, Fee money.Cents
	Later      int // by attribution: the greater, the later; 0: the channel says so
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

// OwnID is the id of a batch's line.
func OwnID(batch uuid.UUID, key string) uuid.UUID { return uuid.NewSHA1(batch, []byte(key)) }

func split(r collections.Remittance, l collections.RemittanceLine, paid []collections.Line) (parts []Part) {
	own := OwnID(r.ID, l.Key)
	switch {
	case l.Cents < 0:
		return []Part{{Own: own, Line: own, Kind: TakenBack, Gross: l.Cents, Fee: l.Fee}}
	case len(paid) == 0:
		return []Part{{Own: own, Line: own, Kind: collections.Unknown, Gross: l.Cents, Fee: l.Fee}}
	}
	left, fee := l.Cents, l.Fee
	for i, p := range paid {
		gross := min(left, p.Cents)
		if i == len(paid)-1 {
			gross = left
		}
		f := min(fee, gross)
		if gross > 0 {
			part := Part{Own: own, Line: p.CollectionID, Item: p.ItemID, Kind: p.Kind, Debt: p.DebtID, Gross: gross, Fee: f}
			if p.ByPerson() {
				part.Later = p.Seq
			}
			parts = append(parts, part)
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
		out[i].Later = max(out[i].Later, p.Later)
	}
	return out
}
