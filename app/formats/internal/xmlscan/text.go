package xmlscan

import (
	"bytes"
	"unicode/utf8"
)

// gather reads content piece by piece.
func (s *Scanner) gather() (bool, error) {
	s.gathered = s.gathered[:0]
	for s.in.need(1) {
		var err error
		switch b := s.in.rest(); {
		case b[0] == '&':
			err = s.reference()
		case b[0] != '<':
			err = s.run()
		case s.in.need(2) && class[s.in.rest()[1]]&opensTag != 0:
			return s.gatheredText()
		default:
			s.in.need(len("<!DOCTYPE"))
			switch b := s.in.rest(); {
			case bytes.HasPrefix(b, []byte("<![CDATA[")):
				err = s.cdata()
			case bytes.HasPrefix(b, []byte("<!--")):
				err = s.comment()
			case bytes.HasPrefix(b, []byte("<?")):
				err = s.instruction()
			case bytes.HasPrefix(b, []byte("<!DOCTYPE")) && !s.rooted:
				err = s.fail(Doctype, "DOCTYPE non ammesso")
			default:
				return s.gatheredText()
			}
		}
		if err != nil {
			return false, err
		}
	}
	if len(s.open) > 0 {
		return false, nil // cut: finish tells it
	}
	return s.gatheredText()
}

// gatheredText makes what was gathered the token's text, if it is any.
func (s *Scanner) gatheredText() (bool, error) {
	if onlyBlanks(s.gathered) {
		return false, nil
	}
	e := &s.open[len(s.open)-1]
	if e.text = true; e.note {
		return false, s.commentInValue()
	}
	s.text = s.gathered
	return true, nil
}

// run gathers literal text up to the next mark or reference.
func (s *Scanner) run() error {
	from, line, seen := len(s.gathered), s.in.line, uint8(0)
	for s.in.need(1) {
		b := s.in.rest()
		n := plain(s.in.buf[s.in.pos:])
		for n < len(b) && b[n] != '<' && b[n] != '&' {
			seen |= class[b[n]]
			n++
		}
		n = min(n, len(b))
		if n == 0 {
			break
		}
		if err := s.keep(b[:n]); err != nil {
			return err
		}
		s.in.skip(n)
	}
	text := s.gathered[from:]
	switch {
	case len(s.open) == 0:
		return s.outside(text)
	case seen&(high|textStop) == 0:
		return nil
	}
	if i := bytes.Index(text, []byte("]]>")); i >= 0 {
		return s.failAt(line+bytes.Count(text[:i], []byte{'\n'}), WellFormed, "]]> fuori da CDATA")
	}
	return s.settle(from, line)
}

// settle checks the literal text gathered from from on, which began in line,
// and turns its line ends into \n (section 2.11).
func (s *Scanner) settle(from, line int) error {
	text := s.gathered[from:]
	if err := s.check(text, line); err != nil {
		return err
	}
	n := bytes.IndexByte(text, '\r')
	if n < 0 {
		return nil
	}
	for i := n; i < len(text); i++ {
		c := text[i]
		if c == '\r' {
			c = '\n'
			if i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
		}
		text[n] = c
		n++
	}
	s.gathered = s.gathered[:from+n]
	return nil
}

// outside judges text that stands in no element.
func (s *Scanner) outside(text []byte) error {
	text = bytes.TrimLeft(text, " \t\r\n")
	switch {
	case len(text) == 0:
		return nil
	case text[0] == 0 && s.rooted:
		return s.fail(TrailingNUL, "byte NUL dopo la fine")
	case firstBad(text) == 0:
		return s.look(text)
	}
	return s.malformed("testo fuori dall'elemento radice")
}

// keep gathers text.
func (s *Scanner) keep(b []byte) error {
	if len(s.gathered)+len(b) > MaxText {
		return s.failAt(s.Line, ValueLength, "valore più lungo di %d byte", MaxText)
	}
	s.gathered = append(s.gathered, b...)
	return nil
}

// check looks at the characters of b, which begins in line.
func (s *Scanner) check(b []byte, line int) error {
	seen := uint8(0)
	for _, c := range b {
		seen |= class[c]
	}
	if seen&(high|textStop) == 0 {
		return nil
	}
	i := firstBad(b)
	if i < 0 {
		return nil
	}
	line += bytes.Count(b[:i], []byte{'\n'})
	switch r, _ := utf8.DecodeRune(b[i:]); {
	case r < utf8.RuneSelf:
		return s.failAt(line, WellFormed, "carattere di controllo 0x%02X non ammesso", r)
	case r == none && s.in.chars != nil:
		return s.failAt(line, Encoding, "byte che la codifica dichiarata non ha")
	}
	return s.failAt(line, WellFormed, "caratteri non validi nella codifica dichiarata")
}
