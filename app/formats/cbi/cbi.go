// Package cbi reads and writes CBI's older flows of collections, records of
// 120 characters: RID, direct debits of before SEPA (rapporti interbancari
// diretti), and MAV, slips that a bank collects (pagamento mediante avviso).
// Each goes out as a request and comes back as outcomes. Positions: public
// code, see docs/formats/rid.md and mav.md. It knows neither the bank nor
// whether a mandate exists. RID is history since February 2014: the live rail
// of direct debits is SEPA.
package cbi

import (
	"fmt"
	"io"
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/charset"
	"cassacomune/app/formats/internal/fixed"
)

// Keys of the two flows.
const (
	RID = "rid"
	MAV = "mav"
)

const (
	width = 120 // characters of a record
	most  = 600 // bytes of a line that is read
)

// layout is what differs between the flows.
type layout struct {
	key     string
	first   string // record that opens a disposal
	records map[string]record
}

// record is one of those that make a disposal.
type record struct {
	times int // how often it may stand in one
	read  func(*disposal, fixed.Line)
}

// layouts by the first columns of their head.
var layouts = map[string]*layout{" IR": rid, " IM": mav}

// SniffRID reports whether head begins a flow of RID.
func SniffRID(head []byte) bool { return sniff(head) == rid }

// SniffMAV reports whether head begins a flow of MAV.
func SniffMAV(head []byte) bool { return sniff(head) == mav }

func sniff(head []byte) *layout {
	line := fixed.First(head)
	if len(line.Raw(14, 19)) != 6 || !fixed.Digits(line.Raw(14, 19)) {
		return nil
	}
	return layouts[line.Raw(1, 3)]
}

// Read yields a Message per flow of either kind, a Batch per run of disposals
// (disposizioni) of one creditor, due day and sequence, a Payment per disposal
// and a MessageEnd. Totals of the foot that are not those counted are errors.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		f := &file{Teller: formats.NewTeller(yield)}
		for line, err := range fixed.Records(charset.NewReader(r), width, most) {
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
	any  bool
	last int
	told string // key of the Header told last
	flow *flow  // nil before the head and after the foot
}

func (f *file) record(line fixed.Line) {
	if strings.IndexByte(line.Text, 0) >= 0 {
		f.Error(line.Number, "record", line.Text, "contiene un byte nullo (NUL): il file è rovinato")
		return
	}
	if n := fixed.NewLine(0, strings.TrimRight(line.Text, " ")).Len(); n > width {
		f.Error(line.Number, "record", line.Raw(width+1, n), fmt.Sprintf("record di %d caratteri invece di 120", n))
	}
	kind := line.Raw(1, 3)
	if l := layouts[kind]; l != nil {
		f.head(line, l)
		return
	}
	if f.flow == nil {
		f.Error(line.Number, "record", kind, "il record sta fuori da un flusso: manca il record di testa (IR o IM)")
		return
	}
	f.flow.records++
	if kind == " EF" {
		f.foot(line)
		return
	}
	f.part(line, strings.TrimPrefix(kind, " "))
}

// part takes a record of a disposal: its first opens it, 70 ends it.
func (f *file) part(line fixed.Line, kind string) {
	r, known := f.flow.layout.records[kind]
	switch {
	case !known || line.Raw(1, 1) != " ":
		f.Error(line.Number, "tipo_record", line.Raw(1, 3), "record sconosciuto")
		return
	case kind == f.flow.layout.first:
		f.open(line)
	case f.flow.disposal == nil || f.flow.disposal.number != line.Field(4, 10):
		f.Error(line.Number, "numero_progressivo", line.Field(4, 10), "il record non è della disposizione che precede")
		return
	}
	d := f.flow.disposal
	if d.seen[kind]++; d.seen[kind] > r.times {
		f.Error(line.Number, "tipo_record", kind, "record ripetuto nella disposizione")
		return
	}
	r.read(d, line)
	if kind == "70" {
		f.ends()
	}
}

func (f *file) finish() {
	f.unfinished()
	if !f.any {
		f.Error(0, "file", "", "il file è vuoto")
	}
}
