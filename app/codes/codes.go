// Package codes holds the codes that people and files write on the path of the
// money: fiscal codes, partita IVA, IBAN, creditor references, notice numbers,
// postal slip codes, and the texts of the symbols printed on paper. It checks
// their form and arithmetic, and builds those that we issue. It does not know
// whether a code exists: no register is asked, no row is read.
//
// Every Check function takes the code in its canonical form (capitals, no
// blanks). What a person typed goes through Clean first.
package codes

import (
	"strings"
	"unicode"

	"cassacomune/app/fault"
)

// Clean brings a code as people type or paste it to its canonical form:
// capitals, without blanks, dashes, dots, slashes and invisible characters.
// Anything else is kept, so that a check can refuse it.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r), unicode.Is(unicode.Cf, r), r == '.', r == '/', r == '\u2212':
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

// WrongCheck reports whether err says that a code has the right form and the
// wrong check digit or letter. Such a code may have been assigned all the same
// (old registers, test numbers of others): importers warn and keep it.
func WrongCheck(err error) bool {
	f := fault.Of(err)
	return f != nil && strings.HasPrefix(f.Key, "codes.") && strings.HasSuffix(f.Key, ".check")
}

// invalid makes the fault of one code. The text never holds the code itself: a
// fiscal code or an IBAN must not reach a log through an error.
func invalid(key, format string, args ...any) error {
	return fault.New(fault.Invalid, "codes."+key, format, args...)
}

func digits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

func alphanumeric(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) && !isLetter(s[i]) {
			return false
		}
	}
	return s != ""
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' }
