// Package xmlscan reads XML strictly and in flat memory: one root, no
// DOCTYPE, bound prefixes, unique attributes, no comment inside a value. It
// pulls one token at a time and keeps the line. It builds no tree, fetches
// nothing, expands no entity but the five of XML and character references,
// and checks no schema.
package xmlscan

import (
	"fmt"
	"io"
)

// Limits of every file, whatever its schema.
const (
	MaxDepth = 64      // nested elements
	MaxText  = 1 << 20 // bytes of one value
	maxTag   = 64 << 10
)

// Kind of a token.
type Kind int

// The tokens. Text that is only blanks is not reported, nor are comments and
// processing instructions.
const (
	End Kind = iota
	Start
	Text
)

// Attr is an attribute; namespace declarations are not among them.
type Attr struct{ Space, Name, Value string }

// Error is a breach of XML's rules or of the limits, with its line.
type Error struct {
	Line   int
	Reason string // Italian
	Err    error  // what the source said, if it failed
}

func (e *Error) Error() string { return fmt.Sprintf("riga %d: %s", e.Line, e.Reason) }

// Unwrap returns the source's error.
func (e *Error) Unwrap() error { return e.Err }

// Scanner holds the token read last. Its fields are valid until the next call.
type Scanner struct {
	Kind  Kind
	Space string // namespace of the element, "" for none
	Name  string // local name of the element, at Start and End
	Attrs []Attr // at Start
	Line  int    // where the token begins
	in    input
	text  []byte
	open  []element
	binds []binding
	names map[string]string
	empty bool // an empty-element tag waits for its End
	rooted,
	done bool
	err error
}

// element is an open one.
type element struct {
	raw         string // name as written, prefix included
	space, name string
	binds       int  // bindings in force outside it
	text, note  bool // has text; has a comment or an instruction
}

type binding struct{ prefix, space string }

// New returns a scanner of r.
func New(r io.Reader) *Scanner {
	return &Scanner{in: input{src: r, line: 1}, names: map[string]string{},
		binds: []binding{{"xml", "http://www.w3.org/XML/1998/namespace"}}}
}

// Text returns the value of a Text token; the next call overwrites it.
func (s *Scanner) Text() []byte { return s.text }

// Depth counts the open elements; at End the one that ends still counts.
func (s *Scanner) Depth() int {
	if s.Kind == End && !s.done {
		return len(s.open) + 1
	}
	return len(s.open)
}

// Err returns what stopped the scanner, nil at a proper end of file.
func (s *Scanner) Err() error { return s.err }

// Next reads a token. It returns false at the end of the file, or when the
// file breaks a rule; Err tells which.
func (s *Scanner) Next() bool {
	if s.err != nil || s.done {
		return false
	}
	if !s.in.begun {
		if s.err = s.in.begin(); s.err != nil {
			return false
		}
	}
	s.Attrs = s.Attrs[:0]
	if s.empty {
		s.empty = false
		return s.close()
	}
	s.Line = s.in.line
	found, err := s.content()
	switch {
	case err != nil:
		s.err = err
		return false
	case found:
		s.Kind = Text
		return true
	case s.in.atEnd():
		return s.finish()
	}
	s.Line = s.in.line
	s.err = s.tag()
	return s.err == nil
}

func (s *Scanner) finish() bool {
	switch {
	case len(s.open) > 0:
		s.err = s.fail("file interrotto: manca la chiusura di <%s>", s.open[len(s.open)-1].raw)
	case !s.rooted:
		s.err = s.fail("file vuoto o senza elemento radice")
	}
	s.done = true
	return false
}

// close ends the innermost element.
func (s *Scanner) close() bool {
	e := s.open[len(s.open)-1]
	s.open = s.open[:len(s.open)-1]
	s.binds = s.binds[:e.binds]
	s.Kind, s.Space, s.Name = End, e.space, e.name
	return true
}

func (s *Scanner) fail(format string, args ...any) error {
	if s.in.err != nil && s.in.err != io.EOF {
		return &Error{Line: s.in.line, Reason: "lettura del file interrotta", Err: s.in.err}
	}
	return &Error{Line: s.in.line, Reason: fmt.Sprintf(format, args...)}
}

// intern returns b as a string, the same for the same name, so that a file of
// a million equal elements costs one.
func (s *Scanner) intern(b []byte) string {
	if name, ok := s.names[string(b)]; ok {
		return name
	}
	name := string(b)
	if len(s.names) < 4096 {
		s.names[name] = name
	}
	return name
}
