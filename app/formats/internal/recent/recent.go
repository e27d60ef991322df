// Package recent remembers what has been seen lately, in bounded memory, for
// readers that compare a row with those before it in files of any length.
package recent

import "hash/maphash"

// Keep is how many keys are remembered at the least; at the most twice as many.
const Keep = 1 << 16

// Seen remembers a value for each key, of the last ones put. Keys are compared
// by a hash of 64 bits.
type Seen[K comparable, V any] struct {
	seed       maphash.Seed
	young, old map[uint64]V
}

// New returns an empty memory.
func New[K comparable, V any]() *Seen[K, V] {
	return &Seen[K, V]{seed: maphash.MakeSeed(), young: map[uint64]V{}}
}

// Put remembers a key unless it is known, and then returns its first value.
func (s *Seen[K, V]) Put(key K, value V) (first V, known bool) {
	h := maphash.Comparable(s.seed, key)
	if first, known = s.young[h]; known {
		return first, true
	}
	if first, known = s.old[h]; known {
		return first, true
	}
	if len(s.young) == Keep {
		s.old, s.young = s.young, make(map[uint64]V, Keep)
	}
	s.young[h] = value
	return first, false
}
