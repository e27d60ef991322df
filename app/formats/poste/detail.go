package poste

import (
	"strings"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/fixed"
	"cassacomune/app/money"
)

// layout says by how many places a variant of the detail record stands to the
// left of the present one: the older has a progressive number of 7 digits and
// no selection.
type layout struct{ left, progressive int }

var (
	present = &layout{left: 0, progressive: 15}
	older   = &layout{left: 8, progressive: 7}
)

// detail is a record of one slip paid.
type detail struct {
	formats.Line
	account, progressive string
}

var documents = map[string]bool{"896": true, "674": true, "451": true, "123": true, "247": true}

// layoutOf tells the variant by the place of the account number, which the
// dates, the kind of slip and the currency around it prove. A record that fits
// both is not decided.
func layoutOf(line fixed.Line) (*layout, bool) {
	a, b := present.fits(line), older.fits(line)
	switch {
	case a && !b:
		return present, true
	case b && !a:
		return older, true
	}
	return nil, false
}

func (l *layout) fits(line fixed.Line) bool {
	_, paid := date(l.field(line, 28, 33))
	_, credited := date(l.field(line, 56, 61))
	currency := l.field(line, 55, 55)
	return fixed.Digits(l.raw(line, 16, 27)) && paid == nil && credited == nil &&
		documents[l.field(line, 34, 36)] && (currency == "1" || currency == "2") && fixed.Digits(line.Raw(1, 7))
}

// raw takes the columns as the present layout numbers them.
func (l *layout) raw(line fixed.Line, from, to int) string { return line.Raw(from-l.left, to-l.left) }

func (l *layout) field(line fixed.Line, from, to int) string {
	return strings.TrimSpace(l.raw(line, from, to))
}

// detail reads a record; nil if an error keeps it from being one.
func (l *layout) detail(line fixed.Line) (*detail, []formats.Problem) {
	var problems []formats.Problem
	wrong := false
	tell := func(field, value, reason string, s formats.Severity) {
		wrong = wrong || s == formats.Error
		problems = append(problems, formats.Problem{Line: line.Number, Field: field, Value: value, Reason: reason, Severity: s})
	}
	if len(strings.TrimRight(line.Text, " ")) < 79-l.left {
		tell("", strings.TrimSpace(line.Text), "riga incompleta: il file sembra troncato", formats.Error)
		return nil, problems
	}
	d := &detail{account: l.field(line, 16, 27), progressive: line.Field(1, l.progressive)}
	d.Line.Line, d.Raw = line.Number, strings.TrimRight(line.Text, " ")
	d.Document, d.Code = l.field(line, 34, 36), l.field(line, 62, 79)
	d.Outcome = l.field(line, 80, 82)
	if !fixed.Digits(l.raw(line, 16, 27)) {
		tell("numero_cc", d.account, "il conto deve avere 12 cifre", formats.Error)
	}
	if !fixed.Digits(line.Raw(1, l.progressive)) {
		tell("progressivo", d.progressive, "il progressivo deve avere solo cifre", formats.Error)
	}
	var err error
	if d.PaidOn, err = date(l.field(line, 28, 33)); err != nil {
		tell("data_accettazione", l.field(line, 28, 33), err.Error(), formats.Error)
	}
	if d.CreditedOn, err = date(l.field(line, 56, 61)); err != nil {
		tell("data_contabile", l.field(line, 56, 61), err.Error(), formats.Error)
	}
	var cents money.Cents
	if cents, err = line.Cents(37-l.left, 46-l.left); err != nil {
		tell("importo", l.field(line, 37, 46), err.Error(), formats.Error)
	}
	d.Gross = cents
	if currency := l.field(line, 55, 55); currency != "2" {
		tell("divisa", currency, "importo non in euro", formats.Error)
	}
	if !documents[d.Document] {
		tell("tipo_documento", d.Document, "tipo di bollettino sconosciuto", formats.Warning)
	}
	if err := checkSlip(d.Document, d.Code); err != nil {
		tell("codice_cliente", d.Code, err.Error(), formats.Warning)
	}
	if wrong {
		return nil, problems
	}
	d.Key = strings.Join([]string{d.account, d.CreditedOn.String(), d.progressive, d.PaidOn.String(), d.Document, d.Code}, "/")
	return d, problems
}

// date reads YYMMDD; years from 80 on are of the last century.
func date(s string) (day.Date, error) {
	if len(s) != 6 || !fixed.Digits(s) {
		return day.Date{}, day.ErrFormat
	}
	n := func(i int) int { return int(s[i]-'0')*10 + int(s[i+1]-'0') }
	year := 2000 + n(0)
	if n(0) >= 80 {
		year -= 100
	}
	d := day.New(year, time.Month(n(2)), n(4))
	if d.IsZero() {
		return d, day.ErrFormat
	}
	return d, nil
}
