package xmlscan

import "unicode/utf8"

// The classes of a byte.
const (
	startByte = 1 << iota // ASCII that may begin a name
	nameByte              // ASCII that may stand in one
	blank
	newline
	high     // not ASCII
	textStop // text must be looked at: a mark, a reference, a ], a control character
	tagStop  // the end of a tag is near: a quote, a mark, NUL
	opensTag // after <: a tag, neither comment nor instruction nor CDATA
)

var class = classes()

func classes() (class [256]uint8) {
	for i := range class {
		c, in := byte(i), uint8(0)
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':'
		digit := c >= '0' && c <= '9' || c == '-' || c == '.'
		set := func(is bool, mark uint8) {
			if is {
				in |= mark
			}
		}
		set(letter, startByte)
		set(letter || digit, nameByte)
		set(isBlank(c), blank)
		set(c == '\n', newline)
		set(c >= utf8.RuneSelf, high)
		set(c == '<' || c == '&' || c == ']' || c < ' ' && c != '\n' && c != '\t', textStop)
		set(c == '<' || c == '>' || c == '"' || c == '\'' || c == 0, tagStop)
		set(letter || c >= utf8.RuneSelf || c == '/', opensTag)
		class[c] = in
	}
	return class
}

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// onlyBlanks reports whether b is white space as XML has it.
func onlyBlanks(b []byte) bool {
	for _, c := range b {
		if class[c]&blank == 0 {
			return false
		}
	}
	return true
}

// firstBad returns where in b stands what is no character of XML, or no UTF-8;
// -1 if nowhere.
func firstBad(b []byte) int {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			if b[i] < ' ' && !isBlank(b[i]) {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 || !isChar(r) {
			return i
		}
		i += n
	}
	return -1
}

// isChar reports whether XML has the character (production 2).
func isChar(r rune) bool {
	return r >= ' ' && r < 0xD800 || r > 0xDFFF && r < 0xFFFE || r > 0xFFFF && r <= utf8.MaxRune || r == '\n' || r == '\t' || r == '\r'
}
