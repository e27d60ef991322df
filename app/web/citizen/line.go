package citizen

import (
	"github.com/google/uuid"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

// walker follows the money of several debts, and asks once for what they
// share.
type walker struct {
	tx    *tenants.Tx
	words page.Words
	right map[edge][]uuid.UUID
}

type edge struct {
	level ledger.Level
	left  uuid.UUID
}

func newWalker(tx *tenants.Tx, w page.Words) walker {
	return walker{tx, w, map[edge][]uuid.UUID{}}
}

// line is the path of a debt's money as far as it has come.
func (w walker) line(d debts.Debt, proofs []collections.Proof) (page.Line, error) {
	reached := make([]page.Reached, 6)
	reached[0] = page.Reached{State: page.Done, Amount: d.Cents}
	if len(d.Codes) > 0 {
		reached[1] = page.Reached{State: page.Done, On: day.Of(d.Codes[0].IssuedAt)}
	}
	switch {
	case d.State == debts.Annulled:
		for i := 1; i < len(reached); i++ {
			reached[i] = page.Reached{State: page.Off}
		}
		return page.NewLine(w.words, reached...), nil
	case d.Paid == 0:
		return page.NewLine(w.words, reached...), nil
	}
	reached[2] = page.Reached{State: page.Part, Amount: d.Paid}
	if d.State == debts.Paid {
		reached[2].State = page.Done
	}
	var here []uuid.UUID
	for _, p := range proofs {
		here, reached[2].On = append(here, p.Collection.ID), p.Collection.PaidOn
	}
	for i, level := range []ledger.Level{ledger.R2, ledger.R3, ledger.R4} {
		next, gone, err := w.step(level, here)
		if err != nil {
			return page.Line{}, err
		}
		switch {
		case gone == 0:
			return page.NewLine(w.words, reached...), nil
		case gone < len(here) || reached[2+i].State == page.Part:
			reached[3+i].State = page.Part
		default:
			reached[3+i].State = page.Done
		}
		here = next
	}
	return page.NewLine(w.words, reached...), nil
}

// step goes one level on: where the money stands now, and how many of the ends
// have gone on.
func (w walker) step(level ledger.Level, from []uuid.UUID) (next []uuid.UUID, gone int, err error) {
	for _, left := range from {
		right, known := w.right[edge{level, left}]
		if !known {
			all, err := ledger.Allocations(w.tx, ledger.Filter{Level: level, Left: left, Status: ledger.Confirmed})
			if err != nil {
				return nil, 0, err
			}
			for _, a := range all {
				right = append(right, a.Right)
			}
			w.right[edge{level, left}] = right
		}
		if len(right) > 0 {
			gone++
			next = append(next, right...)
		}
	}
	return next, gone, nil
}

// paidOn is what collections have brought to one debt.
func paidOn(debt uuid.UUID, p collections.Proof) (sum money.Cents) {
	for _, l := range p.Collection.Lines {
		if l.DebtID == debt {
			sum += l.Cents
		}
	}
	return sum
}
