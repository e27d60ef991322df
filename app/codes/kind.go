package codes

import "strings"

// Sort is what a code may be.
type Sort string

// The sorts of code that Kind tells apart.
const (
	SortNotice     Sort = "notice"      // notice number, 18 digits
	SortSlip       Sort = "slip"        // postal slip customer code, 18 digits
	SortIUV        Sort = "iuv"         // payment identifier, 15 or 17 digits or RF
	SortPerson     Sort = "person"      // fiscal code of a person, 16 characters
	SortVAT        Sort = "vat"         // partita IVA
	SortFiscal     Sort = "fiscal"      // fiscal code of 11 digits
	SortIBAN       Sort = "iban"        // bank account
	SortRF         Sort = "rf"          // creditor reference of ISO 11649
	SortCreditorID Sort = "creditor_id" // SEPA creditor identifier
)

// Kind says what a typed, pasted or scanned text may be, for the one search
// box: the code to look for, in canonical form, and the sorts that it can be,
// the likeliest first. Of a symbol or a code line it returns the number inside.
// A text that is no known code comes back clean, with no sorts: it may still be
// a reference of an office.
//
// Codes with a wrong check digit are recognised after all others, so that one
// that was given out wrong can be found.
func Kind(s string) (code string, sorts []Sort) {
	if p, err := ReadQR(s); err == nil || WrongCheck(err) {
		return p.Notice, []Sort{SortNotice}
	}
	if p, err := ReadMatrix(strings.Trim(s, "\r\n")); err == nil || WrongCheck(err) {
		return p.Notice, []Sort{SortNotice}
	}
	if slip, err := ReadSlipLine(s); err == nil || WrongCheck(err) {
		return slip.Code, slipOrNotice(slip.Code)
	}
	code = Clean(s)
	if slip, err := ReadSlipPayload(code); err == nil || WrongCheck(err) {
		return slip.Code, slipOrNotice(slip.Code)
	}
	var doubtful []Sort
	for _, k := range kinds {
		switch err := k.check(code); {
		case err == nil:
			sorts = append(sorts, k.sort)
		case WrongCheck(err):
			doubtful = append(doubtful, k.sort)
		}
	}
	return code, append(sorts, doubtful...)
}

var kinds = []struct {
	sort  Sort
	check func(string) error
}{
	{SortNotice, CheckNotice},
	{SortSlip, CheckSlip},
	{SortPerson, func(s string) error { _, err := ReadPerson(s); return err }},
	{SortVAT, CheckVAT},
	{SortFiscal, func(s string) error { return checkEleven(s, "fiscal") }},
	{SortRF, CheckRF},
	{SortCreditorID, CheckCreditorID},
	{SortIBAN, CheckIBAN},
	{SortIUV, checkIUV},
}

// checkIUV accepts the identifiers of every auxiliary digit: only their length
// is known when they stand alone.
func checkIUV(s string) error {
	if CheckRF(s) == nil || digits(s) && (len(s) == 15 || len(s) == 17) {
		return nil
	}
	return invalid("iuv.form", "Lo IUV deve avere 15 o 17 cifre, oppure essere un riferimento RF.")
}

// slipOrNotice orders the two readings of the 18 digits of a slip: since the
// notices of pagoPA have a postal part too, the symbol alone does not tell.
func slipOrNotice(code string) []Sort {
	if CheckNotice(code) == nil {
		return []Sort{SortSlip, SortNotice}
	}
	return []Sort{SortSlip}
}
