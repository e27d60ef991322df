package desk

import (
	"testing"

	"cassacomune/app/money"
	"cassacomune/app/trace"
	"cassacomune/app/web/page"
)

// TestReachedBy: a batch of 100 of which 2 are withheld has come whole when 98
// are credited, and so has a payment of 30 in it.
func TestReachedBy(t *testing.T) {
	nodes := []trace.Node{{Stage: trace.Due, Cents: 150}, {Stage: trace.Asked}, {Stage: trace.Collected, Cents: 100}, {Stage: trace.Remitted, Cents: 98}, {Stage: trace.Credited, Cents: 98}, {Stage: trace.Ordered}}
	batch := map[trace.Stage]money.Cents{trace.Collected: 100, trace.Remitted: 100, trace.Credited: 98, trace.Ordered: 60}
	share := map[trace.Stage]money.Cents{trace.Collected: 30, trace.Remitted: 30, trace.Credited: 98, trace.Ordered: 98}
	done, part := page.Done, page.Part
	for _, c := range []struct {
		from trace.Stage
		sums map[trace.Stage]money.Cents
		want [6]page.Lamp
	}{
		{trace.Credited, batch, [6]page.Lamp{done, done, done, done, done, part}},
		{trace.Collected, share, [6]page.Lamp{done, done, done, done, done, done}},
		{trace.Due, batch, [6]page.Lamp{done, done, part, part, part, part}},
		{trace.Ordered, batch, [6]page.Lamp{done, done, done, done, done, done}},
	} {
		for i, r := range reachedBy(trace.Line{From: c.from, Nodes: nodes}, c.sums) {
			if r.State != c.want[i] {
				t.Errorf("from %s: lamp %d is %s, want %s", c.from, i+1, r.State, c.want[i])
			}
		}
	}
}
