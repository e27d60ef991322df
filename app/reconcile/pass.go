package reconcile

import (
	"fmt"
	"slices"
	"strings"

	"cassacomune/app/ledger"
	"cassacomune/app/money"
)

// edge is a match that a pass has found.
type edge struct {
	batch, credit int
	cents         money.Cents
	rule          string
	confirm       bool
	rivals        int
	evidence      []ledger.Reason
}

// pass runs the rules from the surest to the weakest. A credit that a rule has
// answered is not asked of the next.
func (s *state) pass() []edge {
	usedBatch, usedCredit := map[int]bool{}, map[int]bool{}
	var all []edge
	for _, rule := range []func(free func(b, c int) bool) []edge{s.byKey, s.byAmount, s.byRun, s.byNearness} {
		found := rule(func(b, c int) bool {
			return (b < 0 || !usedBatch[b]) && !usedCredit[c] && (b < 0 || !s.rejected[pair{s.batches[b].ID, s.credits[c].ID}])
		})
		for _, e := range found {
			usedCredit[e.credit] = true
			if e.confirm {
				usedBatch[e.batch] = true
			}
		}
		all = append(all, found...)
	}
	return slices.DeleteFunc(all, func(e edge) bool { return !e.confirm && usedBatch[e.batch] })
}

// byKey (P2): the text holds the key of an open remittance. It confirms itself
// when the cents agree and neither side has another that would.
func (s *state) byKey(free func(b, c int) bool) (found []edge) {
	d := dictionaryOf(s.batches)
	for c := range s.credits {
		p := s.credits[c].Provisional
		key, hits := d.find(p.Text, p.Reference, p.EndToEnd)
		for _, b := range hits {
			if free(b, c) {
				found = append(found, edge{batch: b, credit: c, rule: ByKey, evidence: []ledger.Reason{
					{What: "riferimento", Left: batchName(s.batches[b].Remittance), Right: key, Where: p.Source}}})
			}
		}
	}
	return s.settle(found, func(edge) bool { return true })
}

// byAmount (P3): the channel is recognised, the cents are equal, the day is in
// the channel's window, once that has closed.
func (s *state) byAmount(free func(b, c int) bool) (found []edge) {
	byCents := s.byCents()
	for c := range s.credits {
		for _, b := range byCents[s.credits[c].open] {
			r, p := s.batches[b].Remittance, s.credits[c].Provisional
			word := s.recognises(r.Channel, p)
			if word == "" || !s.near(r, p) || !free(b, c) {
				continue
			}
			found = append(found, edge{batch: b, credit: c, rule: ByAmount, evidence: []ledger.Reason{
				{What: "ordinante", Left: r.Channel, Right: word},
				{What: "data", Left: r.RemittedOn.Italian(), Right: p.EffectiveOn.Italian()}}})
		}
	}
	return s.settle(found, func(e edge) bool { return s.closed(s.batches[e.batch].Remittance) })
}

// byNearness (P6): equal cents in the window, and nothing says whose.
func (s *state) byNearness(free func(b, c int) bool) (found []edge) {
	byCents := s.byCents()
	for c := range s.credits {
		for _, b := range byCents[s.credits[c].open] {
			r, p := s.batches[b].Remittance, s.credits[c].Provisional
			if s.near(r, p) && free(b, c) {
				found = append(found, edge{batch: b, credit: c, rule: ByNearness, evidence: []ledger.Reason{
					{What: "data", Left: r.RemittedOn.Italian(), Right: p.EffectiveOn.Italian()}}})
			}
		}
	}
	return s.settle(found, func(edge) bool { return false })
}

func (s *state) byCents() map[money.Cents][]int {
	m := map[money.Cents][]int{}
	for i, b := range s.batches {
		m[b.open] = append(m[b.open], i)
	}
	return m
}

// settle counts the rivals of each edge on both sides and decides which ones
// confirm themselves: equal cents, one candidate on either side, and sure.
func (s *state) settle(found []edge, sure func(edge) bool) []edge {
	exactBatch, exactCredit := map[int]int{}, map[int]int{}
	anyCredit := map[int]int{}
	for _, e := range found {
		anyCredit[e.credit]++
		if s.exact(e) {
			exactBatch[e.batch]++
			exactCredit[e.credit]++
		}
	}
	for i := range found {
		e := &found[i]
		e.cents = min(s.batches[e.batch].open, s.credits[e.credit].open)
		e.rivals = anyCredit[e.credit] - 1
		amount := ledger.Reason{What: "importo", Left: s.batches[e.batch].open.Comma(), Right: s.credits[e.credit].open.Comma()}
		e.evidence = append(e.evidence, amount)
		if s.exact(*e) {
			e.rivals = exactBatch[e.batch] - 1 + exactCredit[e.credit] - 1
			e.confirm = e.rivals == 0 && sure(*e)
		}
	}
	return found
}

func (s *state) exact(e edge) bool { return s.batches[e.batch].open == s.credits[e.credit].open }

// longestRun is how many batches one transfer may hold.
const longestRun = 31

// byRun (P4): consecutive batches of a channel and account that sum to the
// credit. Never confirmed by itself.
func (s *state) byRun(free func(b, c int) bool) (found []edge) {
	groups := map[string][]int{}
	var names []string
	for i, b := range s.batches { // in the order of their days
		name := b.Channel + "\x00" + b.Account
		if groups[name] == nil {
			names = append(names, name)
		}
		groups[name] = append(groups[name], i)
	}
	slices.Sort(names)
	for c := range s.credits {
		var runs [][]int
		for _, name := range names {
			channel, _, _ := strings.Cut(name, "\x00")
			if free(-1, c) && s.recognises(channel, s.credits[c].Provisional) != "" {
				runs = append(runs, s.runs(groups[name], c, free)...)
			}
		}
		for n, run := range runs {
			if n == 0 { // the others are its rivals, shown by their number
				found = append(found, s.edgesOf(run, c, len(runs)-1)...)
			}
		}
	}
	return found
}

// runs finds the stretches of a group that sum to a credit, by prefix sums.
func (s *state) runs(group []int, c int, free func(b, c int) bool) (found [][]int) {
	want := s.credits[c].open
	first := map[money.Cents][]int{0: {0}}
	var sum money.Cents
	for i, b := range group {
		sum += s.batches[b].open
		for _, from := range first[sum-want] {
			run := group[from : i+1]
			if len(run) < 2 || len(run) > longestRun || !s.near(s.batches[b].Remittance, s.credits[c].Provisional) {
				continue
			}
			if !slices.ContainsFunc(run, func(b int) bool { return !free(b, c) }) {
				found = append(found, run)
			}
		}
		first[sum] = append(first[sum], i+1)
	}
	return found
}

func (s *state) edgesOf(run []int, c, rivals int) (edges []edge) {
	from, to := s.batches[run[0]].RemittedOn, s.batches[run[len(run)-1]].RemittedOn
	for _, b := range run {
		edges = append(edges, edge{batch: b, credit: c, cents: s.batches[b].open, rule: ByRun, rivals: rivals, evidence: []ledger.Reason{
			{What: "serie", Left: fmt.Sprintf("%d riversamenti dal %s al %s", len(run), from.Italian(), to.Italian()), Right: s.credits[c].open.Comma()}}})
	}
	return edges
}
