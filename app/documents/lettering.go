package documents

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longest is how many bytes of a field are looked at: no field of a paper has
// room for more, and a text of any length then costs the same.
const longest = 2000

// clean makes a text printable: one blank for any run of blanks, no control
// or direction marks, "?" for what the font lacks.
func (s *sheet) clean(field string, f face, text string) string {
	if plain(text) {
		return text
	}
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
		s.changed(Change{Field: field, Cut: true})
	}
	text = norm.NFC.String(strings.Join(strings.FieldsFunc(text, blank), " "))
	var out, lost strings.Builder
	for _, r := range text {
		switch {
		case f.has(r):
			out.WriteRune(r)
		case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) || r >= 0xFE00 && r <= 0xFE0F:
			note(&lost, r)
		default:
			out.WriteByte('?')
			note(&lost, r)
		}
	}
	if lost.Len() > 0 {
		s.changed(Change{Field: field, Lost: lost.String()})
	}
	return out.String()
}

// plain tells the common case: short printable ASCII with single blanks.
func plain(text string) bool {
	if len(text) > longest {
		return false
	}
	before := byte(' ')
	for i := range len(text) {
		c := text[i]
		if c < ' ' || c > '~' || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return before != ' ' || text == ""
}

func blank(r rune) bool {
	return r != '\u00a0' && unicode.IsSpace(r) || unicode.IsControl(r)
}

func note(lost *strings.Builder, r rune) {
	if !strings.ContainsRune(lost.String(), r) && lost.Len() < 60 {
		lost.WriteRune(r)
	}
}

// fit cleans a text and cuts it to a width, with an ellipsis.
func (s *sheet) fit(field string, f face, size, width int, text string) string {
	text = s.clean(field, f, text)
	if f.width(text, size) <= width {
		return text
	}
	s.changed(Change{Field: field, Cut: true})
	return shorten(f, size, width, text)
}

func shorten(f face, size, width int, text string) string {
	const mark = "…"
	width -= f.width(mark, size)
	at, m := 0, faceMetrics()[f]
	for i, r := range text {
		if r < 0x10000 {
			width -= max(int(m.advance[r])-1, 0) * size / 1000
		}
		if width < 0 {
			break
		}
		at = i + utf8.RuneLen(r)
	}
	return strings.TrimRight(text[:at], " ") + mark
}

// wrap cleans a text and breaks it into lines; the last one is cut when they
// are not enough. Words longer than a line are broken where the line ends.
func (s *sheet) wrap(field string, f face, size, width, lines int, text string) (out []string) {
	text = s.clean(field, f, text)
	for text != "" {
		if f.width(text, size) <= width {
			return append(out, text)
		}
		if len(out) == lines-1 {
			s.changed(Change{Field: field, Cut: true})
			return append(out, shorten(f, size, width, text))
		}
		at := lineBreak(f, size, width, text)
		out = append(out, strings.TrimRight(text[:at], " "))
		text = strings.TrimLeft(text[at:], " ")
	}
	return out
}

func lineBreak(f face, size, width int, text string) int {
	m, used, word := faceMetrics()[f], 0, 0
	for i, r := range text {
		if r == ' ' {
			word = i
		}
		used += max(int(m.advance[r&0xFFFF])-1, 0)
		if used*size/1000 > width && i > 0 {
			if word > 0 {
				return word
			}
			return i
		}
	}
	return len(text)
}
