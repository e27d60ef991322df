package all

import (
	"encoding/json"
	"fmt"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// Remitted is what a remittance holds; sums are gross.
type Remitted struct {
	Flow             string
	Payments         int
	DeclaredPayments *int
	DeclaredSum      *money.Cents
	Sum              money.Cents
}

func (c *Remitted) add(e formats.Event) {
	switch {
	case e.Flow != nil && c.Flow == "":
		c.Flow = e.Flow.ID
	case e.Line != nil:
		c.Payments++
		c.Sum += e.Line.Gross
	case e.FlowEnd != nil:
		c.DeclaredPayments = plus(c.DeclaredPayments, e.FlowEnd.Payments)
		c.DeclaredSum = plus(c.DeclaredSum, e.FlowEnd.Sum)
	}
}

func (c *Remitted) end() {}

func (c *Remitted) line() string {
	return fmt.Sprintf("flusso %s, %d pagamenti per %s", c.Flow, c.Payments, c.Sum.Decimal())
}

// MarshalJSON writes amounts as decimals; what is not declared is null.
func (c *Remitted) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Flow             string  `json:"flow"`
		Payments         int     `json:"payments"`
		Sum              string  `json:"sum"`
		DeclaredPayments *int    `json:"declared_payments"`
		DeclaredSum      *string `json:"declared_sum"`
	}{c.Flow, c.Payments, c.Sum.Decimal(), c.DeclaredPayments, decimal(c.DeclaredSum, "EUR")})
}

// plus adds what one more part of the file declares.
func plus[N int | money.Cents](sum, part *N) *N {
	if part == nil {
		return sum
	}
	total := *part
	if sum != nil {
		total += *sum
	}
	return &total
}
