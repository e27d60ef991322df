package xmlscan

import (
	"io"
	"unicode/utf8"

	"cassacomune/app/formats/internal/charset"
)

// none stands for a byte that the encoding leaves without a character. XML
// has no such character, so it cannot have come from the file.
const none = '\uFFFF'

// The encodings of one byte a character.
var ascii, latin1, latin9, windows1252 = singles()

func singles() (ascii, latin1, latin9, windows1252 [256]rune) {
	for i := range 256 {
		r := charset.Windows1252(byte(i))
		ascii[i], latin1[i], latin9[i], windows1252[i] = none, r, rune(i), r
		if r == utf8.RuneError {
			latin1[i], windows1252[i] = rune(i), none
		}
		if i < utf8.RuneSelf {
			ascii[i] = rune(i)
		}
	}
	for c, r := range map[byte]rune{0xA4: '€', 0xA6: 'Š', 0xA8: 'š', 0xB4: 'Ž', 0xB8: 'ž', 0xBC: 'Œ', 0xBD: 'œ', 0xBE: 'Ÿ'} {
		latin9[c] = r
	}
	return ascii, latin1, latin9, windows1252
}

// single turns a text of one byte a character into UTF-8. ISO-8859-1 is read
// as Windows-1252, of which it is a part but for control characters that no
// file of ours means.
type single struct {
	src   io.Reader
	chars *[256]rune
	raw   [8 << 10]byte
	out   []byte
	left  []byte
	err   error
}

func (d *single) Read(p []byte) (int, error) {
	for len(d.left) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		n, err := d.src.Read(d.raw[:])
		d.err, d.out = err, d.out[:0]
		for _, c := range d.raw[:n] {
			if c < utf8.RuneSelf {
				d.out = append(d.out, c)
				continue
			}
			d.out = utf8.AppendRune(d.out, d.chars[c])
		}
		d.left = d.out
	}
	n := copy(p, d.left)
	d.left = d.left[n:]
	return n, nil
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
