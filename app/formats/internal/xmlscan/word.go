package xmlscan

import (
	"encoding/binary"
	"math/bits"
)

// A word is eight bytes looked at together, the first one lowest. The window
// has as many to spare behind its end as are read here.
const (
	wordBytes = 8
	ones      = 0x0101010101010101
	tops      = 0x8080808080808080
	spaces    = ' ' * ones
	spare     = 4 * wordBytes
)

func word(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// plain counts the bytes of b up to the first one that is a mark, an &, a ],
// a control character or not ASCII. A difference that borrows from the byte
// above can be wrong only behind that first one.
func plain(b []byte) (n int) {
	for {
		w := word(b[n:])
		lt, amp, bracket := w^'<'*ones, w^'&'*ones, w^']'*ones
		found := (w | (w-spaces)&^w | (lt-ones)&^lt | (amp-ones)&^amp | (bracket-ones)&^bracket) & tops
		if found != 0 {
			return n + bits.TrailingZeros64(found)/wordBytes
		}
		n += wordBytes
	}
}

// indent counts the spaces that b begins with.
func indent(b []byte) (n int) {
	for {
		other := word(b[n:]) ^ spaces
		if other != 0 {
			return n + bits.TrailingZeros64(other)/wordBytes
		}
		n += wordBytes
	}
}

// exact is a text made to be compared with what stands in the window: most
// are no longer than two words.
type exact struct {
	first, second         uint64
	firstMask, secondMask uint64
	text                  string
}

func newExact(text string) exact {
	var b, mask [2 * wordBytes]byte
	for i := range copy(b[:], text) {
		mask[i] = 0xFF
	}
	return exact{word(b[:]), word(b[wordBytes:]), word(mask[:]), word(mask[wordBytes:]), text}
}

// begins reports whether b begins with the text.
func (e *exact) begins(b []byte) bool {
	return word(b)&e.firstMask == e.first && word(b[wordBytes:])&e.secondMask == e.second &&
		(len(e.text) <= 2*wordBytes || e.is(b[:min(len(b), len(e.text))]))
}

// is reports whether b is the text.
func (e *exact) is(b []byte) bool { return string(b) == e.text }
