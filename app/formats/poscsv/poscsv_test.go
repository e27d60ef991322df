package poscsv

import (
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
)

func TestGoldens(t *testing.T) { golden.Reads(t, "*.csv", Sniff, Read) }

// FuzzRead checks that every line stands inside a flow, and every flow ends.
func FuzzRead(f *testing.F) {
	golden.Seeds(f, "*.csv")
	f.Fuzz(func(t *testing.T, in string) {
		for range golden.Flows(t, Read(strings.NewReader(in))) {
			continue
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
