package channels

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/payments"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// ConfigOf opens what a municipality has set for a channel; one that is not
// enabled is NotFound.
func ConfigOf(tx *tenants.Tx, ch Channel) (Config, error) {
	row, err := tx.Channel(ch.Key())
	if err != nil {
		return nil, err
	}
	if !row.Enabled {
		return nil, fault.New(fault.NotFound, "channel.off", "Il canale %s non è attivo.", ch.Title())
	}
	c := Config{}
	for _, f := range ch.Fields() {
		c[f.Key] = row.Settings[f.Key]
		if f.Secret {
			if c[f.Key], err = tx.Secret(ch.Key(), f.Key); err != nil {
				return nil, err
			}
		}
		if c[f.Key] == "" {
			c[f.Key] = f.Default
		}
	}
	return c, nil
}

// Addresses are where the provider and the browser come back to.
type Addresses struct {
	Return func(payments.Attempt) string
	Cancel func(payments.Attempt) string
	Notify string
}

// Start is the use case that begins a try on an online channel: prices frozen,
// the attempt's row written, a later question to the provider planned, and
// only then the browser sent away.
func Start(ctx context.Context, db *tenants.DB, tenant tenants.ID, by tenants.Actor, ch Starter, cart uuid.UUID, to Addresses, lang string) (r Redirect, err error) {
	err = db.Within(ctx, tenant, by, func(tx *tenants.Tx) error {
		config, err := ConfigOf(tx, ch)
		if err != nil {
			return err
		}
		c, err := payments.CartByID(tx, cart)
		if err != nil {
			return err
		}
		if err := permitted(c, ch.Key()); err != nil {
			return err
		}
		a, err := payments.StartAttempt(tx, &c, ch.Key())
		if err != nil {
			return err
		}
		if _, ok := ch.(Asker); ok {
			if _, err := jobs.StartAt(tx, jobs.Settle, Question{Attempt: a.ID}, tx.Now().Add(firstQuestion), "attempt "+a.ID.String()); err != nil {
				return err
			}
		}
		r, err = ch.Start(config, Order{Attempt: a, Reason: reasonOf(c), Email: c.PayerEmail, Language: lang,
			Return: to.Return(a), Cancel: to.Cancel(a), Notify: to.Notify})
		return err
	})
	return r, err
}

const firstQuestion = 2 * time.Minute

// Question is the parameter of a run that asks a provider about an attempt.
type Question struct {
	Attempt uuid.UUID `json:"attempt"`
	Asked   int       `json:"asked"` // how often already
}

func permitted(c payments.Cart, key string) error {
	for _, l := range c.Lines {
		if !Permits(l.Payable.Type, key) {
			return fault.New(fault.Conflict, "channel.ground", "Un avviso del carrello non si può pagare con questo canale.")
		}
	}
	return nil
}

// Permits reports whether a debt type may be paid on a channel today.
func Permits(t tenants.DebtType, key string) bool {
	for _, p := range t.Setup.Channels {
		if p.Channel == key && p.Ground != tenants.GroundHistorical {
			return true
		}
	}
	return false
}

func reasonOf(c payments.Cart) string {
	if len(c.Lines) == 1 {
		return c.Lines[0].Label
	}
	return fmt.Sprintf("Carrello di %d avvisi", len(c.Lines))
}

// Notify is the use case of a provider's message: it is stored as it came, in
// a transaction of its own, and then settled. What is not authentic changes
// nothing.
func Notify(ctx context.Context, db *tenants.DB, tenant tenants.ID, ch Notified, m Message) (a payments.Attempt, err error) {
	by := tenants.System("canale " + ch.Key())
	err = db.Within(ctx, tenant, by, func(tx *tenants.Tx) error {
		return tx.KeepInbound(ch.Key(), "notification", "", m.Body, "received")
	})
	if err != nil {
		return a, fmt.Errorf("keep notification: %w", err)
	}
	err = db.Within(ctx, tenant, by, func(tx *tenants.Tx) error {
		config, err := ConfigOf(tx, ch)
		if err != nil {
			return err
		}
		o, err := ch.Notified(config, m)
		if err != nil {
			return err
		}
		a, err = Settle(tx, ch.Key(), o)
		return err
	})
	return a, err
}

// Settle is the step that books what a provider says, authenticated, about an
// attempt: its outcome, the collection, the allocations, the receipt. The
// second of two equal words changes nothing. A word that does not agree with
// the attempt books nothing and calls for a person.
func Settle(tx *tenants.Tx, channel string, o Outcome) (payments.Attempt, error) {
	a, err := payments.LockAttempt(tx, channel, o.Code)
	if err != nil {
		return a, err
	}
	if why := disagrees(a, o); why != "" {
		_, err := a.Move(tx, payments.Mismatch, o.ProviderID, why)
		if err == nil {
			err = tx.Audit("attempt.mismatch", a.ID.String(), why)
		}
		return a, err
	}
	moved, err := a.Move(tx, o.State, o.ProviderID, o.Detail)
	if err != nil || !moved || o.State != payments.Collected {
		return a, err
	}
	c, err := payments.CartByID(tx, a.CartID)
	if err != nil {
		return a, err
	}
	paidOn := a.FrozenOn // the price that was promised holds
	if o.PaidOn != (day.Date{}) && o.PaidOn.Before(paidOn) {
		paidOn = o.PaidOn
	}
	if _, _, err := collections.Book(tx, collections.New{Channel: channel, Key: a.Code, Cents: o.Cents, PaidOn: paidOn, ProviderID: o.ProviderID,
		Payer: c.PayerName, Cart: c.ID, Parts: a.Lines, Source: "notification " + a.Code}); err != nil {
		return a, err
	}
	var paid collections.Paid
	for _, l := range a.Lines {
		paid.Debts = append(paid.Debts, l.Debt)
	}
	if _, err := jobs.Start(tx, jobs.Fulfil, paid); err != nil {
		return a, err
	}
	return a, c.SetState(tx, payments.CartPaid, channel, day.Date{})
}

func disagrees(a payments.Attempt, o Outcome) string {
	if o.State != payments.Collected {
		return ""
	}
	if o.Cents != a.Cents {
		return fmt.Sprintf("Il gestore dice %s, il pagamento è di %s.", o.Cents, a.Cents)
	}
	if o.Currency != "EUR" && o.Currency != "978" {
		return fmt.Sprintf("Il gestore dice la valuta %q, il pagamento è in euro.", o.Currency)
	}
	return ""
}

// Await is the use case that completes a cart offline: it waits for the money
// until a day, under the code printed on the paper.
func Await(ctx context.Context, db *tenants.DB, tenant tenants.ID, by tenants.Actor, ch Offline, cart uuid.UUID) error {
	return db.Within(ctx, tenant, by, func(tx *tenants.Tx) error {
		if _, err := ConfigOf(tx, ch); err != nil {
			return err
		}
		c, err := payments.CartByID(tx, cart)
		if err != nil {
			return err
		}
		if c.State != payments.CartOpen {
			return nil
		}
		if err := permitted(c, ch.Key()); err != nil {
			return err
		}
		if err := payments.IssueSlip(tx, &c); err != nil {
			return err
		}
		until := tx.Today().AddDays(ch.Days())
		for _, l := range c.Lines {
			if end := l.Payable.Until; !end.IsZero() && end.Before(until) {
				until = end // the paper's price holds no longer
			}
		}
		return c.SetState(tx, payments.CartWaiting, ch.Key(), until)
	})
}
