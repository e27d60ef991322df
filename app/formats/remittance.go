package formats

import (
	"cassacomune/app/day"
	"cassacomune/app/money"
)

// Flow opens a remittance: a batch that a channel says it has sent or collected.
type Flow struct {
	ID        string
	Channel   string // "pos" "poste" "pagopa" "f24"...: the family that reads it
	Account   string // postal account, terminal...: who it concerns
	On        day.Date
	PaidOn    day.Date // date of the transfer (data regolamento), where the flow names it
	Reference string   // the transfer's reference (TRN), where the flow names it
	Sender    string   // PSP or institute, as coded
	Receiver  string   // codice fiscale of the body paid, where the flow names it
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

	Currency    string // "" is EUR
	Receipt     string // the channel's number of the payment: IUR
	Index       int    // which of several transfers of the payment; 0: not stated
	Instalment  string // rata, as it stands
	Payer       Party
	Text        string
	Provisional string // number of the Treasurer's provisional, where the flow knows it
	Year        int    // its esercizio
	Tax         *F24   // of a tax paid by F24
}

// F24 is what a row of the tax agency's flow (fornitura F24) says beside the
// money: whose tax, which, for when.
type F24 struct {
	Code                            string // codice tributo
	Kind                            string // kind of tax, one letter: I IMU, T TARSU...
	Municipality                    string // codice catastale
	Year                            int
	Instalment                      string // NNRR
	Debit                           money.Cents
	Credit                          money.Cents
	Late, Changed, Advance, Balance bool // ravvedimento, immobili variati, acconto, saldo
	Properties                      int
	Deduction                       money.Cents
	SecondCode                      string // codice fiscale of the coobligor, heir...
	SecondRole                      string
	Operation                       string // identificativo operazione, 18 characters
	Delegation                      string // protocol and row of the delegation
	Collector                       string // ABI, 07601 Poste, 99999 internet
	Flags                           string // error flags of the row, as they stand
}

// Settlement is a transfer that the sender of a remittance says that it has
// ordered, withheld, advanced or recalled.
type Settlement struct {
	Line      int
	Kind      string // as the format names it: G2 G3 G4 G5 G9...
	On        day.Date
	Cents     money.Cents
	State     string
	Code      string // tax or service it is for
	Order     string
	Reference string // CRO or TRN
	Account   string // IBAN or treasury account
	Raw       string
}

// FlowEnd ends a remittance with what it declares.
type FlowEnd struct {
	Payments *int
	Sum      *money.Cents
	Line     int
	Sender   string // as coded, where only the end names it: Poste's processing centre (CUAS)
}
