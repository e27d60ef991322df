package camt

import (
	"fmt"
	"strconv"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// totals are what a statement declares of its entries (TxsSummry), and what
// was counted of them.
type totals struct {
	claims   []claim
	netDebit bool  // the declared net amount takes money out
	entries  tally // whatever their status
	booked   tally // some banks sum only these
	lost     bool  // an entry could not be read: nothing can be said
	mixed    bool  // an entry is in another currency: nothing can be said of sums
}

// tally counts entries and sums them, by side.
type tally struct {
	count [sides]int
	sum   [sides]money.Cents
}

// claim is a declared total, as it stands: its currency may be told only by
// the first entry.
type claim struct {
	line        int
	side        int
	sum         bool
	name, value string
}

// Sides that a total may be of.
const (
	all = iota
	credits
	debits
	net // credits less debits
	sides
)

// maxClaims is more than a statement can declare.
const maxClaims = 16

var totalFields = []field{
	{"TxsSummry/TtlNtries/NbOfNtries", declared(all, false, "TtlNtries/NbOfNtries")},
	{"TxsSummry/TtlNtries/Sum", declared(all, true, "TtlNtries/Sum")},
	{"TxsSummry/TtlCdtNtries/NbOfNtries", declared(credits, false, "TtlCdtNtries/NbOfNtries")},
	{"TxsSummry/TtlCdtNtries/Sum", declared(credits, true, "TtlCdtNtries/Sum")},
	{"TxsSummry/TtlDbtNtries/NbOfNtries", declared(debits, false, "TtlDbtNtries/NbOfNtries")},
	{"TxsSummry/TtlDbtNtries/Sum", declared(debits, true, "TtlDbtNtries/Sum")},
	{"TxsSummry/TtlNtries/TtlNetNtryAmt", declared(net, true, "TtlNtries/TtlNetNtryAmt")},
	{"TxsSummry/TtlNtries/TtlNetNtry/Amt", declared(net, true, "TtlNtries/TtlNetNtry")},
	{"TxsSummry/TtlNtries/CdtDbtInd", netDirection},
	{"TxsSummry/TtlNtries/TtlNetNtry/CdtDbtInd", netDirection},
}

func declared(side int, sum bool, name string) func(*reader, []byte) {
	return func(r *reader, b []byte) {
		if t := &r.statement.totals; len(t.claims) < maxClaims {
			t.claims = append(t.claims, claim{line: r.scan.Line, side: side, sum: sum, name: name, value: plain(b)})
		}
	}
}

func netDirection(r *reader, b []byte) {
	credit, ok := r.credit(b)
	r.statement.totals.netDebit = ok && !credit
}

func (t *tally) add(credit bool, cents money.Cents) {
	side, signed := credits, cents
	if !credit {
		side, signed = debits, -cents
	}
	t.count[all]++
	t.count[side]++
	t.sum[all] = plus(t.sum[all], cents)
	t.sum[side] = plus(t.sum[side], cents)
	t.sum[net] = plus(t.sum[net], signed)
}

// compareTotals tells the declared totals that differ from what was counted,
// and fills in those that a closing carries.
func (r *reader) compareTotals(c *formats.Closing) {
	t := &r.statement.totals
	for _, d := range t.claims {
		if !d.sum {
			n, err := strconv.Atoi(d.value)
			if !t.lost && (err != nil || n != t.entries.count[d.side] && n != t.booked.count[d.side]) {
				r.Warn(d.line, d.name, d.value, fmt.Sprintf("i movimenti contati sono %d", t.entries.count[d.side]))
			}
			continue
		}
		sum, err := formats.ParseAmount(d.value, r.statement.Currency)
		if err != nil {
			r.Warn(d.line, d.name, d.value, err.Error())
			continue
		}
		switch {
		case d.side == credits:
			c.Credit = &sum
		case d.side == debits:
			c.Debit = &sum
		case d.side == net && t.netDebit:
			sum = -sum.Abs()
		}
		if !t.lost && !t.mixed && sum != t.entries.sum[d.side] && sum != t.booked.sum[d.side] {
			r.Warn(d.line, d.name, d.value, "i movimenti sommano "+formats.Decimal(t.entries.sum[d.side], r.statement.Currency))
		}
	}
}
