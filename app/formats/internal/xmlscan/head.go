package xmlscan

import (
	"bytes"
)

// Head returns the first elements of a file of which only the beginning is at
// hand: for a sniffer, which looks at content and never at names of files. It
// stops at n elements, at the cut, or at the first fault.
func Head(head []byte, n int) []Element {
	var found []Element
	text := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	if !bytes.HasPrefix(text, []byte{'<'}) {
		return nil
	}
	s := New(bytes.NewReader(head))
	for len(found) < n && s.Next() {
		if s.Kind == Start {
			found = append(found, Element{Space: s.Space, Name: s.Name, Depth: s.Depth()})
		}
	}
	return found
}

// Element is the name of an element, its namespace and its depth; 1 is the root.
type Element struct {
	Space, Name string
	Depth       int
}

// Root reports whether the root of the file that begins like this has one of
// the names.
func Root(head []byte, names ...string) bool {
	found := Head(head, 1)
	if len(found) == 0 {
		return false
	}
	for _, name := range names {
		if found[0].Name == name {
			return true
		}
	}
	return false
}
