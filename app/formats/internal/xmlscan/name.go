package xmlscan

import (
	"bytes"
	"unicode/utf8"
)

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
