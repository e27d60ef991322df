package debts

import (
	"math/rand/v2"
	"testing"
)

func TestWhatWasPutIsAlwaysKnown(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var s seen
	put, wrong := map[uint64]bool{}, 0
	for range 1_000_000 {
		hash := random.Uint64()
		if len(put)%3 == 0 {
			for hash = range put {
				break
			}
		}
		switch known := s.add(hash); {
		case put[hash] && !known:
			t.Fatalf("%d was put and is not known", hash)
		case known && !put[hash]:
			wrong++
		}
		put[hash] = true
	}
	if wrong > 3 {
		t.Errorf("%d of a million were taken for known", wrong)
	}
}
