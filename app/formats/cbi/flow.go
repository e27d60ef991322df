package cbi

import (
	"fmt"
	"math"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/fixed"
	"cassacomune/app/money"
)

// flow is what a head record opens and a foot record closes.
type flow struct {
	layout             *layout
	head               fixed.Line
	records, disposals int
	negative, positive money.Cents // sums by the sign of the disposals
	unsure             bool        // an amount could not be read, or the sum is too large
	batch              *batch      // told last
	disposal           *disposal   // nil between two
}

// head reads IR or IM. A request goes from company to bank; in what comes back
// the two have changed places (seen of MAV).
func (f *file) head(line fixed.Line, l *layout) {
	f.unfinished()
	f.flow = &flow{layout: l, head: line, records: 1}
	if f.told != l.key {
		f.told = l.key
		f.Emit(formats.Event{Header: &formats.Header{Format: l.key}})
	}
	f.fact("ricevente", line.Field(9, 13))
	if l == rid {
		f.fact("tipo_incasso_rid", line.Field(113, 113))
	}
	created, err := fixed.DDMMYY(line.Field(14, 19))
	if err != nil {
		f.Error(line.Number, "data_creazione", line.Field(14, 19), err.Error())
	}
	f.Emit(formats.Event{Message: &formats.Message{
		Kind: l.key, ID: line.Field(20, 39), CreatedAt: line.Field(14, 19), CreatedOn: created, Initiator: formats.Party{Code: line.Field(4, 8)},
	}})
}

func (f *file) fact(name, value string) {
	if value != "" {
		f.Emit(formats.Event{Header: &formats.Header{Name: name, Value: value}})
	}
}

// foot reads EF and holds its totals against what was counted.
func (f *file) foot(line fixed.Line) {
	f.ends()
	w := f.flow
	if line.Field(4, 39) != w.head.Field(4, 39) {
		f.Warn(line.Number, "EF", line.Field(4, 39), "il record di coda non ripete mittente, ricevente, data e nome del record di testa")
	}
	if line.Len() < 114 {
		f.Error(line.Number, "EF", "", "record di coda incompleto: il file sembra troncato")
	}
	end := &formats.MessageEnd{Line: line.Number}
	end.DeclaredTransactions = f.count(line, 46, 52, "numero_disposizioni", w.disposals)
	f.count(line, 83, 89, "numero_record", w.records)
	negative := f.sum(line, 53, 67, "totale_negativi", w.negative)
	positive := f.sum(line, 68, 82, "totale_positivi", w.positive)
	if negative != nil && positive != nil {
		total := *negative + *positive
		end.DeclaredSum = &total
	}
	f.flow = nil
	f.Emit(formats.Event{MessageEnd: end})
}

func (f *file) count(line fixed.Line, from, to int, name string, counted int) *int {
	declared, err := line.Int(from, to)
	if err != nil {
		f.Error(line.Number, name, line.Field(from, to), "totale del record di coda non leggibile")
		return nil
	}
	if declared != counted {
		f.Error(line.Number, name, fmt.Sprint(declared), fmt.Sprintf("il record di coda dichiara %d, nel flusso sono %d", declared, counted))
	}
	return &declared
}

// sum compares an amount; blank is zero. Nothing is weighed against amounts
// that could not be read.
func (f *file) sum(line fixed.Line, from, to int, name string, counted money.Cents) *money.Cents {
	declared, err := line.Cents(from, to)
	if err == money.ErrEmpty {
		declared, err = 0, nil
	}
	if err != nil {
		f.Error(line.Number, name, line.Field(from, to), "totale del record di coda non leggibile")
		return nil
	}
	if declared != counted && !f.flow.unsure {
		f.Error(line.Number, name, declared.Comma(), fmt.Sprintf("il record di coda dichiara %s, le disposizioni sommano a %s", declared.Comma(), counted.Comma()))
	}
	return &declared
}

// add counts an amount under its sign.
func (w *flow) add(cents money.Cents, negative bool) {
	total := &w.positive
	if negative {
		total = &w.negative
	}
	if *total > math.MaxInt64-cents {
		w.unsure = true
		return
	}
	*total += cents
}

// unfinished tells a flow that another head, or the file's end, cuts off.
func (f *file) unfinished() {
	if f.flow == nil {
		return
	}
	f.ends()
	f.flow = nil
	f.Error(f.last, "EF", "", "manca il record di coda (EF): il file sembra troncato")
	f.Emit(formats.Event{MessageEnd: &formats.MessageEnd{Line: f.last}})
}
