package xmlscan

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// Next reads a token. It returns false at the end of the file, or when the
// file breaks a rule; Err tells which.
//
// Most tokens are read here: a tag that memory expects at this place, the end
// tag of the element at hand, text that needs no change, all in the window.
// What is not as easy is left to the long way, which alone knows the rules.
func (s *Scanner) Next() bool {
	s.Attrs = nil
	depth := len(s.open)
	if s.phase != reading || depth == 0 {
		return s.long()
	}
	b, i, lines := s.in.buf, s.in.pos, 0
	for class[b[i]]&blank != 0 {
		if b[i] == ' ' {
			i += indent(b[i:])
			continue
		}
		if b[i] == '\n' {
			lines++
		}
		i++
	}
	e := &s.open[depth-1]
	switch {
	case b[i] != '<':
		return s.quickText(e) || s.long()
	case b[i+1] == '/':
		if !e.name.end.begins(b[i+2:]) {
			return s.long()
		}
		s.in.pos = i + len("</") + len(e.name.end.text)
		s.close()
	default:
		t := s.known[s.next[s.follows]]
		if t.scope != s.scope || depth == MaxDepth || !t.exact.begins(b[i+1:]) {
			return s.long()
		}
		s.in.pos = i + len("<") + len(t.text)
		s.enter(t)
	}
	s.in.line += lines
	s.Line = s.in.line
	return true
}

// quickText reads text without references up to a tag.
func (s *Scanner) quickText(e *element) bool {
	b, i, seen := s.in.buf, s.in.pos, uint8(0)
	for {
		i += plain(b[i:])
		from := i
		for class[b[i]]&(high|blank) != 0 && class[b[i]]&textStop == 0 {
			seen |= class[b[i]]
			i++
		}
		if i == from {
			break
		}
	}
	text := b[s.in.pos:i]
	if b[i] != '<' || class[b[i+1]]&opensTag == 0 || e.note || seen&high != 0 && !valid(text) {
		return false
	}
	e.text = true
	s.Kind, s.depth, s.text, s.Line = Text, len(s.open), text, s.in.line
	if seen&newline != 0 {
		s.in.line += bytes.Count(text, []byte{'\n'})
	}
	s.in.pos = i
	return true
}

// valid reports whether text without control characters is all characters of
// XML.
func valid(b []byte) bool {
	return utf8.Valid(b) && (bytes.IndexByte(b, 0xEF) < 0 || firstBad(b) < 0)
}

// long reads a token with all checks, and more of the file where it is needed.
func (s *Scanner) long() bool {
	switch s.phase {
	case over:
		return false
	case closing:
		s.phase = reading
		s.close()
		return true
	case fresh:
		if err := s.begin(); err != nil {
			return s.stop(err)
		}
		s.phase = reading
	}
	s.Line = s.in.line
	found, err := s.gather()
	if err != nil {
		return s.stop(err)
	}
	if found {
		s.Kind, s.depth = Text, len(s.open)
		return true
	}
	if s.in.pos == s.in.end {
		return s.stop(s.finish())
	}
	s.Line = s.in.line
	if err := s.tag(); err != nil {
		return s.stop(err)
	}
	return true
}

func (s *Scanner) stop(err error) bool {
	s.err, s.phase = err, over
	return false
}

// finish judges the end of the file.
func (s *Scanner) finish() error {
	s.depth = 0
	switch {
	case len(s.open) > 0:
		return s.malformed("file interrotto: manca la chiusura di <%s>", s.open[len(s.open)-1].name.raw)
	case !s.rooted:
		return s.malformed("file vuoto o senza elemento radice")
	case s.in.err != io.EOF:
		return s.malformed("lettura del file interrotta")
	}
	return nil
}
