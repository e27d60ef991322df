package codes

import "strings"

// ibanLengths holds the length of the IBAN in the countries of the SEPA area
// (SWIFT's public IBAN registry). Of other countries only the check is tested.
var ibanLengths = map[string]int{
	"AD": 24, "AL": 28, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
	"EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22,
	"IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
	"MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SE": 24, "SI": 19, "SK": 24,
	"SM": 27, "VA": 22,
}

// abiPoste is the bank code of Poste Italiane, whose account numbers are those
// of postal current accounts.
const abiPoste = "07601"

// CheckIBAN checks an IBAN: its country's length, its check digits modulo 97
// and, for Italy and San Marino, its inner form and the letter of the national
// bank coordinates (CIN). RF is no country: that is a creditor reference.
func CheckIBAN(s string) error {
	if len(s) < 15 || len(s) > 34 || !alphanumeric(s) || !isLetter(s[0]) || !isLetter(s[1]) || !digits(s[2:4]) || s[:2] == "RF" {
		return invalid("iban.form", "L'IBAN non ha la forma prevista: due lettere del Paese, due cifre, poi il conto.")
	}
	country := s[:2]
	if want, known := ibanLengths[country]; known && len(s) != want {
		return invalid("iban.length", "L'IBAN del Paese %s deve avere %d caratteri.", country, want)
	}
	italian := country == "IT" || country == "SM"
	if italian && (!isLetter(s[4]) || !digits(s[5:15])) {
		return invalid("iban.form", "L'IBAN italiano non ha la forma prevista: lettera CIN, cinque cifre ABI, cinque cifre CAB, poi il conto.")
	}
	// 00, 01 and 99 leave 1 as 97, 98 and 02 do, but are never assigned.
	if s[2:4] != check97(s[4:], country) {
		return invalid("iban.check", "Le cifre di controllo dell'IBAN non sono giuste: controllare i caratteri.")
	}
	if italian && letter26(s[5:]) != s[4] {
		return invalid("iban.cin.check", "La lettera CIN dell'IBAN non è giusta: controllare i caratteri.")
	}
	return nil
}

// PostalAccount returns the number of the postal current account (conto
// corrente postale), twelve digits, out of an Italian IBAN of Poste, and false
// for any other.
func PostalAccount(iban string) (string, bool) {
	if CheckIBAN(iban) != nil || !strings.HasPrefix(iban, "IT") || iban[5:10] != abiPoste || !digits(iban[15:]) {
		return "", false
	}
	return iban[15:], true
}

// NewItalianIBAN builds the IBAN of bank code (ABI), branch code (CAB) and
// account of twelve characters.
func NewItalianIBAN(abi, cab, account string) (string, error) {
	if len(abi) != 5 || len(cab) != 5 || len(account) != 12 || !digits(abi) || !digits(cab) || !alphanumeric(account) {
		return "", invalid("iban.form", "Per l'IBAN servono ABI di 5 cifre, CAB di 5 cifre e conto di 12 caratteri.")
	}
	rest := abi + cab + account
	rest = string(letter26(rest)) + rest
	return "IT" + check97(rest, "IT") + rest, nil
}
