package pain

import (
	"fmt"
	"math"
	"strconv"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// tally compares what a message or a batch declares with what it holds.
type tally struct {
	count struct {
		line, payments int
		declared       *int
	}
	sum struct {
		line     int
		cents    money.Cents // hundredths, whatever the currency
		unsure   bool        // an amount could not be read, or does not add up in hundredths
		declared *money.Cents
	}
}

// declaredCount reads NbOfTxs.
func (r *reader) declaredCount(t *tally) {
	line, name := r.scan.Line, r.scan.Name
	text := r.value()
	if r.Stopped {
		return
	}
	n, err := strconv.ParseUint(text, 10, 50)
	if err != nil || len(text) > 15 {
		r.Error(line, name, text, "non è un numero di operazioni")
		return
	}
	declared := int(n)
	t.count.line, t.count.declared = line, &declared
}

// declaredSum reads CtrlSum, which adds amounts whatever their currency.
func (r *reader) declaredSum(t *tally) {
	line, name := r.scan.Line, r.scan.Name
	text := r.value()
	if r.Stopped {
		return
	}
	sum, err := money.ParseDecimal(text)
	if err != nil {
		r.Error(line, name, text, err.Error())
		return
	}
	t.sum.line, t.sum.declared = line, &sum
}

// add counts a payment.
func (t *tally) add(p *formats.Payment) {
	t.count.payments++
	cents, ok := formats.Hundredths(p.Cents, p.Currency)
	if !p.Stated || !ok || t.sum.cents > math.MaxInt64-cents {
		t.sum.unsure = true
		return
	}
	t.sum.cents += cents
}

// compare tells where the totals declared differ from those counted.
func (r *reader) compare(t *tally, what string) {
	if r.Stopped {
		return
	}
	if n := t.count.declared; n != nil && *n != t.count.payments {
		r.Error(t.count.line, "NbOfTxs", strconv.Itoa(*n), fmt.Sprintf("%s contiene %d operazioni", what, t.count.payments))
	}
	if sum := t.sum.declared; sum != nil && *sum != t.sum.cents && !t.sum.unsure {
		r.Error(t.sum.line, "CtrlSum", sum.Decimal(), fmt.Sprintf("%s contiene importi per %s", what, t.sum.cents.Decimal()))
	}
}
