// Package xmlscan reads XML 1.0 strictly, fast and in flat memory. It pulls
// one token at a time and keeps the line. It builds no tree, fetches nothing,
// expands no entity but the five of XML and character references, and checks
// no schema.
//
// A file gets two verdicts, and an Error's Rule tells which one it failed:
// it is well-formed if it keeps the rules of XML 1.0 and of its namespaces,
// and acceptable if it also keeps ours, which are narrower: no DOCTYPE, no
// comment inside a value, bounded depth and lengths. What is refused stops
// the scanner where it stands: whether the rest would have been well-formed
// nobody has looked. docs/formats/xml.md has the whole list.
package xmlscan

import "io"

// Limits of every file, whatever its schema.
const (
	MaxDepth = 64      // nested elements
	MaxText  = 1 << 20 // bytes of one value
	MaxAttrs = 64      // attributes of one element, its namespace declarations not counted
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

// Scanner holds the token read last. Its fields are valid until the next call.
type Scanner struct {
	Kind  Kind
	Space string // namespace of the element, "" for none
	Name  string // local name of the element, at Start and End
	Attrs []Attr // at Start
	Line  int    // where the token begins

	in       input
	text     []byte // of a Text: in the window, or gathered
	gathered []byte
	depth    int
	open     []element
	rooted   bool // the root has begun
	empty    bool // an empty-element tag waits for its End
	over     bool // the file has ended, or err is set
	err      error

	names  names
	values values
	binds  []binding
	scope  int // numbers the bindings in force
	scopes map[declaration]int
	last   int // the highest scope given out
	spans  []span
	value  []byte
}

// element is an open one.
type element struct {
	name       *name
	binds      int // bindings in force outside it
	scope      int // outside it
	text, note bool
}

// New returns a scanner of r.
func New(r io.Reader) *Scanner {
	return &Scanner{in: input{src: r, line: 1}, open: make([]element, 0, MaxDepth),
		binds: []binding{{"xml", xmlSpace}}, scopes: map[declaration]int{}}
}

// Text returns the value of a Text token; the next call overwrites it.
func (s *Scanner) Text() []byte { return s.text }

// Depth counts the open elements; at End the one that ends still counts.
func (s *Scanner) Depth() int { return s.depth }

// Err returns what stopped the scanner, nil at a proper end of file. It is an
// *Error.
func (s *Scanner) Err() error { return s.err }

// Next reads a token. It returns false at the end of the file, or when the
// file breaks a rule; Err tells which.
func (s *Scanner) Next() bool {
	s.Attrs = s.Attrs[:0]
	if s.empty {
		s.empty = false
		s.close()
		return true
	}
	if s.over {
		return false
	}
	if s.in.buf == nil {
		if err := s.begin(); err != nil {
			return s.stop(err)
		}
	}
	s.Line = s.in.line
	found, err := s.content()
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
	s.err, s.over = err, true
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
