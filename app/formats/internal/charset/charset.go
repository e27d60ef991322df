// Package charset turns the text files of offices and banks into UTF-8 while
// they stream by. It tells UTF-8 (with or without BOM) from Windows-1252 by
// content, because no such file declares its encoding. It does not refuse
// anything: NUL bytes and UTF-16 stay visible to the caller, and bytes that
// have no meaning become U+FFFD.
package charset

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// window is how far the reader looks past the first byte that is not ASCII
// before it decides.
const window = 64 << 10

var bom = []byte("\xef\xbb\xbf")

type mode int

const (
	undecided mode = iota // only ASCII so far
	unicode8
	windows1252
)

// Reader gives the text as UTF-8.
type Reader struct {
	src   io.Reader
	mode  mode
	begun bool
	raw   []byte // read, not yet decoded
	out   []byte // decoded, not yet given
	err   error
}

// NewReader returns a reader of r's text as UTF-8, without BOM.
func NewReader(r io.Reader) io.Reader { return &Reader{src: r} }

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	for len(r.out) == 0 {
		if len(r.raw) < window && r.err == nil {
			r.fill()
		}
		if len(r.raw) == 0 {
			return 0, r.err
		}
		r.decode()
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	return n, nil
}

// FirstLine returns the first line of the head of a file, without BOM.
func FirstLine(head []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimPrefix(head, bom), []byte("\n"))
	return string(line)
}

// fill reads until the window is full or the source ends.
func (r *Reader) fill() {
	if cap(r.raw) < window {
		r.raw = append(make([]byte, 0, window), r.raw...)
	}
	for len(r.raw) < window && r.err == nil {
		n, err := r.src.Read(r.raw[len(r.raw):window])
		r.raw, r.err = r.raw[:len(r.raw)+n], err
	}
	if !r.begun {
		r.begun = true
		if rest, ok := bytes.CutPrefix(r.raw, bom); ok {
			r.mode = unicode8
			r.raw = append(r.raw[:0], rest...)
		}
	}
}

// decode moves what can be decoded from raw to out.
func (r *Reader) decode() {
	if r.mode == undecided {
		n := asciiPrefix(r.raw)
		if n > 0 {
			r.take(r.raw[:n], n)
			return
		}
		r.mode = r.decide()
	}
	if r.mode == windows1252 {
		r.take(fromWindows1252(r.raw), len(r.raw))
		return
	}
	n := len(r.raw)
	if r.err == nil {
		n -= cutRune(r.raw)
	}
	r.take(bytes.ToValidUTF8(r.raw[:n], []byte("\uFFFD")), n)
}

// take gives text out and drops the n raw bytes that it came from.
func (r *Reader) take(text []byte, n int) {
	r.out = append(r.out[:0:0], text...)
	r.raw = append(r.raw[:0], r.raw[n:]...)
}

// decide looks at the whole window: one impossible sequence and it is not
// UTF-8. A rune cut by the window's end does not count.
func (r *Reader) decide() mode {
	look := r.raw
	if r.err == nil {
		look = look[:len(look)-cutRune(look)]
	}
	if utf8.Valid(look) && len(look) > 0 {
		return unicode8
	}
	return windows1252
}

// cutRune counts the bytes at the end of b that begin a rune and do not end it.
func cutRune(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

func asciiPrefix(b []byte) int {
	for i, c := range b {
		if c >= utf8.RuneSelf {
			return i
		}
	}
	return len(b)
}

func fromWindows1252(b []byte) []byte {
	text := make([]byte, 0, len(b)+len(b)/8)
	for _, c := range b {
		text = utf8.AppendRune(text, Windows1252(c))
	}
	return text
}

// Windows1252 returns the character of a byte; U+FFFD for the five bytes that
// have none.
func Windows1252(c byte) rune {
	if c >= 0x80 && c < 0xA0 {
		return high[c-0x80]
	}
	return rune(c)
}

// high holds 0x80 to 0x9F as the WHATWG encoding standard and Unicode's
// mapping table CP1252.TXT give them.
var high = [32]rune{
	'€', utf8.RuneError, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', utf8.RuneError, 'Ž', utf8.RuneError,
	utf8.RuneError, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', utf8.RuneError, 'ž', 'Ÿ',
}
