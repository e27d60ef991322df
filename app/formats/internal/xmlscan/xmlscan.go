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

import (
	"errors"
	"io"
)

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
	phase    phase
	err      error

	memory
	follows uint16 // what memory knows of the next start tag, by the token at hand
	binds   []binding
	scope   int // numbers the bindings in force
	scopes  map[declaration]int
	last    int // the highest scope given out
	attrs   []Attr
	spans   []span
	value   []byte
}

// phase is where the scanner stands between two tokens.
type phase uint8

const (
	fresh   phase = iota // nothing read
	reading              // between two tokens
	closing              // an empty-element tag waits for its End
	over                 // the file has ended, or err is set
)

// element is an open one.
type element struct {
	name       *name
	binds      int    // bindings in force outside it
	scope      int    // outside it
	kin        uint16 // says which element in which
	text, note bool
}

// New returns a scanner of r.
func New(r io.Reader) *Scanner {
	return &Scanner{in: input{src: r, line: 1}, open: make([]element, 0, MaxDepth),
		binds: []binding{{"xml", xmlSpace}}, scopes: map[declaration]int{}, memory: newMemory()}
}

// Text returns the value of a Text token; the next call overwrites it.
func (s *Scanner) Text() []byte {
	if s.Kind != Text {
		return nil
	}
	return s.text
}

// Depth counts the open elements; at End the one that ends still counts.
func (s *Scanner) Depth() int { return s.depth }

// Err returns what stopped the scanner, nil at a proper end of file. It is an
// *Error.
func (s *Scanner) Err() error { return s.err }

// Broken is Err for a reader that tells it: the line, and the reason, which is
// "" at a proper end of file.
func (s *Scanner) Broken() (line int, reason string) {
	if s.err == nil {
		return 0, ""
	}
	if e, ok := errors.AsType[*Error](s.err); ok {
		return e.Line, e.Reason
	}
	return s.Line, s.err.Error()
}
