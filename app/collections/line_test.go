package collections

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
)

// TestAttributedMoneyStandsWhereItWas: what a line's money was used for takes
// that line's place in the order of the collection, so that a share of its
// first cents is the same whenever they were attributed.
func TestAttributedMoneyStandsWhereItWas(t *testing.T) {
	a, b := uuid.New(), uuid.New()
	rows := []Line{
		{Seq: 1, Kind: Excess, Cents: 500},
		{Seq: 2, Kind: OnItem, ItemID: a, Cents: 1000},
		{Seq: 3, Kind: Unknown, Cents: 700},
		{Seq: 4, Kind: Unknown, Root: 3, Cents: -200}, {Seq: 5, Kind: OnItem, Root: 3, ItemID: b, Cents: 200},
		{Seq: 6, Kind: Excess, Root: 1, Cents: -500}, {Seq: 7, Kind: OnItem, Root: 1, ItemID: b, Cents: 500},
		{Seq: 8, Kind: Unknown, Root: 3, Cents: 200}, {Seq: 9, Kind: OnItem, Root: 3, ItemID: b, Cents: -200},
		{Seq: 10, Kind: Unknown, Root: 3, Cents: -100}, {Seq: 11, Kind: OnItem, Root: 3, ItemID: b, Cents: 100},
	}
	var got []string
	for _, l := range standingLines(rows) {
		got = append(got, fmt.Sprintf("%d of %d: %s %d", l.Seq, l.Root, l.Kind, l.Cents))
	}
	want := []string{"7 of 1: item 500", "2 of 0: item 1000", "3 of 0: unknown 600", "11 of 3: item 100"}
	if !slices.Equal(got, want) {
		t.Errorf("lines = %q, want %q", got, want)
	}
}
