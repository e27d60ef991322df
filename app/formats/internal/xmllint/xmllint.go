// Package xmllint holds readers and writers of XML against the program of that
// name, in tests: what a schema says of a file, and how fast a file is read.
package xmllint

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// Path returns the program. Without it a test is skipped; under
// CASSACOMUNE_TEST_STRICT it fails.
func Path(t testing.TB) string {
	t.Helper()
	program, err := exec.LookPath("xmllint")
	switch {
	case err == nil:
	case os.Getenv("CASSACOMUNE_TEST_STRICT") == "1":
		t.Fatal(err)
	default:
		t.Skip("no xmllint on this machine")
	}
	return program
}

// Obeys checks files against a schema.
func Obeys(t *testing.T, schema string, files ...string) {
	t.Helper()
	args := append([]string{"--nonet", "--noout", "--schema", schema}, files...)
	if out, err := exec.Command(Path(t), args...).CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%.3000s", filepath.Base(schema), err, out)
	}
}

// Race reads a file that is first written, and in turns has xmllint stream
// through it without validating. It prints the MB/s of both and the median
// ratio of five pairs, by the clock and by the processor's time, which a busy
// machine moves less.
func Race(b *testing.B, content io.Reader, read func(io.Reader)) {
	b.Helper()
	program := Path(b)
	file, size := written(b, content)
	ours := func() (clock, processor time.Duration) {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			b.Fatal(err)
		}
		began, before := time.Now(), used(b)
		read(file)
		return time.Since(began), used(b) - before
	}
	theirs := func() (clock, processor time.Duration) {
		lint, began := exec.Command(program, "--stream", "--noout", file.Name()), time.Now()
		if out, err := lint.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		return time.Since(began), lint.ProcessState.UserTime() + lint.ProcessState.SystemTime()
	}
	ours() // both find the file in memory, and have found nothing wrong in it
	theirs()
	for b.Loop() {
		var we, they, ratios, processor []float64
		for range 5 {
			w, wCPU := ours()
			t, tCPU := theirs()
			we, they = append(we, size/w.Seconds()), append(they, size/t.Seconds())
			ratios, processor = append(ratios, float64(t)/float64(w)), append(processor, float64(tCPU)/float64(wCPU))
		}
		b.ReportMetric(median(we), "MB/s")
		b.ReportMetric(median(they), "xmllint-MB/s")
		b.ReportMetric(median(ratios), "ratio")
		b.ReportMetric(median(processor), "cpu-ratio")
		if low, high := slices.Min(they), slices.Max(they); high > low*1.25 {
			b.Logf("no verdict by the clock: the reference drifted from %.0f to %.0f MB/s", low, high)
		}
	}
}

// written writes the file, and says how many megabytes it has.
func written(b *testing.B, content io.Reader) (file *os.File, megabytes float64) {
	b.Helper()
	file, err := os.Create(filepath.Join(b.TempDir(), "statement.xml"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close() })
	size, err := io.Copy(file, content)
	if err != nil {
		b.Fatal(err)
	}
	return file, float64(size) / 1e6
}

// used is the processor's time that this process has taken.
func used(b *testing.B) time.Duration {
	b.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

func median(all []float64) float64 { return slices.Sorted(slices.Values(all))[len(all)/2] }
