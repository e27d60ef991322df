package formats

import (
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/money"
)

// Action of a row of a debt file.
const (
	Load   = "carica"
	Change = "modifica"
	Annul  = "annulla"
)

// DebtRow is one line of a debt file: an item of an instalment of an option of
// a debt. Rows with the same Position are one debt.
type DebtRow struct {
	Line                                               int
	Body                                               string // codice fiscale of the municipality the file is for
	Action                                             string
	DebtType                                           string
	Position                                           string // the office's key of the debt
	Option                                             string // "" = single
	Instalment                                         int    // 1-based
	DueOn                                              day.Date
	ValidUntil                                         day.Date
	Cents                                              money.Cents
	Reason                                             string // causale
	DebtorKind                                         string // "person" "organisation" "": not stated
	DebtorCode, DebtorName, DebtorEmail, DebtorAddress string
	NotifiedOn                                         day.Date
	Minimum, Maximum                                   money.Cents // statutory, for fines
	Item                                               string      // key of the item
	IsCost                                             bool
	Beneficiary                                        string // codice fiscale of another body
	IBAN                                               string
	AssessmentYear                                     int
	AssessmentNumber                                   string
	Chapter                                            string
	VAT                                                string
	Notice                                             string // numero avviso already printed by the office
	Unit                                               string // the office's own key of the payable unit, where the file has one (GovPay: idPendenza)
	Raw                                                string
}

// Address writes a postal address in one line, as far as it is known: "Via Roma
// 1, 00100 Roma (RM)", and a nation where it is not Italy.
func Address(street, number, postcode, town, province, nation string) string {
	street = strings.TrimSpace(street + " " + number)
	town = strings.TrimSpace(postcode + " " + town)
	if province != "" && town != "" {
		town += " (" + province + ")"
	}
	if nation != "" && nation != "IT" && town != "" {
		town += ", " + nation
	}
	if street == "" || town == "" {
		return street + town
	}
	return street + ", " + town
}
