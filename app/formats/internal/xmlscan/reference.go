package xmlscan

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// reference adds the character that the reference at the window names.
func (s *Scanner) reference() error {
	if len(s.open) == 0 {
		return s.malformed("testo fuori dall'elemento radice")
	}
	for n := 16; s.in.need(n) && n < maxTag && referenceEnd(s.in.rest()[:n]) == n; {
		n *= 2
	}
	b := s.in.rest()
	r, n, err := s.decode(b[:min(len(b), maxTag)])
	if err != nil {
		return err
	}
	var char [utf8.UTFMax]byte
	if err := s.keep(utf8.AppendRune(char[:0], r)); err != nil {
		return err
	}
	s.in.skip(n)
	return nil
}

// referenceEnd returns where in b the name or number behind the & ends.
func referenceEnd(b []byte) int {
	if bytes.HasPrefix(b, []byte("&#")) {
		return nameEnd(b, 2)
	}
	return nameEnd(b, 1)
}

// decode returns the character that the reference at the beginning of b names
// and the length of the reference.
func (s *Scanner) decode(b []byte) (rune, int, error) {
	n := referenceEnd(b)
	if n == maxTag {
		return 0, 0, s.fail(TagLength, "riferimento più lungo di %d byte", maxTag)
	}
	if n == len(b) || b[n] != ';' {
		return 0, 0, s.malformed("carattere & non seguito da un riferimento")
	}
	r, ok := character(b[1:n])
	if !ok {
		return 0, 0, s.malformed("riferimento &%s; non ammesso", b[1:min(n, 40)])
	}
	return r, n + 1, nil
}

// character returns what a reference between & and ; names.
func character(name []byte) (rune, bool) {
	switch string(name) {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, ok := bytes.CutPrefix(name, []byte("#"))
	if !ok {
		return 0, false
	}
	base := 10
	if hex, ok := bytes.CutPrefix(digits, []byte("x")); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(string(digits), base, 32)
	if err != nil || n > utf8.MaxRune || !isChar(rune(n)) {
		return 0, false
	}
	return rune(n), true
}
