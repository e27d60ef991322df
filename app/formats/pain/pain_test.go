package pain

import (
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
)

func read(in string) formats.Reader { return Read(strings.NewReader(in)) }

func printed(in string) string { return golden.Print(read(in)) }

func TestGoldens(t *testing.T) {
	golden.Reads(t, "*.xml", func(head []byte) bool { return sniff(head) != "" }, Read)
}

func TestCutAnywhere(t *testing.T) {
	for _, name := range []string{"incassi", "bonifici", "esiti", "esiti-cbi", "convalida-cbi"} {
		golden.Cuts(t, name+".xml", Read)
	}
}
