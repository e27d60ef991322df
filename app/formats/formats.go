// Package formats is the neutral side of every file that comes from outside:
// what a statement, a remittance or a debt file says, whatever its layout. A
// folder below it reads or writes one family of layouts and knows nothing of
// the database, the network or the clock.
package formats

import (
	"fmt"
	"iter"

	"cassacomune/app/day"
	"cassacomune/app/money"
)

// Severity tells whether a problem stops the row (or the file) or is only odd.
type Severity string

// The two severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is something wrong or odd in a file: where, what stood there, why.
type Problem struct {
	Line     int // 1-based; 0 where the format has no lines or it is unknown
	Field    string
	Value    string
	Reason   string // Italian, plain
	Severity Severity
}

func (p Problem) Error() string {
	return fmt.Sprintf("riga %d, %s %q: %s", p.Line, p.Field, p.Value, p.Reason)
}

// Event is what a reader yields, in the order of the file. Exactly one field
// is set.
type Event struct {
	Problem   *Problem
	Statement *Statement // a statement begins: an account, a period
	Entry     *Entry     // a movement of the statement begun last
	Closing   *Closing   // the statement begun last ends
	Flow      *Flow      // a remittance begins
	Line      *Line      // a payment inside the remittance begun last
	FlowEnd   *FlowEnd   // the remittance begun last ends
	Debt      *DebtRow   // a row of a debt file
	Header    *Header    // facts about the whole file
}

// Reader is an iterator over a file; the consumer may stop at any row. A file
// that cannot be read on yields a Problem of severity Error and ends.
type Reader = iter.Seq[Event]

// Header holds facts about the whole file that its format calls for.
type Header struct {
	Format, Version string
	Name, Value     string // one fact per event: "esercizio" "2026"
}

// Statement opens an account's report: a journal's sub-account (conto
// evidenza), a bank statement.
type Statement struct {
	ID, Account string
	Currency    string
	Year        int // esercizio, for a journal
	From, To    day.Date
	Opening     *money.Cents
	Bank, Body  string // ABI of the bank; the bank's code of the body
	Revision    string // flow id of the file that says it
}

// Closing ends a statement with what its file declares.
type Closing struct {
	Opening                *money.Cents // for formats that state it at the end
	Closing, Credit, Debit *money.Cents
	Line                   int
}

// Kind of a journal movement's document.
const (
	DocProvisionalCredit = "SOSPESO ENTRATA"
	DocProvisionalDebit  = "SOSPESO USCITA"
	DocOrder             = "REVERSALE"
	DocWarrant           = "MANDATO"
)

// Entry is a movement of a statement. Cents is never negative: the direction
// is in Credit, and a reversal of an earlier movement is in Operation.
type Entry struct {
	Line                            int
	Credit                          bool // money in
	Cents                           money.Cents
	Negative                        bool // the file wrote a minus sign; says nothing about the direction
	Currency                        string
	Booked                          bool // false: announced only; importers skip it
	BookedOn                        day.Date
	ValueOn                         day.Date
	Document                        string   // journal: one of the Doc constants, or another word kept as it stands
	Operation                       string   // journal: ESEGUITO STORNATO REGOLARIZZATO RIPRISTINATO
	Number                          string   // number of the provisional or order
	Progressive                     string   // payer line inside an order
	Movement                        string   // progressive number of the movement in its flow
	EffectiveOn                     day.Date // journal: true date of the provisional; starts the 60 days
	Siope                           string
	Reference                       string // bank's reference, CRO or TRN
	EndToEnd                        string
	Quittance                       string // number the Treasurer gives
	PartyName, PartyCode, PartyIBAN string
	Text                            string        // causale, unfolded
	Closes                          []Provisional // journal: provisionals that this order regularises
	Raw                             string        // bank-specific extras, kept
}

// Provisional is a reference to a provisional credit or debit, with the amount
// used of it; Cents is nil where the format carries none (OPI 1.4, OIL).
type Provisional struct {
	Number string
	Cents  *money.Cents
}

// Flow opens a remittance: a batch that a channel says it has sent or collected.
type Flow struct {
	ID        string
	Channel   string // "pos" "poste" "pagopa"...: the family that reads it
	Account   string // postal account, terminal...: who it concerns
	On        day.Date
	Reference string // the transfer's reference, where the flow names it
}

// Line is a payment inside a remittance.
type Line struct {
	Line       int
	Code       string      // notice number, slip code, provider transaction
	Document   string      // Poste: TD 896 674 451 123; else ""
	Gross      money.Cents // negative: money taken back
	Fee        money.Cents // withheld; zero where not stated
	PaidOn     day.Date
	CreditedOn day.Date
	Outcome    string
	Key        string // natural key inside the channel, for idempotency
	Raw        string
}

// FlowEnd ends a remittance with what it declares.
type FlowEnd struct {
	Payments *int
	Sum      *money.Cents
	Line     int
}

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
