package poste

import (
	"fmt"
	"strings"

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

// documents are the kinds of slip (tipo di documento). Pre-marked ones carry a
// code: 896, with the amount printed, 674, 247 of a bank (MAV). White ones do
// not, and the code on their rows is one that Poste gives to the image.
var documents = map[string]bool{"896": true, "674": true, "247": true, "451": false, "123": false}

// acceptances are how a slip was taken in (tipo di accettazione), as public
// code knows them; the official list has not been read. DP and DI are
// dematerialised, pre-marked and with an image.
var acceptances = map[string]bool{"CC": true, "AV": true, "DP": true, "DI": true}

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
	_, paid := fixed.YYMMDD(l.field(line, 28, 33))
	_, credited := fixed.YYMMDD(l.field(line, 56, 61))
	currency := l.field(line, 55, 55)
	return fixed.Digits(l.raw(line, 16, 27)) && paid == nil && credited == nil &&
		known(l.field(line, 34, 36)) && (currency == "1" || currency == "2") && fixed.Digits(line.Raw(1, 7))
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
	if d.PaidOn, err = fixed.YYMMDD(l.field(line, 28, 33)); err != nil {
		tell("data_accettazione", l.field(line, 28, 33), err.Error(), formats.Error)
	}
	if d.CreditedOn, err = fixed.YYMMDD(l.field(line, 56, 61)); err != nil {
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
	if !known(d.Document) {
		tell("tipo_documento", d.Document, "tipo di bollettino sconosciuto", formats.Warning)
	}
	if err := checkSlip(d.Document, d.Code); err != nil {
		tell("codice_cliente", d.Code, err.Error(), formats.Warning)
	}
	l.accepted(line, tell)
	if wrong {
		return nil, problems
	}
	d.Key = strings.Join([]string{d.account, d.CreditedOn.String(), d.progressive, d.PaidOn.String(), d.Document, d.Code}, "/")
	return d, problems
}

// accepted tells what is odd behind the code: the older variant has nothing
// there. Some files have seven characters more; what they mean is not known.
func (l *layout) accepted(line fixed.Line, tell func(field, value, reason string, s formats.Severity)) {
	if l == older {
		return
	}
	if kind := l.field(line, 80, 81); !acceptances[kind] {
		tell("tipo_accettazione", kind, "tipo di accettazione sconosciuto", formats.Warning)
	}
	if flag := l.field(line, 82, 82); flag != "S" && flag != "N" {
		tell("sostitutivo", flag, "atteso S (bollettino sostitutivo) o N", formats.Warning)
	}
	if n := fixed.NewLine(0, strings.TrimRight(line.Text, " ")).Len(); n > 82 && n != 89 {
		tell("riga", line.Field(83, n), fmt.Sprintf("la riga ha %d caratteri, attesi 82 o 89: il resto è conservato com'è", n), formats.Warning)
	}
}

func known(document string) bool {
	_, ok := documents[document]
	return ok
}
