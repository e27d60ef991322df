package fdr

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
)

func read(text string) formats.Reader { return Read(strings.NewReader(text)) }

func TestGoldens(t *testing.T) { golden.Reads(t, "testdata/*.xml", Sniff, read) }

func TestEveryCutIsAnError(t *testing.T) { golden.Cuts(t, "testdata/buono.xml", read) }

func TestOtherFilesAreNotTaken(t *testing.T) {
	for _, head := range []string{"", "<", "<a/>", "<Envelope><Body><x/></Body></Envelope>", "ente;azione", "<Document><BkToCstmrStmt>"} {
		if Sniff([]byte(head)) {
			t.Errorf("%q: taken", head)
		}
		if !golden.Wrong(read(head)) {
			t.Errorf("%q: read without an error", head)
		}
	}
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		Sniff([]byte(text))
		golden.Print(read(text))
	})
}
