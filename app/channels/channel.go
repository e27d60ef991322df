// Package channels is what a way to pay is: how an attempt starts on it and
// how the provider's word about it is settled. An adapter below it only
// translates; this package owns the two transactions.
package channels

import (
	"context"
	"errors"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/money"
	"cassacomune/app/payments"
)

// Field is a setting of a channel. The administrator's form is made of them;
// they are stored as one row, secrets in a table of their own.
type Field struct {
	Key, Label, Hint string
	Secret           bool
	Required         bool
	Default          string
}

// Config is what a municipality has set for a channel, secrets opened.
type Config map[string]string

// Channel (canale) is a way to pay. What it can do beyond that it says by the
// small interfaces below.
type Channel interface {
	Key() string     // stable, [a-z0-9]
	Title() string   // Italian, for payers
	Hint() string    // what will happen, how long it takes
	Fields() []Field // settings
}

// Order is what a channel is asked to collect.
type Order struct {
	Attempt  payments.Attempt
	Reason   string
	Email    string
	Language string
	Return   string // where the browser comes back; a view, never the truth
	Cancel   string
	Notify   string // where the provider tells us
}

// Redirect sends the payer's browser to the provider: a form to post, or an
// address to go to when there are no fields.
type Redirect struct {
	URL    string
	Fields [][2]string
}

// Starter is a channel that completes a payment online.
type Starter interface {
	Channel
	Start(Config, Order) (Redirect, error)
}

// Message is what came in from a provider, as it came.
type Message struct {
	Form   map[string]string
	Header map[string]string
	Body   []byte
}

// Outcome is what a provider says about an attempt, authenticated.
type Outcome struct {
	Code       string // of the attempt
	State      payments.State
	Cents      money.Cents
	Currency   string
	ProviderID string // the provider's own name of the transaction
	PaidOn     day.Date
	Detail     string // Italian, for people
}

// ErrUnsigned says that a message does not prove who sent it: it is kept and
// changes nothing.
var ErrUnsigned = errors.New("channels: the message is not authentic")

// Notified is a channel whose provider tells us.
type Notified interface {
	Channel
	Notified(Config, Message) (Outcome, error)
}

// Asker is a channel whose provider can be asked.
type Asker interface {
	Channel
	Ask(ctx context.Context, c Config, a payments.Attempt, now time.Time) (Outcome, error)
}

// Offline is a channel on which a cart is completed away from the portal: the
// payer leaves with a paper.
type Offline interface {
	Channel
	Days() int // how long the cart waits
}
