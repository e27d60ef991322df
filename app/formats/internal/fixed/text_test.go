package fixed

import (
	"strings"
	"testing"
	"testing/quick"
)

func TestTextJoinsPieces(t *testing.T) {
	for _, c := range []struct {
		pieces []string
		want   string
	}{
		{nil, ""},
		{[]string{"    ", "abc "}, "abc"},
		{[]string{"abcd", "ef  "}, "abcdef"},
		{[]string{"abcd", " ef "}, "abcd ef"},
		{[]string{"abc ", "ef  "}, "abc ef"},
		{[]string{"abcd", "", "ef"}, "abcd ef"},
		{[]string{"àbcd", "è"}, "àbcdè"},
	} {
		var text Text
		for _, p := range c.pieces {
			text.Add(p, 4)
		}
		if got := text.String(); got != c.want {
			t.Errorf("%q: got %q, want %q", c.pieces, got, c.want)
		}
	}
}

func TestPiecesJoinAgain(t *testing.T) {
	again := func(words []bool, width uint8) bool {
		n := int(width%7) + 1
		var b strings.Builder
		for _, letter := range words {
			b.WriteByte(map[bool]byte{true: 'x', false: ' '}[letter])
		}
		var text Text
		for _, p := range Pieces(b.String(), n) {
			if len(p) > n {
				return false
			}
			padded, err := Left(p, n)
			if err != nil {
				return false
			}
			text.Add(padded, n)
		}
		return text.String() == Squeeze(b.String())
	}
	if err := quick.Check(again, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}
