package recent

import "testing"

func TestTheLastKeysAreKnownAndTheRestForgotten(t *testing.T) {
	s := New[int, int]()
	for i := range 4*Keep + 1 {
		if _, known := s.Put(i, i+7); known {
			t.Fatalf("%d: known before it was put", i)
		}
		if i >= Keep {
			if first, known := s.Put(i-Keep+1, 0); !known || first != i-Keep+8 {
				t.Fatalf("%d after %d more: got %d %t", i-Keep+1, Keep-1, first, known)
			}
		}
	}
	if n := len(s.young) + len(s.old); n > 2*Keep {
		t.Errorf("%d keys held, want %d at the most", n, 2*Keep)
	}
	if _, known := s.Put(0, 0); known {
		t.Error("the first key is still known")
	}
}
