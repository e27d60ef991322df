package xmlscan

import "bytes"

// tag reads the start or end tag that the window stands at.
func (s *Scanner) tag() error {
	b, i := s.in.buf, s.in.pos+1
	if b[i] == '/' {
		return s.endTag()
	}
	j := i
	for class[b[j]]&nameByte != 0 {
		j++
	}
	if b[j] != '>' || j == i {
		return s.longTag()
	}
	n, err := s.resolve(b[i:j], false)
	if err != nil {
		return err
	}
	if err := s.push(element{name: n, binds: len(s.binds), scope: s.scope}); err != nil {
		return err
	}
	s.in.pos = j + 1
	return nil
}

// push opens an element.
func (s *Scanner) push(e element) error {
	switch {
	case len(s.open) == MaxDepth:
		return s.fail(Depth, "più di %d livelli di elementi", MaxDepth)
	case len(s.open) > 0:
	case s.rooted:
		return s.malformed("secondo elemento radice <%s>", e.name.raw)
	default:
		s.rooted = true
	}
	s.open = append(s.open, e)
	s.Kind, s.Space, s.Name, s.depth = Start, e.name.space, e.name.local, len(s.open)
	return nil
}

// close ends the innermost element.
func (s *Scanner) close() {
	s.depth = len(s.open)
	e := &s.open[s.depth-1]
	s.open = s.open[:s.depth-1]
	s.binds, s.scope = s.binds[:e.binds], e.scope
	s.Kind, s.Space, s.Name = End, e.name.space, e.name.local
}

func (s *Scanner) endTag() error {
	i := s.in.pos + len("</")
	if len(s.open) > 0 {
		raw := s.open[len(s.open)-1].name.raw
		if j := i + len(raw); j < s.in.end && s.in.buf[j] == '>' && string(s.in.buf[i:j]) == raw {
			s.in.pos = j + 1
			s.close()
			return nil
		}
	}
	n, err := s.tagEnd()
	if err != nil {
		return err
	}
	b := s.in.rest()[len("</"):n]
	name := b[:nameEnd(b, 0)]
	switch {
	case !s.validName(name) || !onlyBlanks(b[len(name):]):
		return s.malformed("chiusura </%s> non leggibile", b)
	case len(s.open) == 0:
		return s.malformed("chiusura </%s> senza apertura", name)
	case s.open[len(s.open)-1].name.raw != string(name):
		return s.malformed("chiusura </%s> al posto di </%s>", name, s.open[len(s.open)-1].name.raw)
	}
	s.close()
	s.in.skip(n + 1)
	return nil
}

// longTag reads a start tag that is more than a name.
func (s *Scanner) longTag() error {
	n, err := s.tagEnd()
	if err != nil {
		return err
	}
	b := s.in.rest()[1:n]
	b, empty := bytes.CutSuffix(b, []byte("/"))
	i := nameEnd(b, 0)
	if i == 0 {
		return s.malformed("etichetta senza nome")
	}
	e := element{binds: len(s.binds), scope: s.scope}
	if err := s.attributes(b, i); err != nil {
		return err
	}
	if e.name, err = s.resolve(b[:i], false); err != nil {
		return err
	}
	if err := s.push(e); err != nil {
		return err
	}
	s.empty = empty
	s.in.skip(n + 1)
	return nil
}

// tagEnd makes the window hold the whole tag and returns where its closing
// mark stands. A mark inside quotes does not count.
func (s *Scanner) tagEnd() (int, error) {
	for from, quote := 1, byte(0); ; {
		b := s.in.rest()
		for i := from; i < len(b); i++ {
			c := b[i]
			switch {
			case class[c]&tagStop == 0:
			case c == '<':
				return 0, s.malformed("carattere < dentro un'etichetta")
			case c == quote:
				quote = 0
			case quote != 0 || c == 0:
			case c == '>':
				return i, nil
			default:
				quote = c
			}
		}
		from = len(b)
		if from >= maxTag {
			return 0, s.fail(TagLength, "etichetta più lunga di %d byte", maxTag)
		}
		if !s.in.need(from + 1) {
			return 0, s.malformed("file interrotto dentro un'etichetta")
		}
	}
}
