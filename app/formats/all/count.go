package all

import (
	"hash/maphash"

	"cassacomune/app/formats"
	"cassacomune/app/formats/opi"
	"cassacomune/app/money"
)

// Statements is what a journal holds. A reversal counts on the other side.
type Statements struct {
	Statements         []Statement      `json:"statements"`
	Totals             Totals           `json:"totals"`
	Movements          int              `json:"movements"`
	ProvisionalCredits int              `json:"provisional_credits"`
	Equations          map[string]*bool `json:"equations"`
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

type statementCount struct {
	Statements
	check         opi.Check
	opening       *money.Cents
	credit, debit money.Cents // of the statement at hand
	in, out       map[string]money.Cents
}

func newStatements() *statementCount {
	return &statementCount{Statements: Statements{Statements: []Statement{}}, in: map[string]money.Cents{}, out: map[string]money.Cents{}}
}

func (c *statementCount) add(e formats.Event) {
	c.check.Add(e)
	switch {
	case e.Statement != nil:
		s := e.Statement
		c.opening, c.credit, c.debit = s.Opening, 0, 0
		c.Statements.Statements = append(c.Statements.Statements, Statement{Account: s.Account, ID: s.ID, Currency: s.Currency, Credit: "0.00", Debit: "0.00"})
		c.in[s.Currency] += 0
		c.out[s.Currency] += 0
	case e.Entry != nil && len(c.Statements.Statements) > 0:
		c.entry(e.Entry)
	case e.Closing != nil && len(c.Statements.Statements) > 0:
		c.close(e.Closing)
	}
}

func (c *statementCount) entry(e *formats.Entry) {
	s := &c.Statements.Statements[len(c.Statements.Statements)-1]
	s.Entries++
	s.Transactions++
	c.Movements++
	if e.Document == formats.DocProvisionalCredit {
		c.ProvisionalCredits++
	}
	back := e.Operation == "STORNATO" || e.Operation == "RIPRISTINATO"
	if e.Credit != back {
		c.credit += e.Cents
		c.in[s.Currency] += e.Cents
	} else {
		c.debit += e.Cents
		c.out[s.Currency] += e.Cents
	}
	s.Credit, s.Debit = c.credit.Decimal(), c.debit.Decimal()
}

func (c *statementCount) close(e *formats.Closing) {
	s := &c.Statements.Statements[len(c.Statements.Statements)-1]
	opening, credit, debit := c.opening, c.credit, c.debit
	if e.Opening != nil {
		opening = e.Opening
	}
	if e.Credit != nil && e.Debit != nil {
		credit, debit = *e.Credit, *e.Debit
	}
	s.Opening, s.Closing = decimal(opening), decimal(e.Closing)
	if opening != nil && e.Closing != nil {
		balances := *opening+credit-debit == *e.Closing
		s.Balances = &balances
	}
}

func (c *statementCount) end() {
	c.Equations = c.check.Equations()
	c.Totals = Totals{Statements: len(c.Statements.Statements), Entries: c.Movements, Transactions: c.Movements, Credit: map[string]string{}, Debit: map[string]string{}}
	for currency, v := range c.in {
		c.Totals.Credit[currency] = v.Decimal()
		c.Totals.Debit[currency] = c.out[currency].Decimal()
	}
}

func decimal(c *money.Cents) *string {
	if c == nil {
		return nil
	}
	s := c.Decimal()
	return &s
}

// Remitted is what a remittance holds; sums are gross.
type Remitted struct {
	Flow             string  `json:"flow"`
	Payments         int     `json:"payments"`
	DeclaredPayments *int    `json:"declared_payments"`
	DeclaredSum      *string `json:"declared_sum"`

	sum, declared money.Cents
}

func (c *Remitted) add(e formats.Event) {
	switch {
	case e.Flow != nil && c.Flow == "":
		c.Flow = e.Flow.ID
	case e.Line != nil:
		c.Payments++
		c.sum += e.Line.Gross
	case e.FlowEnd != nil:
		if n := e.FlowEnd.Payments; n != nil {
			total := *n
			if c.DeclaredPayments != nil {
				total += *c.DeclaredPayments
			}
			c.DeclaredPayments = &total
		}
		if e.FlowEnd.Sum != nil {
			c.declared += *e.FlowEnd.Sum
			c.DeclaredSum = decimal(&c.declared)
		}
	}
}

func (c *Remitted) total() string { return c.sum.Decimal() }

// Owed is what a debt file holds. Rows are good and rejected.
type Owed struct {
	Rows        int `json:"rows"`
	Debts       int `json:"debts"`
	Options     int `json:"options"`
	Instalments int `json:"instalments"`
	Items       int `json:"items"`
	Rejected    int `json:"rejected"`
}

// owedCount keeps a hash of what it has seen, eight bytes each, so that a
// million rows stay small.
type owedCount struct {
	Owed
	sum      money.Cents
	seed     maphash.Seed
	seen     map[uint64]struct{}
	rejected int // line of the row rejected last
	row      int // line of the good row seen last
}

func newOwed() *owedCount {
	return &owedCount{seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}}
}

type owedKey struct {
	level            int
	position, option string
	instalment       int
}

func (c *owedCount) first(k owedKey) int {
	h := maphash.Comparable(c.seed, k)
	if _, ok := c.seen[h]; ok {
		return 0
	}
	c.seen[h] = struct{}{}
	return 1
}

func (c *owedCount) add(e formats.Event) {
	switch {
	case e.Debt != nil:
		d := e.Debt
		c.Items++
		if c.row != d.Line { // a row of the file may hold several items
			c.row = d.Line
			c.Rows++
		}
		c.sum += d.Cents
		c.Debts += c.first(owedKey{1, d.Position, "", 0})
		c.Options += c.first(owedKey{2, d.Position, d.Option, 0})
		c.Instalments += c.first(owedKey{3, d.Position, d.Option, d.Instalment})
	case e.Problem != nil && e.Problem.Severity == formats.Error && e.Problem.Line > 1 && e.Problem.Line != c.rejected:
		c.rejected = e.Problem.Line
		c.Rejected++
	}
}

func (c *owedCount) end() {
	c.Rows += c.Rejected
}
