package reconcile

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

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
	others, err := Pieces(tx, m.Left, parts)
	if err != nil {
		return err
	}
	used := make([]money.Cents, len(parts))
	for _, o := range others {
		if o.Part >= 0 {
			used[o.Part] += o.Cents
		}
	}
	lines := map[uuid.UUID]money.Cents{}
	for _, p := range parts {
		lines[p.Line] += p.Net()
	}
	left := m.Cents
	var shares []ledger.Share
	for i, p := range parts {
		cents := min(left, p.Net()-used[i])
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

// Piece is what a match holds of a part of its batch, net.
type Piece struct {
	Match uuid.UUID
	Part  int // in the order of Parts; -1: none of them has the money
	Cents money.Cents
}

// Pieces says what the matches of a batch hold of its parts, in the order in
// which they were made. A match of the whole batch has none.
func Pieces(tx *tenants.Tx, batch uuid.UUID, parts []Part) ([]Piece, error) {
	matches, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R3, Left: batch, Status: ledger.Confirmed})
	if err != nil {
		return nil, err
	}
	var shares []ledger.Share
	for _, m := range matches {
		some, err := ledger.Shares(tx, ledger.ShareFilter{Allocation: m.ID})
		if err != nil {
			return nil, err
		}
		shares = append(shares, some...)
	}
	return placed(parts, shares), nil
}

// placed finds the money of shares among what is known of the batch today. A
// share names the item that was known when it was written: where that has less
// now, the rest is what stands in its place on the same line.
func placed(parts []Part, shares []ledger.Share) []Piece {
	at := map[uuid.UUID][]int{}
	free := make([]money.Cents, len(parts))
	for i, p := range parts {
		free[i] = p.Net()
		at[p.Own] = append(at[p.Own], i)
		if p.Line != p.Own {
			at[p.Line] = append(at[p.Line], i)
		}
	}
	type held struct {
		share int
		Piece
	}
	var all []held
	left := make([]money.Cents, len(shares))
	for s, h := range shares {
		left[s] = h.Cents
	}
	for _, same := range []bool{true, false} {
		for s, h := range shares {
			for _, i := range at[h.Line] {
				cents := min(left[s], free[i])
				if cents <= 0 || same && parts[i].Item != h.Item {
					continue
				}
				left[s], free[i] = left[s]-cents, free[i]-cents
				all = append(all, held{s, Piece{h.Allocation, i, cents}})
			}
		}
	}
	for s, cents := range left {
		if cents > 0 {
			all = append(all, held{s, Piece{shares[s].Allocation, -1, cents}})
		}
	}
	slices.SortStableFunc(all, func(a, b held) int { return cmp.Compare(a.share, b.share) })
	pieces := make([]Piece, len(all))
	for i, h := range all {
		pieces[i] = h.Piece
	}
	return pieces
}
