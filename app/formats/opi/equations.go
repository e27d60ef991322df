package opi

import (
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// Numbers are the names of the control equations, in their order.
var Numbers = [...]string{"1", "2", "3", "4", "5", "6", "7"}

// Meaning says each control equation in words.
var Meaning = map[string]string{
	"1": "saldo precedente + entrate - uscite = saldo finale, per conto di evidenza",
	"2": "somma dei movimenti = entrate - uscite, per conto di evidenza",
	"3": "saldo precedente + entrate - uscite = saldo finale, in complesso",
	"4": "fondo di cassa + reversali riscosse + sospesi di entrata = totale entrate",
	"5": "deficit di cassa + mandati pagati + sospesi di uscita = totale uscite",
	"6": "totale entrate - totale uscite = saldo dell'esercizio = saldo complessivo finale",
	"7": "saldo precedente = saldo finale del giorno prima, per conto di evidenza",
}

// conventions in which banks write a reversal. A journal uses one throughout,
// and equation 2 tells which.
const (
	asWritten      = iota // the minus sign is in the amount
	byOperation           // STORNATO and RIPRISTINATO take back
	withoutRegular        // the same, and a regularisation moves no cash
	moved                 // a regularisation takes it from the provisional to the order
	conventions
)

// Check gathers what the control equations need from the events of one
// journal, or of several in the order of their days. The zero Check is ready.
type Check struct {
	account string
	last    map[string]balance // by sub-account
	sums    [conventions]money.Cents
	misses  [conventions]bool
	facts   map[string]money.Cents // of the tail of the journal at hand
	result  [8]*bool
	flow    string
}

// maxAccounts is of how many sub-accounts the balance is remembered.
const maxAccounts = 10_000

type balance struct {
	flow  string
	cents money.Cents
}

// Add takes an event; those that no equation needs are passed over.
func (c *Check) Add(e formats.Event) {
	switch {
	case e.Entry != nil:
		for k := range c.sums {
			c.sums[k] += signed(e.Entry, k)
		}
	case e.Statement != nil:
		c.account, c.sums = e.Statement.Account, [conventions]money.Cents{}
	case e.Closing != nil:
		c.statement(e.Closing)
	case e.Header != nil && e.Header.Name == "identificativo_flusso_BT":
		c.result = c.withTail()
		c.facts = nil
		c.flow, _, _ = strings.Cut(e.Header.Value, "#")
	case e.Header != nil && totals[e.Header.Name]:
		if v, err := money.ParseDecimal(e.Header.Value); err == nil {
			if c.facts == nil {
				c.facts = map[string]money.Cents{}
			}
			c.facts[e.Header.Name] = v
		}
	}
}

// signed is what a movement adds to its sub-account in a convention.
func signed(e *formats.Entry, convention int) money.Cents {
	v := e.Cents
	provisional := e.Document == formats.DocProvisionalCredit || e.Document == formats.DocProvisionalDebit
	regular := e.Operation == "REGOLARIZZATO" || e.Operation == "RIPRISTINATO"
	switch {
	case convention == asWritten:
		if e.Negative {
			v = -v
		}
	case convention == withoutRegular && regular:
		v = 0
	case convention == moved && provisional && regular:
		if e.Operation == "REGOLARIZZATO" {
			v = -v
		}
	case e.Operation == "STORNATO" || e.Operation == "RIPRISTINATO":
		v = -v
	}
	if !e.Credit {
		v = -v
	}
	return v
}

func (c *Check) statement(s *formats.Closing) {
	if s.Credit != nil && s.Debit != nil {
		flow := *s.Credit - *s.Debit
		if s.Opening != nil && s.Closing != nil {
			c.result[1] = both(c.result[1], *s.Opening+flow == *s.Closing)
		}
		some := false
		for k := range c.sums {
			c.misses[k] = c.misses[k] || c.sums[k] != flow
			some = some || !c.misses[k]
		}
		c.result[2] = both(c.result[2], some)
	}
	if last, ok := c.last[c.account]; ok && last.flow != c.flow && s.Opening != nil {
		c.result[7] = both(c.result[7], last.cents == *s.Opening)
	}
	if s.Closing != nil {
		if c.last == nil {
			c.last = map[string]balance{}
		}
		if len(c.last) < maxAccounts {
			c.last[c.account] = balance{c.flow, *s.Closing}
		}
	}
}

// withTail answers the equations on the tail of the journal at hand.
func (c *Check) withTail() [8]*bool {
	r := c.result
	for n, terms := range tails {
		r[n] = c.equal(r[n], terms...)
	}
	return r
}

// tails are the equations on the tail, as sums that must be zero; the sixth
// has two.
var tails = map[int][][]string{
	3: {{"saldo_complessivo_precedente", "totale_complessivo_entrate", "-totale_complessivo_uscite", "-saldo_complessivo_finale"}},
	4: {{"fondo_di_cassa", "totale_reversali_riscosse", "totale_sospesi_entrata", "-totale_entrate"}},
	5: {{"deficit_di_cassa", "totale_mandati_pagati", "totale_sospesi_uscita", "-totale_uscite"}},
	6: {{"totale_entrate", "-totale_uscite", "-saldo_esercizio"}, {"saldo_esercizio", "-saldo_complessivo_finale"}},
}

// equal adds the answer of an equation to the one before. It is true only if
// every term is there.
func (c *Check) equal(before *bool, sums ...[]string) *bool {
	whole, holds := true, true
	for _, terms := range sums {
		sum, all := c.sum(terms)
		whole = whole && all
		holds = holds && (!all || sum == 0)
	}
	if whole || !holds {
		return both(before, holds)
	}
	return before
}

func (c *Check) sum(terms []string) (sum money.Cents, all bool) {
	for _, t := range terms {
		name, minus := strings.CutPrefix(t, "-")
		v, ok := c.facts[name]
		if !ok {
			return 0, false
		}
		if minus {
			v = -v
		}
		sum += v
	}
	return sum, true
}

// both joins two answers: the first red one stays.
func both(before *bool, holds bool) *bool {
	if before != nil && !*before {
		return before
	}
	return &holds
}

// Equations answers the seven control equations: true, false, or nil where
// the journal does not carry what is needed. The seventh needs the journals
// of two days.
func (c *Check) Equations() map[string]*bool {
	answers := c.withTail()
	out := make(map[string]*bool, len(Numbers))
	for i, key := range Numbers {
		out[key] = answers[i+1]
	}
	return out
}
