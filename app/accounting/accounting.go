// Package accounting proposes collection orders (reversali, ordinativi
// d'incasso) for the credits that are explained, hands them to the
// municipality's accounting package, and posts what the cash journal says was
// ordered. It is not the official book: it assesses nothing, numbers nothing
// and sends nothing to the Treasurer. An order that we propose or export posts
// nothing; only the journal does.
package accounting

import (
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

// Executed is an order or warrant that the journal speaks of.
type Executed struct {
	bun.BaseModel `bun:"table:executed_order"`
	tenants.Row

	ID       uuid.UUID `bun:"id,pk"`
	Account  string
	Year     int
	Document string
	Number   string
}

func (o Executed) name() string {
	return o.Account + "/" + strconv.Itoa(o.Year) + "/" + o.Document + "/" + o.Number
}

// The kinds of what a movement of an order posts.
const (
	onProvisional = "provisional" // it regularised provisionals
	onFee         = "fee"         // gross above the provisionals: a fee in compensation
	onStraight    = "straight"    // collected by order without provisional
	onWarrant     = "warrant"
)

// executedLine is what a movement of an order posted.
type executedLine struct {
	bun.BaseModel `bun:"table:executed_line"`
	tenants.Row

	EntryID uuid.UUID `bun:"entry_id,pk"`
	OrderID uuid.UUID
	Kind    string `bun:"kind,pk"`
	Cents   money.Cents
	TxID    uuid.UUID
	At      time.Time
}

// executedOrder returns the row of the order that a movement names, and makes
// it when it is the first to do so.
func executedOrder(tx *tenants.Tx, e treasury.Entry) (o Executed, err error) {
	o = Executed{ID: tx.NewID(), Account: e.Account, Year: e.Year, Document: e.Document, Number: e.Number}
	if _, err := tx.Insert(&o).On("CONFLICT DO NOTHING").Returning("NULL").Exec(tx.Ctx); err != nil {
		return o, err
	}
	q := tx.Select(&o).Where("account = ? AND year = ? AND document = ? AND number = ?", e.Account, e.Year, e.Document, e.Number)
	return o, tx.One(q, "Ordinativo non trovato.")
}

// FindExecuted returns orders of the journal by number, of any year and
// account.
func FindExecuted(tx *tenants.Tx, document, number string) (all []Executed, err error) {
	return all, tx.Select(&all).Where("document = ? AND number = ?", document, number).Order("year DESC", "account").Scan(tx.Ctx)
}

// ExecutedByID returns an order of the journal.
func ExecutedByID(tx *tenants.Tx, id uuid.UUID) (o Executed, err error) {
	return o, tx.One(tx.Select(&o).Where("id = ?", id), "Ordinativo non trovato.")
}

func creditName(p treasury.Provisional) string {
	return p.Account + "/" + strconv.Itoa(p.Year) + "/" + p.Number
}

func source(e treasury.Entry) string { return e.Source + ", riga " + strconv.Itoa(e.Line) }

// post books what a movement says under its natural key with a suffix, and
// remembers it for a reversal.
func post(tx *tenants.Tx, e treasury.Entry, o Executed, kind string, derived bool, postings []ledger.Posting) error {
	var cents money.Cents
	for _, p := range postings {
		cents += p.Cents
	}
	key := e.Key()
	if kind != onProvisional && kind != onWarrant {
		key += "/" + kind
	}
	posted, err := ledger.Post(tx, ledger.Entry{Key: key, Content: e.Hash, Kind: "journal", EffectiveOn: e.BookedOn, Source: source(e),
		Derived: derived, Postings: postings})
	if err != nil {
		return err
	}
	_, err = tx.Insert(&executedLine{EntryID: e.ID, OrderID: o.ID, Kind: kind, Cents: cents, TxID: posted.ID, At: tx.Now()}).
		On("CONFLICT DO NOTHING").Returning("NULL").Exec(tx.Ctx)
	return err
}
