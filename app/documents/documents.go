// Package documents draws the papers that leave the house: the postal slip
// with its letter, the payment receipt, and the symbols that machines read on
// them. It works from plain structs, knows no room and no database, and never
// reads the clock: the same struct gives the same bytes.
//
// It does not decide what a paper says. Whoever fills the structs does.
package documents

import (
	"fmt"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
)

// Issuer is the municipality (ente creditore) as it signs its papers.
type Issuer struct {
	Name          string // "Comune di Livorno"
	SecondaryName string // the same in the secondary language, if it has one
	Office        string // the office that asks, "Ufficio Tributi"
	Address       string
	FiscalCode    string
	Contacts      string // telephone, mail, site: one line
}

// Party is a person or body named on a paper.
type Party struct {
	Name    string
	Code    string   // fiscal code
	Address []string // three lines at the most are printed
}

// Item is one of the things paid together.
type Item struct {
	Text      string
	Secondary string // the same in the secondary language
	Code      string // the debt's code or notice number
	DueOn     day.Date
	Amount    money.Cents
}

// Change tells that a field was not printed as it was given.
type Change struct {
	Field string
	Cut   bool   // shortened, with an ellipsis at its end
	Lost  string // the characters that no font of ours has, each once; printed as "?"
}

// String describes the change to a person.
func (c Change) String() string {
	switch {
	case c.Cut && c.Lost != "":
		return fmt.Sprintf("%s: abbreviato, e senza i caratteri %q", c.Field, c.Lost)
	case c.Cut:
		return c.Field + ": abbreviato"
	}
	return fmt.Sprintf("%s: senza i caratteri %q", c.Field, c.Lost)
}

func checkSum(amount money.Cents, items []Item) error {
	if amount <= 0 {
		return fault.New(fault.Invalid, "documents.amount", "L'importo da stampare deve essere maggiore di zero, non %s.", amount)
	}
	if len(items) == 0 {
		return nil
	}
	var sum money.Cents
	for _, i := range items {
		sum += i.Amount
	}
	if sum != amount {
		return fault.New(fault.Invalid, "documents.sum", "Le voci sommano %s, il totale da stampare è %s.", sum, amount)
	}
	return nil
}
