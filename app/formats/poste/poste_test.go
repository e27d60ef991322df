package poste

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
	"cassacomune/app/shared"
)

func read(text string) formats.Reader { return Read(strings.NewReader(text)) }

func TestGoldens(t *testing.T) { golden.Reads(t, "*.txt", Sniff, Read) }

// TestEveryCutIsAnError cuts files of one group: one that is cut behind a group
// is whole.
func TestEveryCutIsAnError(t *testing.T) {
	golden.Cuts(t, "accorciato.txt", Read)
	golden.Cuts(t, "vecchio.txt", Read)
}

// TestOneDigitOff changes each digit of the amounts and of the totals of right
// files, of either variant: an error is told, whatever the place.
func TestOneDigitOff(t *testing.T) {
	for name, amount := range map[string]int{"due-gruppi": 37, "vecchio-due-centri": 29} {
		lines := strings.SplitAfter(golden.Sample(t, name+".txt"), "\n")
		for at, line := range lines {
			from, to := amount, amount+9
			if strings.Contains(line, "              999") {
				from, to = 37, 96
			}
			for column := from; column <= to && line != ""; column++ {
				b := []byte(line)
				b[column-1] ^= 1
				changed := strings.Join(lines[:at], "") + string(b) + strings.Join(lines[at+1:], "")
				if !golden.Wrong(read(changed)) {
					t.Errorf("%s: line %d column %d changed: nothing told", name, at+1, column)
				}
			}
		}
	}
}

// FuzzRead checks that every line stands inside a flow, and every flow ends.
func FuzzRead(f *testing.F) {
	golden.Seeds(f, "*.txt")
	f.Fuzz(func(t *testing.T, in string) {
		for e := range golden.Flows(t, read(in)) {
			if l := e.Line; l != nil && (l.Gross < 0 || l.PaidOn.IsZero() || l.CreditedOn.IsZero()) {
				t.Errorf("yields %+v", l)
			}
		}
	})
}

// TestCorpus reads the two flows of the public corpus, where they are: every
// total of their summaries agrees.
func TestCorpus(t *testing.T) {
	for name, want := range map[string]struct {
		centre    string
		n         int
		sum       string
		documents map[string]int
		outcomes  map[string]int
	}{
		"telematici": {"4", 1, "15,00", map[string]int{"674": 1}, map[string]int{"CCN": 1}},
		"venezia":    {"3", 9, "367,00", map[string]int{"674": 7, "123": 2}, map[string]int{"DIN": 9}},
	} {
		text, err := os.ReadFile(shared.Path(t, "corpora/legacy/poste-200-"+name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		documents, outcomes := map[string]int{}, map[string]int{}
		for e := range read(string(text)) {
			switch {
			case e.Problem != nil:
				t.Errorf("%s: %v", name, e.Problem)
			case e.Line != nil:
				documents[e.Line.Document]++
				outcomes[e.Line.Outcome]++
			case e.FlowEnd != nil:
				end := e.FlowEnd
				if end.Sender != want.centre || end.Payments == nil || *end.Payments != want.n || end.Sum == nil || end.Sum.Comma() != want.sum {
					t.Errorf("%s: got the end %+v", name, end)
				}
			}
		}
		if d := cmp.Diff(want.documents, documents) + cmp.Diff(want.outcomes, outcomes); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
