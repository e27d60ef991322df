package all

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// Paid is what a payment message holds, or the answer to one. Sums are
// hundredths whatever the currency, as control sums are. Statuses are those of
// the message and of its payments, of a batch only where its payments have
// none; reasons are those of the payments.
type Paid struct {
	MessageID            string
	Blocks, Transactions int
	Sum                  money.Cents
	DeclaredTransactions *int
	DeclaredSum          *money.Cents

	batch                        string // status of the batch at hand, until a payment has one
	sequences, statuses, reasons map[string]bool
}

func newPaid() *Paid {
	return &Paid{sequences: map[string]bool{}, statuses: map[string]bool{}, reasons: map[string]bool{}}
}

func (c *Paid) add(e formats.Event) {
	switch {
	case e.Message != nil:
		m := e.Message
		if c.MessageID == "" {
			c.MessageID = m.ID
		}
		c.DeclaredTransactions = plus(c.DeclaredTransactions, m.DeclaredTransactions)
		c.DeclaredSum = plus(c.DeclaredSum, m.DeclaredSum)
		mark(c.statuses, m.Status)
	case e.Batch != nil:
		c.Blocks++
		mark(c.sequences, e.Batch.Sequence)
		mark(c.statuses, c.batch)
		c.batch = e.Batch.Status
	case e.Payment != nil:
		p := e.Payment
		c.Transactions++
		if cents, ok := formats.Hundredths(p.Cents, p.Currency); ok {
			c.Sum += cents
		}
		mark(c.sequences, p.Sequence)
		mark(c.statuses, p.Status)
		for _, r := range p.Reasons {
			mark(c.reasons, r)
		}
		if p.Status != "" {
			c.batch = ""
		}
	case e.MessageEnd != nil:
		c.DeclaredTransactions = plus(c.DeclaredTransactions, e.MessageEnd.DeclaredTransactions)
		c.DeclaredSum = plus(c.DeclaredSum, e.MessageEnd.DeclaredSum)
	}
}

func mark(set map[string]bool, value string) {
	if value != "" {
		set[value] = true
	}
}

func (c *Paid) end() { mark(c.statuses, c.batch) }

func (c *Paid) line() string {
	return fmt.Sprintf("messaggio %s, %d blocchi, %d disposizioni per %s", c.MessageID, c.Blocks, c.Transactions, c.Sum.Decimal())
}

// MarshalJSON writes amounts as decimals and the lists sorted.
func (c *Paid) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		MessageID            string   `json:"message_id"`
		Blocks               int      `json:"blocks"`
		Transactions         int      `json:"transactions"`
		Sum                  string   `json:"sum"`
		DeclaredTransactions *int     `json:"declared_transactions"`
		DeclaredSum          *string  `json:"declared_sum"`
		SequenceTypes        []string `json:"sequence_types"`
		Statuses             []string `json:"statuses"`
		Reasons              []string `json:"reasons"`
	}{c.MessageID, c.Blocks, c.Transactions, c.Sum.Decimal(), c.DeclaredTransactions, decimal(c.DeclaredSum, "EUR"),
		sorted(c.sequences), sorted(c.statuses), sorted(c.reasons)})
}

// sorted lists a set; empty and not null in JSON.
func sorted(set map[string]bool) []string {
	return append([]string{}, slices.Sorted(maps.Keys(set))...)
}
