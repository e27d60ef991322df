package formats

import (
	"time"

	"cassacomune/app/day"
	"cassacomune/app/money"
)

// DirectDebits is a request to collect by SEPA direct debit (richiesta di
// incasso, addebiti diretti), whatever layout carries it. Amounts are euro.
type DirectDebits struct {
	ID        string // unique for its sender
	CreatedAt time.Time
	Initiator Party  // who sends it; Code is its CUC where a CBI form is written, its SIA code in RID
	Scheme    string // CORE B2B: one a message
	Batches   []DebitBatch
}

// DebitBatch is what is collected on one day, of one kind of sequence, for one
// account (sottodistinta).
type DebitBatch struct {
	ID         string
	Sequence   string   // FRST RCUR OOFF FNAL
	On         day.Date // data di scadenza: when the debtors' accounts are charged
	Booking    string   // "batch" "single"; "" leaves it to the bank
	Creditor   Party    // with the IBAN to credit; Bank is a BIC or an ABI
	CreditorID string   // identificativo del creditore (AT-02)
	Debits     []Debit
}

// Debit is one collection from a debtor's account.
type Debit struct {
	Instruction string // ours to the bank; "" where the form does not ask for one
	EndToEnd    string // comes back with every answer
	Cents       money.Cents
	Mandate     Mandate
	Debtor      Party // the account's holder
	Ultimate    Party // whose debt it is, if not the holder's
	Purpose     string
	Text        string // causale; or Reference
	Reference   string // creditor reference (RF)
}

// Mandate is the payer's consent to direct debits (mandato), as a collection
// repeats it.
type Mandate struct {
	ID        string // riferimento univoco del mandato
	SignedOn  day.Date
	Amendment *Amendment // since the collection before
}

// Amendment is what a mandate was before it changed; what did not is empty.
type Amendment struct {
	Mandate      string // its reference
	Creditor     string // identifier of its creditor
	CreditorName string
	IBAN         string // the debtor's account, at the same bank
	OtherBank    bool   // the account was at another bank (SMNDA)
}

// CreditTransfers is an order to pay by SEPA credit transfer (ordine di
// bonifico), whatever layout carries it. Amounts are euro.
type CreditTransfers struct {
	ID        string // unique for its sender
	CreatedAt time.Time
	Initiator Party // who sends it; Code is its CUC where a CBI form is written
	Batches   []TransferBatch
}

// TransferBatch is what is paid on one day from one account.
type TransferBatch struct {
	ID        string
	On        day.Date // data di esecuzione
	Booking   string   // "batch" "single"; "" leaves it to the bank
	Debtor    Party    // with the IBAN to charge; Bank is a BIC or an ABI
	Transfers []Transfer
}

// Transfer is one payment to a creditor's account.
type Transfer struct {
	Instruction string // ours to the bank; "" where the form does not ask for one
	EndToEnd    string // reaches the creditor
	Cents       money.Cents
	Creditor    Party
	Ultimate    Party // whom it is for, if not the account's holder
	Purpose     string
	Text        string // causale; or Reference
	Reference   string // creditor reference (RF)
}
