// Package money holds amounts of euro as whole cents. There is no floating
// point in it, and nothing here rounds: an amount that has more decimals than
// the currency is refused.
package money

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// Cents is an amount of euro in cents. It may be negative.
type Cents int64

// Errors of the two parsers. They are reasons, not sentences: the caller knows
// the line, the field and the value.
var (
	ErrEmpty    = errors.New("importo mancante")
	ErrFormat   = errors.New("importo non leggibile")
	ErrDecimals = errors.New("più di due decimali")
	ErrRange    = errors.New("importo troppo grande")
)

// Parse reads an amount as Italians write it: decimal comma, optional dots
// every three digits ("1.234,50", "12,5", "-3"). A single point is decimal when
// it cannot be a thousands mark ("12.34", "0.500", "1234.50"); "1.234" is one
// thousand. Exponents, blanks inside, signs at the end and more than two
// decimals are refused.
func Parse(s string) (Cents, error) {
	s = strings.TrimSpace(s)
	whole, frac, comma := strings.Cut(s, ",")
	if comma && frac == "" {
		return 0, ErrFormat
	}
	switch {
	case !strings.Contains(whole, "."):
	case grouped(whole[sign(whole):]):
		whole = strings.ReplaceAll(whole, ".", "")
	case comma:
		return 0, ErrFormat
	}
	if comma {
		whole += "." + frac
	}
	return ParseDecimal(whole)
}

// grouped reports whether the dots of an unsigned number mark its thousands:
// one to three digits, the first not zero, then groups of just three.
func grouped(s string) bool {
	groups := strings.Split(s, ".")
	if first := groups[0]; first == "" || len(first) > 3 || first[0] == '0' {
		return false
	}
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return false
		}
	}
	return true
}

// ParseDecimal reads an amount as machines write it: an optional sign, digits,
// and at the most two decimals after a point ("12.50", "12.5", "12").
// Trailing zeros beyond the second decimal are accepted: they lose nothing.
func ParseDecimal(s string) (Cents, error) { return ParseMinor(s, 2) }

// ParseMinor is ParseDecimal for a currency of another number of decimals
// (yen 0, dinar 3): it counts the currency's minor units.
func ParseMinor(s string, decimals int) (Cents, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, ErrEmpty
	}
	digits := s[sign(s):]
	whole, frac, point := strings.Cut(digits, ".")
	if whole == "" || point && frac == "" || !allDigits(whole) || !allDigits(frac) {
		return 0, ErrFormat
	}
	if len(frac) > decimals && strings.TrimRight(frac[decimals:], "0") != "" {
		return 0, ErrDecimals
	}
	n, ok := append10(0, whole)
	for i := 0; ok && i < decimals; i++ {
		digit := "0"
		if i < len(frac) {
			digit = frac[i : i+1]
		}
		n, ok = append10(n, digit)
	}
	if !ok {
		return 0, ErrRange
	}
	if s[0] == '-' {
		n = -n
	}
	return Cents(n), nil
}

// append10 writes digits behind those of n, up to a quarter of what an int64
// holds, so that sums of a few cannot overflow.
func append10(n int64, digits string) (int64, bool) {
	for i := range len(digits) {
		if n > math.MaxInt64/4/10 {
			return 0, false
		}
		n = n*10 + int64(digits[i]-'0')
	}
	return n, n <= math.MaxInt64/4
}

func sign(s string) int {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return 1
	}
	return 0
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Decimal prints the amount for machines: "-12.50".
func (c Cents) Decimal() string { return c.Minor(2) }

// Minor prints minor units of a currency with that many decimals, for
// machines.
func (c Cents) Minor(decimals int) string {
	neg, u := "", uint64(c)
	if c < 0 {
		neg, u = "-", -u
	}
	digits := fmt.Sprintf("%0*d", decimals+1, u)
	if decimals == 0 {
		return neg + digits
	}
	point := len(digits) - decimals
	return neg + digits[:point] + "." + digits[point:]
}

// Comma prints the amount for Italian files: "-1234,50", no thousands mark.
func (c Cents) Comma() string { return strings.Replace(c.Decimal(), ".", ",", 1) }

// String prints the amount for people: "1.234,50 €", with a no-break space
// before the sign, so that a line never breaks there.
func (c Cents) String() string {
	s := c.Comma()
	neg := ""
	if s[0] == '-' {
		neg, s = "-", s[1:]
	}
	for i := len(s) - 6; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return neg + s + "\u00a0€"
}

// Abs returns the amount without its sign.
func (c Cents) Abs() Cents {
	if c < 0 {
		return -c
	}
	return c
}

// Sum adds amounts.
func Sum(amounts ...Cents) (total Cents) {
	for _, a := range amounts {
		total += a
	}
	return total
}

// Split divides c over n parts that differ by a cent at the most; the first
// parts take the remainder. It panics when n is not positive.
func (c Cents) Split(n int) []Cents {
	parts := make([]Cents, n)
	each, rest := c/Cents(n), c%Cents(n)
	for i := range parts {
		parts[i] = each
		if rest > 0 {
			parts[i]++
			rest--
		} else if rest < 0 {
			parts[i]--
			rest++
		}
	}
	return parts
}
