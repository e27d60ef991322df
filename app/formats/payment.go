package formats

import (
	"cassacomune/app/day"
	"cassacomune/app/money"
)

// Message opens a payment message: orders to pay or to collect (pain.001,
// pain.008, RID, MAV), or what a bank answers about one (pain.002, outcomes).
type Message struct {
	Kind                 string // "credit-transfer" "direct-debit" "status" "rid" "mav"
	ID                   string
	CreatedAt            string // as the file has it
	CreatedOn            day.Date
	Initiator            Party
	DeclaredTransactions *int
	DeclaredSum          *money.Cents
	Original             string // status: id of the message answered
	OriginalKind         string // its message name
	Status               string // of the whole message
	Reasons              []string
	Text                 string
}

// Batch opens a batch (disposizione cumulativa, PmtInf) of a message.
type Batch struct {
	Line                 int
	ID                   string
	Method               string // TRF DD
	Scheme               string // local instrument: CORE B2B
	Sequence             string // FRST RCUR OOFF FNAL
	Booking              string // how the sender asks the bank to book it: "batch" "single"; "": not said
	On                   day.Date
	Account              Party // whose account is credited or charged
	Creditor             string
	DeclaredTransactions *int
	DeclaredSum          *money.Cents
	Status               string
	Reasons              []string
	Text                 string
}

// Payment is one order of a batch, or the answer to it.
type Payment struct {
	Line       int
	References References
	Cents      money.Cents
	Stated     bool // the file gives an amount; an answer may not
	Currency   string
	Party      Party // the other side
	Ultimate   Party
	SignedOn   day.Date   // of the mandate
	Amendment  *Amendment // of the mandate, where the file tells one
	Sequence   string     // where the payment and not the batch says it
	On         day.Date   // due, or asked for
	PaidOn     day.Date
	ValueOn    day.Date
	Text       string
	Purpose    string
	Status     string   // answer: RJCT ACCP..., or the outcome code of the format
	Reasons    []string // reason codes
	ReasonText string
	Charges    money.Cents
	Raw        string
}

// MessageEnd ends a message with what it declares at its end.
type MessageEnd struct {
	DeclaredTransactions *int
	DeclaredSum          *money.Cents
	Line                 int
}
