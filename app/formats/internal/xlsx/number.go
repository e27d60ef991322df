package xlsx

import (
	"strconv"
	"strings"

	"cassacomune/app/day"
)

// significant is how many digits of a number a spreadsheet keeps; what stands
// in the file beyond them is the remainder of its binary form.
const significant = 15

// decimal turns a number as it stands in the file ("1.2E3",
// "12.300000000000001") into a plain decimal of what the sheet shows ("1200",
// "12.3").
func decimal(s string) (string, bool) {
	sign := ""
	if s != "" && (s[0] == '-' || s[0] == '+') {
		sign, s = strings.Trim(s[:1], "+"), s[1:]
	}
	mantissa, exponent, hasExponent := strings.Cut(strings.ToUpper(s), "E")
	point := 0
	if hasExponent {
		n, err := strconv.Atoi(exponent)
		if err != nil || n < -400 || n > 400 {
			return "", false
		}
		point = n
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if digits == "" || strings.Trim(digits, "0123456789") != "" || len(digits) > 400 {
		return "", false
	}
	point += len(whole)
	zeros := len(digits) - len(strings.TrimLeft(digits, "0"))
	digits, point = digits[zeros:], point-zeros
	digits, carried := rounded(digits)
	if carried {
		point++
	}
	digits = strings.TrimRight(digits, "0")
	switch {
	case digits == "":
		return "0", true
	case point <= 0:
		return sign + "0." + strings.Repeat("0", -point) + digits, true
	case point >= len(digits):
		return sign + digits + strings.Repeat("0", point-len(digits)), true
	}
	return sign + digits[:point] + "." + digits[point:], true
}

// rounded cuts digits to those that are significant; carried says that there
// is one more in front.
func rounded(digits string) (_ string, carried bool) {
	if len(digits) <= significant {
		return digits, false
	}
	kept := []byte(digits[:significant])
	if digits[significant] < '5' {
		return string(kept), false
	}
	for i := len(kept) - 1; i >= 0; i-- {
		if kept[i]++; kept[i] <= '9' {
			return string(kept), false
		}
		kept[i] = '0'
	}
	return "1" + string(kept), true
}

// Day reads a date: a number that counts days from the last of 1899, or from
// the first of 1904 in workbooks that say so; or a text. The fraction of a
// number is the hour.
func (s *Sheet) Day(c Cell) (day.Date, error) {
	if !c.Number {
		return day.Parse(c.Text)
	}
	whole, _, _ := strings.Cut(c.Text, ".")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 61 || n > 109_574 { // to the end of 2199; before March 1900 the count has a day that never was
		return day.Date{}, day.ErrFormat
	}
	if s.since1904 {
		return day.New(1904, 1, 1).AddDays(n), nil
	}
	return day.New(1899, 12, 30).AddDays(n), nil
}
