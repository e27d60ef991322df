package xmlscan

import "bytes"

// tag reads the start or end tag that the window stands at.
func (s *Scanner) tag() error {
	n, err := s.tagEnd()
	if err != nil {
		return err
	}
	b := s.in.rest()
	if b[1] == '/' {
		err = s.endTag(b[2:n])
	} else {
		err = s.startTag(b[1 : n+1])
	}
	if err != nil {
		return err
	}
	s.in.skip(n + 1)
	return nil
}

func (s *Scanner) endTag(b []byte) error {
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
	return nil
}

// startTag reads what follows the <. A tag seen before, in the same scope,
// says what it said.
func (s *Scanner) startTag(text []byte) error {
	b, empty := bytes.CutSuffix(text[:len(text)-1], []byte("/"))
	i := nameEnd(b, 0)
	switch {
	case i == 0:
		return s.malformed("etichetta senza nome")
	case len(s.open) == MaxDepth:
		return s.fail(Depth, "più di %d livelli di elementi", MaxDepth)
	case len(s.open) == 0 && s.rooted:
		return s.malformed("secondo elemento radice <%s>", b[:i])
	}
	s.rooted = true
	if known := s.recall(text); known > 0 {
		s.next[s.follows] = known
		s.enter(s.known[known])
		return nil
	}
	binds, scope := len(s.binds), s.scope
	if err := s.attributes(b, i); err != nil {
		return err
	}
	n, err := s.resolve(b[:i], false)
	if err != nil {
		return err
	}
	if s.scope == scope {
		s.remember(text, n, empty)
	}
	s.push(n, binds, scope)
	if empty {
		s.phase = closing
	}
	return nil
}

// enter opens the element of a known start tag.
func (s *Scanner) enter(t *tag) {
	s.push(t.name, len(s.binds), s.scope)
	s.Attrs = t.attrs
	if t.empty {
		s.phase = closing
	}
}

// push opens an element. binds and scope are what holds outside it.
func (s *Scanner) push(n *name, binds int, scope int) {
	parent, depth := uint16(0), len(s.open)
	if depth > 0 {
		parent = s.open[depth-1].name.serial
	}
	s.open = s.open[:depth+1]
	e := &s.open[depth]
	e.name, e.binds, e.scope, e.text, e.note, e.kin = n, binds, scope, false, false, s.kin(parent, n.serial)
	s.Kind, s.Space, s.Name, s.depth = Start, n.space, n.local, depth+1
	s.follows = 2 * e.kin
}

// close ends the innermost element.
func (s *Scanner) close() {
	depth := len(s.open)
	e := &s.open[depth-1]
	s.open = s.open[:depth-1]
	if s.scope != e.scope {
		s.binds, s.scope = s.binds[:e.binds], e.scope
	}
	s.Kind, s.Space, s.Name, s.depth = End, e.name.space, e.name.local, depth
	s.follows = 2*e.kin + 1
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
