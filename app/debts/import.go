package debts

import (
	"fmt"
	"iter"
	"strings"

	"cassacomune/app/formats"
)

// Group is the rows of a debt file that are one debt. They stand together in
// the file, so that no more than one group is held at a time.
type Group struct {
	Rows     []formats.DebtRow
	Problems []formats.Problem // of its rows, and of rows before them that were refused
	Bad      bool              // it may not be applied
	Unusable bool              // nor the whole file: nothing follows
}

// mostRows of a position; more is a file of another kind.
const mostRows = 2000

// Groups gathers the rows of a debt file. A row that its reader has refused
// spoils the debt it belongs to; raw gives the text of such a row ("" when it
// is gone), by which it is known.
func Groups(events formats.Reader, raw func(line int) string) iter.Seq[Group] {
	return func(yield func(Group) bool) {
		g := gatherer{raw: raw}
		for e := range events {
			if done, ok := g.take(e); ok && !yield(done) || g.stop {
				return
			}
		}
		if g.orphans(nil); len(g.now.Rows)+len(g.now.Problems) > 0 {
			yield(g.now)
		}
	}
}

// gatherer holds the group under way and the problems since its last row.
type gatherer struct {
	raw     func(int) string
	now     Group
	pending []formats.Problem
	stop    bool
}

// take adds an event and answers with the group that it ends.
func (g *gatherer) take(e formats.Event) (Group, bool) {
	if e.Problem != nil {
		g.pending = append(g.pending, *e.Problem)
		if len(g.now.Rows)+len(g.pending) > mostRows { // a flood of bad rows
			g.orphans(nil)
			return g.cut(Group{}), true
		}
	}
	if e.Debt == nil {
		return Group{}, false
	}
	row := *e.Debt
	if len(g.now.Rows) > 0 && sameDebt(g.now.Rows[0], row) {
		if g.orphans(&row) {
			g.now.Bad = true // the refused row stands inside the group
		}
		if g.now.Rows = append(g.now.Rows, row); len(g.now.Rows) > mostRows {
			g.now.Unusable, g.stop = true, true
			g.problem(row.Line, "codice_posizione", row.Position, fmt.Sprintf("più di %d righe per una sola posizione: il file non si può caricare", mostRows))
			return g.now, true
		}
		return Group{}, false
	}
	next := Group{Rows: []formats.DebtRow{row}, Problems: g.split(row.Line)}
	next.Bad = g.belongs(row)
	g.orphans(nil)
	before := g.cut(next)
	return before, len(before.Rows)+len(before.Problems) > 0
}

func (g *gatherer) cut(next Group) Group {
	done := g.now
	g.now = next
	return done
}

// split takes the warnings of the row itself out of what is pending.
func (g *gatherer) split(line int) (own []formats.Problem) {
	var rest []formats.Problem
	for _, p := range g.pending {
		if p.Line == line {
			own = append(own, p)
		} else {
			rest = append(rest, p)
		}
	}
	g.pending = rest
	return own
}

// orphans gives what is pending to the group under way, and reports whether a
// refused row was among it. With next nil the group ends here: it is bad if
// one of those rows was its own.
func (g *gatherer) orphans(next *formats.DebtRow) (refused bool) {
	for _, p := range g.pending {
		refused = refused || p.Severity == formats.Error && (next == nil || p.Line != next.Line)
	}
	if next == nil && len(g.now.Rows) > 0 && g.belongs(g.now.Rows[len(g.now.Rows)-1]) {
		g.now.Bad = true
	}
	g.now.Problems, g.pending = append(g.now.Problems, g.pending...), nil
	return refused
}

// belongs reports whether a refused row that is pending may be of the same
// debt as row: one of its cells is the debt's position, or nobody can tell.
func (g *gatherer) belongs(row formats.DebtRow) bool {
	for _, p := range g.pending {
		if p.Severity != formats.Error || p.Line == 0 {
			continue
		}
		text := g.raw(p.Line)
		if text == "" || p.Field == "" || strings.Count(text, `"`)%2 == 1 || holds(text, row.Position) {
			return true
		}
	}
	return false
}

func holds(text, position string) bool {
	for _, cell := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == ',' }) {
		if strings.Trim(cell, " \t\r\n\"'") == position {
			return true
		}
	}
	return false
}

func (g *gatherer) problem(line int, field, value, reason string) {
	g.now.Problems = append(g.now.Problems, formats.Problem{Line: line, Field: field, Value: value, Reason: reason, Severity: formats.Error})
}

func sameDebt(a, b formats.DebtRow) bool { return a.Position == b.Position && a.DebtType == b.DebtType }

// Lines returns the lines of the group's rows, each once.
func (g Group) Lines() (lines []int) {
	for _, r := range g.Rows {
		if n := len(lines); n == 0 || lines[n-1] != r.Line {
			lines = append(lines, r.Line)
		}
	}
	return lines
}

// refuse adds an error to the group.
func (g *Group) refuse(line int, field, value, reason string) {
	g.Bad = true
	g.Problems = append(g.Problems, formats.Problem{Line: line, Field: field, Value: value, Reason: reason, Severity: formats.Error})
}

// Quarantine gives every row of a bad group that has no error of its own one
// that says why it is refused too.
func (g *Group) Quarantine() {
	if !g.Bad {
		return
	}
	told, first := map[int]bool{}, 0
	for _, p := range g.Problems {
		if p.Severity == formats.Error {
			told[p.Line] = true
			if first == 0 {
				first = p.Line
			}
		}
	}
	for _, line := range g.Lines() {
		if told[line] {
			continue
		}
		reason := "la posizione è rifiutata per intero"
		if first > 0 {
			reason += fmt.Sprintf(": vedi la riga %d", first)
		}
		g.refuse(line, "codice_posizione", g.Rows[0].Position, reason)
	}
}
