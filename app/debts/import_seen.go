package debts

// seenBits are 8 MB, for a file of any length.
const seenBits = 1 << 26

// seenTimes is how many bits stand for a hash.
const seenTimes = 8

// seen remembers hashes in a fixed number of bits (a Bloom filter): one that
// was put is always known, and of a million that were not, hardly one is taken
// for known.
type seen []uint64

// add puts a hash, and reports whether it may have been there.
func (s *seen) add(hash uint64) bool {
	if *s == nil {
		*s = make(seen, seenBits/64)
	}
	known := true
	step := hash>>32 | 1
	for range seenTimes {
		word, bit := &(*s)[hash%seenBits/64], uint64(1)<<(hash%64)
		known = known && *word&bit != 0
		*word |= bit
		hash += step
	}
	return known
}
