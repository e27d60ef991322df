// Package treasury holds what the Treasurer says: the cash journal (giornale
// di cassa) with every movement and its control equations, and the provisional
// credits and debits (provvisori o sospesi). It posts what a journal says of
// provisionals and nothing else. It knows no debt, payment or collection: why
// a credit came is for reconcile to say, and what an order regularises is
// posted by accounting.
package treasury

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Side says whether a provisional is money in or money out.
type Side string

// The sides of a provisional.
const (
	Credit Side = "credit" // provvisorio di entrata
	Debit  Side = "debit"  // provvisorio di uscita
)

// State is what has become of a provisional.
type State string

// The states of a provisional.
const (
	Open      State = "open"
	Closed    State = "closed"    // regularised in full
	Cancelled State = "cancelled" // by the bank, in full
)

// Italian names the state for people.
func (s State) Italian() string {
	return map[State]string{Open: "Da regolarizzare", Closed: "Regolarizzato", Cancelled: "Annullato dal Tesoriere"}[s]
}

// Provisional (provvisorio, sospeso) is money that the Treasurer moved without
// an order of ours.
type Provisional struct {
	bun.BaseModel `bun:"table:provisional"`
	tenants.Row

	ID          uuid.UUID `bun:"id,pk"`
	Account     string
	Year        int
	Number      string
	Side        Side
	Cents       money.Cents
	Cancelled   money.Cents
	Regularised money.Cents
	EffectiveOn day.Date
	BookedOn    day.Date
	PartyName   string
	PartyCode   string
	PartyIBAN   string `bun:"party_iban"`
	Text        string
	Reference   string
	EndToEnd    string
	Siope       string
	Quittance   string
	State       State
	Source      string
	Line        int
	KnownAt     time.Time
}

// Standing is what was not cancelled.
func (p Provisional) Standing() money.Cents { return p.Cents - p.Cancelled }

// Remaining is what is still to be regularised.
func (p Provisional) Remaining() money.Cents { return p.Cents - p.Cancelled - p.Regularised }

// Deadline is the day by which the town regularises it: 60 days from the
// Treasurer's collection (art. 180, paragraph 4, of legislative decree 267 of
// 2000).
func (p Provisional) Deadline() day.Date { return p.EffectiveOn.AddDays(60) }

// DaysLeft counts the days to the deadline; negative once it has passed.
func (p Provisional) DaysLeft(today day.Date) int { return p.Deadline().Sub(today) }

// Place is the ledger's account on which the provisional stands.
func (p Provisional) Place() ledger.Account {
	if p.Side == Debit {
		return ledger.SOU(p.Account)
	}
	return ledger.SOS(p.Account)
}

// Entry (movimento) is a movement of the journal as it was first told.
type Entry struct {
	bun.BaseModel `bun:"table:journal_entry"`
	tenants.Row

	ID          uuid.UUID `bun:"id,pk"`
	Account     string
	Year        int
	Document    string
	Number      string
	Progressive string
	Operation   string
	Movement    string
	Credit      bool
	Cents       money.Cents
	BookedOn    day.Date
	ValueOn     day.Date
	EffectiveOn day.Date
	Siope       string
	Reference   string
	EndToEnd    string
	Quittance   string
	PartyName   string
	PartyCode   string
	PartyIBAN   string `bun:"party_iban"`
	Text        string
	Closes      []formats.Provisional
	Raw         string
	Flow        string
	Source      string
	Line        int
	Hash        string
	KnownAt     time.Time
}

// The operations of a movement.
const (
	executed    = "ESEGUITO"
	reversed    = "STORNATO"
	regularised = "REGOLARIZZATO"
	restored    = "RIPRISTINATO"
)

// Executes reports whether the movement collects or pays an order.
func (e Entry) Executes() bool { return e.Operation == executed || e.Operation == regularised }

// Reverses reports whether the movement takes an earlier one back.
func (e Entry) Reverses() bool { return e.Operation == reversed || e.Operation == restored }

// Key is the movement's natural key, equal in every database.
func (e Entry) Key() string {
	return "journal:" + e.Account + "/" + yearText(e.Year) + "/" + e.Document + "/" + e.Operation + "/" + e.Number + "/" + e.Progressive + "/" + e.Movement
}
