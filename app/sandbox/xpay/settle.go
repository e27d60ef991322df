package xpay

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
)

type settlementKey struct {
	alias string
	on    day.Date
}

// Settlement (rendiconto giornaliero) is what the acquirer sends on for one
// merchant on one day: the file, and the transfer of its net total.
type Settlement struct {
	Alias, Terminal string
	On              day.Date
	Count           int
	Gross, Fee, Net money.Cents
	Reference       string // unique, repeated in the transfer
	Text            string // causale of the transfer
	Name            string // of the file
	CSV             []byte // nil when there is nothing to settle
}

// Settle closes the merchant's day: every transaction captured on it, or
// earlier and not settled yet. Asked again it returns the same; what is
// captured after the close waits for the next one.
func (a *Acquirer) Settle(alias string, on day.Date) (Settlement, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m, ok := a.merchants[alias]
	if !ok {
		return Settlement{}, fault.New(fault.NotFound, "xpay.alias", "L'esercente %s non esiste.", alias)
	}
	key := settlementKey{alias, on}
	if done, ok := a.settled[key]; ok {
		return done, nil
	}
	if on.Before(a.last[alias]) {
		return Settlement{}, fault.New(fault.Conflict, "xpay.closed", "Il giorno %s è già chiuso.", on.Italian())
	}
	s := Settlement{Alias: alias, Terminal: m.Terminal, On: on}
	var rows bytes.Buffer
	for _, t := range a.ordered(alias) {
		if t.State != Captured || !t.SettledOn.IsZero() || t.CapturedOn.After(on) {
			continue
		}
		t.SettledOn = on
		fee := feeOf(t.Cents, a.config.FeeBasis)
		s.Count++
		s.Gross += t.Cents
		s.Fee += fee
		fmt.Fprintf(&rows, "%s;%s;%s;%s;%s;%s\r\n", m.Terminal, on, t.Code, comma(t.Cents), comma(fee), comma(t.Cents-fee))
	}
	s.Net = s.Gross - s.Fee
	if s.Count > 0 {
		stamp := strings.ReplaceAll(on.String(), "-", "")
		s.Reference = m.Terminal + "-" + stamp
		s.Text = fmt.Sprintf("ACCREDITO POS TERMINALE %s DEL %s RIF %s", m.Terminal, on.Italian(), s.Reference)
		s.Name = "pos-" + m.Terminal + "-" + stamp + ".csv"
		s.CSV = append([]byte("terminale;data;codice_transazione;lordo;commissione;netto\r\n"), rows.Bytes()...)
	}
	a.settled[key], a.last[alias] = s, on
	return s, nil
}

// feeOf rounds half a cent up.
func feeOf(c money.Cents, basis int) money.Cents {
	return (c*money.Cents(basis) + 5000) / 10000
}

// comma writes an amount with its own hands: the file must not owe its bytes
// to the code that reads it.
func comma(c money.Cents) string { return fmt.Sprintf("%d,%02d", c/100, c%100) }

func (a *Acquirer) ordered(alias string) []*Transaction {
	var list []*Transaction
	for _, t := range a.byKey {
		if t.Alias == alias {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(x, y *Transaction) int { return cmp.Compare(x.order, y.order) })
	return list
}
