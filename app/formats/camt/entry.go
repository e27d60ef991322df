package camt

import (
	"fmt"
	"strconv"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// entry is the Ntry at hand.
type entry struct {
	formats.Entry
	amount   amount
	directed bool // the file says whether money came or went
	twice    bool // the file says the amount or the direction twice
	told     bool
	code     bankCode
	text     words
	raw      notes

	details  int
	sum      money.Cents // of the details, in the entry's direction
	unstated bool        // a detail states no amount
	foreign  bool        // a detail states its amount in another currency
	declared int         // transactions that its batches declare
}

var entryFields = []field{
	{"Ntry/NtryRef", func(r *reader, b []byte) { r.entry.Movement = reference(b) }},
	{"Ntry/Amt", func(r *reader, b []byte) {
		r.entry.twice = r.entry.twice || r.entry.amount.stated
		r.entry.amount = r.amount(b)
	}},
	{"Ntry/CdtDbtInd", func(r *reader, b []byte) {
		r.entry.twice = r.entry.twice || r.entry.directed
		r.entry.Credit, r.entry.directed = r.credit(b)
	}},
	{"Ntry/RvslInd", func(r *reader, b []byte) { r.entry.Reversal = yes(b) }},
	{"Ntry/Sts", func(r *reader, b []byte) { r.entry.Status = r.word(b) }},
	{"Ntry/Sts/Cd|Prtry", func(r *reader, b []byte) { r.entry.Status = r.word(b) }},
	{"Ntry/BookgDt/Dt|DtTm", func(r *reader, b []byte) { r.entry.BookedOn = r.date(b) }},
	{"Ntry/ValDt/Dt|DtTm", func(r *reader, b []byte) { r.entry.ValueOn = r.date(b) }},
	{"Ntry/AcctSvcrRef", func(r *reader, b []byte) { r.entry.References.Servicer = reference(b) }},
	{"Ntry/AddtlInfInd/MsgId", func(r *reader, b []byte) { r.entry.raw.add("AddtlInfInd", b) }},
	{"Ntry/AmtDtls/InstdAmt/Amt", func(r *reader, b []byte) { r.entry.raw.addAmount("InstdAmt", b, r.currency) }},
	{"Ntry/Chrgs/TtlChrgsAndTaxAmt", func(r *reader, b []byte) { r.entry.raw.addAmount("TtlChrgsAndTaxAmt", b, r.currency) }},
	{"Ntry/Chrgs/Amt", func(r *reader, b []byte) { r.entry.raw.addAmount("Chrgs", b, r.currency) }},
	{"Ntry/Chrgs/Rcrd/Amt", func(r *reader, b []byte) { r.entry.raw.addAmount("Chrgs", b, r.currency) }},
	{"Ntry/Btch/MsgId", func(r *reader, b []byte) { keep(&r.entry.References.Message, reference(b)) }},
	{"Ntry/Btch/PmtInfId", func(r *reader, b []byte) { keep(&r.entry.References.Batch, reference(b)) }},
	{"Ntry/Btch/NbOfTxs", func(r *reader, b []byte) { r.entry.declared += max(0, r.count(b)) }},
	{"Ntry/AddtlNtryInf", func(r *reader, b []byte) { r.entry.text.add(b) }},
}

func (r *reader) beginEntry() {
	text, raw := r.entry.text, r.entry.raw // keeps their buffers
	text.clear()
	raw.clear()
	r.entry = entry{Entry: formats.Entry{Line: r.scan.Line}, text: text, raw: raw}
}

// tellEntry tells the entry once, at its first detail or at its end. One whose
// amount or direction cannot be read is told too, for it is there, but with no
// amount and not as booked.
func (r *reader) tellEntry() {
	e := &r.entry
	if e.told {
		return
	}
	e.told = true
	e.Cents, e.Currency, e.Negative = e.amount.cents, e.amount.currency, e.amount.negative
	r.tellStatement(e.Currency)
	e.Booked = r.booked()
	if !e.readable(r) {
		e.Booked, e.Cents = false, 0
		r.statement.totals.lost = true
	}
	keep(&e.Currency, r.statement.Currency)
	if e.Currency != r.statement.Currency {
		r.Warn(e.Line, "Ntry", e.Currency, "movimento in valuta diversa da quella del conto, "+r.statement.Currency)
		r.statement.totals.mixed = true
	}
	r.statement.totals.entries.add(e.Credit, e.Cents)
	if e.Booked {
		r.statement.totals.booked.add(e.Credit, e.Cents)
	}
	e.BankCode = e.code.tell(r, &e.raw)
	e.Reference = e.References.Servicer
	e.Batch = e.declared
	e.Text, e.Raw = r.take(&e.text, e.Line), r.take(&e.raw.words, e.Line)
	told := e.Entry
	r.Emit(formats.Event{Entry: &told})
}

// booked reports whether the entry moves money: only BOOK does. PDNG is
// expected, INFO is told for information, FUTR is to come.
func (r *reader) booked() bool {
	e := &r.entry
	switch e.Status {
	case "BOOK":
		return true
	case "PDNG", "INFO", "FUTR":
	case "":
		r.Warn(e.Line, "Sts", "", "movimento senza stato: non vale come eseguito")
	default:
		r.Warn(e.Line, "Sts", e.Status, "stato del movimento non previsto: non vale come eseguito")
	}
	return false
}

// readable tells what the entry lacks, if anything. A minus sign leaves the
// direction to the indicator; beside CRDT it contradicts it.
func (e *entry) readable(r *reader) bool {
	p := formats.Problem{Line: e.Line, Field: "Ntry", Value: e.Movement, Severity: formats.Error}
	switch {
	case !e.amount.stated:
		p.Reason = "movimento senza importo leggibile"
	case !e.directed:
		p.Reason = "movimento senza verso (CdtDbtInd)"
	case e.twice:
		p.Reason = "importo o verso ripetuto"
	case e.amount.negative && e.Credit:
		p.Reason = "movimento a credito con il segno meno"
	default:
		if e.amount.negative {
			r.Warn(e.Line, "Ntry", e.Movement, "importo con il segno meno: vale CdtDbtInd")
		}
		return true
	}
	r.Emit(formats.Event{Problem: &p})
	return false
}

// endEntry tells what the details come to. They stand for the entry only if
// they sum to it: a batch of 86 transactions may carry one. It is told even
// where there is none, for then the entry holds no transaction.
func (r *reader) endEntry() {
	r.tellEntry()
	e := &r.entry
	end := &formats.EntryEnd{Details: e.details, Cents: e.sum, Text: r.take(&e.text, e.Line)}
	end.Agrees = e.details > 0 && !e.foreign && e.sum == e.Cents
	if e.details > 0 && e.declared > 0 && e.declared != e.details {
		r.Warn(e.Line, "NbOfTxs", strconv.Itoa(e.declared), fmt.Sprintf("i dettagli del movimento sono %d", e.details))
	}
	if e.details > 0 && !e.foreign && !e.unstated && !end.Agrees {
		r.Warn(e.Line, "Ntry", formats.Decimal(e.Cents, e.Currency), "i dettagli del movimento sommano "+formats.Decimal(e.sum, e.Currency))
	}
	r.Emit(formats.Event{EntryEnd: end})
}
