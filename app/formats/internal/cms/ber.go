package cms

import (
	"bytes"
	"errors"
	"slices"
)

// Limits of nesting: of elements (signatures with time stamps inside time
// stamps stay below 40), and of the pieces of an octet string (as OpenSSL's).
const (
	maxDepth = 64
	maxNest  = 5
)

// What breaks a structure.
var (
	errCut        = errors.New("struttura interrotta, o con una lunghezza maggiore di quanto c'è")
	errLength     = errors.New("lunghezza scritta in un modo non ammesso")
	errTag        = errors.New("elemento di tipo non ammesso")
	errDepth      = errors.New("troppi elementi uno dentro l'altro")
	errUnexpected = errors.New("la struttura non è quella di un file firmato")
)

// Identifiers of the elements that the walk names (X.690, 8.1.2).
const (
	integer     = 0x02
	bitString   = 0x03
	octetString = 0x04
	oid         = 0x06
	utcTime     = 0x17
	genTime     = 0x18
	sequence    = 0x30
	set         = 0x31
	chunked     = 0x24 // an octet string in pieces
	constructed = 0x20
	context0    = 0xa0 // [0], constructed
	context1    = 0xa1
	keyID       = 0x80 // [0], primitive
)

// element is one encoded value. Both slices are windows on the file.
type element struct {
	id   byte
	raw  []byte // with identifier and length
	body []byte // without; of the indefinite form, without its end marker
}

// parse reads the element that begins in, and everything inside it: after it,
// a walk through its children meets no broken length.
func parse(in []byte) (e element, rest []byte, err error) {
	return read(in, 1)
}

// read reads one element at a depth. Elements of the indefinite form (X.690,
// 8.1.3.6) end at a marker, so their children are read to find it.
func read(in []byte, depth int) (e element, rest []byte, err error) {
	if depth > maxDepth {
		return element{}, nil, errDepth
	}
	head, size, err := header(in)
	if err != nil {
		return element{}, nil, err
	}
	end := head + size
	switch {
	case size < 0:
		if size, err = children(in[head:], depth, true); err != nil {
			return element{}, nil, err
		}
		end = head + size + 2
	case in[0]&constructed != 0:
		if _, err := children(in[head:end], depth, false); err != nil {
			return element{}, nil, err
		}
	}
	return element{in[0], in[:end], in[head : head+size]}, in[end:], nil
}

// children reads elements up to the end of in, or up to the end marker, and
// returns how many bytes they take.
func children(in []byte, depth int, marked bool) (int, error) {
	rest := in
	for {
		if marked && len(rest) >= 2 && rest[0] == 0 && rest[1] == 0 || !marked && len(rest) == 0 {
			return len(in) - len(rest), nil
		}
		var err error
		if _, rest, err = read(rest, depth+1); err != nil {
			return 0, err
		}
	}
}

// header reads identifier and length. The size is -1 for the indefinite form;
// otherwise that many bytes are there.
func header(in []byte) (head, size int, err error) {
	if len(in) < 2 {
		return 0, 0, errCut
	}
	if in[0] == 0 || in[0]&0x1f == 0x1f {
		return 0, 0, errTag
	}
	head, size = 2, int(in[1])
	switch {
	case in[1] == 0x80:
		if in[0]&constructed == 0 {
			return 0, 0, errLength
		}
		return head, -1, nil
	case in[1] > 0x80+8:
		return 0, 0, errLength
	case in[1] > 0x80:
		head += int(in[1] & 0x7f)
		if len(in) < head {
			return 0, 0, errCut
		}
		size = 0
		for _, b := range in[2:head] {
			if size > len(in) {
				return 0, 0, errCut
			}
			size = size<<8 | int(b)
		}
	}
	if size > len(in)-head {
		return 0, 0, errCut
	}
	return head, size, nil
}

// cursor goes through the children of an element that parse has read.
type cursor struct{ rest []byte }

func (e element) walk() *cursor { return &cursor{e.body} }

// next returns the child at hand and moves on; false at the end.
func (c *cursor) next() (e element, ok bool) {
	head, size, err := header(c.rest)
	if err == nil && size >= 0 {
		e = element{c.rest[0], c.rest[:head+size], c.rest[head : head+size]}
		c.rest = c.rest[head+size:]
		return e, true
	}
	e, c.rest, err = parse(c.rest) // an error, at the end, empties the cursor
	return e, err == nil
}

// take returns the child at hand if it has the identifier.
func (c *cursor) take(id byte) (element, bool) {
	if len(c.rest) == 0 || c.rest[0] != id {
		return element{}, false
	}
	return c.next()
}

func (c *cursor) end() bool { return len(c.rest) == 0 }

// pieces calls each with the parts of an octet string in pieces (X.690,
// 8.7.3), which may be in pieces themselves, up to nest levels.
func (e element) pieces(nest int, each func([]byte)) error {
	for c := e.walk(); !c.end(); {
		piece, _ := c.next()
		switch {
		case piece.id == octetString:
			each(piece.body)
		case piece.id == chunked && nest > 1:
			if err := piece.pieces(nest-1, each); err != nil {
				return err
			}
		default:
			return errUnexpected
		}
	}
	return nil
}

// join returns the bytes of an octet string. Its pieces are moved together
// inside the file, over their own headers, so that there is no second copy.
func (e element) join() ([]byte, error) {
	if e.id == octetString {
		return e.body, nil
	}
	out := e.body[:0]
	err := e.pieces(maxNest, func(p []byte) { out = append(out, p...) })
	return out, err
}

// der appends the element in the distinguished encoding (X.690, 10): lengths
// definite and short, octet strings whole. The order of a set is left alone;
// so is an octet string whose pieces are not such.
func (e element) der(out []byte) []byte {
	if e.id&constructed == 0 {
		return append(wrap(out, e.id, len(e.body)), e.body...)
	}
	var inner []byte
	if e.id == chunked {
		if e.pieces(maxNest, func(p []byte) { inner = append(inner, p...) }) != nil {
			return append(out, e.raw...)
		}
		return append(wrap(out, octetString, len(inner)), inner...)
	}
	for c := e.walk(); !c.end(); {
		child, _ := c.next()
		inner = child.der(inner)
	}
	return append(wrap(out, e.id, len(inner)), inner...)
}

// sortSet returns a set with its elements in the order of the distinguished
// encoding (X.690, 11.6).
func sortSet(in []byte) []byte {
	e, _, _ := parse(in)
	var parts [][]byte
	for c := e.walk(); !c.end(); {
		part, _ := c.next()
		parts = append(parts, part.raw)
	}
	slices.SortFunc(parts, bytes.Compare)
	return append(wrap(nil, e.id, len(e.body)), slices.Concat(parts...)...)
}

// wrap appends an identifier and the shortest form of a length.
func wrap(out []byte, id byte, size int) []byte {
	out = append(out, id)
	if size < 0x80 {
		return append(out, byte(size))
	}
	var length []byte
	for n := size; n > 0; n >>= 8 {
		length = append([]byte{byte(n)}, length...)
	}
	return append(append(out, 0x80|byte(len(length))), length...)
}
