package hypersic

import (
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/delimited"
	"cassacomune/app/money"
)

// read reads the row's payment and the settlement it belongs to.
func (r *row) read() (formats.Line, formats.Flow) {
	for c, v := range r.values {
		if reason := delimited.Odd(v); reason != "" {
			r.bad(c, reason)
		}
	}
	flow := formats.Flow{ID: r.text(cFlow), Channel: "pagopa", Account: r.text(cIBAN), PaidOn: r.date(cFlowPaidOn), Sender: r.text(cSender)}
	l := formats.Line{Line: r.line, Code: r.text(cNotice), Gross: r.cents(cPaid), PaidOn: r.date(cPaidOn), Instalment: r.text(cInstalment),
		Text: r.text(cReason), Payer: formats.Party{Name: r.text(cDebtorName), Code: r.text(cDebtorCode)}}
	iuv := r.text(cIUV)
	if l.Code == "" {
		l.Code = iuv
	}
	r.date(cIssuedOn)
	r.date(cDueOn)
	r.cents(cDebtCents)
	r.quotas(l.Gross)
	if !r.waiting() {
		r.needed(cIUV, cFlow, cPaid)
	}
	l.Key = strings.Join([]string{flow.ID, iuv, l.Instalment, l.PaidOn.String(), l.Gross.Decimal()}, "/")
	l.Raw = r.raw()
	return l, flow
}

// needed refuses a row without the values that the layout obliges it to have.
func (r *row) needed(all ...int) {
	for _, c := range all {
		if r.text(c) == "" {
			r.bad(c, "valore obbligatorio mancante")
		}
	}
}

// quotas looks at the accounting quotas: a quota has all its three values, and
// together they are told where they are not what was paid.
func (r *row) quotas(paid money.Cents) {
	var sum money.Cents
	some := false
	for c := plainColumns; c+2 < len(columns); c += 3 {
		level, code, quota := r.text(c), r.text(c+1), r.text(c+2)
		if level+code+quota == "" {
			continue
		}
		some = true
		sum += r.cents(c + 2)
		if level == "" || code == "" || quota == "" {
			r.file.Warn(r.line, columns[c], level, "quota contabile incompleta")
		}
		if level != "" && level != "CAP" && level != "ACC" {
			r.file.Warn(r.line, columns[c], level, "non è CAP (capitolo) né ACC (accertamento)")
		}
	}
	if some && paid != 0 && sum != paid && !r.wrong {
		r.file.Warn(r.line, columns[cPaid], paid.Comma(), "le quote contabili sommano a "+sum.Comma())
	}
}

// raw keeps what has no field of its own: service, debt, and the accounts that
// the payment goes to.
func (r *row) raw() string {
	var all []string
	keep := func(from, to int) {
		for c := from; c < to; c++ {
			if v := r.text(c); v != "" {
				all = append(all, columns[c]+"="+v)
			}
		}
	}
	keep(cService, cDebtorCode)
	keep(cDebt, cReason)
	keep(cDebtCents, cInstalment)
	keep(cIUV, cPaidOn)
	keep(cMeans, cIBAN)
	keep(cNotes, len(columns))
	return strings.Join(all, "; ")
}
