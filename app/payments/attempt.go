package payments

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// State is how far an attempt has come. It only moves forward; money that
// comes after a refusal or an expiry is booked all the same, as an excess
// where the debt was paid otherwise.
type State string

// The states of an attempt.
const (
	Created   State = "created"   // the payer was sent to the provider
	Pending   State = "pending"   // the provider does not know yet
	Collected State = "collected" // the provider says that the money was taken
	Refused   State = "refused"
	Cancelled State = "cancelled"
	Expired   State = "expired"
	Mismatch  State = "mismatch" // the provider's word does not agree with ours: a person looks
)

// Validity is how long an attempt holds its price, and no further than the end
// of the price's own interval.
const Validity = 30 * time.Minute

// Frozen is a price that an attempt holds.
type Frozen struct {
	Instalment uuid.UUID   `json:"instalment"`
	Debt       uuid.UUID   `json:"debt"`
	Cents      money.Cents `json:"cents"`
}

// Attempt (tentativo) is one try to pay a cart on one channel.
type Attempt struct {
	bun.BaseModel `bun:"table:attempt"`
	tenants.Row

	ID         uuid.UUID `bun:"id,pk"`
	CartID     uuid.UUID
	Channel    string
	Code       string // [A-Z0-9], unique per channel: what the provider calls it
	Cents      money.Cents
	State      State
	Lines      []Frozen
	FrozenOn   day.Date // the payer's day
	ExpiresAt  time.Time
	ProviderID string
	Detail     string
	CreatedAt  time.Time
	ChangedAt  time.Time
}

// Ended reports whether the attempt can bring nothing more by itself.
func (a Attempt) Ended() bool { return a.State != Created && a.State != Pending }

// StartAttempt freezes the cart's prices and begins a try on a channel. A
// double click is answered with the try that is under way, if it is fresh.
func StartAttempt(tx *tenants.Tx, c *Cart, channel string) (Attempt, error) {
	var cart Cart // held, so that two clicks at once come one after the other
	if err := tx.One(tx.Lock(tx.Select(&cart).Where("id = ?", c.ID)), "Carrello non trovato."); err != nil {
		return Attempt{}, err
	}
	old, err := Attempts(tx, c.ID)
	if err != nil {
		return Attempt{}, err
	}
	for _, a := range old {
		if a.State == Collected {
			return a, fault.New(fault.Conflict, "attempt.paid", "Questo carrello è già stato pagato.")
		}
		if a.Channel == channel && a.State == Created && a.ExpiresAt.After(tx.Now()) && a.Cents == c.Total() {
			return a, nil
		}
	}
	if len(c.Lines) == 0 {
		return Attempt{}, fault.New(fault.Invalid, "cart.empty", "Il carrello è vuoto.")
	}
	a := Attempt{ID: tx.NewID(), CartID: c.ID, Channel: channel, Code: codeOf(tx.NewID()), State: Created,
		FrozenOn: tx.Today(), ExpiresAt: tx.Now().Add(Validity), CreatedAt: tx.Now(), ChangedAt: tx.Now()}
	for _, l := range c.Lines {
		if l.Payable.Why != "" {
			return a, fault.New(fault.Conflict, "cart.unpayable", "Un avviso del carrello non si può più pagare. %s", l.Payable.Why)
		}
		a.Lines = append(a.Lines, Frozen{l.InstalmentID, l.DebtID, l.Payable.Cents})
		a.Cents += l.Payable.Cents
		if u := l.Payable.Until; !u.IsZero() && u.End().Before(a.ExpiresAt) {
			a.ExpiresAt = u.End()
		}
	}
	if a.Cents <= 0 {
		return a, fault.New(fault.Conflict, "cart.nothing", "Non c'è nulla da pagare.")
	}
	_, err = tx.Insert(&a).Exec(tx.Ctx)
	return a, err
}

// codeOf turns an id into 26 characters of [A-Z0-9]: within 30, and with no
// sign that a provider's message could confuse.
func codeOf(id uuid.UUID) string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	var out [26]byte
	bits, n, at := uint(0), uint(0), 0
	for _, b := range id {
		bits, n = bits<<8|uint(b), n+8
		for n >= 5 {
			n -= 5
			out[at] = alphabet[bits>>n&31]
			at++
		}
	}
	out[at] = alphabet[bits<<(5-n)&31]
	return string(out[:])
}

// FindAttempt returns an attempt by id, and holds its row.
func FindAttempt(tx *tenants.Tx, id uuid.UUID) (a Attempt, err error) {
	return a, tx.One(tx.Select(&a).Where("id = ?", id), "Pagamento non trovato.")
}

// LockAttempt returns the attempt that a provider calls by a code, and holds
// its row until the transaction ends, so that a notification and a browser's
// return settle it once.
func LockAttempt(tx *tenants.Tx, channel, code string) (a Attempt, err error) {
	return a, tx.One(tx.Lock(tx.Select(&a).Where("channel = ?", channel).Where("code = ?", code)), "Pagamento non trovato.")
}

// Attempts returns a cart's tries, newest first.
func Attempts(tx *tenants.Tx, cart uuid.UUID) (all []Attempt, err error) {
	return all, tx.Select(&all).Where("cart_id = ?", cart).OrderExpr("id DESC").Scan(tx.ByKey())
}

// Move brings an attempt to a state. A state that would lead back is ignored,
// and ok is false: collected stays collected, whatever comes later.
func (a *Attempt) Move(tx *tenants.Tx, to State, providerID, detail string) (ok bool, err error) {
	order := []State{Created, Pending, Cancelled, Expired, Refused, Mismatch, Collected}
	if slices.Index(order, to) <= slices.Index(order, a.State) {
		return false, nil
	}
	a.State, a.Detail, a.ChangedAt = to, detail, tx.Now()
	if providerID != "" {
		a.ProviderID = providerID
	}
	_, err = tx.Update(a).Column("state", "provider_id", "detail", "changed_at").WherePK().Exec(tx.Ctx)
	return err == nil, err
}
