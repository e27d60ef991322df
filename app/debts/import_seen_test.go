package debts

import (
	"math/rand/v2"
	"testing"
)

func TestSeenIsASet(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var s seen
	want := map[uint64]bool{}
	for range 200_000 {
		hash := random.Uint64N(150_000) << 1 // many twice
		if got := s.add(hash); got != want[hash] {
			t.Fatalf("add(%d) = %v, want %v", hash, got, want[hash])
		}
		want[hash] = true
	}
	if s.n != len(want) {
		t.Errorf("%d in the set, want %d", s.n, len(want))
	}
}
