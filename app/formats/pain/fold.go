package pain

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The characters of SEPA messages are the letters and digits of ASCII, blank
// and these (EPC217-08, conversion of characters: the set that every bank must
// take).
const marks = " /-?:().,'+"

func allowed(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(marks, r)
}

// plain holds what characters outside the set mean in it, where that is plain.
var plain = strings.NewReplacer("ß", "ss", "Æ", "AE", "æ", "ae", "Ø", "O", "ø", "o", "Œ", "OE", "œ", "oe", "Đ", "D", "đ", "d", "Ł", "L", "ł", "l", "ı", "i",
	"’", "'", "‘", "'", "`", "'", "´", "'", "“", "'", "”", "'", "«", "'", "»", "'", `"`, "'", "–", "-", "—", "-", "_", "-", ";", ",", "…", "...",
	"&", "+", "€", "EUR", "°", ".", "º", ".", "ª", ".", "[", "(", "]", ")", "{", "(", "}", ")", "\u00a0", " ", "\t", " ", "\r", " ", "\n", " ")

// fold brings a text to the characters of SEPA: accents fall, a few marks get
// the plain one that they stand for, blanks in a row become one. A character
// that has no plain form stays, for the check to refuse.
func fold(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if strings.IndexFunc(s, func(r rune) bool { return !allowed(r) }) < 0 {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(plain.Replace(s)))
	return strings.Join(strings.Fields(s), " ")
}
