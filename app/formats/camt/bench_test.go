package camt

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"cassacomune/app/formats"
)

// BenchmarkRead reads a statement of 16 MB that stands in memory.
func BenchmarkRead(b *testing.B) {
	in, err := io.ReadAll(generated(16 << 20))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		for e := range Read(bytes.NewReader(in)) {
			if e.Problem != nil && e.Problem.Severity == formats.Error {
				b.Fatal(e.Problem)
			}
		}
	}
}

// BenchmarkAgainstXmllint reads a statement of 100 MB, and in turns has
// xmllint stream through the same file without validating it. It prints the
// MB/s of both and the median ratio of five pairs, by the clock and by the
// processor's time, which a busy machine moves less.
func BenchmarkAgainstXmllint(b *testing.B) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		b.Skip("no xmllint on this machine")
	}
	file := filepath.Join(b.TempDir(), "statement.xml")
	size := written(b, file, 100<<20)
	ours := func() (clock, processor float64) {
		before, begun := used(b), time.Now()
		readAll(b, file)
		clock = time.Since(begun).Seconds()
		return clock, (used(b) - before).Seconds()
	}
	theirs := func() (clock, processor float64) {
		cmd, begun := exec.Command(xmllint, "--stream", "--noout", file), time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		return time.Since(begun).Seconds(), (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	}
	ours() // what is read once stands in memory for both
	for b.Loop() {
		var read, linted, ratios, processor []float64
		for range 5 {
			o, oCPU := ours()
			t, tCPU := theirs()
			read, linted = append(read, size/o/1e6), append(linted, size/t/1e6)
			ratios, processor = append(ratios, t/o), append(processor, tCPU/oCPU)
		}
		b.ReportMetric(middle(read), "MB/s")
		b.ReportMetric(middle(linted), "xmllint-MB/s")
		b.ReportMetric(middle(ratios), "ratio")
		b.ReportMetric(middle(processor), "cpu-ratio")
		if low, high := slices.Min(linted), slices.Max(linted); high > low*1.25 {
			b.Logf("no verdict by the clock: the reference drifted from %.0f to %.0f MB/s", low, high)
		}
	}
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

func written(b *testing.B, file string, size int64) float64 {
	b.Helper()
	out, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	n, err := io.Copy(out, generated(size))
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	return float64(n)
}

func readAll(b *testing.B, file string) {
	b.Helper()
	in, err := os.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	details := 0
	for e := range Read(in) {
		if e.Problem != nil && e.Problem.Severity == formats.Error {
			b.Fatal(e.Problem)
		}
		if e.Detail != nil {
			details++
		}
	}
	if details < 50_000 {
		b.Fatalf("got %d details", details)
	}
}

func middle(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// peak reads a file to its end and returns the largest heap in use and how
// many details there were.
func peak(t testing.TB, in io.Reader) (heap uint64, details int) {
	t.Helper()
	var m runtime.MemStats
	n := 0
	for e := range Read(in) {
		if e.Problem != nil && e.Problem.Severity == formats.Error {
			t.Fatal(e.Problem)
		}
		if e.Detail != nil {
			details++
		}
		if n++; n%2000 == 0 {
			runtime.ReadMemStats(&m)
			heap = max(heap, m.HeapInuse)
		}
	}
	return heap, details
}

// Half of the file is one entry, and nothing of it stays.
func TestMemoryIsFlat(t *testing.T) {
	runtime.GC()
	heap, details := peak(t, generated(40<<20))
	if heap > 12<<20 || details < 30_000 {
		t.Errorf("got %d MB of heap for %d details, want 12 at the most", heap>>20, details)
	}
}

// BenchmarkMemory reports the peak of the heap, and of the whole process, for
// a short file and for a long one.
func BenchmarkMemory(b *testing.B) {
	for _, size := range []int64{10 << 20, 1 << 30} {
		b.Run(fmt.Sprintf("%dMB", size>>20), func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				heap, _ := peak(b, generated(size))
				b.ReportMetric(float64(heap)/(1<<20), "MB-heap")
			}
			var use syscall.Rusage
			if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err == nil {
				b.ReportMetric(float64(use.Maxrss)/1024, "MB-rss")
			}
		})
	}
}
