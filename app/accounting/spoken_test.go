package accounting

import (
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"

	"cassacomune/app/money"
)

// TestBeyondLosesNothing takes orders out of the portions of a line, at
// random: what is left and what was taken are the line, and no portion has
// more fee than money.
func TestBeyondLosesNothing(t *testing.T) {
	dice := rand.New(rand.NewPCG(26, 11))
	items := []uuid.UUID{uuid.Nil, uuid.New(), uuid.New(), uuid.New()}
	lines := []uuid.UUID{uuid.New(), uuid.New()}
	for range 2000 {
		var portions []portion
		gross, fees := map[uuid.UUID]money.Cents{}, map[uuid.UUID]money.Cents{}
		for _, line := range lines {
			fee := money.Cents(dice.IntN(300))
			for _, item := range items {
				p := portion{own: line, item: item, gross: money.Cents(dice.IntN(1000)), later: dice.IntN(3)}
				p.fee = min(fee, p.gross)
				fee -= p.fee
				portions = append(portions, p)
				gross[line], fees[line] = gross[line]+p.gross, fees[line]+p.fee
			}
		}
		var held []OrderPart
		for _, line := range lines[:dice.IntN(3)] {
			for left := gross[line]; left > 0 && dice.IntN(4) > 0; {
				h := OrderPart{LineRef: line, ItemID: items[dice.IntN(4)], Gross: 1 + money.Cents(dice.IntN(int(left)))}
				h.Fee = min(h.Gross, fees[line], money.Cents(dice.IntN(100)))
				left, gross[line], fees[line] = left-h.Gross, gross[line]-h.Gross, fees[line]-h.Fee
				held = append(held, h)
			}
		}
		got, gotFees := map[uuid.UUID]money.Cents{}, map[uuid.UUID]money.Cents{}
		for _, p := range beyond(portions, held) {
			if p.gross < 0 || p.fee < 0 || p.fee > p.gross {
				t.Fatalf("portion %+v", p)
			}
			got[p.own], gotFees[p.own] = got[p.own]+p.gross, gotFees[p.own]+p.fee
		}
		for _, line := range lines {
			if got[line] != gross[line] || gotFees[line] != min(fees[line], gross[line]) {
				t.Fatalf("left %d with a fee of %d, want %d with %d", got[line], gotFees[line], gross[line], fees[line])
			}
		}
	}
}
