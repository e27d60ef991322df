package day

import "time"

// Easter returns Easter Sunday of a year of the Gregorian calendar (the
// "anonymous" algorithm, as in any almanac).
func Easter(year int) Date {
	a, b, c := year%19, year/100, year%100
	d, e, f := b/4, b%4, (b+8)/25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	month, dom := (h+l-7*m+114)/31, (h+l-7*m+114)%31+1
	return New(year, time.Month(month), dom)
}

// fixed holds the national holidays with a fixed date (law 260 of 1949 as
// amended; 4 October again since 2026 by law 151 of 2025).
var fixed = map[[2]int]int{
	{1, 1}: 0, {1, 6}: 0, {4, 25}: 0, {5, 1}: 0, {6, 2}: 0, {8, 15}: 0,
	{10, 4}: 2026, {11, 1}: 0, {12, 8}: 0, {12, 25}: 0, {12, 26}: 0,
}

// IsHoliday reports whether d is a Sunday or a national holiday of Italy. The
// feast of a town's patron is not national and is not counted.
func (d Date) IsHoliday() bool {
	if d.Weekday() == time.Sunday {
		return true
	}
	since, named := fixed[[2]int{int(d.m), int(d.d)}]
	return named && d.Year() >= since || d == Easter(d.Year()).AddDays(1)
}

// IsWorking reports whether d is a working day: neither Saturday nor holiday.
func (d Date) IsWorking() bool { return d.Weekday() != time.Saturday && !d.IsHoliday() }

// RollHoliday returns d, or the next day that is no holiday: a term that ends
// on a holiday is extended (art. 2963 of the Civil Code).
func (d Date) RollHoliday() Date {
	for d.IsHoliday() {
		d = d.AddDays(1)
	}
	return d
}

// AddWorking returns the nth working day after d.
func (d Date) AddWorking(n int) Date {
	for n > 0 {
		if d = d.AddDays(1); d.IsWorking() {
			n--
		}
	}
	return d
}

// IsSettlement reports whether d is a day on which SEPA payments settle: TARGET
// is closed at weekends, on 1 January, Good Friday, Easter Monday, 1 May, 25
// and 26 December (calendar of the European Central Bank), whatever holidays a
// country has.
func (d Date) IsSettlement() bool {
	switch [2]int{int(d.m), int(d.d)} {
	case [2]int{1, 1}, [2]int{5, 1}, [2]int{12, 25}, [2]int{12, 26}:
		return false
	}
	easter := Easter(d.Year())
	weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
	return !weekend && d != easter.AddDays(-2) && d != easter.AddDays(1)
}
