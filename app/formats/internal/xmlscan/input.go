package xmlscan

import (
	"bytes"
	"io"
)

// The window holds any tag, and more behind it. Most files are small, and make
// do with less.
const (
	smallWindow = 8 << 10
	window      = 2 * maxTag
)

// input is the window on the file, as UTF-8. Behind its end stands a NUL, so
// that a loop over bytes of one class stops without asking where the end is.
type input struct {
	src      io.Reader
	buf      []byte
	pos, end int
	line     int
	err      error      // of the source, io.EOF included
	chars    *[256]rune // of an encoding of one byte a character
}

// rest is what the window still holds.
func (in *input) rest() []byte { return in.buf[in.pos:in.end] }

// need makes the window hold n bytes, unless the file ends before.
func (in *input) need(n int) bool {
	for in.end-in.pos < n && in.err == nil {
		in.fill()
	}
	return in.end-in.pos >= n
}

// fill reads more behind what the window holds.
func (in *input) fill() {
	to, held := in.buf, in.rest()
	switch {
	case in.buf == nil:
		to = make([]byte, smallWindow+spare)
	case in.end == smallWindow && len(in.buf) == smallWindow+spare:
		to = make([]byte, window+spare)
	}
	in.pos, in.end, in.buf = 0, copy(to, held), to
	in.err = io.ErrNoProgress
	for range 100 {
		n, err := in.src.Read(in.buf[in.end : len(in.buf)-spare])
		in.end += n
		if n > 0 || err != nil {
			in.err = err
			break
		}
	}
	in.buf[in.end], in.buf[in.end+1] = 0, 0 // the second one for a mark that ends the window
}

// skip moves past n bytes and counts their lines.
func (in *input) skip(n int) {
	in.line += bytes.Count(in.buf[in.pos:in.pos+n], []byte{'\n'})
	in.pos += n
}
