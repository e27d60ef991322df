package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cassacomune/app/formats"
)

// Reads holds what a reader tells of every sample against the golden beside
// it, and checks that it can be stopped at any event.
func Reads(t *testing.T, pattern string, sniff func([]byte) bool, read func(string) formats.Reader) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: got %v %v, want samples", pattern, files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !sniff(text) {
				t.Error("Sniff does not know it")
			}
			told := Print(read(string(text)))
			Compare(t, strings.TrimSuffix(file, filepath.Ext(file))+".golden", told)
			for stop := range strings.Count(told, "\n") {
				n := 0
				for range read(string(text)) {
					if n++; n > stop {
						break
					}
				}
			}
		})
	}
}

// Cuts reads a good sample cut at every byte: each cut short of its last sign
// must be told as an error.
func Cuts(t *testing.T, file string, read func(string) formats.Reader) {
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimRight(string(whole), " \r\n")
	for i := range text {
		if !Wrong(read(text[:i])) {
			t.Fatalf("%s cut at byte %d: no error", file, i)
		}
	}
	if Wrong(read(text)) {
		t.Errorf("%s: an error in a good sample", file)
	}
}

// Wrong reports whether a reader tells an error.
func Wrong(events formats.Reader) bool {
	wrong := false
	for e := range events {
		wrong = wrong || e.Problem != nil && e.Problem.Severity == formats.Error
	}
	return wrong
}
