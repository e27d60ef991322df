package rh

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
)

func read(text string) formats.Reader { return Read(strings.NewReader(text)) }

func TestGoldens(t *testing.T) { golden.Reads(t, "testdata/*.txt", Sniff, read) }

func samples(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 3 {
		t.Fatalf("samples: %v, %v", files, err)
	}
	texts := map[string]string{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(name)] = string(text)
	}
	return texts
}

// told prints what a reader tells, with problems as people see them.
func told(text string) string {
	var b strings.Builder
	for e := range read(text) {
		if e.Problem != nil {
			fmt.Fprintf(&b, "%s: %s\n", e.Problem.Severity, e.Problem.Error())
			continue
		}
		fmt.Fprintln(&b, golden.Line(e))
	}
	return b.String()
}
