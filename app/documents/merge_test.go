package documents

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestMergeKeepsOrder(t *testing.T) {
	need(t, "pdftotext")
	var parts []io.ReadSeeker
	for _, name := range []string{"Prima Parte", "Seconda Parte", "Terza Parte"} {
		s := sample()
		s.Debtor.Name = name
		parts = append(parts, bytes.NewReader(draw1(t, s, sample())))
	}
	var merged bytes.Buffer
	if err := Merge(&merged, parts...); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "merged.pdf")
	if err := os.WriteFile(file, merged.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
	if got, want := len(pages), 6; got != want {
		t.Fatalf("%d pages, want %d", got, want)
	}
	for i, name := range []string{"Prima Parte", "Seconda Parte", "Terza Parte"} {
		if !strings.Contains(pages[2*i], name) {
			t.Errorf("page %d does not name %q", 2*i+1, name)
		}
	}
	if err := Merge(&merged); err == nil {
		t.Error("merging nothing succeeded")
	}
}
