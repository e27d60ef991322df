package debts

// seen is a set of hashes that takes eight bytes or so for each: a third of
// what a map takes, of which there would be a million.
type seen struct {
	slots []uint64 // a power of two of them; 0 is empty
	n     int
}

// add puts a hash into the set, and reports whether it was there.
func (s *seen) add(hash uint64) bool {
	if s.n*4 >= len(s.slots)*3 {
		s.grow()
	}
	hash |= 1 // 0 is no hash; the lowest bit chooses no slot
	i := s.slot(hash)
	if s.slots[i] == hash {
		return true
	}
	s.slots[i] = hash
	s.n++
	return false
}

// slot is where a hash stands, or may be put.
func (s *seen) slot(hash uint64) int {
	mask := len(s.slots) - 1
	i := int(hash>>1) & mask
	for s.slots[i] != 0 && s.slots[i] != hash {
		i = (i + 1) & mask
	}
	return i
}

func (s *seen) grow() {
	old := s.slots
	s.slots = make([]uint64, max(64, 2*len(old)))
	for _, hash := range old {
		if hash != 0 {
			s.slots[s.slot(hash)] = hash
		}
	}
}
