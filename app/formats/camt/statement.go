package camt

import (
	"bytes"

	"cassacomune/app/formats"
)

// statement is the account's report at hand.
type statement struct {
	formats.Statement
	told   bool
	name   string // of the account, for want of an owner's
	after  []formats.Balance
	totals totals
}

var statementFields = []field{
	{"Id", func(r *reader, b []byte) { r.statement.ID = plain(b) }},
	{"ElctrncSeqNb", func(r *reader, b []byte) { r.statement.Number = plain(b) }},
	{"LglSeqNb", func(r *reader, b []byte) { keep(&r.statement.Number, plain(b)) }},
	{"FrToDt/FrDt|FrDtTm", func(r *reader, b []byte) { r.statement.From = r.date(b) }},
	{"FrToDt/ToDt|ToDtTm", func(r *reader, b []byte) { r.statement.To = r.date(b) }},
	{"CpyDplctInd", (*reader).copied},
	{"StmtPgntn|RptPgntn|NtfctnPgntn/LastPgInd", (*reader).lastPage},
	{"Acct/Id/IBAN", func(r *reader, b []byte) { r.statement.Account = plain(b) }},
	{"Acct/Id/Othr/Id", func(r *reader, b []byte) { keep(&r.statement.Account, plain(b)) }},
	{"Acct/Ccy", func(r *reader, b []byte) { r.statement.Currency = r.word(b) }},
	{"Acct/Nm", func(r *reader, b []byte) { r.statement.name = plain(b) }},
	{"Acct/Ownr/Nm", func(r *reader, b []byte) { r.statement.Owner = plain(b) }},
	{"Acct/Svcr/BIC|BICFI|AnyBIC", func(r *reader, b []byte) { r.statement.Bank = plain(b) }},
	{"Acct/Svcr/ClrSysMmbId/MmbId", func(r *reader, b []byte) { keep(&r.statement.Bank, plain(b)) }},
	{"AddtlStmtInf|AddtlRptInf|AddtlNtfctnInf", func(r *reader, b []byte) { r.fact(plain(b)) }},
}

// keep sets a value that is not known yet.
func keep(at *string, value string) {
	if *at == "" {
		*at = value
	}
}

func (r *reader) copied(b []byte) {
	if kind := string(bytes.TrimSpace(b)); kind == "DUPL" || kind == "CODU" {
		r.Warn(r.scan.Line, r.at.name, kind, "è il duplicato di un messaggio già mandato")
	}
}

func (r *reader) beginStatement() {
	r.message.statements++
	r.statement = statement{Statement: formats.Statement{Line: r.scan.Line, Revision: r.message.id, Body: r.message.body}}
}

// tellStatement tells the statement when its first entry is, or when it ends;
// what stands of balances before is known then. An account that does not say
// its currency has that of its opening, of its first balance or of its first
// entry.
func (r *reader) tellStatement(currency string) {
	s := &r.statement
	if s.told {
		return
	}
	s.told = true
	if len(s.Balances) > 0 {
		first := s.Balances[0]
		if i := opening(s.Balances, ""); i >= 0 {
			first = s.Balances[i]
		}
		currency = first.Currency
	}
	keep(&s.Currency, currency)
	keep(&s.Owner, s.name)
	keep(&s.Bank, r.message.bank)
	if i := opening(s.Balances, s.Currency); i >= 0 {
		s.Opening = &s.Balances[i].Cents
	}
	if s.Account == "" {
		r.Error(s.Line, "Acct", "", "conto mancante")
	}
	if s.Currency != "" && s.Currency != "EUR" {
		r.Warn(s.Line, "Ccy", s.Currency, "conto in valuta diversa dall'euro")
	}
	told := s.Statement
	r.Emit(formats.Event{Statement: &told})
}

func (r *reader) endStatement() {
	r.tellStatement("")
	s := &r.statement
	c := &formats.Closing{Balances: s.after, Line: s.Line}
	for _, balances := range [][]formats.Balance{s.Balances, s.after} {
		if i := closing(balances, s.Currency); i >= 0 {
			c.Closing = &balances[i].Cents
		}
	}
	if i := opening(s.after, s.Currency); i >= 0 && s.Opening == nil {
		c.Opening = &s.after[i].Cents
	}
	r.compareTotals(c)
	r.Emit(formats.Event{Closing: c})
}
