package xmlscan

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// name is one of an element or an attribute, with what it means in its scope.
type name struct {
	raw          string // as written, prefix included
	space, local string
	key          int // scope and use
}

// names remembers names, so that a million equal elements cost one allocation
// and one look at the prefixes. Two names that fall on one place evict each
// other.
type names [1024]*name

// values remembers the values of attributes in the same way.
type values [512]string

// maxKept is the longest text that names and values keep.
const maxKept = 64

// resolve returns the name that b is in the present scope. An attribute
// without prefix has no namespace, an element has the default one.
func (s *Scanner) resolve(b []byte, isAttr bool) (*name, error) {
	key := 2 * s.scope
	if isAttr {
		key++
	}
	slot := &s.names[(hash(b)+uint64(key)*0x9E3779B97F4A7C15)>>54]
	if n := *slot; n != nil && n.key == key && n.raw == string(b) {
		return n, nil
	}
	if err := s.check(b, s.in.line); err != nil {
		return nil, err
	}
	if !s.validName(b) {
		return nil, s.malformed("nome %q non ammesso", b)
	}
	n := &name{raw: string(b), key: key}
	var err error
	if n.space, n.local, err = s.expand(n.raw, isAttr); err != nil {
		return nil, err
	}
	if len(b) <= maxKept {
		*slot = n
	}
	return n, nil
}

// intern returns b as a string, the same for the same value seen lately.
func (s *Scanner) intern(b []byte) string {
	if len(b) == 0 || len(b) > maxKept {
		return string(b)
	}
	slot := &s.values[hash(b)>>55]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}

// hash mixes the ends of b, which is not empty.
func hash(b []byte) uint64 {
	var first, last uint64
	switch n := len(b); {
	case n >= 8:
		first, last = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		first, last = uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[n-4:]))
	default:
		first, last = uint64(b[0]), uint64(b[n/2])<<8|uint64(b[n-1])
	}
	return (first*0x9E3779B97F4A7C15 ^ last + uint64(len(b))) * 0xD6E8FEB86659FD93
}

// nameEnd returns where the name that begins at i ends, as far as bytes tell.
func nameEnd(b []byte, i int) int {
	for i < len(b) && class[b[i]]&(nameByte|high) != 0 {
		i++
	}
	return i
}

// validName reports whether b is a Name. What ISO-8859-1 has from 0x80 to 0x9F
// may not stand in one, even where Windows-1252 has a letter there.
func (s *Scanner) validName(b []byte) bool {
	return isName(b) && (s.in.chars != &latin1 || bytes.IndexFunc(b, func(r rune) bool { return r > 0xFF }) < 0)
}

// isName reports whether b is a Name (productions 4 to 5).
func isName(b []byte) bool {
	for i := 0; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			if class[c]&startByte == 0 && (i == 0 || class[c]&nameByte == 0) {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 || !in(r, nameStart) && (i == 0 || !in(r, nameOnly)) {
			return false
		}
		i += n
	}
	return len(b) > 0
}

// nameStart and nameOnly are what NameStartChar and NameChar have beyond
// ASCII: pairs of first and last.
var (
	nameStart = []rune{0xC0, 0xD6, 0xD8, 0xF6, 0xF8, 0x2FF, 0x370, 0x37D, 0x37F, 0x1FFF, 0x200C, 0x200D, 0x2070, 0x218F,
		0x2C00, 0x2FEF, 0x3001, 0xD7FF, 0xF900, 0xFDCF, 0xFDF0, 0xFFFD, 0x10000, 0xEFFFF}
	nameOnly = []rune{0xB7, 0xB7, 0x300, 0x36F, 0x203F, 0x2040}
)

func in(r rune, ranges []rune) bool {
	for i := 0; i < len(ranges); i += 2 {
		if r >= ranges[i] && r <= ranges[i+1] {
			return true
		}
	}
	return false
}
