package opi

import (
	"runtime"
	"testing"
)

// A journal of 200 MB, made while it is read, in less than 8 MB.
func TestMemoryIsFlat(t *testing.T) {
	size := int64(200 << 20)
	if testing.Short() {
		size = 20 << 20
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, most, movements := m.HeapAlloc, uint64(0), 0
	for e := range Read(newLong(t, size)) {
		if e.Problem != nil && e.Problem.Field == "file" {
			t.Fatal(e.Problem)
		}
		if e.Entry == nil {
			continue
		}
		if movements++; movements%20_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	if want := int(size / 1400); movements < want {
		t.Errorf("got %d movements, want %d or more", movements, want)
	}
	if most > before+8<<20 {
		t.Errorf("got %d bytes more than before, want 8 MB at the most", most-before)
	}
}
