package xmlscan

import "bytes"

// span is where an attribute's name stands in its tag.
type span struct{ from, to int }

// attributes reads the name="value" pairs of tag from i on. A declaration of
// a prefix counts for the whole tag, so the names are looked up at the end.
func (s *Scanner) attributes(tag []byte, i int) error {
	s.spans, s.attrs = s.spans[:0], s.attrs[:0]
	outside := len(s.binds)
	for {
		from := skipBlanks(tag, i)
		if from == len(tag) {
			s.Attrs = s.attrs
			return s.expandAttributes(tag)
		}
		to := nameEnd(tag, from)
		if to == from || from == i {
			return s.malformed("attributo non leggibile")
		}
		name := tag[from:to]
		i = skipBlanks(tag, to)
		if i == len(tag) || tag[i] != '=' {
			return s.malformed("attributo %s senza valore", name)
		}
		i = skipBlanks(tag, i+1)
		if i == len(tag) || tag[i] != '"' && tag[i] != '\'' {
			return s.malformed("attributo %s senza virgolette", name)
		}
		n := bytes.IndexByte(tag[i+1:], tag[i])
		if n < 0 {
			return s.malformed("attributo %s senza virgolette", name)
		}
		value, err := s.attributeValue(tag[i+1 : i+1+n])
		if err != nil {
			return err
		}
		i += n + 2
		if declares(name) {
			if err := s.declare(string(name), value, outside); err != nil {
				return err
			}
			continue
		}
		if len(s.attrs) == MaxAttrs {
			return s.fail(Attributes, "più di %d attributi", MaxAttrs)
		}
		s.spans = append(s.spans, span{from, to})
		s.attrs = append(s.attrs, Attr{Value: value})
	}
}

// declares reports whether an attribute of this name binds a prefix.
func declares(name []byte) bool {
	const xmlns = "xmlns"
	return len(name) >= len(xmlns) && string(name[:len(xmlns)]) == xmlns && (len(name) == len(xmlns) || name[len(xmlns)] == ':')
}

// expandAttributes gives the attributes their names.
func (s *Scanner) expandAttributes(tag []byte) error {
	for i := range s.Attrs {
		a, raw := &s.Attrs[i], tag[s.spans[i].from:s.spans[i].to]
		for _, o := range s.spans[:i] {
			if bytes.Equal(tag[o.from:o.to], raw) {
				return s.malformed("attributo %s ripetuto", raw)
			}
		}
		n, err := s.resolve(raw, true)
		if err != nil {
			return err
		}
		a.Space, a.Name = n.space, n.local
		for _, o := range s.Attrs[:i] {
			if o.Name == a.Name && o.Space == a.Space {
				return s.fail(Namespaces, "attributo %s ripetuto", raw)
			}
		}
	}
	return nil
}

func skipBlanks(b []byte, i int) int {
	for i < len(b) && class[b[i]]&blank != 0 {
		i++
	}
	return i
}

// attributeValue checks a value, decodes its references and turns its tabs
// and line ends into spaces (section 3.3.3).
func (s *Scanner) attributeValue(b []byte) (string, error) {
	seen, odd := uint8(0), false
	for _, c := range b {
		seen |= class[c]
		odd = odd || c == '\t'
	}
	if seen&(high|textStop) != 0 {
		if err := s.check(b, s.in.line); err != nil {
			return "", err
		}
	}
	if !odd && seen&(newline|textStop) == 0 {
		return s.intern(b), nil
	}
	s.value = s.value[:0]
	for i := 0; i < len(b); {
		switch c := b[i]; {
		case c == '&':
			r, n, err := s.decode(b[i:])
			if err != nil {
				return "", err
			}
			s.value, i = append(s.value, string(r)...), i+n
		case c == '\r' && i+1 < len(b) && b[i+1] == '\n':
			i++ // one line end, one space
		case class[c]&blank != 0:
			s.value, i = append(s.value, ' '), i+1
		default:
			s.value, i = append(s.value, c), i+1
		}
	}
	return s.intern(s.value), nil
}
