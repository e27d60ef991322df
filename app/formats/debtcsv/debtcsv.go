// Package debtcsv reads and writes our own file of debts (posizioni
// debitorie): values separated by semicolons, decimal comma, one row per item
// of an instalment, described in docs/formats/cassacomune-csv.md. It judges
// each row by itself and repeated rows; whether a municipality, debt type or
// debt exists is for the importer to say.
package debtcsv

import (
	"fmt"
	"io"
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/charset"
	"cassacomune/app/formats/internal/delimited"
	"cassacomune/app/formats/internal/recent"
)

// Key names the format in lists and in inspect.
const Key = "cassacomune-csv"

const comma = ';'

// Sniff reports whether a file that begins like this is one of ours: at least
// three of our columns in its first line.
func Sniff(head []byte) bool {
	known := 0
	for _, name := range strings.Split(charset.FirstLine(head), ";") {
		if i, ok := byName[columnName(name)]; ok && i != cBody {
			known++
		}
	}
	return known >= 3
}

// Read yields the rows of a debt file, and a Problem for everything wrong or
// odd in it. A row with an error is not yielded.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		f := &file{Teller: formats.NewTeller(yield), seen: recent.New[key, int]()}
		for row, err := range delimited.Rows(decoded(r), comma) {
			if f.row(row, err); f.Stopped {
				return
			}
		}
		if f.places == nil {
			f.Error(0, "", "", "il file è vuoto: manca anche la riga di intestazione")
		}
	}
}

// file is a reading under way. It remembers the lines of the last rows, a
// 65,536 at the least, to tell repeated ones.
type file struct {
	formats.Teller
	places []int // column of the layout -> place in the row, -1 if absent
	width  int
	seen   *recent.Seen[key, int]
}

// key is what a row is about.
type key struct {
	position, option, item string
	instalment             int
}

func (f *file) row(row delimited.Row, err error) {
	switch {
	case f.places == nil:
		f.header(row, err)
	case err != nil:
		f.Error(row.Line, "", row.Raw, err.Error())
	case !row.Blank():
		f.debt(row)
	}
}

func (f *file) debt(row delimited.Row) {
	if !row.Ended {
		f.Warn(row.Line, "", "", "manca il fine riga all'ultima riga: il file potrebbe essere troncato")
	}
	if n := len(row.Fields); n < f.width || n > f.width && !(delimited.Row{Fields: row.Fields[f.width:]}).Blank() {
		reason := fmt.Sprintf("la riga ha %d valori, l'intestazione %d colonne", n, f.width)
		if !row.Ended {
			reason += ": il file sembra troncato"
		}
		f.Error(row.Line, "", row.Raw, reason)
		return
	}
	c := &cells{file: f, row: row}
	c.sound()
	debt := c.debt()
	f.repeated(c, debt)
	if !c.wrong {
		f.Emit(formats.Event{Debt: &debt})
	}
}

// header finds the columns by name, in any order. A wrong one ends the reading.
func (f *file) header(row delimited.Row, err error) {
	switch {
	case err != nil:
		f.Error(row.Line, "", row.Raw, err.Error())
		f.Stopped = true
		return
	case len(row.Fields) == 1:
		f.Error(row.Line, row.Fields[0], row.Fields[0], "intestazione non riconosciuta: le colonne si separano con il punto e virgola")
		f.Stopped = true
		return
	}
	places, good := make([]int, len(columns)), true
	for i := range places {
		places[i] = -1
	}
	wrong := func(field, reason string) {
		good = false
		f.Error(row.Line, field, field, reason)
	}
	f.places, f.width = places, len(row.Fields)
	for i, name := range row.Fields {
		name = columnName(name)
		if name == delimited.Reason || name == "" && (delimited.Row{Fields: row.Fields[i:]}).Blank() {
			continue // the file of rejected rows, corrected; a spreadsheet's empty tail
		}
		c, ok := byName[name]
		reason := ""
		switch {
		case delimited.Odd(name) != "":
			reason = delimited.Odd(name)
		case !ok:
			reason = "colonna sconosciuta"
		case places[c] >= 0:
			reason = "colonna ripetuta"
		default:
			places[c] = i
		}
		if reason != "" {
			wrong(name, reason)
		}
	}
	for c, column := range columns {
		if column.required && places[c] < 0 {
			wrong(column.name, "colonna obbligatoria mancante")
		}
	}
	if places[cDebtorCode] < 0 && places[cDebtorName] < 0 {
		wrong(columns[cDebtorCode].name, "serve almeno una delle colonne debitore_codice e debitore_nome")
	}
	f.Stopped = f.Stopped || !good
}

// repeated tells a row whose position, option, instalment and item stood in an
// earlier row, good or bad.
func (f *file) repeated(c *cells, d formats.DebtRow) {
	first, known := f.seen.Put(key{d.Position, d.Option, d.Item, d.Instalment}, c.row.Line)
	if known && d.Position != "" {
		c.problem(cPosition, d.Position, fmt.Sprintf("posizione, opzione, rata e voce già presenti alla riga %d", first), formats.Error)
	}
}

func columnName(s string) string { return strings.ToLower(strings.TrimSpace(delimited.Unguard(s))) }

// decoded gives the text of a file in UTF-8.
func decoded(r io.Reader) io.Reader { return charset.NewReader(r) }
