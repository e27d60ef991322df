package xmlscan

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// content reads up to the next tag, or to the end of the file. It reports
// whether there was text other than blanks.
func (s *Scanner) content() (bool, error) {
	s.text = s.text[:0]
	for s.in.need(1) {
		if s.in.buf[s.in.pos] != '<' {
			if err := s.chars(); err != nil {
				return false, err
			}
			continue
		}
		s.in.need(9)
		b := s.in.rest()
		var err error
		switch {
		case bytes.HasPrefix(b, []byte("<![CDATA[")):
			err = s.cdata()
		case bytes.HasPrefix(b, []byte("<!--")):
			err = s.comment()
		case bytes.HasPrefix(b, []byte("<?")):
			err = s.instruction()
		case bytes.HasPrefix(b, []byte("<!D")):
			err = s.fail("DOCTYPE non ammesso")
		default:
			return s.checked()
		}
		if err != nil {
			return false, err
		}
	}
	return s.checked()
}

// checked looks at the text gathered.
func (s *Scanner) checked() (bool, error) {
	if s.in.err != nil && s.in.atEnd() && len(s.open) > 0 {
		return false, nil // cut: finish tells it
	}
	blank, plain, cr := true, true, false
	for _, c := range s.text {
		if c > ' ' {
			blank = false
			plain = plain && c < utf8.RuneSelf
		} else if c != ' ' && c != '\n' {
			if c != '\t' && c != '\r' {
				return false, s.fail("carattere di controllo 0x%02X non ammesso", c)
			}
			cr = cr || c == '\r'
		}
	}
	if blank {
		return false, nil
	}
	if len(s.open) == 0 {
		return false, s.fail("testo fuori dall'elemento radice")
	}
	if !plain && (!utf8.Valid(s.text) || bytes.Contains(s.text, []byte("\uFFFE")) || bytes.Contains(s.text, []byte("\uFFFF"))) {
		return false, s.fail("caratteri non validi nella codifica dichiarata")
	}
	if cr {
		s.text = bytes.ReplaceAll(s.text, []byte("\r\n"), []byte("\n"))
	}
	e := &s.open[len(s.open)-1]
	if e.text = true; e.note {
		return false, s.fail("commento dentro il valore di <%s>", e.raw)
	}
	return true, nil
}

// chars takes text up to the next mark or the end of the window.
func (s *Scanner) chars() error {
	b := s.in.rest()
	if i := bytes.IndexByte(b, '<'); i >= 0 {
		b = b[:i]
	}
	if i := bytes.IndexByte(b, '&'); i == 0 {
		return s.reference()
	} else if i > 0 {
		b = b[:i]
	}
	return s.keep(b, len(b))
}

// keep adds text that stands in n bytes of the file.
func (s *Scanner) keep(b []byte, n int) error {
	if len(s.text)+len(b) > MaxText {
		return s.fail("valore più lungo di %d byte", MaxText)
	}
	s.text = append(s.text, b...)
	s.in.skip(n)
	return nil
}

func (s *Scanner) reference() error {
	s.in.need(12)
	b := s.in.rest()
	i := bytes.IndexByte(b[:min(len(b), 12)], ';')
	if i < 0 {
		return s.fail("carattere & non seguito da un riferimento")
	}
	r, ok := entity(b[1:i])
	if !ok {
		return s.fail("riferimento &%s; non ammesso", b[1:i])
	}
	return s.keep(utf8.AppendRune(nil, r), i+1)
}

// entity returns the character that a reference names.
func entity(name []byte) (rune, bool) {
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
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := string(name[1:]), 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	r := rune(n)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(r) || r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
		return 0, false
	}
	return r, true
}

func (s *Scanner) cdata() error {
	if len(s.open) == 0 {
		return s.fail("testo fuori dall'elemento radice")
	}
	s.in.skip(len("<![CDATA["))
	for {
		s.in.need(3)
		b := s.in.rest()
		if i := bytes.Index(b, []byte("]]>")); i >= 0 {
			if err := s.keep(b[:i], i); err != nil {
				return err
			}
			s.in.skip(3)
			return nil
		}
		if len(b) < 3 {
			return s.fail("file interrotto dentro CDATA")
		}
		if err := s.keep(b[:len(b)-2], len(b)-2); err != nil {
			return err
		}
	}
}

func (s *Scanner) comment() error {
	if err := s.note(); err != nil {
		return err
	}
	s.in.skip(len("<!--"))
	for {
		s.in.need(3)
		b := s.in.rest()
		if i := bytes.Index(b, []byte("--")); i >= 0 {
			s.in.skip(i)
			if !s.in.need(3) {
				return s.fail("file interrotto dentro un commento")
			}
			if s.in.rest()[2] != '>' {
				return s.fail("due trattini dentro un commento")
			}
			s.in.skip(3)
			return nil
		}
		if len(b) < 3 {
			return s.fail("file interrotto dentro un commento")
		}
		s.in.skip(len(b) - 1)
	}
}

func (s *Scanner) instruction() error {
	if err := s.note(); err != nil {
		return err
	}
	n := s.in.index("?>")
	if n < 0 {
		return s.fail("istruzione non chiusa")
	}
	if b := s.in.rest(); n < 3 || !nameStart[b[2]] || bytes.EqualFold(b[2:5], []byte("xml")) && (isSpace(b[5]) || b[5] == '?') {
		return s.fail("istruzione non ammessa")
	}
	s.in.skip(n + 2)
	return nil
}

// note marks a comment in the innermost element and refuses it beside text.
func (s *Scanner) note() error {
	if len(s.open) == 0 {
		return nil
	}
	e := &s.open[len(s.open)-1]
	e.note = true
	if e.text || len(bytes.TrimSpace(s.text)) > 0 {
		return s.fail("commento dentro il valore di <%s>", e.raw)
	}
	return nil
}
