package fixed

import (
	"strings"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/money"
)

// Dates of banks and Poste have a year of two digits: from 80 on it is of the
// last century.
const pivot = 80

// YYMMDD reads a date as SWIFT writes it.
func YYMMDD(s string) (day.Date, error) {
	if len(s) != 6 || !Digits(s) {
		return day.Date{}, day.ErrFormat
	}
	return date(century(two(s, 0)), two(s, 2), two(s, 4))
}

// DDMMYY reads a date as CBI writes it.
func DDMMYY(s string) (day.Date, error) {
	if len(s) != 6 || !Digits(s) {
		return day.Date{}, day.ErrFormat
	}
	return date(century(two(s, 4)), two(s, 2), two(s, 0))
}

// DDMMYYYY reads a date as CBI writes those with their century.
func DDMMYYYY(s string) (day.Date, error) {
	if len(s) != 8 || !Digits(s) {
		return day.Date{}, day.ErrFormat
	}
	return date(two(s, 4)*100+two(s, 6), two(s, 2), two(s, 0))
}

// MMDD reads a date that lacks its year: of all years, the day nearest to the
// one given, which is half a year away at the most. 29 February beside a year
// that has none is no day.
func MMDD(s string, near day.Date) (day.Date, error) {
	if len(s) != 4 || !Digits(s) {
		return day.Date{}, day.ErrFormat
	}
	month, dayOfMonth := time.Month(two(s, 0)), two(s, 2)
	nearest := day.New(near.Year(), month, dayOfMonth)
	if !nearest.IsZero() && distance(nearest, near) <= 180 {
		return nearest, nil
	}
	for _, year := range []int{near.Year() - 1, near.Year() + 1} {
		d := day.New(year, month, dayOfMonth)
		if !d.IsZero() && (nearest.IsZero() || distance(d, near) < distance(nearest, near)) {
			nearest = d
		}
	}
	if nearest.IsZero() || distance(nearest, near) > 184 {
		return day.Date{}, day.ErrFormat
	}
	return nearest, nil
}

func distance(a, b day.Date) int {
	if n := a.Sub(b); n > 0 {
		return n
	}
	return b.Sub(a)
}

func date(year, month, dayOfMonth int) (day.Date, error) {
	d := day.New(year, time.Month(month), dayOfMonth)
	if d.IsZero() {
		return d, day.ErrFormat
	}
	return d, nil
}

func century(year int) int {
	if year >= pivot {
		return 1900 + year
	}
	return 2000 + year
}

func two(s string, at int) int { return int(s[at]-'0')*10 + int(s[at+1]-'0') }

// Comma reads an amount without sign whose decimal comma is written, into
// minor units of a currency of so many decimals. Digits after the comma may be
// few or none ("12,5", "12,"), zeros in front many. Without its comma an
// amount is refused: nobody could tell units from hundredths.
func Comma(s string, decimals int) (money.Cents, error) {
	if s == "" {
		return 0, money.ErrEmpty
	}
	whole, frac, comma := strings.Cut(s, ",")
	if !comma || !Digits(whole) || frac != "" && !Digits(frac) {
		return 0, money.ErrFormat
	}
	if frac == "" {
		return money.ParseMinor(whole, decimals)
	}
	return money.ParseMinor(whole+"."+frac, decimals)
}
