package pain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
)

func samples(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(files) < 6 {
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

func read(in string) formats.Reader { return Read(strings.NewReader(in)) }

func printed(in string) string { return golden.Print(read(in)) }

func TestGoldens(t *testing.T) {
	golden.Reads(t, "testdata/*.xml", func(head []byte) bool { return sniff(head) != "" }, read)
}

func TestCutAnywhere(t *testing.T) {
	for _, name := range []string{"incassi", "bonifici", "esiti", "esiti-cbi", "convalida-cbi"} {
		golden.Cuts(t, "testdata/"+name+".xml", read)
	}
}
