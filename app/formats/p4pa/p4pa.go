// Package p4pa reads the files of instalments that pagoPA's platform for
// creditors (Piattaforma Unitaria, p4pa) takes in, versions 1.0 to 1.4, which
// are those of MyPay before it, and 2.0 with Italian or English names. Facts:
// the public repositories pagopa/p4pa-payhub-activities and
// pagopa/p4pa-debt-positions, see docs/formats/p4pa-csv.md. It writes nothing,
// and cannot say whose debts they are where the file does not.
package p4pa

import (
	"fmt"
	"io"
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/charset"
	"cassacomune/app/formats/internal/delimited"
	"cassacomune/app/formats/internal/recent"
)

// Key names the format in lists and in inspect; the Header's Version is p4pa's.
const Key = "p4pa-csv"

const comma = ';'

// Sniff reports whether a file that begins like this is one of instalments:
// its first line names what every version has.
func Sniff(head []byte) bool {
	found := map[int]bool{}
	for _, name := range strings.Split(charset.FirstLine(head), string(comma)) {
		if c, ok := byName[columnName(strings.Trim(strings.TrimSpace(name), `"`))]; ok {
			found[c] = true
		}
	}
	return found[cUnit] && found[cAction] && found[cAmount] && found[cDebtType]
}

// Read yields an item of debt per beneficiary of each row, and a Problem for
// everything wrong or odd. A row with an error yields no item.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		f := &file{Teller: formats.NewTeller(yield), seen: recent.New[string, int]()}
		for row, err := range delimited.Rows(charset.NewReader(r), comma) {
			if f.row(row, err); f.Stopped {
				return
			}
		}
		if f.header == nil {
			f.Error(0, "", "", "il file è vuoto: manca anche la riga di intestazione")
		}
	}
}

// CopyRejected writes the rows of a stored file to whose line reason gives an
// answer, with that reason in a first column, which Read passes over.
func CopyRejected(w io.Writer, file io.Reader, reason func(line int) string) error {
	return delimited.CopyRejected(w, comma, charset.NewReader(file), reason)
}

// file is a reading under way.
type file struct {
	formats.Teller
	header  *header
	seen    *recent.Seen[string, int] // line of each IUD
	changes bool                      // a change has been told

	position string         // of the row before
	counted  map[string]int // its instalments so far, by option
}

func (f *file) row(row delimited.Row, err error) {
	switch {
	case f.header == nil:
		f.begin(row, err)
	case err != nil:
		f.Error(row.Line, "", row.Raw, err.Error())
	case row.Blank():
	case !row.Ended && len(row.Fields) < f.header.width:
		f.Error(row.Line, "", row.Raw, "l'ultima riga è incompleta e senza fine riga: il file sembra troncato")
	case len(row.Fields) != f.header.width:
		f.Error(row.Line, "", row.Raw, fmt.Sprintf("la riga ha %d valori, l'intestazione %d colonne", len(row.Fields), f.header.width))
	default:
		if !row.Ended {
			f.Warn(row.Line, "", "", "manca il fine riga all'ultima riga: il file potrebbe essere troncato")
		}
		f.instalment(row)
	}
}

// begin reads the header. Without the columns that every version has, nothing
// else can be read.
func (f *file) begin(row delimited.Row, err error) {
	h := newHeader(row.Fields)
	f.header = h
	f.Emit(formats.Event{Header: &formats.Header{Format: Key, Version: h.version()}})
	for _, name := range h.unknown {
		f.Warn(row.Line, name, name, "colonna sconosciuta: non si legge")
	}
	for _, name := range h.twice {
		f.Error(row.Line, name, name, "colonna ripetuta")
	}
	missing := h.missing()
	for _, name := range missing {
		f.Error(row.Line, name, name, "colonna obbligatoria mancante")
	}
	if err != nil {
		f.Error(row.Line, "", row.Raw, err.Error())
	}
	f.Stopped = f.Stopped || err != nil || len(h.twice)+len(missing) > 0
}

// instalment yields the items of a row.
func (f *file) instalment(row delimited.Row) {
	r := &reading{file: f, row: row}
	items := r.debts()
	if r.wrong {
		return
	}
	for _, d := range items {
		f.Emit(formats.Event{Debt: &d})
	}
}

// number is the place of an instalment in its option: the file has none, its
// rows follow each other.
func (f *file) number(position, option string) int {
	if f.counted == nil || f.position != position {
		f.position, f.counted = position, map[string]int{}
	}
	f.counted[option]++
	return f.counted[option]
}
