package xmlscan

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"cassacomune/app/formats/internal/charset"
)

// input is the window on the file, as UTF-8.
type input struct {
	src      io.Reader
	buf      []byte
	pos, end int
	line     int
	begun    bool
	err      error // of the source, io.EOF included
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
	if in.pos > 0 {
		in.end = copy(in.buf, in.buf[in.pos:in.end])
		in.pos = 0
	}
	for range 100 {
		n, err := in.src.Read(in.buf[in.end:])
		in.end += n
		in.err = err
		if n > 0 || err != nil {
			return
		}
	}
	in.err = io.ErrNoProgress
}

func (in *input) atEnd() bool { return !in.need(1) }

// skip moves past n bytes and counts their lines.
func (in *input) skip(n int) {
	in.line += bytes.Count(in.buf[in.pos:in.pos+n], []byte{'\n'})
	in.pos += n
}

// index returns where sep begins in the window, filling it up; -1 where the
// file ends or the window is full.
func (in *input) index(sep string) int {
	for from := 0; ; {
		if i := bytes.Index(in.rest()[from:], []byte(sep)); i >= 0 {
			return from + i
		}
		from = max(0, in.end-in.pos-len(sep)+1)
		if in.err != nil || in.end-in.pos >= maxTag {
			return -1
		}
		in.fill()
	}
}

var declaration = regexp.MustCompile(`^<\?xml\s+version\s*=\s*["']1\.0["'](?:\s+encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["'])?(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>`)

// begin reads BOM and declaration, and sets the encoding.
func (in *input) begin() error {
	in.begun = true
	in.buf = make([]byte, 2*maxTag)
	in.need(256)
	bom := bytes.HasPrefix(in.rest(), []byte("\xef\xbb\xbf"))
	if bom {
		in.pos += 3
	}
	if b := in.rest(); len(b) > 1 && (b[0] >= 0xFE && b[1] >= 0xFE || b[0] == 0 || b[1] == 0) {
		return &Error{Line: 1, Reason: "codifica UTF-16 o UTF-32 non ammessa"}
	}
	if !bytes.HasPrefix(in.rest(), []byte("<?xml")) || in.end-in.pos > 5 && !isSpace(in.buf[in.pos+5]) {
		return nil
	}
	m := declaration.FindSubmatch(in.rest())
	if m == nil {
		return &Error{Line: 1, Reason: "dichiarazione XML non ammessa"}
	}
	in.skip(len(m[0]))
	switch name := strings.ToUpper(string(m[1])); name {
	case "", "UTF-8", "UTF8", "US-ASCII", "ASCII":
	case "ISO-8859-1", "LATIN1", "ISO-8859-15", "WINDOWS-1252", "CP1252":
		if bom {
			return &Error{Line: 1, Reason: "la codifica dichiarata contraddice il BOM"}
		}
		in.src = &single{src: io.MultiReader(bytes.NewReader(bytes.Clone(in.rest())), &failing{in.src, in.err}), latin9: name == "ISO-8859-15"}
		in.pos, in.end, in.err = 0, 0, nil
	default:
		return &Error{Line: 1, Reason: "codifica " + string(m[1]) + " non ammessa"}
	}
	return nil
}

// failing is the source again, or the error that it has already given.
type failing struct {
	src io.Reader
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return f.src.Read(p)
}

// single turns a text of one byte per character into UTF-8. ISO-8859-1 is
// read as Windows-1252, of which it is a part as far as XML allows it.
type single struct {
	src    io.Reader
	latin9 bool
	raw    [8 << 10]byte
	out    []byte
	left   []byte
	err    error
}

func (d *single) Read(p []byte) (int, error) {
	for len(d.left) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		n, err := d.src.Read(d.raw[:])
		d.err, d.out = err, d.out[:0]
		for _, c := range d.raw[:n] {
			r := charset.Windows1252(c)
			if d.latin9 && c == 0xA4 {
				r = '€'
			}
			d.out = utf8.AppendRune(d.out, r)
		}
		d.left = d.out
	}
	n := copy(p, d.left)
	d.left = d.left[n:]
	return n, nil
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
