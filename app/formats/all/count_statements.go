package all

import (
	"fmt"

	"cassacomune/app/formats"
	"cassacomune/app/formats/opi"
	"cassacomune/app/money"
)

// Statements is what bank statements or a cash journal hold. Entries count in
// their own direction, whatever their status; a journal's reversal counts on
// the other side.
type Statements struct {
	Statements []Statement `json:"statements"`
	Totals     Totals      `json:"totals"`
	*Journalled

	credit, debit money.Cents            // of the statement at hand, in its currency
	booked        money.Cents            // the same, only what is booked, in less out
	mixed         bool                   // a balance of the statement at hand is in another currency than the account
	foreignEnd    *string                // its closing balance, where only that one is
	opening       *money.Cents           // of the statement at hand
	in, out       map[string]money.Cents // by currency
}

// Journalled is what only a cash journal tells.
type Journalled struct {
	Movements          int              `json:"movements"`
	ProvisionalCredits int              `json:"provisional_credits"`
	Equations          map[string]*bool `json:"equations"`

	check opi.Check
}

// Statement is one account's report.
type Statement struct {
	Account      string  `json:"account"`
	ID           string  `json:"id"`
	Currency     string  `json:"currency"`
	Opening      *string `json:"opening"`
	Closing      *string `json:"closing"`
	Entries      int     `json:"entries"`
	Transactions int     `json:"transactions"`
	Credit       string  `json:"credit"`
	Debit        string  `json:"debit"`
	Balances     *bool   `json:"balances"`
}

// Totals sums the statements of a file, by currency.
type Totals struct {
	Statements   int               `json:"statements"`
	Entries      int               `json:"entries"`
	Transactions int               `json:"transactions"`
	Credit       map[string]string `json:"credit"`
	Debit        map[string]string `json:"debit"`
}

func newStatements(journal bool) *Statements {
	c := &Statements{Statements: []Statement{}, in: map[string]money.Cents{}, out: map[string]money.Cents{}}
	if journal {
		c.Journalled = &Journalled{}
	}
	return c
}

func (c *Statements) add(e formats.Event) {
	if c.Journalled != nil {
		c.check.Add(e)
	}
	switch {
	case e.Statement != nil:
		c.open(e.Statement)
	case e.Entry != nil:
		c.entry(e.Entry)
	case e.EntryEnd != nil:
		c.parts(e.EntryEnd.Details - 1)
	case e.Closing != nil && len(c.Statements) > 0:
		c.close(e.Closing)
	}
}

func (c *Statements) open(s *formats.Statement) {
	c.opening, c.credit, c.debit, c.booked, c.mixed, c.foreignEnd = s.Opening, 0, 0, 0, false, nil
	c.Statements = append(c.Statements, Statement{Account: s.Account, ID: s.ID, Currency: s.Currency, Opening: decimal(s.Opening, s.Currency)})
	c.foreign(s.Balances)
	if s.Currency != "" {
		c.in[s.Currency] += 0
		c.out[s.Currency] += 0
	}
	c.sums()
}

// last is the statement at hand; nil where an entry stands in none.
func (c *Statements) last() *Statement {
	if len(c.Statements) == 0 {
		return nil
	}
	return &c.Statements[len(c.Statements)-1]
}

func (c *Statements) foreign(balances []formats.Balance) {
	for _, b := range balances {
		if b.Currency == "" || b.Currency == c.last().Currency {
			continue
		}
		if c.mixed = true; b.Kind == "CLBD" {
			c.foreignEnd = decimal(&b.Cents, b.Currency)
		}
	}
}

func (c *Statements) entry(e *formats.Entry) {
	if c.Journalled != nil {
		c.Movements++
		if e.Document == formats.DocProvisionalCredit {
			c.ProvisionalCredits++
		}
	}
	c.Totals.Entries++
	c.parts(1)
	in := e.Credit != (e.Operation == "STORNATO" || e.Operation == "RIPRISTINATO")
	s := c.last()
	currency := e.Currency
	if currency == "" && s != nil {
		currency = s.Currency
	}
	if in {
		c.in[currency] += e.Cents
	} else {
		c.out[currency] += e.Cents
	}
	if s == nil {
		return
	}
	s.Entries++
	if currency != s.Currency { // it cannot have moved the account's balance as it stands
		return
	}
	signed := e.Cents
	if in {
		c.credit += e.Cents
	} else {
		c.debit += e.Cents
		signed = -signed
	}
	if e.Booked {
		c.booked += signed
	}
	c.sums()
}

// parts counts transactions: an entry is one, unless it has details.
func (c *Statements) parts(n int) {
	c.Totals.Transactions += n
	if s := c.last(); s != nil {
		s.Transactions += n
	}
}

func (c *Statements) sums() {
	s := c.last()
	s.Credit, s.Debit = formats.Decimal(c.credit, s.Currency), formats.Decimal(c.debit, s.Currency)
}

func (c *Statements) close(e *formats.Closing) {
	s := c.last()
	c.foreign(e.Balances)
	opening, moved := c.opening, c.booked
	if e.Opening != nil {
		opening = e.Opening
	}
	if e.Credit != nil && e.Debit != nil && c.Journalled != nil {
		moved = *e.Credit - *e.Debit
	}
	s.Opening, s.Closing = decimal(opening, s.Currency), decimal(e.Closing, s.Currency)
	if s.Closing == nil {
		s.Closing = c.foreignEnd
	}
	if opening != nil && e.Closing != nil && !c.mixed {
		balances := *opening+moved == *e.Closing
		s.Balances = &balances
	}
}

func (c *Statements) end() {
	if c.Journalled != nil {
		c.Equations = c.check.Equations()
	}
	c.Totals.Statements = len(c.Statements)
	delete(c.in, "") // of fragments that name no currency there is no sum
	delete(c.out, "")
	c.Totals.Credit, c.Totals.Debit = decimals(c.in), decimals(c.out)
	for currency := range c.out { // a currency stands on both sides, once it has moved
		if _, ok := c.in[currency]; !ok {
			c.Totals.Credit[currency] = formats.Decimal(0, currency)
		}
	}
	for currency := range c.in {
		if _, ok := c.out[currency]; !ok {
			c.Totals.Debit[currency] = formats.Decimal(0, currency)
		}
	}
}

func (c *Statements) line() string {
	if c.Journalled != nil {
		return fmt.Sprintf("%d conti, %d movimenti, %d provvisori di entrata", c.Totals.Statements, c.Movements, c.ProvisionalCredits)
	}
	return fmt.Sprintf("%d estratti conto, %d movimenti, %d operazioni", c.Totals.Statements, c.Totals.Entries, c.Totals.Transactions)
}

func decimal(c *money.Cents, currency string) *string {
	if c == nil {
		return nil
	}
	s := formats.Decimal(*c, currency)
	return &s
}

func decimals(sums map[string]money.Cents) map[string]string {
	out := make(map[string]string, len(sums))
	for currency, sum := range sums {
		out[currency] = formats.Decimal(sum, currency)
	}
	return out
}
