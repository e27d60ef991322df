package opi

import (
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

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
// journal, or of several in the order of their days.
type Check struct {
	account string
	last    map[string]balance // by sub-account
	sums    [conventions]money.Cents
	fits    [conventions]bool
	begun   bool
	facts   map[string]money.Cents
	result  [8]*bool
	flow    string
}

type balance struct {
	flow  string
	cents money.Cents
}

// Add takes an event; those that no equation needs are passed over.
func (c *Check) Add(e formats.Event) {
	if !c.begun {
		c.begun = true
		c.facts, c.last = map[string]money.Cents{}, map[string]balance{}
		c.fits = [conventions]bool{true, true, true, true}
	}
	switch {
	case e.Header != nil && e.Header.Name == "identificativo_flusso_BT":
		c.flow, _, _ = strings.Cut(e.Header.Value, "#")
		c.facts = map[string]money.Cents{}
	case e.Header != nil && totals[e.Header.Name]:
		if v, err := money.ParseDecimal(e.Header.Value); err == nil {
			c.facts[e.Header.Name] = v
		}
		c.tail(e.Header.Name)
	case e.Statement != nil:
		c.account, c.sums = e.Statement.Account, [conventions]money.Cents{}
	case e.Entry != nil:
		for k := range c.sums {
			c.sums[k] += signed(e.Entry, k)
		}
	case e.Closing != nil:
		c.statement(e.Closing)
	}
}

func signed(e *formats.Entry, convention int) money.Cents {
	v := e.Cents
	provisional := strings.HasPrefix(e.Document, "SOSPESO")
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
	if s.Opening != nil && s.Closing != nil && s.Credit != nil && s.Debit != nil {
		c.say(1, *s.Opening+*s.Credit-*s.Debit == *s.Closing)
	}
	if s.Credit != nil && s.Debit != nil {
		some := false
		for k := range c.fits {
			c.fits[k] = c.fits[k] && c.sums[k] == *s.Credit-*s.Debit
			some = some || c.fits[k]
		}
		c.say(2, some)
	}
	if last, ok := c.last[c.account]; ok && last.flow != c.flow && s.Opening != nil {
		c.say(7, last.cents == *s.Opening)
	}
	if s.Closing != nil {
		c.last[c.account] = balance{c.flow, *s.Closing}
	}
}

// tail answers an equation when its last term has been read.
func (c *Check) tail(name string) {
	switch name {
	case "saldo_complessivo_finale":
		c.equal(3, []string{"saldo_complessivo_precedente", "totale_complessivo_entrate", "-totale_complessivo_uscite"}, name)
	case "totale_entrate":
		c.equal(4, []string{"fondo_di_cassa", "totale_reversali_riscosse", "totale_sospesi_entrata"}, name)
	case "totale_uscite":
		c.equal(5, []string{"deficit_di_cassa", "totale_mandati_pagati", "totale_sospesi_uscita"}, name)
	case "saldo_esercizio":
		c.equal(6, []string{"totale_entrate", "-totale_uscite"}, name)
		c.equal(6, []string{name}, "saldo_complessivo_finale")
	}
}

// equal compares a sum of facts with another, if all are there.
func (c *Check) equal(n int, terms []string, want string) {
	var sum money.Cents
	for _, t := range terms {
		name, minus := strings.CutPrefix(t, "-")
		v, ok := c.facts[name]
		if !ok {
			return
		}
		if minus {
			v = -v
		}
		sum += v
	}
	if v, ok := c.facts[want]; ok {
		c.say(n, sum == v)
	}
}

// say keeps the first red answer.
func (c *Check) say(n int, holds bool) {
	if c.result[n] == nil || *c.result[n] {
		c.result[n] = &holds
	}
}

// Equations answers the seven control equations: true, false, or nil where
// the journal does not carry what is needed. The seventh needs the journals
// of two days.
func (c *Check) Equations() map[string]*bool {
	out := map[string]*bool{}
	for n := 1; n <= 7; n++ {
		out[string(rune('0'+n))] = c.result[n]
	}
	return out
}
