package all

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// Answered is what a message of outcomes holds: how many of each status, and
// the file inside it, where there is one.
type Answered struct {
	Outcomes int            `json:"outcomes"`
	Statuses map[string]int `json:"statuses"`
	Content  *Result        `json:"content,omitempty"`
}

func newAnswered() *Answered { return &Answered{Statuses: map[string]int{}} }

func (c *Answered) add(e formats.Event) {
	if e.Outcome != nil {
		c.Outcomes++
		c.Statuses[e.Outcome.Status]++
	}
}

func (c *Answered) end() {}

func (c *Answered) line() string {
	statuses := make([]string, 0, len(c.Statuses))
	for _, status := range slices.Sorted(maps.Keys(c.Statuses)) {
		statuses = append(statuses, fmt.Sprintf("%d %s", c.Statuses[status], status))
	}
	line := fmt.Sprintf("%d esiti: %s", c.Outcomes, strings.Join(statuses, ", "))
	if c.Content != nil {
		line += "; dentro " + c.Content.Line()
	}
	return line
}

// Receipted is what a file of receipts holds.
type Receipted struct {
	Receipts, Transfers int
	Sum                 money.Cents
}

func (c *Receipted) add(e formats.Event) {
	if e.Receipt != nil {
		c.Receipts++
		c.Transfers += len(e.Receipt.Parts)
		c.Sum += e.Receipt.Cents
	}
}

func (c *Receipted) end() {}

func (c *Receipted) line() string {
	return fmt.Sprintf("%d ricevute per %s", c.Receipts, c.Sum.Decimal())
}

// MarshalJSON writes the sum as a decimal.
func (c *Receipted) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Receipts  int    `json:"receipts"`
		Transfers int    `json:"transfers"`
		Sum       string `json:"sum"`
	}{c.Receipts, c.Transfers, c.Sum.Decimal()})
}
