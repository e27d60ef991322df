// Package leaf walks an XML file by its elements: one that holds others opens
// and closes, one that holds text is told whole. It is for formats of small
// records, read by local names; what a big file needs it is too slow for.
package leaf

import (
	"io"
	"slices"
	"strings"

	"cassacomune/app/formats/internal/xmlscan"
)

// Kind of what is told.
type Kind int

// The kinds. An element without children and text is a Value, and empty.
const (
	Open Kind = iota
	Value
	Close
)

// Node is an element, with the local names of those it stands in.
type Node struct {
	Kind Kind
	Path []string // from the root; the element's own name last; valid until the next
	Text string   // of a Value, without blanks around it
	Line int      // where it opens
}

// Name is the element's local name.
func (n Node) Name() string { return n.Path[len(n.Path)-1] }

// In reports whether the element stands in one of that name.
func (n Node) In(name string) bool { return slices.Contains(n.Path[:len(n.Path)-1], name) }

// Under reports whether the names are those right above the element's own.
func (n Node) Under(names ...string) bool {
	above := n.Path[:len(n.Path)-1]
	return len(above) >= len(names) && slices.Equal(above[len(above)-len(names):], names)
}

// walk is where a walk has come to.
type walk struct {
	path  []string
	lines []int
	told  int // elements of the path of which Open has been told
	text  string
	tell  func(Node) bool
}

// Walk tells the elements of a file in their order until tell returns false. A
// file that cannot be read to its end yields the line and the reason.
func Walk(r io.Reader, tell func(Node) bool) (line int, reason string) {
	return WalkBinary(r, tell, nil)
}

// WalkBinary is Walk, with what becomes of elements whose text is base64: the
// function of the element's name reads what it says. Such an element is then
// told with an empty text.
func WalkBinary(r io.Reader, tell func(Node) bool, binary map[string]func(io.Reader)) (line int, reason string) {
	s := xmlscan.New(r)
	w := &walk{tell: tell}
	for s.Next() {
		switch s.Kind {
		case xmlscan.Start:
			if !w.opened() {
				return 0, ""
			}
			w.path, w.lines, w.text = append(w.path, s.Name), append(w.lines, s.Line), ""
			if read := binary[s.Name]; read != nil {
				content := s.Base64()
				read(content)
				if _, err := io.Copy(io.Discard, content); err != nil {
					return s.Line, "contenuto base64 non leggibile"
				}
			}
		case xmlscan.Text:
			w.text = string(s.Text())
		case xmlscan.End:
			if !w.end() {
				return 0, ""
			}
		}
	}
	return s.Broken()
}

// opened tells the innermost element, which turns out to hold another.
func (w *walk) opened() bool {
	n := len(w.path)
	if n == 0 || w.told == n {
		return true
	}
	w.told = n
	return w.tell(Node{Open, w.path, "", w.lines[n-1]})
}

func (w *walk) end() bool {
	n := len(w.path)
	node := Node{Value, w.path, strings.TrimSpace(w.text), w.lines[n-1]}
	if w.told == n {
		node.Kind, node.Text = Close, ""
	}
	ok := w.tell(node)
	w.path, w.lines, w.text = w.path[:n-1], w.lines[:n-1], ""
	w.told = min(w.told, n-1)
	return ok
}
