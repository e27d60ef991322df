package xmlscan

import (
	"bytes"
	"unicode/utf8"
)

// nameStart and nameByte tell the bytes of a name; beyond ASCII all are let
// through, and the whole tag must be UTF-8.
var nameStart, nameByte = nameBytes()

func nameBytes() (start, any [256]bool) {
	for c := range 256 {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':' || c >= utf8.RuneSelf
		start[c] = letter
		any[c] = letter || c >= '0' && c <= '9' || c == '-' || c == '.'
	}
	return start, any
}

// tag reads a start or an end tag.
func (s *Scanner) tag() error {
	n, err := s.tagEnd()
	if err != nil {
		return err
	}
	b := s.in.rest()[1:n]
	if len(b) > 0 && b[0] == '/' {
		err = s.endTag(bytes.TrimRight(b[1:], " \t\r\n"))
	} else {
		err = s.startTag(b)
	}
	if err != nil {
		return err
	}
	s.in.skip(n + 1)
	return nil
}

// tagEnd returns where the closing mark stands in the window. A mark inside
// quotes does not count.
func (s *Scanner) tagEnd() (int, error) {
	for from, quote := 1, byte(0); ; {
		b := s.in.rest()
		for i := from; i < len(b); i++ {
			switch c := b[i]; {
			case c == '<':
				return 0, s.fail("carattere < dentro un'etichetta")
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '"' || c == '\'':
				quote = c
			case c == '>':
				return i, nil
			}
		}
		from = len(b)
		if from >= maxTag {
			return 0, s.fail("etichetta più lunga di %d byte", maxTag)
		}
		if !s.in.need(from + 1) {
			return 0, s.fail("file interrotto dentro un'etichetta")
		}
	}
}

func (s *Scanner) endTag(raw []byte) error {
	if len(s.open) == 0 {
		return s.fail("chiusura </%s> senza apertura", raw)
	}
	if e := s.open[len(s.open)-1]; e.raw != string(raw) {
		return s.fail("chiusura </%s> al posto di </%s>", raw, e.raw)
	}
	s.close()
	return nil
}

func (s *Scanner) startTag(b []byte) error {
	if len(b) > 0 && b[len(b)-1] == '/' {
		s.empty = true
		b = b[:len(b)-1]
	}
	n := nameLen(b)
	if n == 0 {
		return s.fail("etichetta senza nome")
	}
	if len(s.open) == 0 && s.rooted {
		return s.fail("secondo elemento radice <%s>", b[:n])
	}
	if len(s.open) == MaxDepth {
		return s.fail("più di %d livelli di elementi", MaxDepth)
	}
	s.rooted = true
	e := element{raw: s.intern(b[:n]), binds: len(s.binds)}
	if n < len(b) {
		if err := s.attributes(b[n:]); err != nil {
			return err
		}
	}
	if !utf8.Valid(b) {
		return s.fail("caratteri non validi nella codifica dichiarata")
	}
	var err error
	if e.space, e.name, err = s.expand(e.raw, true); err != nil {
		return err
	}
	for i := range s.Attrs {
		a := &s.Attrs[i]
		if a.Space, a.Name, err = s.expand(a.Name, false); err != nil {
			return err
		}
		for _, o := range s.Attrs[:i] {
			if o.Space == a.Space && o.Name == a.Name {
				return s.fail("attributo %s ripetuto", a.Name)
			}
		}
	}
	s.open = append(s.open, e)
	s.Kind, s.Space, s.Name = Start, e.space, e.name
	return nil
}

func nameLen(b []byte) int {
	if len(b) == 0 || !nameStart[b[0]] {
		return 0
	}
	for i, c := range b {
		if !nameByte[c] {
			return i
		}
	}
	return len(b)
}

// attributes reads name="value" pairs; declarations of namespaces take force
// at once.
func (s *Scanner) attributes(b []byte) error {
	for {
		rest := bytes.TrimLeft(b, " \t\r\n")
		if len(rest) == 0 {
			return nil
		}
		n := nameLen(rest)
		if n == 0 || len(rest) == len(b) {
			return s.fail("attributo non leggibile")
		}
		name := s.intern(rest[:n])
		rest = bytes.TrimLeft(rest[n:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '=' {
			return s.fail("attributo %s senza valore", name)
		}
		rest = bytes.TrimLeft(rest[1:], " \t\r\n")
		if len(rest) < 2 || rest[0] != '"' && rest[0] != '\'' {
			return s.fail("attributo %s senza virgolette", name)
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return s.fail("attributo %s senza virgolette", name)
		}
		value, err := s.value(rest[1 : 1+end])
		if err != nil {
			return err
		}
		b = rest[end+2:]
		if err := s.declare(name, value); err != nil {
			return err
		}
	}
}

// value decodes the references of an attribute's value.
func (s *Scanner) value(b []byte) (string, error) {
	for _, c := range b {
		if c < ' ' && !isSpace(c) {
			return "", s.fail("carattere di controllo 0x%02X non ammesso", c)
		}
	}
	if bytes.IndexByte(b, '&') < 0 {
		return string(b), nil
	}
	var out []byte
	for len(b) > 0 {
		if b[0] != '&' {
			out, b = append(out, b[0]), b[1:]
			continue
		}
		end := bytes.IndexByte(b, ';')
		if end < 0 {
			return "", s.fail("carattere & non seguito da un riferimento")
		}
		r, ok := entity(b[1:end])
		if !ok {
			return "", s.fail("riferimento &%s; non ammesso", b[1:end])
		}
		out, b = utf8.AppendRune(out, r), b[end+1:]
	}
	return string(out), nil
}

func (s *Scanner) declare(name, value string) error {
	if len(s.Attrs) >= 64 {
		return s.fail("più di 64 attributi")
	}
	prefix := ""
	if name != "xmlns" {
		if len(name) < 7 || name[:6] != "xmlns:" {
			s.Attrs = append(s.Attrs, Attr{Name: name, Value: value})
			return nil
		}
		if prefix = name[6:]; value == "" || prefix == "xmlns" || prefix == "xml" {
			return s.fail("prefisso %s legato male", prefix)
		}
	}
	outer := 0
	if len(s.open) > 0 {
		outer = s.open[len(s.open)-1].binds
	}
	if len(s.binds)-outer > 64*MaxDepth {
		return s.fail("troppi prefissi")
	}
	s.binds = append(s.binds, binding{prefix, value})
	return nil
}

// expand splits a name and looks up its prefix.
func (s *Scanner) expand(raw string, isElement bool) (space, name string, err error) {
	for i := range len(raw) {
		if raw[i] != ':' {
			continue
		}
		for k := len(s.binds) - 1; k >= 0; k-- {
			if s.binds[k].prefix == raw[:i] && i > 0 && i < len(raw)-1 {
				return s.binds[k].space, raw[i+1:], nil
			}
		}
		return "", "", s.fail("prefisso %s non dichiarato", raw[:i])
	}
	if isElement {
		for k := len(s.binds) - 1; k >= 0; k-- {
			if s.binds[k].prefix == "" {
				return s.binds[k].space, raw, nil
			}
		}
	}
	return "", raw, nil
}
