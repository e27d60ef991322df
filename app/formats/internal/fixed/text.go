package fixed

import (
	"strings"
	"unicode/utf8"
)

// Text joins pieces of a text that stand in fields of fixed width: a full
// piece goes on in the next as it stands, a shorter one has lost its blanks.
type Text struct {
	b    strings.Builder
	full bool
}

// Add takes the next piece, out of a field of so many characters.
func (t *Text) Add(piece string, width int) {
	piece = strings.TrimRight(piece, " ")
	if piece == "" {
		t.full = false
		return
	}
	if t.b.Len() > 0 && !t.full {
		t.b.WriteByte(' ')
	}
	t.full = utf8.RuneCountInString(piece) == width
	t.b.WriteString(piece)
}

// String returns the whole, runs of blanks being one.
func (t *Text) String() string { return Squeeze(t.b.String()) }

// Squeeze makes one blank of each run of them, and none of those around.
func Squeeze(s string) string {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "  ") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// Pieces cuts a text for fields of a width, so that Text joins them to the
// same again. Runs of blanks become one.
func Pieces(text string, width int) (pieces []string) {
	rest := []rune(Squeeze(text))
	for len(rest) > 0 {
		n := min(width, len(rest))
		pieces, rest = append(pieces, string(rest[:n])), rest[n:]
	}
	return pieces
}
