package codes

// CheckRF checks a creditor reference of ISO 11649: RF, two check digits, one
// to 21 characters.
func CheckRF(s string) error {
	if len(s) < 5 || len(s) > 25 || s[:2] != "RF" || !digits(s[2:4]) || !alphanumeric(s[4:]) {
		return invalid("rf.form", "Il riferimento RF deve essere RF, due cifre e al massimo 21 lettere o cifre.")
	}
	if s[2:4] != check97(s[4:], "RF") {
		return invalid("rf.check", "Le cifre di controllo del riferimento RF non sono giuste: controllare i caratteri.")
	}
	return nil
}

// NewRF builds the creditor reference of up to 21 capitals and digits.
func NewRF(reference string) (string, error) {
	if len(reference) > 21 || !alphanumeric(reference) {
		return "", invalid("rf.form", "Il riferimento RF deve essere RF, due cifre e al massimo 21 lettere o cifre.")
	}
	return "RF" + check97(reference, "RF") + reference, nil
}

// CheckCreditorID checks a SEPA creditor identifier (identificativo del
// creditore, AT-02): country, two check digits, a business code of three
// characters that the check ignores, a national identifier, which in Italy is
// a fiscal code of 16 characters or of 11 digits after five zeros.
func CheckCreditorID(s string) error {
	if len(s) < 8 || len(s) > 35 || !alphanumeric(s) || !isLetter(s[0]) || !isLetter(s[1]) || !digits(s[2:4]) || s[:2] == "RF" {
		return invalid("creditor.form", "L'identificativo del creditore non ha la forma prevista: Paese, due cifre, tre caratteri, codice nazionale.")
	}
	if s[:2] == "IT" && len(s) != 23 {
		return invalid("creditor.length", "L'identificativo italiano del creditore deve avere 23 caratteri.")
	}
	if s[2:4] != check97(s[7:], s[:2]) {
		return invalid("creditor.check", "Le cifre di controllo dell'identificativo del creditore non sono giuste: controllare i caratteri.")
	}
	return nil
}

// NewCreditorID builds the Italian creditor identifier of a fiscal code.
// Business is the three characters a creditor chooses; ZZZ is usual.
func NewCreditorID(business, fiscalCode string) (string, error) {
	if len(business) != 3 || !alphanumeric(business) {
		return "", invalid("creditor.form", "Il codice attività del creditore deve avere tre lettere o cifre.")
	}
	if err := CheckFiscalCode(fiscalCode); err != nil {
		return "", err
	}
	national := fiscalCode
	if len(national) == 11 {
		national = "00000" + national
	}
	return "IT" + check97(national, "IT") + business + national, nil
}
