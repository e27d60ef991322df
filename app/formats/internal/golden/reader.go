package golden

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cassacomune/app/formats"
)

// head is how many bytes of a file a sniffer is shown.
const head = 8 << 10

// Sample reads a file of testdata.
func Sample(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Samples reads the files of testdata that a pattern names.
func Samples(t testing.TB, pattern string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: got %v %v, want samples", pattern, files, err)
	}
	texts := map[string]string{}
	for _, file := range files {
		texts[filepath.Base(file)] = Sample(t, filepath.Base(file))
	}
	return texts
}

// Reads holds what a reader tells of every sample against the golden beside
// it, and checks that it can be stopped at any event.
func Reads(t *testing.T, pattern string, sniff func([]byte) bool, read func(io.Reader) formats.Reader) {
	t.Helper()
	samples := Samples(t, pattern)
	for _, name := range slices.Sorted(maps.Keys(samples)) {
		t.Run(name, func(t *testing.T) {
			text := samples[name]
			if !sniff([]byte(text[:min(len(text), head)])) {
				t.Error("Sniff does not know it")
			}
			told := Print(read(strings.NewReader(text)))
			Compare(t, strings.TrimSuffix(name, filepath.Ext(name))+".golden", told)
			for stop := range strings.Count(told, "\n") {
				n := 0
				for range read(strings.NewReader(text)) {
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
func Cuts(t *testing.T, name string, read func(io.Reader) formats.Reader) {
	t.Helper()
	text := strings.TrimRight(Sample(t, name), " \r\n")
	for i := range text {
		if !Wrong(read(strings.NewReader(text[:i]))) {
			t.Fatalf("%s cut at byte %d: no error", name, i)
		}
	}
	if Wrong(read(strings.NewReader(text))) {
		t.Errorf("%s: an error in a good sample", name)
	}
}

// Others shows a reader of XML what is not its own: it is not taken, and read
// all the same it is an error.
func Others(t *testing.T, sniff func([]byte) bool, read func(io.Reader) formats.Reader) {
	t.Helper()
	for _, text := range []string{"", "<", "<a/>", "<Envelope><Body><x/></Body></Envelope>", "ente;azione", "<Document><BkToCstmrStmt>"} {
		if sniff([]byte(text)) {
			t.Errorf("%q: taken", text)
		}
		if !Wrong(read(strings.NewReader(text))) {
			t.Errorf("%q: read without an error", text)
		}
	}
}

// Claims shows a sniffer the samples of every format: it must know those that
// its own patterns (as "../mt/testdata/*.txt") name, and no other.
func Claims(t *testing.T, sniff func([]byte) bool, own ...string) {
	t.Helper()
	files, err := filepath.Glob("../*/testdata/*.*")
	if err != nil || len(files) < 100 {
		t.Fatalf("got %d samples, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		is := slices.ContainsFunc(own, func(pattern string) bool {
			match, err := filepath.Match(pattern, file)
			return match && err == nil
		})
		if sniff(text) != is {
			t.Errorf("claims %s, or does not know its own", file)
		}
	}
}

// Seeds adds the samples to what a fuzz test begins with.
func Seeds(f *testing.F, pattern string) {
	f.Helper()
	for _, text := range Samples(f, pattern) {
		f.Add(text)
	}
}

// Fuzz lets a reader and its sniffer meet any text: neither may fall.
func Fuzz(f *testing.F, sniff func([]byte) bool, read func(io.Reader) formats.Reader) {
	f.Fuzz(func(t *testing.T, text string) {
		sniff([]byte(text))
		Print(read(strings.NewReader(text)))
	})
}

// Wrong reports whether a reader tells an error.
func Wrong(events formats.Reader) bool {
	wrong := false
	for e := range events {
		wrong = wrong || e.Problem != nil && e.Problem.Severity == formats.Error
	}
	return wrong
}

// Problems lists the problems that a reader tells, in order, each as
// "error field|".
func Problems(events formats.Reader) string {
	var b strings.Builder
	for e := range events {
		if p := e.Problem; p != nil {
			b.WriteString(string(p.Severity) + " " + p.Field + "|")
		}
	}
	return b.String()
}
