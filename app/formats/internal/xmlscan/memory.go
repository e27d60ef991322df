package xmlscan

import (
	"bytes"
	"hash/maphash"
	"slices"
)

// memory is what the scanner remembers of a file, of bounded size. A million
// equal rows then cost one allocation a name and one look at its prefix, and
// most of their tags are not read but recognised.
type memory struct {
	names  map[meaning]*name
	values [512]string // of attributes; a newcomer takes the place of another
	tags   map[tagText]uint16
	known  []*tag          // by number; 0 is like no other
	met    map[uint64]bool // start tags read once, by their hash; the second time they are worth keeping
	next   [8192]uint16    // the start tag that came last behind a token like this
	serial uint16
}

const (
	maxKept  = 64 // bytes of a text that is remembered
	maxNames = 1024
	maxTags  = 1024
	maxMet   = 4096
)

// meaning is a name as written, in a scope, of an element or an attribute.
type meaning struct {
	raw    string
	scope  int
	isAttr bool
}

type name struct {
	meaning
	space, local string
	serial       uint16
	end          exact // what follows </
}

// tag is a start tag that stood in the file, with what it says.
type tag struct {
	tagText
	exact exact
	name  *name
	attrs []Attr
	empty bool
}

// tagText is what follows <, in a scope.
type tagText struct {
	text  string
	scope int
}

func newMemory() memory {
	return memory{names: map[meaning]*name{}, tags: map[tagText]uint16{}, met: map[uint64]bool{}, known: []*tag{{tagText: tagText{scope: -1}}}}
}

var seed = maphash.MakeSeed()

// resolve returns the name that b is in the present scope. An attribute
// without prefix has no namespace, an element has the default one.
func (s *Scanner) resolve(b []byte, isAttr bool) (*name, error) {
	if n := s.names[meaning{string(b), s.scope, isAttr}]; n != nil {
		return n, nil
	}
	if err := s.check(b, s.in.line); err != nil {
		return nil, err
	}
	if !s.validName(b) {
		return nil, s.malformed("nome %q non ammesso", b)
	}
	s.serial++
	n := &name{meaning: meaning{string(b), s.scope, isAttr}, serial: s.serial, end: newExact(string(b) + ">")}
	var err error
	if n.space, n.local, err = s.expand(n.raw, isAttr); err != nil {
		return nil, err
	}
	if len(s.names) == maxNames {
		clear(s.names)
	}
	if len(b) <= maxKept {
		s.names[n.meaning] = n
	}
	return n, nil
}

// intern returns b as a string, the same for the same value seen lately.
func (s *Scanner) intern(b []byte) string {
	if len(b) > maxKept {
		return string(b)
	}
	kept := &s.values[maphash.Bytes(seed, b)%uint64(len(s.values))]
	if *kept != string(b) {
		*kept = string(b)
	}
	return *kept
}

// recall returns the number of a known start tag, 0 if there is none.
func (s *Scanner) recall(text []byte) uint16 { return s.tags[tagText{string(text), s.scope}] }

// remember keeps a start tag that was just read, if it is met again. One of
// several lines is not worth it: its lines would have to be counted each time.
func (s *Scanner) remember(text []byte, n *name, empty bool) {
	if len(text) > maxKept || len(s.known) == maxTags || bytes.IndexByte(text, '\n') >= 0 {
		return
	}
	if hash := maphash.Bytes(seed, text); !s.met[hash] {
		if len(s.met) == maxMet {
			clear(s.met)
		}
		s.met[hash] = true
		return
	}
	t := &tag{tagText: tagText{string(text), s.scope}, exact: newExact(string(text)), name: n, attrs: slices.Clone(s.Attrs), empty: empty}
	number := uint16(len(s.known))
	s.tags[t.tagText], s.known = number, append(s.known, t)
	s.next[s.follows] = number
}

// kin tells apart the elements by their name and that of the one they stand
// in, as far as the size of next allows.
func (m *memory) kin(parent, self uint16) uint16 {
	return uint16((uint32(parent)*0x9E3779B1+uint32(self)*0x85EBCA77)>>16) % uint16(len(m.next)/2)
}
