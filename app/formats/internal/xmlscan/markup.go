package xmlscan

import (
	"bytes"
	"unicode/utf8"
)

// cdata gathers a CDATA section.
func (s *Scanner) cdata() error {
	if len(s.open) == 0 {
		return s.malformed("testo fuori dall'elemento radice")
	}
	s.in.skip(len("<![CDATA["))
	from, line := len(s.gathered), s.in.line
	if err := s.past("]]>", "CDATA", s.keep); err != nil {
		return err
	}
	return s.settle(from, line)
}

func (s *Scanner) comment() error {
	if err := s.note(); err != nil {
		return err
	}
	s.in.skip(len("<!--"))
	if err := s.past("--", "un commento", s.look); err != nil {
		return err
	}
	if !s.in.need(1) {
		return s.malformed("file interrotto dentro un commento")
	}
	if s.in.rest()[0] != '>' {
		return s.malformed("due trattini dentro un commento")
	}
	s.in.skip(1)
	return nil
}

func (s *Scanner) instruction() error {
	if err := s.note(); err != nil {
		return err
	}
	s.in.skip(len("<?"))
	n := 0
	for s.in.need(n+1) && n < maxTag && class[s.in.rest()[n]]&(nameByte|high) != 0 {
		n++
	}
	switch target := s.in.rest()[:n]; {
	case n == maxTag:
		return s.fail(TagLength, "nome più lungo di %d byte", maxTag)
	case !s.validName(target) || bytes.EqualFold(target, []byte("xml")):
		return s.malformed("istruzione non ammessa")
	case bytes.IndexByte(target, ':') >= 0:
		return s.fail(Namespaces, "due punti nel nome di un'istruzione")
	}
	s.in.skip(n)
	s.in.need(len("?>"))
	if b := s.in.rest(); !bytes.HasPrefix(b, []byte("?>")) && (len(b) == 0 || !isBlank(b[0])) {
		return s.malformed("istruzione non ammessa")
	}
	return s.past("?>", "un'istruzione", s.look)
}

// past moves behind mark and gives what stands before it to take, piece by
// piece. No piece ends inside a character.
func (s *Scanner) past(mark, where string, take func([]byte) error) error {
	for want := len(mark); s.in.need(want); {
		b := s.in.rest()
		n := bytes.Index(b, []byte(mark))
		found := n >= 0
		if !found {
			n = len(b) - len(mark) + 1
			for back := 1; back < utf8.UTFMax && n > 0 && !utf8.RuneStart(b[n]); back++ {
				n--
			}
		}
		if err := take(b[:n]); err != nil {
			return err
		}
		s.in.skip(n)
		if found {
			s.in.skip(len(mark))
			return nil
		}
		want = len(b) - n + 1
	}
	return s.malformed("file interrotto dentro %s", where)
}

// look checks a piece that is not kept.
func (s *Scanner) look(b []byte) error { return s.check(b, s.in.line) }

// note marks a comment or an instruction in the innermost element and refuses
// it beside text.
func (s *Scanner) note() error {
	if len(s.open) == 0 {
		return nil
	}
	e := &s.open[len(s.open)-1]
	e.note = true
	if e.text || !onlyBlanks(s.gathered) {
		return s.commentInValue()
	}
	return nil
}

func (s *Scanner) commentInValue() error {
	return s.fail(CommentInValue, "commento dentro il valore di <%s>", s.open[len(s.open)-1].name.raw)
}
