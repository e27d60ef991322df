package fixed

import (
	"errors"
	"testing"

	"cassacomune/app/day"
	"cassacomune/app/money"
)

func TestDates(t *testing.T) {
	for s, want := range map[string]day.Date{
		"260228": day.New(2026, 2, 28), "240229": day.New(2024, 2, 29), "791231": day.New(2079, 12, 31), "800101": day.New(1980, 1, 1),
		"260230": {}, "250229": {}, "261301": {}, "260100": {}, "26022": {}, "2602280": {}, "26 228": {}, "": {},
	} {
		if got, err := YYMMDD(s); got != want || (err == nil) == want.IsZero() {
			t.Errorf("YYMMDD(%q): got %v, %v, want %v", s, got, err, want)
		}
	}
	for s, want := range map[string]day.Date{"280226": day.New(2026, 2, 28), "010180": day.New(1980, 1, 1), "300226": {}, "28022": {}, "28-226": {}} {
		if got, err := DDMMYY(s); got != want || (err == nil) == want.IsZero() {
			t.Errorf("DDMMYY(%q): got %v, %v, want %v", s, got, err, want)
		}
	}
	for s, want := range map[string]day.Date{"28022026": day.New(2026, 2, 28), "31121979": day.New(1979, 12, 31), "30022026": {}, "280226": {}, "00000000": {}} {
		if got, err := DDMMYYYY(s); got != want || (err == nil) == want.IsZero() {
			t.Errorf("DDMMYYYY(%q): got %v, %v, want %v", s, got, err, want)
		}
	}
}

func TestDateWithoutYear(t *testing.T) {
	for _, c := range []struct {
		s          string
		near, want day.Date
	}{
		{"0302", day.New(2026, 2, 27), day.New(2026, 3, 2)},
		{"0102", day.New(2025, 12, 31), day.New(2026, 1, 2)},
		{"1231", day.New(2026, 1, 2), day.New(2025, 12, 31)},
		{"0702", day.New(2026, 1, 1), day.New(2026, 7, 2)},
		{"0703", day.New(2026, 1, 1), day.New(2025, 7, 3)},
		{"0229", day.New(2025, 3, 1), day.Date{}},
		{"0229", day.New(2024, 3, 1), day.New(2024, 2, 29)},
		{"0229", day.New(2027, 12, 31), day.New(2028, 2, 29)},
		{"0229", day.New(2026, 3, 1), day.Date{}},
		{"0230", day.New(2026, 3, 1), day.Date{}},
		{"1301", day.New(2026, 3, 1), day.Date{}},
		{"031", day.New(2026, 3, 1), day.Date{}},
		{"03 1", day.New(2026, 3, 1), day.Date{}},
	} {
		if got, err := MMDD(c.s, c.near); got != c.want || (err == nil) == c.want.IsZero() {
			t.Errorf("MMDD(%q, %v): got %v, %v, want %v", c.s, c.near, got, err, c.want)
		}
	}
}

// TestDateWithoutYearIsNearest walks over three years.
func TestDateWithoutYearIsNearest(t *testing.T) {
	near := day.New(2024, 1, 1)
	for n := range 3 * 366 {
		near := near.AddDays(n)
		for _, s := range []string{"0101", "0228", "0301", "0630", "0701", "1231"} {
			got, err := MMDD(s, near)
			if err != nil || distance(got, near) > 183 {
				t.Fatalf("MMDD(%q, %v): got %v, %v", s, near, got, err)
			}
		}
	}
}

func TestComma(t *testing.T) {
	for _, c := range []struct {
		s        string
		decimals int
		want     money.Cents
		err      error
	}{
		{"12,34", 2, 1234, nil}, {"12,3", 2, 1230, nil}, {"12,", 2, 1200, nil}, {"0,", 2, 0, nil}, {"000000001213,28", 2, 121328, nil},
		{"12,340", 2, 1234, nil}, {"1200,", 0, 1200, nil}, {"1,234", 3, 1234, nil},
		{"12,345", 2, 0, money.ErrDecimals}, {"1200,5", 0, 0, money.ErrDecimals},
		{"12", 2, 0, money.ErrFormat}, {",5", 2, 0, money.ErrFormat}, {"1.200,00", 2, 0, money.ErrFormat}, {"-1,00", 2, 0, money.ErrFormat},
		{"1,2,3", 2, 0, money.ErrFormat}, {"1,-2", 2, 0, money.ErrFormat}, {" 1,00", 2, 0, money.ErrFormat},
		{"", 2, 0, money.ErrEmpty}, {"99999999999999999999,00", 2, 0, money.ErrRange},
	} {
		if got, err := Comma(c.s, c.decimals); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("Comma(%q, %d): got %d, %v, want %d, %v", c.s, c.decimals, got, err, c.want, c.err)
		}
	}
}
