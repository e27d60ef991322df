// Package poste reads the return flow of postal slips (rendicontazione dei
// bollettini di conto corrente postale): records of 200 characters, details
// and then a summary per processing centre and day, several groups a file. It
// verifies what the summaries declare. It does not know whose slips they are.
package poste

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/charset"
	"cassacomune/app/formats/internal/fixed"
	"cassacomune/app/money"
)

// Key names the format in lists and in inspect.
const Key = "poste200"

// most is the longest record read; the layout has 200 characters.
const most = 400

// Sniff reports whether a file that begins like this is such a flow.
func Sniff(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	l := fixed.NewLine(1, strings.TrimRight(string(line), "\r"))
	if isSummary(l) {
		return true
	}
	_, ok := layoutOf(l)
	return ok
}

// Read yields a Flow per group of details, its Lines, and a FlowEnd with what
// the summary declares. Totals that differ are Problems of severity Error.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		f := &file{Teller: formats.NewTeller(yield)}
		for line, err := range fixed.Lines(charset.NewReader(r), most) {
			if err != nil {
				f.Error(line.Number, "", "", err.Error())
				break
			}
			f.last = line.Number
			if line.Blank() {
				continue
			}
			f.any = true
			f.row(line)
			if f.Stopped {
				return
			}
		}
		if !f.any && !f.Stopped {
			f.Error(0, "", "", "il file è vuoto")
		}
		f.unfinished()
	}
}

// file is a reading under way: the layout, and the group begun last.
type file struct {
	formats.Teller
	any    bool
	last   int
	layout *layout
	group  *group
}

// group sums the details as they go by.
type group struct {
	account      string
	creditedOn   day.Date
	all          tally
	exact, wrong tally // pre-marked slips; white ones
	unsure       bool  // holds slips of a kind of which no source says where they are counted
}

type tally struct {
	count int
	cents money.Cents
}

func (t *tally) add(c money.Cents) { t.count, t.cents = t.count+1, t.cents+c }

func (f *file) row(line fixed.Line) {
	if strings.ContainsRune(line.Text, 0) {
		f.Error(line.Number, "", line.Text, "contiene un byte nullo (NUL): il file è rovinato")
		return
	}
	if isSummary(line) {
		f.summary(line)
		return
	}
	if f.layout == nil {
		l, ok := layoutOf(line)
		if !ok {
			f.Error(line.Number, "", line.Text, "riga non riconosciuta: né dettaglio né riepilogo di una rendicontazione di bollettini")
			return
		}
		f.layout = l
	}
	d, errs := f.layout.detail(line)
	for _, p := range errs {
		f.Emit(formats.Event{Problem: &p})
	}
	if d == nil || f.Stopped {
		return
	}
	f.open(*d)
	f.group.add(*d)
	f.Emit(formats.Event{Line: &d.Line})
}

// open begins a group unless the detail goes on with the one begun last.
func (f *file) open(d detail) {
	if f.group != nil && f.group.account == d.account {
		return
	}
	if f.group != nil {
		f.Error(d.Line.Line, "numero_cc", d.account, "il conto cambia prima della riga di riepilogo")
		f.end(formats.FlowEnd{Line: d.Line.Line})
	}
	f.begin(d.account, d.CreditedOn, d.progressive)
}

func (f *file) begin(account string, on day.Date, progressive string) {
	f.group = &group{account: account, creditedOn: on}
	f.Emit(formats.Event{Flow: &formats.Flow{
		ID: account + "-" + on.String() + "-" + progressive, Channel: "poste", Account: account, On: on,
	}})
}

func (g *group) add(d detail) {
	g.all.add(d.Gross)
	marked, known := documents[d.Document]
	g.unsure = g.unsure || !known || d.Document == "247"
	if marked || !known {
		g.exact.add(d.Gross)
	} else {
		g.wrong.add(d.Gross)
	}
}

// summary closes the group and compares it with what the row declares.
func (f *file) summary(line fixed.Line) {
	account := line.Field(2, 13)
	on, err := fixed.YYMMDD(line.Field(14, 19))
	if err != nil {
		f.Error(line.Number, "data_contabile", line.Field(14, 19), err.Error())
	}
	if f.group == nil {
		f.begin(account, on, "cuas"+line.Field(1, 1))
	}
	if f.group.account != account {
		f.Error(line.Number, "numero_cc", account, "il riepilogo è di un altro conto rispetto ai dettagli")
	} else if f.group.creditedOn != on && err == nil {
		f.Warn(line.Number, "data_contabile", line.Field(14, 19), "la data contabile del riepilogo differisce da quella dei dettagli")
	}
	if line.Len() < 96 {
		f.Error(line.Number, "", line.Text, "riga di riepilogo incompleta: il file sembra troncato")
	}
	partial := f.Error
	if f.group.unsure {
		partial = f.Warn
	}
	f.compare(line, 57, 64, 76, "esatti", f.group.exact, partial)
	f.compare(line, 77, 84, 96, "errati", f.group.wrong, partial)
	end := formats.FlowEnd{Line: line.Number, Sender: line.Field(1, 1)}
	end.Payments, end.Sum = f.compare(line, 37, 44, 56, "totali", f.group.all, f.Error)
	f.end(end)
}

// compare verifies a count and the amount that follows it; a blank pair of
// the partial totals declares nothing.
func (f *file) compare(line fixed.Line, from, countTo, centsTo int, name string, counted tally, tell func(line int, field, value, reason string)) (*int, *money.Cents) {
	if strings.TrimSpace(line.Raw(from, centsTo)) == "" && name != "totali" {
		return nil, nil
	}
	count, err := line.Int(from, countTo)
	cents, errCents := line.Cents(countTo+1, centsTo)
	if err = errors.Join(err, errCents); err != nil {
		f.Error(line.Number, name, line.Raw(from, centsTo), "totali del riepilogo non leggibili")
		return nil, nil
	}
	if count != counted.count {
		tell(line.Number, "numero_documenti_"+name, fmt.Sprint(count), fmt.Sprintf("il riepilogo dichiara %d documenti, nel file sono %d", count, counted.count))
	}
	if cents != counted.cents {
		tell(line.Number, "importo_"+name, cents.Comma(), fmt.Sprintf("il riepilogo dichiara %s, i dettagli sommano a %s", cents.Comma(), counted.cents.Comma()))
	}
	return &count, &cents
}

// unfinished tells a file that ends in the middle of a group.
func (f *file) unfinished() {
	if f.group == nil || f.Stopped {
		return
	}
	f.Error(f.last, "", "", "manca la riga di riepilogo: il file sembra troncato")
	f.end(formats.FlowEnd{Line: f.last})
}

func (f *file) end(e formats.FlowEnd) {
	f.group = nil
	f.Emit(formats.Event{FlowEnd: &e})
}

// isSummary knows a summary by its constant 999 after fourteen blanks.
func isSummary(l fixed.Line) bool {
	return l.Raw(34, 36) == "999" && l.Len() >= 56 && strings.TrimSpace(l.Raw(20, 33)) == "" && fixed.Digits(l.Raw(1, 19))
}

// checkSlip warns about the code of a pre-marked slip.
func checkSlip(document, code string) error {
	if document == "896" || document == "674" {
		return codes.CheckSlip(code)
	}
	return nil
}
