package formats

import (
	"errors"
	"math"
	"testing"

	"cassacomune/app/money"
)

func TestAmountsHaveTheirCurrencysDecimals(t *testing.T) {
	for _, c := range []struct {
		text, currency, again string
		units                 money.Cents
		err                   error
	}{
		{"12.5", "EUR", "12.50", 1250, nil},
		{"12.5000", "EUR", "12.50", 1250, nil},
		{"12.505", "EUR", "", 0, money.ErrDecimals},
		{"12.505", "KWD", "12.505", 12505, nil},
		{"-0.005", "KWD", "-0.005", -5, nil},
		{"1200", "JPY", "1200", 1200, nil},
		{"1200.00", "JPY", "1200", 1200, nil},
		{"1200.5", "JPY", "", 0, money.ErrDecimals},
		{"0", "JPY", "0", 0, nil},
		{"7", "XYZ", "7.00", 700, nil},
		{"1.2.3", "EUR", "", 0, money.ErrFormat},
		{"23058430092136939.51", "EUR", "23058430092136939.51", 2305843009213693951, nil},
		{"23058430092136939.52", "EUR", "", 0, money.ErrRange},
	} {
		got, err := ParseAmount(c.text, c.currency)
		if got != c.units || !errors.Is(err, c.err) {
			t.Errorf("%s %s: got %d %v, want %d %v", c.text, c.currency, got, err, c.units, c.err)
		}
		if again := Decimal(got, c.currency); err == nil && again != c.again {
			t.Errorf("%s %s: printed %s, want %s", c.text, c.currency, again, c.again)
		}
	}
}

func TestControlSumsAddHundredthsOfAnyCurrency(t *testing.T) {
	for _, c := range []struct {
		units    money.Cents
		currency string
		want     money.Cents
		ok       bool
	}{
		{1250, "EUR", 1250, true},
		{-7, "CHF", -7, true},
		{1200, "JPY", 120000, true},
		{12505, "KWD", 0, false},
		{math.MaxInt64/100 + 1, "JPY", 0, false},
	} {
		got, ok := Hundredths(c.units, c.currency)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%d %s: got %d %v, want %d %v", c.units, c.currency, got, ok, c.want, c.ok)
		}
	}
}
