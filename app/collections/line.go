package collections

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/tenants"
)

// LinesOf returns what collections have paid, as it stands today: what persons
// have attributed stands where the money was that they used.
func LinesOf(tx *tenants.Tx, collections ...uuid.UUID) (map[uuid.UUID][]Line, error) {
	out := make(map[uuid.UUID][]Line, len(collections))
	for part := range slices.Chunk(collections, 500) {
		var rows []Line
		if err := tx.Select(&rows).Where("collection_id IN (?)", bun.List(part)).OrderExpr("collection_id, seq").Scan(tx.ByKey()); err != nil {
			return nil, fmt.Errorf("lines of collections: %w", err)
		}
		for _, l := range rows {
			out[l.CollectionID] = append(out[l.CollectionID], l)
		}
	}
	for id, rows := range out {
		out[id] = standingLines(rows)
	}
	return out, nil
}

// ByPerson reports whether a person has attributed the line.
func (l Line) ByPerson() bool { return l.Root != 0 }

// standingLines sums the rows of a collection, in their order: each line of
// the channel's with what is left of it, then what its money was used for. A
// line that stands by attribution has the seq of the last one.
func standingLines(rows []Line) (lines []Line) {
	if !slices.ContainsFunc(rows, Line.ByPerson) {
		return rows
	}
	type place struct {
		root                   int
		kind                   LineKind
		debt, instalment, item uuid.UUID
	}
	at := map[place]int{}
	for _, r := range rows {
		p := place{cmp.Or(r.Root, r.Seq), r.Kind, r.DebtID, r.InstalmentID, r.ItemID}
		i, ok := at[p]
		if !ok {
			at[p] = len(lines)
			lines = append(lines, r)
			continue
		}
		if l := &lines[i]; l.ByPerson() && r.Cents > 0 {
			l.Seq, l.AttributionID = r.Seq, r.AttributionID
		}
		lines[i].Cents += r.Cents
	}
	lines = slices.DeleteFunc(lines, func(l Line) bool { return l.Cents == 0 })
	slices.SortStableFunc(lines, func(a, b Line) int {
		return cmp.Or(cmp.Or(a.Root, a.Seq)-cmp.Or(b.Root, b.Seq), a.Root-b.Root, a.Seq-b.Seq)
	})
	return lines
}
