package formats

import (
	"cassacomune/app/day"
	"cassacomune/app/money"
)

// Statement opens an account's report: a journal's sub-account (conto
// evidenza), a bank statement (estratto conto). Amounts of a statement are
// minor units of its Currency, debit balances negative.
type Statement struct {
	Line        int
	ID, Account string
	Currency    string
	Number      string // the bank's running number of the statement, where it has one
	Year        int    // esercizio, for a journal
	From, To    day.Date
	Opening     *money.Cents
	Balances    []Balance // all that the file states before the movements, in its order
	Bank, Body  string    // ABI or BIC of the bank; the bank's code of the body
	Owner       string    // name of the account's owner
	Name        string    // what the bank calls the account: descrizione del conto di evidenza
	Revision    string    // flow id of the file that says it
}

// Balance is a balance (saldo) of any kind that a statement gives.
type Balance struct {
	Kind     string // ISO 20022 code, or the tag of another format: OPBD CLBD ITBD CLAV FWAV 60F 62M 64...
	On       day.Date
	Cents    money.Cents // negative: debit
	Currency string
}

// Closing ends a statement with what its file declares.
type Closing struct {
	Opening                *money.Cents // for formats that state it at the end
	Closing, Credit, Debit *money.Cents
	Balances               []Balance // those that the file states after the movements
	Text                   string    // what the file says about the statement as a whole
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
	Booked                          bool   // false: announced only; importers skip it
	Status                          string // as the file has it: BOOK PDNG INFO...; "" where it has none
	Reversal                        bool   // undoes an earlier movement; Credit is already the direction of the money
	BookedOn                        day.Date
	ValueOn                         day.Date
	Document                        string   // journal: one of the Doc constants, or another word kept as it stands
	Operation                       string   // journal: ESEGUITO STORNATO REGOLARIZZATO RIPRISTINATO
	Number                          string   // number of the provisional or order
	Progressive                     string   // payer line inside an order
	Movement                        string   // progressive number of the movement in its flow
	EffectiveOn                     day.Date // journal: true date of the provisional; starts the 60 days
	OrderedOn                       day.Date // when the payer gave the order, where the file says it
	Siope                           string
	Reference                       string // bank's reference, CRO or TRN
	EndToEnd                        string
	Quittance                       string // number the Treasurer gives
	PartyName, PartyCode, PartyIBAN string
	Text                            string        // causale, unfolded
	Closes                          []Provisional // journal: provisionals that this order regularises
	Raw                             string        // bank-specific extras, kept
	BankCode                        string        // bank transaction code: domain/family/sub-family, :61: type, CBI causale
	References                      References
	Batch                           int // transactions that the entry declares to stand for; 0: not stated
}

// References are the keys that a movement or a payment may be known by. What a
// file does not give, or gives as NOTPROVIDED or NONREF, is empty.
type References struct {
	Servicer    string // account servicer's reference (AcctSvcrRef, :61: after //)
	Message     string // MsgId
	Batch       string // PmtInfId
	Instruction string // InstrId
	EndToEnd    string
	Transaction string // TxId, CRO or TRN
	UETR        string
	Mandate     string // MndtId
	Creditor    string // creditor identifier of a direct debit
	Cheque      string
	Structured  string // creditor reference (RF...), postal code, notice number in its own field
	Others      []string
}

// Party is somebody whom a movement or a payment names.
type Party struct {
	Name string
	Code string // codice fiscale, partita IVA or another identifier, as it stands
	Kind string // whose code it is, where the file tells: "person" "organisation"
	IBAN string // or another account number, as it stands
	Bank string // BIC or ABI

	Address string // on one line, of files that are read; of what is written only MAV carries it
}

// Detail is a part of an entry: one of the payments that the bank has booked
// together (TxDtls).
type Detail struct {
	Line             int
	Credit           bool
	Cents            money.Cents
	Stated           bool // the file gives an amount of its own; else Cents is that of the entry
	Currency         string
	References       References
	Debtor, Creditor Party
	Ultimate         Party // on the other side: the ultimate debtor of a credit, the ultimate creditor of a debit
	Text             string
	Purpose          string
	BankCode         string
	Returned         string // reason code of a return: AC01...
	ReturnText       string
	Charges          money.Cents
	Raw              string
}

// EntryEnd ends an entry that had details. A format whose transactions are the
// details (camt) tells it of every entry: one without details holds none.
type EntryEnd struct {
	Details int
	Cents   money.Cents // their sum, in the entry's direction
	Agrees  bool        // it equals the entry's amount; else match on the entry
	Text    string      // what the file says about the entry after its details
}

// Provisional is a reference to a provisional credit or debit, with the amount
// used of it; Cents is nil where the format carries none (OPI 1.4, OIL).
type Provisional struct {
	Number string
	Cents  *money.Cents
}
