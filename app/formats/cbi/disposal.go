package cbi

import (
	"strings"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/fixed"
)

// mostRaw is how much of a disposal is kept that has no place of its own, in
// bytes.
const mostRaw = 2 << 10

// disposal is one collection under way (disposizione): records of one number.
type disposal struct {
	file    *file
	number  string
	seen    map[string]int
	batch   batch
	payment formats.Payment
	request bool // what we ask, not an answer
	wrong   bool // an error keeps it from being a payment
	text    fixed.Text
	raw     []string
	size    int
}

// batch is what disposals in a row have in common.
type batch struct {
	account            formats.Party
	creditor, sequence string
	on                 day.Date
}

// open begins a disposal. One that has no record 70 ends here.
func (f *file) open(line fixed.Line) {
	f.ends()
	w := f.flow
	w.disposals++
	w.disposal = &disposal{file: f, number: line.Field(4, 10), seen: map[string]int{}}
	w.disposal.payment.Line = line.Number
	if n, err := line.Int(4, 10); err != nil || n != w.disposals {
		f.Warn(line.Number, "numero_progressivo", line.Field(4, 10), "le disposizioni non sono numerate di seguito da 1")
	}
}

// ends tells the disposal at hand, if any, and its batch if that is another.
func (f *file) ends() {
	d := f.flow.disposal
	f.flow.disposal = nil
	if d == nil || d.wrong {
		return
	}
	if f.flow.batch == nil || *f.flow.batch != d.batch {
		b := d.batch
		f.flow.batch = &b
		f.Emit(formats.Event{Batch: &formats.Batch{Line: d.payment.Line, Account: b.account, Creditor: b.creditor, Sequence: b.sequence, On: b.on}})
	}
	d.payment.Text, d.payment.Raw = d.text.String(), strings.Join(d.raw, "; ")
	f.Emit(formats.Event{Payment: &d.payment})
}

// begin reads what the first record of a disposal (10, 14) is for: due day,
// cause, amount, sign, currency. The same columns in both flows.
func (d *disposal) begin(line fixed.Line) {
	p := &d.payment
	p.On = d.date(line, 23, 28, "data_scadenza")
	if p.On.IsZero() {
		d.wrong = true
	}
	d.batch.on = p.On
	sign := line.Raw(47, 47)
	d.cause(line, sign)
	cents, err := line.Cents(34, 46)
	switch {
	case err != nil:
		d.refuse(line, "importo", line.Field(34, 46), err.Error())
	case sign != "-" && sign != "+":
		d.refuse(line, "segno", sign, "il segno deve essere + o -")
	default:
		p.Cents, p.Stated = cents, true
		d.file.flow.add(cents, sign == "-")
	}
	d.currency(line)
}

// refuse tells an error that leaves nothing to rely on: neither the payment
// nor the sum.
func (d *disposal) refuse(line fixed.Line, field, value, reason string) {
	d.wrong, d.file.flow.unsure = true, true
	d.file.Error(line.Number, field, value, reason)
}

func (d *disposal) cause(line fixed.Line, sign string) {
	code := line.Field(29, 33)
	o, known := outcomes[code]
	if !known || o.key != d.file.flow.layout.key {
		d.file.Warn(line.Number, "causale", code, "causale sconosciuta")
		d.payment.Status = code
		return
	}
	if d.request = o.asks || o.asksIfNegative && sign == "-"; !d.request || o.recall {
		d.payment.Status, d.payment.ReasonText = code, o.meaning
	}
}

// currency reads column 120. Nothing is known of other letters than E.
func (d *disposal) currency(line fixed.Line) {
	d.payment.Currency = "EUR"
	switch letter := line.Field(120, 120); letter {
	case "E":
	case "":
		d.file.Warn(line.Number, "divisa", "", "manca la divisa: si intende euro (E)")
	default:
		d.payment.Currency = letter
		d.file.Warn(line.Number, "divisa", letter, "importo non in euro")
	}
}

// date reads a day that has to be there.
func (d *disposal) date(line fixed.Line, from, to int, name string) day.Date {
	on, err := fixed.DDMMYY(line.Field(from, to))
	if err != nil {
		d.file.Error(line.Number, name, line.Field(from, to), err.Error())
	}
	return on
}

// dateIfAny reads a day that may be blank or zeros.
func (d *disposal) dateIfAny(line fixed.Line, from, to int, name string) day.Date {
	if strings.Trim(line.Field(from, to), "0") == "" {
		return day.Date{}
	}
	return d.date(line, from, to, name)
}

// iban reads the coordinates of records 16 and 17.
func (d *disposal) iban(line fixed.Line) string {
	iban := strings.ReplaceAll(line.Raw(11, 37), " ", "")
	if iban == "" {
		return ""
	}
	if err := codes.CheckIBAN(iban); err != nil {
		d.file.Warn(line.Number, "iban", iban, "le coordinate del conto non formano un IBAN valido")
	}
	return iban
}

// account reads bank, branch and account where no IBAN is: bank first.
func account(line fixed.Line, bank, number int) (p formats.Party) {
	p.Bank = line.Field(bank, bank+4)
	p.IBAN = strings.ReplaceAll(line.Raw(bank, bank+9)+line.Raw(number, number+11), " ", "")
	return p
}

// keep holds a value that has no place of its own.
func (d *disposal) keep(name, value string) {
	if value == "" || d.size+len(name)+len(value) > mostRaw {
		return
	}
	d.size += len(name) + len(value)
	d.raw = append(d.raw, name+"="+value)
}

// joined makes a text of fields of equal width that follow each other.
func joined(line fixed.Line, from, width, fields int) string {
	var t fixed.Text
	for i := range fields {
		t.Add(line.Raw(from+i*width, from+(i+1)*width-1), width)
	}
	return t.String()
}
