package camt

import "cassacomune/app/formats"

// maxBalances is how many balances of a statement are kept: ten types, for
// each day and currency.
const maxBalances = 1000

// balance is the one at hand.
type balance struct {
	formats.Balance
	line     int
	amount   amount
	debit    bool
	directed bool // the file says which
}

var balanceFields = []field{
	{"Bal/Tp/Cd|Prtry", func(r *reader, b []byte) { r.balance.Kind = r.word(b) }},
	{"Bal/Amt", func(r *reader, b []byte) { r.balance.amount = r.amount(b) }},
	{"Bal/CdtDbtInd", func(r *reader, b []byte) {
		credit, ok := r.credit(b)
		r.balance.debit, r.balance.directed = !credit, ok
	}},
	{"Bal/Dt/Dt|DtTm", func(r *reader, b []byte) { r.balance.On = r.date(b) }},
}

func (r *reader) beginBalance() { r.balance = balance{line: r.scan.Line} }

// endBalance keeps the balance. One without indicator has the sign of its
// amount; a minus sign beside CRDT says two things at once, and is an error.
func (r *reader) endBalance() {
	b, s := &r.balance, &r.statement
	if !b.amount.stated {
		return
	}
	switch {
	case !b.directed:
		r.Warn(b.line, "Bal", b.Kind, "saldo senza CdtDbtInd: vale il segno dell'importo")
		b.debit = b.amount.negative
	case b.amount.negative && !b.debit:
		r.Error(b.line, "Bal", b.Kind, "saldo a credito con il segno meno")
		return
	}
	b.Cents, b.Currency = b.amount.cents, b.amount.currency
	if b.debit {
		b.Cents = -b.Cents
	}
	if s.Currency != "" && b.Currency != s.Currency {
		r.Warn(b.line, "Bal", b.Kind+" "+b.Currency, "saldo in valuta diversa da quella del conto, "+s.Currency)
	}
	at := &s.Balances
	if s.told {
		at = &s.after
	}
	if len(*at) < maxBalances {
		*at = append(*at, b.Balance)
	}
}

// opening returns which balance opens the statement, -1 for none: the booked
// one of the day's beginning (OPBD), else the closing one of the period before
// (PRCD). An empty currency stands for any.
func opening(balances []formats.Balance, currency string) int {
	if i := first(balances, "OPBD", currency); i >= 0 {
		return i
	}
	return first(balances, "PRCD", currency)
}

// closing returns which balance closes the statement, -1 for none: the booked
// one of the day's end (CLBD), else the last one in between (ITBD).
func closing(balances []formats.Balance, currency string) int {
	if i := last(balances, "CLBD", currency); i >= 0 {
		return i
	}
	return last(balances, "ITBD", currency)
}

func first(balances []formats.Balance, kind, currency string) int {
	for i, b := range balances {
		if b.Kind == kind && (currency == "" || b.Currency == currency) {
			return i
		}
	}
	return -1
}

func last(balances []formats.Balance, kind, currency string) int {
	for i := len(balances) - 1; i >= 0; i-- {
		if first(balances[i:i+1], kind, currency) == 0 {
			return i
		}
	}
	return -1
}
