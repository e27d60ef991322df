package camt

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"syscall"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/xmllint"
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

// BenchmarkAgainstXmllint reads a statement of 100 MB, as xmllint does.
func BenchmarkAgainstXmllint(b *testing.B) {
	xmllint.Race(b, generated(100<<20), func(in io.Reader) {
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
	})
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
