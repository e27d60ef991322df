package camt

import (
	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// detail is the TxDtls at hand.
type detail struct {
	*formats.Detail
	directed bool
	amounts  [amountKinds]amount
	charges  money.Cents // of the single records
	total    bool        // the file states the sum of the charges
	code     bankCode
	debtor   formats.Party // the ultimate one
	creditor formats.Party // the ultimate one
	id       string        // identifier read last, of any party
	text     words
	returned words
	raw      notes
}

// Amounts that a detail may state, from the one that says best how much of
// the entry it is. Version 2 has no amount of the transaction itself.
const (
	own         = iota // Amt
	transaction        // AmtDtls/TxAmt
	instructed         // AmtDtls/InstdAmt, before charges and exchange
	counter            // AmtDtls/CntrValAmt
	amountKinds
)

var detailFields = []field{
	{"Ntry/TxDtls/Amt", detailAmount(own)},
	{"Ntry/TxDtls/AmtDtls/TxAmt/Amt", detailAmount(transaction)},
	{"Ntry/TxDtls/AmtDtls/InstdAmt/Amt", detailAmount(instructed)},
	{"Ntry/TxDtls/AmtDtls/CntrValAmt/Amt", detailAmount(counter)},
	{"Ntry/TxDtls/CdtDbtInd", func(r *reader, b []byte) { r.detail.Credit, r.detail.directed = r.credit(b) }},
	{"Ntry/TxDtls/Chrgs/TtlChrgsAndTaxAmt", (*reader).totalCharge},
	{"Ntry/TxDtls/Chrgs/Amt", (*reader).charge},
	{"Ntry/TxDtls/Chrgs/Rcrd/Amt", (*reader).charge},
	{"Ntry/TxDtls/Purp/Cd|Prtry", func(r *reader, b []byte) { r.detail.Purpose = r.word(b) }},
	{"Ntry/TxDtls/RmtInf/Ustrd", func(r *reader, b []byte) { r.detail.text.add(b) }},
	{"Ntry/TxDtls/RmtInf/Strd/AddtlRmtInf", func(r *reader, b []byte) { r.detail.text.add(b) }},
	{"Ntry/TxDtls/AddtlTxInf", func(r *reader, b []byte) { r.detail.text.addNew(b) }},
	{"Ntry/TxDtls/RtrInf/Rsn/Cd|Prtry", func(r *reader, b []byte) { r.detail.Returned = r.word(b) }},
	{"Ntry/TxDtls/RtrInf/AddtlInf", func(r *reader, b []byte) { r.detail.returned.add(b) }},
	{"Ntry/TxDtls/RtrInf/Orgtr/Nm", func(r *reader, b []byte) { r.detail.raw.add("Orgtr", b) }},
	{"Ntry/TxDtls/RltdPties/InitgPty/Nm", func(r *reader, b []byte) { r.detail.raw.add("InitgPty", b) }},
	{"Ntry/TxDtls/RltdDts/AccptncDtTm", func(r *reader, b []byte) { r.detail.raw.add("AccptncDtTm", b) }},
	{"Ntry/TxDtls/RltdDts/TxDtTm", func(r *reader, b []byte) { r.detail.raw.add("TxDtTm", b) }},
}

func detailAmount(kind int) func(*reader, []byte) {
	return func(r *reader, b []byte) { r.detail.amounts[kind] = r.amount(b) }
}

// totalCharge reads what the bank has withheld in all; charges in another
// currency than the entry's are only noted.
func (r *reader) totalCharge(b []byte) {
	a := r.amount(b)
	if a.stated && a.currency == r.entry.Currency {
		r.detail.Charges, r.detail.total = a.cents, true
		return
	}
	r.detail.raw.addAmount("Chrgs", b, r.currency)
}

func (r *reader) charge(b []byte) {
	a := r.amount(b)
	if a.stated && a.currency == r.entry.Currency {
		r.detail.charges = plus(r.detail.charges, a.cents)
		return
	}
	r.detail.raw.addAmount("Chrgs", b, r.currency)
}

func (r *reader) beginDetail() {
	r.tellEntry()
	text, returned, raw := r.detail.text, r.detail.returned, r.detail.raw // their buffers serve again
	text.clear()
	returned.clear()
	raw.clear()
	r.detail = detail{Detail: &formats.Detail{Line: r.scan.Line}, text: text, returned: returned, raw: raw}
}

// endDetail tells the detail. Its amount is the first that it states in the
// entry's currency, else the first in any other; where it states none it is
// the entry's.
func (r *reader) endDetail() {
	d, e := &r.detail, &r.entry
	if !d.directed {
		d.Credit = e.Credit
	}
	a := d.amountIn(e.Currency)
	d.Stated = a.stated
	if !a.stated {
		a = amount{cents: e.Cents, currency: e.Currency}
	}
	d.Cents, d.Currency = a.cents, a.currency
	e.sumUp(d)
	if !d.total {
		d.Charges = d.charges
	}
	if d.Ultimate = d.creditor; d.Credit {
		d.Ultimate = d.debtor
	}
	if i := d.amounts[instructed]; i.stated && i != a {
		d.raw.add("InstdAmt", []byte(formats.Decimal(i.cents, i.currency)+" "+i.currency))
	}
	d.BankCode = d.code.tell(r, &d.raw)
	d.Text, d.ReturnText, d.Raw = r.take(&d.text, d.Line), r.take(&d.returned, d.Line), r.take(&d.raw.words, d.Line)
	r.Emit(formats.Event{Detail: d.Detail})
}

func (d *detail) amountIn(currency string) (found amount) {
	for _, a := range d.amounts {
		if a.stated && a.currency == currency {
			return a
		}
		if a.stated && !found.stated {
			found = a
		}
	}
	return found
}

// sumUp adds a detail to what the entry's details come to.
func (e *entry) sumUp(d *detail) {
	e.details++
	e.unstated = e.unstated || !d.Stated
	switch {
	case d.Currency != e.Currency:
		e.foreign = true
	case d.Credit == e.Credit:
		e.sum = plus(e.sum, d.Cents)
	default:
		e.sum = plus(e.sum, -d.Cents)
	}
}
