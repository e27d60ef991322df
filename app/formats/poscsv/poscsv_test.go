package poscsv

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/formats"
)

var update = flag.Bool("update", false, "write the goldens")

func samples(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.csv")
	if err != nil || len(files) < 4 {
		t.Fatalf("samples: %v, %v", files, err)
	}
	texts := map[string]string{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
	}
	return texts
}

func TestGoldens(t *testing.T) {
	for name, text := range samples(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			if !Sniff([]byte(text)) {
				t.Error("Sniff = false")
			}
			got := printed(text)
			golden := strings.TrimSuffix(name, filepath.Ext(name)) + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, string(want)); diff != "" {
				t.Errorf("got -, want +\n%s", diff)
			}
		})
	}
}

func printed(text string) string {
	var b strings.Builder
	for e := range Read(strings.NewReader(text)) {
		switch {
		case e.Problem != nil:
			fmt.Fprintf(&b, "%s: %s\n", e.Problem.Severity, e.Problem.Error())
		case e.Flow != nil:
			fmt.Fprintf(&b, "flow %s %s conto %s del %s\n", e.Flow.ID, e.Flow.Channel, e.Flow.Account, e.Flow.On)
		case e.Line != nil:
			l := e.Line
			fmt.Fprintf(&b, "%d: %s %s lordo %s commissione %s pagato %s accreditato %s %s %s\n",
				l.Line, l.Document, l.Code, l.Gross.Decimal(), l.Fee.Decimal(), l.PaidOn, l.CreditedOn, l.Outcome, l.Key)
		case e.FlowEnd != nil:
			fmt.Fprintf(&b, "end at %d", e.FlowEnd.Line)
			if e.FlowEnd.Payments != nil && e.FlowEnd.Sum != nil {
				fmt.Fprintf(&b, ": %d payments, %s", *e.FlowEnd.Payments, e.FlowEnd.Sum.Decimal())
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func TestStopsWhenTold(t *testing.T) {
	for _, text := range samples(t) {
		for stop := 1; stop < 15; stop++ {
			n := 0
			for range Read(strings.NewReader(text)) {
				if n++; n == stop {
					break
				}
			}
		}
	}
}

// FuzzRead checks that every line stands inside a flow, and every flow ends.
func FuzzRead(f *testing.F) {
	for _, text := range samples(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, in string) {
		open := false
		for e := range Read(strings.NewReader(in)) {
			switch {
			case e.Flow != nil:
				if open {
					t.Error("a flow begins inside another")
				}
				open = true
			case e.Line != nil && !open:
				t.Error("a line outside a flow")
			case e.FlowEnd != nil:
				if !open {
					t.Error("a flow ends twice")
				}
				open = false
			}
		}
		if open {
			t.Error("a flow never ends")
		}
	})
}
func TestEmpty(t *testing.T) {
	for e := range Read(strings.NewReader("")) {
		if e.Problem == nil || e.Problem.Severity != formats.Error {
			t.Errorf("got %+v, want an error", e)
		}
	}
}
