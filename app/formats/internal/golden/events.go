package golden

import (
	"runtime"
	"testing"

	"cassacomune/app/formats"
)

// Flows passes events on and checks that every line stands inside a flow, and
// that every flow ends before another begins.
func Flows(t *testing.T, events formats.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		open := false
		for e := range events {
			switch {
			case e.Flow != nil:
				if open {
					t.Error("a flow begins inside another")
				}
				open = true
			case e.Line != nil && !open:
				t.Error("a line outside a flow")
			case e.FlowEnd != nil:
				if !open {
					t.Error("a flow ends twice")
				}
				open = false
			}
			if !yield(e) {
				return
			}
		}
		if open {
			t.Error("a flow never ends")
		}
	}
}

// Statements passes events on and checks that the header comes first, and that
// every statement ends before another begins.
func Statements(t *testing.T, events formats.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		header, open := false, false
		for e := range events {
			switch {
			case e.Header != nil:
				header = true
			case e.Statement != nil:
				if !header || open {
					t.Error("a statement before the header or inside another")
				}
				open = true
			case e.Closing != nil:
				if !open {
					t.Error("a statement ends twice")
				}
				open = false
			}
			if !yield(e) {
				return
			}
		}
		if open {
			t.Error("a statement never ends")
		}
	}
}

// Flat passes events on, and at every so many looks at the memory in use: it
// may never be more than so many bytes above what it was before the first.
func Flat(t *testing.T, every int, most uint64, events formats.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		before, n := inUse(), 0
		for e := range events {
			if n++; n%every == 0 {
				if now := inUse(); now > before+most {
					t.Fatalf("event %d: %d bytes more than before", n, now-before)
				}
			}
			if !yield(e) {
				return
			}
		}
	}
}

func inUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
