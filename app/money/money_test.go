package money

import (
	"errors"
	"math"
	"testing"
)

func TestParse(t *testing.T) {
	for s, want := range map[string]Cents{
		"1.234,50": 1234_50, "12,5": 12_50, "-3": -3_00, "+3": 3_00, " 7,05 ": 7_05, "0": 0, "-0,01": -1,
		"12.34": 12_34, "12.5": 12_50, "1234.50": 1234_50, "0.500": 50, "-0.500": -50, "1234.500": 1234_50,
		"1.234": 1234_00, "-1.234": -1234_00, "123.456": 123456_00, "1.234.567": 1234567_00, "1.234.567,89": 1234567_89,
		"12,500": 12_50, "0012,30": 12_30,
	} {
		if got, err := Parse(s); err != nil || got != want {
			t.Errorf("Parse(%q): got %d, %v, want %d", s, got, err, want)
		}
	}
	for s, want := range map[string]error{
		"": ErrEmpty, "  ": ErrEmpty,
		"12..34": ErrFormat, "1e3": ErrFormat, "12,": ErrFormat, ",5": ErrFormat, ".5": ErrFormat, "5.": ErrFormat, "-": ErrFormat,
		"--3": ErrFormat, "3-": ErrFormat, "1 234": ErrFormat, "1,2,3": ErrFormat, "1.2.3": ErrFormat, "1,234.50": ErrFormat,
		"12.34,5": ErrFormat, "1234.567,8": ErrFormat, "0.123,4": ErrFormat, "0.123.456": ErrFormat, "1\x0012": ErrFormat, "€5": ErrFormat,
		"1,234": ErrDecimals, "0.123": ErrDecimals, "1234.567": ErrDecimals,
		"99999999999999999999": ErrRange,
	} {
		if got, err := Parse(s); !errors.Is(err, want) {
			t.Errorf("Parse(%q): got %d, %v, want %v", s, got, err, want)
		}
	}
}

func TestParseDecimal(t *testing.T) {
	if got, err := ParseDecimal("1.234"); !errors.Is(err, ErrDecimals) {
		t.Errorf("a machine's point is decimal: got %d, %v", got, err)
	}
	if got, err := ParseDecimal("12,50"); !errors.Is(err, ErrFormat) {
		t.Errorf("a machine writes no comma: got %d, %v", got, err)
	}
}

func TestPrint(t *testing.T) {
	for c, want := range map[Cents][3]string{
		0:             {"0.00", "0,00", "0,00\u00a0€"},
		-5:            {"-0.05", "-0,05", "-0,05\u00a0€"},
		999_99:        {"999.99", "999,99", "999,99\u00a0€"},
		1234567_89:    {"1234567.89", "1234567,89", "1.234.567,89\u00a0€"},
		-1000_00:      {"-1000.00", "-1000,00", "-1.000,00\u00a0€"},
		math.MinInt64: {"-92233720368547758.08", "-92233720368547758,08", "-92.233.720.368.547.758,08\u00a0€"},
	} {
		if got := [3]string{c.Decimal(), c.Comma(), c.String()}; got != want {
			t.Errorf("%d: got %q, want %q", int64(c), got, want)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []Cents{0, 1, -1, 100, 101, -101, 99999} {
		for n := 1; n < 8; n++ {
			parts := c.Split(n)
			if len(parts) != n || Sum(parts...) != c {
				t.Errorf("%d in %d parts: got %v", c, n, parts)
			}
			if first, last := parts[0].Abs(), parts[n-1].Abs(); first-last > 1 || first < last {
				t.Errorf("%d in %d parts: the remainder is not on the first: %v", c, n, parts)
			}
		}
	}
}

// FuzzParse holds that an amount that is read is printed and read again alike.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"1.234,50", "12.34", "0.500", "1e3", "-1.234"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse(s)
		if err != nil {
			return
		}
		if got, err := Parse(c.Comma()); err != nil || got != c {
			t.Errorf("Parse(%q) after Parse(%q): got %d, %v, want %d", c.Comma(), s, got, err, c)
		}
		if got, err := ParseDecimal(c.Decimal()); err != nil || got != c {
			t.Errorf("ParseDecimal(%q): got %d, %v, want %d", c.Decimal(), got, err, c)
		}
	})
}
