// Package payments holds what a payer is about to pay (a cart) and each try to
// pay it on a channel (an attempt). That money has come is not said here but
// by package collections; the truth of an attempt never comes from a browser.
package payments

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// CartState is what has become of a cart.
type CartState string

// The states of a cart.
const (
	CartOpen    CartState = "open"
	CartWaiting CartState = "waiting" // to be completed offline, or an answer is awaited
	CartPaid    CartState = "paid"
)

// MaxLines is how many notices a cart takes.
const MaxLines = 5

// Cart (carrello) is what a payer is about to pay, online or offline.
type Cart struct {
	bun.BaseModel `bun:"table:cart"`
	tenants.Row

	ID           uuid.UUID `bun:"id,pk"`
	Token        string    // hash of the secret in the payer's browser
	Owner        string
	PayerName    string
	PayerCode    string
	PayerEmail   string
	State        CartState
	Channel      string
	WaitingUntil day.Date
	CreatedAt    time.Time
	ChangedAt    time.Time

	Lines []Line `bun:"-"`
}

// Line is a notice in a cart.
type Line struct {
	bun.BaseModel `bun:"table:cart_line"`
	tenants.Row

	CartID       uuid.UUID `bun:"cart_id,pk"`
	InstalmentID uuid.UUID `bun:"instalment_id,pk"`
	DebtID       uuid.UUID
	Seq          int
	Cents        money.Cents
	Label        string

	Payable debts.Payable `bun:"-"`
}

// Total is what the lines come to.
func (c Cart) Total() (sum money.Cents) {
	for _, l := range c.Lines {
		sum += l.Cents
	}
	return sum
}

// NewSecret makes an unguessable address part, and the hash under which it is
// stored.
func NewSecret() (secret, stored string) {
	var b [32]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // the system has no random source
	}
	secret = base64.RawURLEncoding.EncodeToString(b[:])
	return secret, HashSecret(secret)
}

// HashSecret is what is stored of a secret.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// OpenCart begins a cart and returns the secret that finds it again.
func OpenCart(tx *tenants.Tx, owner string) (c Cart, secret string, err error) {
	secret, stored := NewSecret()
	c = Cart{ID: tx.NewID(), Token: stored, Owner: owner, State: CartOpen, CreatedAt: tx.Now(), ChangedAt: tx.Now()}
	_, err = tx.Insert(&c).Exec(tx.Ctx)
	return c, secret, err
}

// FindCart returns the cart of a secret, priced on today.
func FindCart(tx *tenants.Tx, secret string) (c Cart, err error) {
	if err := tx.One(tx.Select(&c).Where("token = ?", HashSecret(secret)), "Carrello non trovato."); err != nil {
		return c, err
	}
	return c, c.price(tx)
}

// CartByID returns a cart, priced on today.
func CartByID(tx *tenants.Tx, id uuid.UUID) (c Cart, err error) {
	if err := tx.One(tx.Select(&c).Where("id = ?", id), "Carrello non trovato."); err != nil {
		return c, err
	}
	return c, c.price(tx)
}

func (c *Cart) price(tx *tenants.Tx) error {
	if err := tx.Select(&c.Lines).Where("cart_id = ?", c.ID).OrderExpr("seq").Scan(tx.ByKey()); err != nil {
		return err
	}
	for i := range c.Lines {
		l := &c.Lines[i]
		p, err := debts.PayableOf(tx, l.InstalmentID, tx.Today())
		if err != nil {
			return err
		}
		l.Payable = p
		if c.State == CartOpen {
			l.Cents = p.Cents
		}
	}
	return nil
}

// Put adds an instalment to an open cart; one that is there already stays once.
func (c *Cart) Put(tx *tenants.Tx, p debts.Payable) error {
	if c.State != CartOpen {
		return fault.New(fault.Conflict, "cart.closed", "Il carrello è già stato avviato al pagamento.")
	}
	if p.Why != "" {
		return fault.New(fault.Conflict, "cart.unpayable", "%s", p.Why)
	}
	for _, l := range c.Lines {
		if l.InstalmentID == p.Instalment.ID {
			return nil
		}
		if l.DebtID == p.Debt.ID && l.Payable.Instalment.Option != p.Instalment.Option {
			return fault.New(fault.Conflict, "cart.options", "Nel carrello c'è già un altro modo di pagare la stessa cosa: per cambiarlo, prima togli quello.")
		}
	}
	if len(c.Lines) >= MaxLines {
		return fault.New(fault.Conflict, "cart.full", "Il carrello contiene al massimo %d avvisi.", MaxLines)
	}
	// The label is never the debt's reason: who holds the cart may know no more
	// than the notice number.
	l := Line{CartID: c.ID, InstalmentID: p.Instalment.ID, DebtID: p.Debt.ID, Seq: len(c.Lines) + 1, Cents: p.Cents, Label: p.Type.Name, Payable: p}
	if _, err := tx.Insert(&l).On("CONFLICT DO NOTHING").Exec(tx.Ctx); err != nil { // two clicks at once
		return err
	}
	c.Lines = append(c.Lines, l)
	return nil
}

// Remove takes an instalment out of an open cart.
func (c *Cart) Remove(tx *tenants.Tx, instalment uuid.UUID) error {
	if c.State != CartOpen {
		return fault.New(fault.Conflict, "cart.closed", "Il carrello è già stato avviato al pagamento.")
	}
	_, err := tx.Delete((*Line)(nil)).Where("cart_id = ?", c.ID).Where("instalment_id = ?", instalment).Exec(tx.Ctx)
	return err
}

// SetPayer says who pays (versante); it may be anybody.
func (c *Cart) SetPayer(tx *tenants.Tx, name, code, email string) error {
	c.PayerName, c.PayerCode, c.PayerEmail, c.ChangedAt = name, code, email, tx.Now()
	_, err := tx.Update(c).Column("payer_name", "payer_code", "payer_email", "changed_at").WherePK().Exec(tx.Ctx)
	return err
}

// SetState moves the cart on.
func (c *Cart) SetState(tx *tenants.Tx, s CartState, channel string, until day.Date) error {
	c.State, c.Channel, c.WaitingUntil, c.ChangedAt = s, channel, until, tx.Now()
	_, err := tx.Update(c).Column("state", "channel", "waiting_until", "changed_at").WherePK().Exec(tx.Ctx)
	return err
}
