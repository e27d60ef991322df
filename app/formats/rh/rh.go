// Package rh reads CBI's report of balances and movements of current accounts
// (rendicontazione saldi e movimenti, RH; estratto conto periodico, EC):
// records of 120 characters, several accounts a file. The layout is that of
// CBI-RND-001. It knows no bank's own codes.
package rh

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/charset"
	"cassacomune/app/formats/internal/fixed"
)

// Key names the format in lists and in inspect; the Header's Version tells RH
// from EC.
const Key = "rh"

const (
	width = 120 // characters of a record
	most  = 600 // bytes of a line that is read
)

// Sniff reports whether a file that begins like this is such a report.
func Sniff(head []byte) bool {
	line := fixed.First(head)
	return isHead(line.Raw(1, 3)) && fixed.Digits(line.Raw(4, 8)) && len(line.Raw(14, 19)) == 6 && fixed.Digits(line.Raw(14, 19))
}

func isHead(begin string) bool { return begin == " RH" || begin == " EC" }

// Read yields a Statement per account (record 61), an Entry per movement (62
// with its 63) and a Closing (64 with its 65).
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		f := &file{Teller: formats.NewTeller(yield)}
		for line, err := range fixed.Lines(charset.NewReader(r), most) {
			if err != nil {
				f.Error(line.Number, "file", "", err.Error())
				break
			}
			f.last = line.Number
			if line.Blank() {
				continue
			}
			f.any = true
			f.record(line)
			if f.Stopped {
				return
			}
		}
		f.finish()
	}
}

// file is a reading under way.
type file struct {
	formats.Teller
	any     bool
	told    bool // the Header has been
	last    int
	flow    *flow    // nil before the head and after the foot
	account *account // nil outside a report
}

// flow is what a head record opens and a foot record closes.
type flow struct {
	head              fixed.Line
	kind, id, body    string
	records, accounts int
}

func (f *file) record(line fixed.Line) {
	if strings.IndexByte(line.Text, 0) >= 0 {
		f.Error(line.Number, "record", line.Text, "contiene un byte nullo (NUL): il file è rovinato")
		return
	}
	if n := utf8.RuneCountInString(strings.TrimRight(line.Text, " ")); n > width {
		f.Error(line.Number, "record", line.Raw(width+1, n), fmt.Sprintf("record di %d caratteri invece di 120", n))
	}
	kind := line.Raw(2, 3)
	if line.Raw(1, 1) != " " {
		kind = ""
	}
	if f.flow == nil && !isHead(" "+kind) {
		f.Error(line.Number, "record", line.Raw(1, 3), "il record sta fuori da un flusso: manca il record di testa (RH o EC)")
		return
	}
	if f.flow != nil {
		f.flow.records++
	}
	switch kind {
	case "RH", "EC":
		f.head(line)
	case "61":
		f.opening(line)
	case "62":
		f.movement(line)
	case "63":
		f.detail(line)
	case "64":
		f.closing(line)
	case "65":
		f.liquidity(line)
	case "EF":
		f.foot(line)
	default:
		f.Error(line.Number, "tipo_record", line.Raw(1, 3), "record sconosciuto")
	}
}

func (f *file) head(line fixed.Line) {
	f.unfinished()
	created, err := fixed.DDMMYY(line.Field(14, 19))
	if err != nil {
		f.Error(line.Number, "data_creazione", line.Field(14, 19), err.Error())
	}
	kind := line.Raw(2, 3)
	f.flow = &flow{head: line, kind: kind, id: line.Field(20, 39) + "/" + created.String(), body: line.Field(9, 13), records: 1}
	if !f.told {
		f.told = true
		f.Emit(formats.Event{Header: &formats.Header{Format: Key, Version: kind}})
	}
}

// foot compares what the flow declares with what was counted. For statements
// a difference is a warning; a count that cannot be read is a torn record.
func (f *file) foot(line fixed.Line) {
	f.close()
	if line.Field(4, 39) != f.flow.head.Field(4, 39) {
		f.Warn(line.Number, "EF", line.Field(4, 39), "il record di coda non ripete mittente, ricevente, data e nome del record di testa")
	}
	f.compare(line, 46, 52, "numero_rendicontazioni", f.flow.accounts)
	f.compare(line, 83, 89, "numero_record", f.flow.records)
	f.flow = nil
}

func (f *file) compare(line fixed.Line, from, to int, name string, counted int) {
	declared, err := line.Int(from, to)
	switch {
	case err != nil || len(line.Raw(from, to)) < to-from+1:
		f.Error(line.Number, name, line.Field(from, to), "totale del record di coda non leggibile")
	case declared != counted:
		f.Warn(line.Number, name, fmt.Sprint(declared), fmt.Sprintf("il record di coda dichiara %d, nel file sono %d", declared, counted))
	}
}

// unfinished tells a flow that another head, or the file's end, cuts off.
func (f *file) unfinished() {
	f.close()
	if f.flow != nil {
		f.Error(f.last, "EF", "", "manca il record di coda (EF): il file sembra troncato")
	}
	f.flow = nil
}

func (f *file) finish() {
	f.unfinished()
	if !f.any {
		f.Error(0, "", "", "il file è vuoto")
	}
}

// on reads a date, and tells a wrong one.
func (f *file) on(line fixed.Line, from, to int, name string) day.Date {
	d, err := fixed.DDMMYY(line.Field(from, to))
	if err != nil {
		f.Error(line.Number, name, line.Field(from, to), err.Error())
	}
	return d
}
