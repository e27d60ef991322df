package xmlscan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// lines writes down where the tokens of a file begin, and what stopped it.
func lines(r io.Reader) string {
	var out strings.Builder
	s := New(r)
	for s.Next() {
		fmt.Fprintln(&out, s.Line, s.Depth(), s.Kind, s.Space, s.Name, s.Attrs)
		if s.Kind == Text {
			fmt.Fprintf(&out, "%q\n", s.Text())
		}
	}
	fmt.Fprint(&out, s.Err())
	return out.String()
}

// FuzzNext holds the scanner to itself: the same file byte by byte, where
// nothing is read the quick way, and three times under one root, where the
// scanner knows all of it the third time.
func FuzzNext(f *testing.F) {
	for _, c := range refused {
		if len(c.in) < 1000 {
			f.Add([]byte(c.in))
		}
	}
	for _, in := range samples {
		f.Add([]byte(in))
	}
	for _, in := range fitting {
		f.Add([]byte("<a>\n " + in + "</a>"))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		quick, slow := lines(bytes.NewReader(in)), lines(iotest.OneByteReader(bytes.NewReader(in)))
		if quick != slow {
			t.Errorf("got %q, byte by byte %q", quick, slow)
		}
		one, err := tokens(bytes.NewReader(in))
		var e *Error
		if errors.As(err, &e) && (e.Rule == "" || e.Line < 1 || e.Line > 1+bytes.Count(in, []byte{'\n'})) {
			t.Errorf("a refusal without rule or place: %#v", e)
		}
		if err != nil || bytes.HasPrefix(in, []byte("\ufeff")) || bytes.HasPrefix(in, []byte("<?xml")) {
			return
		}
		thrice, err := tokens(strings.NewReader("<r>" + strings.Repeat(string(in), 3) + "</r>"))
		if want := "<r>" + strings.Repeat(one, 3) + "</>"; thrice != want && (!errors.As(err, &e) || e.Rule != Depth) {
			t.Errorf("got %q %v, three times %q", one, err, thrice)
		}
	})
}
