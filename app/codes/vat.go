package codes

import "strings"

// CheckVAT checks an Italian VAT number (partita IVA): eleven digits, a serial
// that is not zero, the code of an issuing office, a check digit. The fiscal
// code of a public body (80..., 90...) is no VAT number, though of the same
// length: CheckFiscalCode is for that.
func CheckVAT(s string) error {
	if err := checkEleven(s, "vat"); err != nil {
		return err
	}
	if strings.HasPrefix(s, "0000000") || !issuingOffice(number(s[7:10])) {
		return invalid("vat.office", "La partita IVA non contiene un numero o un ufficio di rilascio esistente.")
	}
	return nil
}

// issuingOffice knows the provinces, 001 to 100, and the central offices.
func issuingOffice(n int) bool {
	return n >= 1 && n <= 100 || n == 120 || n == 121 || n == 888 || n == 999
}

func checkEleven(s, key string) error {
	name := "Il codice fiscale numerico"
	if key == "vat" {
		name = "La partita IVA"
	}
	if len(s) != 11 || !digits(s) || s == "00000000000" {
		return invalid(key+".form", "%s deve avere 11 cifre.", name)
	}
	if luhn(s[:10]) != s[10] {
		return invalid(key+".check", "%s ha la cifra di controllo sbagliata: controllare le cifre.", name)
	}
	return nil
}
