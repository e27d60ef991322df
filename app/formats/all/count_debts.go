package all

import (
	"encoding/json"
	"fmt"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/recent"
	"cassacomune/app/money"
)

// Owed is what a debt file holds. Rows are good and rejected. The rows of a
// debt stand near each other: one that comes back after 65,536 others may be
// counted as another debt.
type Owed struct {
	Rows, Debts, Options, Instalments, Items, Rejected int
	Sum                                                money.Cents

	seen     *recent.Seen[owedKey, struct{}]
	rejected int // line of the row rejected last
	row      int // line of the good row seen last
}

func newOwed() *Owed {
	return &Owed{seen: recent.New[owedKey, struct{}]()}
}

type owedKey struct {
	level            int
	position, option string
	instalment       int
}

func (c *Owed) first(k owedKey) int {
	if _, known := c.seen.Put(k, struct{}{}); known {
		return 0
	}
	return 1
}

func (c *Owed) add(e formats.Event) {
	switch {
	case e.Debt != nil:
		d := e.Debt
		c.Items++
		if c.row != d.Line { // a row of the file may hold several items
			c.row = d.Line
			c.Rows++
		}
		c.Sum += d.Cents
		c.Debts += c.first(owedKey{1, d.Position, "", 0})
		c.Options += c.first(owedKey{2, d.Position, d.Option, 0})
		c.Instalments += c.first(owedKey{3, d.Position, d.Option, d.Instalment})
	case e.Problem != nil && e.Problem.Severity == formats.Error && e.Problem.Line > 1 && e.Problem.Line != c.rejected:
		c.rejected = e.Problem.Line
		c.Rejected++
	}
}

func (c *Owed) end() { c.Rows += c.Rejected }

func (c *Owed) line() string {
	return fmt.Sprintf("%d righe, %d posizioni per %s", c.Rows, c.Debts, c.Sum.Decimal())
}

// MarshalJSON writes the sum as a decimal.
func (c *Owed) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Rows        int    `json:"rows"`
		Debts       int    `json:"debts"`
		Options     int    `json:"options"`
		Instalments int    `json:"instalments"`
		Items       int    `json:"items"`
		Rejected    int    `json:"rejected"`
		Sum         string `json:"sum"`
	}{c.Rows, c.Debts, c.Options, c.Instalments, c.Items, c.Rejected, c.Sum.Decimal()})
}
