package formats

import (
	"cassacomune/app/day"
	"cassacomune/app/money"
)

// Outcome is what a counterpart answers (esito) about one thing of ours: a
// line of an order, a file sent, a request.
type Outcome struct {
	Line        int
	Kind        string // what is answered: "reversale" "mandato" "flusso" "richiesta"...
	Subject     string // its number or id
	Progressive string // line inside it
	Year        int
	Status      string // as the message has it: RISCOSSO, OK, KO...
	On          day.Date
	Cents       money.Cents
	Quittance   string   // number that the Treasurer gives
	Codes       []string // of errors
	Text        string
	Raw         string
}

// Receipt is a payment that a channel proves (ricevuta telematica, RT).
type Receipt struct {
	Line      int
	ID        string // receipt's own id
	Notice    string // numero avviso (NAV)
	Reference string // IUV or creditor reference
	Outcome   string
	Cents     money.Cents
	Fee       money.Cents
	Receiver  string // codice fiscale of the body
	Payer     Party
	Debtor    Party
	PSP       string
	Channel   string
	PaidAt    string // as the file has it
	PaidOn    day.Date
	Text      string
	StandIn   bool // paid while our station was down
	Parts     []ReceiptPart
}

// ReceiptPart is a transfer of a receipt: who gets how much of it, and where.
type ReceiptPart struct {
	Index    int
	Cents    money.Cents
	Receiver string
	IBAN     string
	Text     string
	Category string // tassonomia
	Receipt  string // IUR
}
