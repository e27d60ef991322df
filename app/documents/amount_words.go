package documents

import (
	"fmt"
	"strings"

	"cassacomune/app/money"
)

var units = [20]string{"", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci", "undici", "dodici",
	"tredici", "quattordici", "quindici", "sedici", "diciassette", "diciotto", "diciannove"}

var tens = [10]string{"", "", "venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta"}

// inWords writes an amount (importo in lettere) as slips ask for it: euro in
// one word, a slash, two digits of cents.
func inWords(c money.Cents) string {
	euro := int(c / 100)
	words := ""
	switch millions := euro / 1_000_000; {
	case millions == 1:
		words = "unmilione"
	case millions > 1:
		words = strings.TrimSuffix(belowThousand(millions), "uno")
		if millions%10 == 1 && millions%100 != 11 {
			words += "un"
		}
		words += "milioni"
	}
	switch thousands := euro / 1000 % 1000; {
	case thousands == 1:
		words += "mille"
	case thousands > 1:
		words += belowThousand(thousands) + "mila"
	}
	words += belowThousand(euro % 1000)
	if words == "" {
		words = "zero"
	}
	if len(words) > 3 && strings.HasSuffix(words, "tre") {
		words = strings.TrimSuffix(words, "tre") + "tré"
	}
	return fmt.Sprintf("%s/%02d", words, c%100)
}

func belowThousand(n int) string {
	words := ""
	switch hundreds := n / 100; {
	case hundreds == 1:
		words = "cento"
	case hundreds > 1:
		words = units[hundreds] + "cento"
	}
	n %= 100
	if n < 20 {
		return words + units[n]
	}
	ten := tens[n/10]
	if n%10 == 1 || n%10 == 8 {
		ten = ten[:len(ten)-1]
	}
	return words + ten + units[n%10]
}
