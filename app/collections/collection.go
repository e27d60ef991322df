// Package collections holds money that was paid (incassi) and the batches in
// which channels send it on (riversamenti). A collection is a fact: it is
// never changed, only reversed by another. This package writes what a channel
// or a file states; guesses belong to package reconcile.
package collections

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/payments"
	"cassacomune/tenants"
)

// Collection (incasso) is the fact that money was paid.
type Collection struct {
	bun.BaseModel `bun:"table:collection"`
	tenants.Row

	ID         uuid.UUID `bun:"id,pk"`
	Channel    string
	Key        string // natural key inside the channel
	Hash       string
	Code       string
	Cents      money.Cents
	Fee        money.Cents
	PaidOn     day.Date
	KnownAt    time.Time
	ProviderID string
	Payer      string
	CartID     uuid.UUID `bun:",nullzero"`
	Source     string

	Lines []Line `bun:"-"`
}

// LineKind is what a part of a collection was.
type LineKind string

// The kinds of line.
const (
	OnItem  LineKind = "item"
	Excess  LineKind = "excess"  // more than was due: kept, to be returned or used
	Unknown LineKind = "unknown" // nobody knows yet for what
)

// Line is what a part of a collection paid.
type Line struct {
	bun.BaseModel `bun:"table:collection_line"`
	tenants.Row

	CollectionID  uuid.UUID `bun:"collection_id,pk"`
	Seq           int       `bun:"seq,pk"`
	Kind          LineKind
	DebtID        uuid.UUID   `bun:",nullzero"`
	InstalmentID  uuid.UUID   `bun:",nullzero"`
	ItemID        uuid.UUID   `bun:",nullzero"`
	Cents         money.Cents // below zero: what an attribution took from the line of the channel's
	Root          int         `bun:",nullzero"` // seq of the channel's line whose money this is; 0: it is that line
	AttributionID uuid.UUID   `bun:",nullzero"`
}

// Receipt (ricevuta) is the payer's proof, at an address that nobody guesses.
type Receipt struct {
	bun.BaseModel `bun:"table:receipt"`
	tenants.Row

	ID           uuid.UUID `bun:"id,pk"`
	Number       string
	Token        string
	CollectionID uuid.UUID
	IssuedAt     time.Time
}

// New is what a channel says was paid.
type New struct {
	Channel, Key string // the natural key inside the channel
	Cents        money.Cents
	PaidOn       day.Date // the payer's day, not the file's
	Code         string   // code that was paid, where the channel carries one
	ProviderID   string
	Payer        string
	Source       string
	Cart         uuid.UUID         // paid through a cart of ours
	Parts        []payments.Frozen // what the cart's attempt froze
}

func (n New) hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%d|%s|%s", n.Channel, n.Key, n.Cents, n.PaidOn, n.Code))
	return hex.EncodeToString(sum[:])
}

// Book is the step that turns a channel's word into a collection: the debts it
// pays, what is too much, what is unknown, the postings, the receipt. The same
// word twice is one collection (fresh is false); the same key with another
// word is a Conflict.
func Book(tx *tenants.Tx, n New) (c Collection, fresh bool, err error) {
	err = tx.One(tx.Select(&c).Where("channel = ?", n.Channel).Where("key = ?", n.Key), "")
	if err == nil {
		if c.Hash != n.hash() {
			return c, false, fault.New(fault.Conflict, "collections.key", "Il pagamento %s del canale %s è già registrato con altri dati.", n.Key, n.Channel)
		}
		return c, false, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return c, false, err
	}
	if n.Cents <= 0 {
		return c, false, fault.New(fault.Invalid, "collections.cents", "Un incasso deve essere maggiore di zero: %s.", n.Cents)
	}
	c = Collection{ID: tx.NewID(), Channel: n.Channel, Key: n.Key, Hash: n.hash(), Code: n.Code, Cents: n.Cents, PaidOn: n.PaidOn,
		KnownAt: tx.Now(), ProviderID: n.ProviderID, Payer: n.Payer, CartID: n.Cart, Source: n.Source}
	plans, err := plansOf(tx, n)
	if err != nil {
		return c, false, err
	}
	return c, true, c.book(tx, plans)
}

// plansOf spreads the collection over the notices it pays: those of the cart,
// or the one of its code. What is over goes to the last. A notice that was
// expected and forgotten leaves its part to nobody.
func plansOf(tx *tenants.Tx, n New) (plans []debts.Plan, err error) {
	parts := n.Parts
	if len(parts) == 0 {
		if parts, err = partsOfCode(tx, n); err != nil || len(parts) == 0 {
			return nil, err
		}
	}
	left := n.Cents
	for i, part := range parts {
		cents := min(left, part.Cents)
		if i == len(parts)-1 {
			cents = left
		}
		if cents <= 0 {
			break
		}
		left -= cents
		p, err := debts.PlanPayment(tx, part.Instalment, cents, n.PaidOn)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		plans = append(plans, p)
	}
	return plans, nil
}

func partsOfCode(tx *tenants.Tx, n New) ([]payments.Frozen, error) {
	if n.Code == "" {
		return nil, nil
	}
	code, err := debts.FindCode(tx, n.Code)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if code.CartID == uuid.Nil {
		return []payments.Frozen{{Instalment: code.InstalmentID, Debt: code.DebtID, Cents: n.Cents}}, nil
	}
	cart, err := payments.CartByID(tx, code.CartID)
	if err != nil {
		return nil, err
	}
	var parts []payments.Frozen
	for _, l := range cart.Lines {
		parts = append(parts, payments.Frozen{Instalment: l.InstalmentID, Debt: l.DebtID, Cents: l.Cents})
	}
	return parts, nil
}

func (c *Collection) book(tx *tenants.Tx, plans []debts.Plan) error {
	entry := ledger.Entry{Key: "collection:" + c.Channel + ":" + c.Key, Content: c.Hash, Kind: "collection", EffectiveOn: c.PaidOn, Source: c.Source}
	clr := ledger.CLR(c.Channel)
	post := func(event ledger.Event, credit ledger.Account, ref uuid.UUID, cents money.Cents) {
		entry.Postings = append(entry.Postings, ledger.Posting{Event: event, Debit: clr, DebitRef: c.ID, Credit: credit, CreditRef: ref, Cents: cents})
	}
	excess, unknown := money.Cents(0), c.Cents
	for _, p := range plans {
		entry.Postings = append(entry.Postings, p.Postings()...)
		for _, l := range p.Lines {
			event := ledger.Collected
			if l.Item.Body != "" {
				event = ledger.BodyCollected
			}
			post(event, l.Item.Claims(), l.Item.ID, l.Cents)
			unknown -= l.Cents
			c.Lines = append(c.Lines, Line{Kind: OnItem, DebtID: p.Debt.ID, InstalmentID: p.Instalment.ID, ItemID: l.Item.ID, Cents: l.Cents})
		}
		if p.Excess > 0 {
			excess += p.Excess
			c.Lines = append(c.Lines, Line{Kind: Excess, DebtID: p.Debt.ID, InstalmentID: p.Instalment.ID, Cents: p.Excess})
		}
		if err := p.Apply(tx); err != nil {
			return err
		}
	}
	if excess > 0 {
		post(ledger.Collected, ledger.ANT, c.ID, excess)
	}
	if unknown -= excess; unknown > 0 {
		post(ledger.Collected, ledger.DATc, c.ID, unknown)
		c.Lines = append(c.Lines, Line{Kind: Unknown, Cents: unknown})
	}
	return c.save(tx, entry, plans)
}

func (c *Collection) save(tx *tenants.Tx, entry ledger.Entry, plans []debts.Plan) error {
	if _, err := tx.Insert(c).Exec(tx.Ctx); err != nil {
		return fmt.Errorf("insert collection: %w", err)
	}
	for i := range c.Lines {
		c.Lines[i].CollectionID, c.Lines[i].Seq = c.ID, i+1
	}
	if _, err := tx.Insert(&c.Lines).Exec(tx.Ctx); err != nil {
		return fmt.Errorf("insert lines: %w", err)
	}
	if _, err := ledger.Post(tx, entry); err != nil {
		return fmt.Errorf("post collection: %w", err)
	}
	if err := c.allocate(tx, plans); err != nil {
		return err
	}
	if err := c.claimed(tx); err != nil {
		return err
	}
	return c.issueReceipt(tx)
}

// issueReceipt gives the payer a proof, also when the money is not yet known
// for what: it was taken.
func (c *Collection) issueReceipt(tx *tenants.Tx) error {
	n, err := debts.NextNumber(tx, "receipt")
	if err != nil {
		return err
	}
	secret, _ := payments.NewSecret()
	r := Receipt{ID: tx.NewID(), Number: fmt.Sprintf("%d/%06d", tx.Today().Year(), n), Token: secret, CollectionID: c.ID, IssuedAt: tx.Now()}
	_, err = tx.Insert(&r).Exec(tx.Ctx)
	return err
}
