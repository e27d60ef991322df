package formats

import (
	"math"

	"cassacomune/app/money"
)

// exponents lists the currencies whose minor unit is not a hundredth (ISO
// 4217, list one).
var exponents = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
	"UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4,
}

// Exponent returns how many decimals a currency has; 2 for one that is not
// known.
func Exponent(currency string) int {
	if currency == "EUR" {
		return 2
	}
	if n, ok := exponents[currency]; ok {
		return n
	}
	return 2
}

// ParseAmount reads a decimal amount with a point into minor units of the
// currency. More decimals than it has are an error, never rounded.
func ParseAmount(text, currency string) (money.Cents, error) {
	return money.ParseMinor(text, Exponent(currency))
}

// Decimal prints minor units of a currency for machines: "-12.50", "1200" yen.
func Decimal(c money.Cents, currency string) string { return c.Minor(Exponent(currency)) }

// Hundredths brings minor units of a currency to hundredths of its unit, which
// is how control sums add amounts of any currency (CtrlSum of ISO 20022: the
// total irrespective of currencies). It is false where the currency is finer
// than that, or the amount too large.
func Hundredths(c money.Cents, currency string) (money.Cents, bool) {
	switch Exponent(currency) {
	case 2:
		return c, true
	case 0:
		return c * 100, c.Abs() <= math.MaxInt64/100
	}
	return 0, false
}
