// Package debtcsv reads and writes our own file of debts (posizioni
// debitorie): values separated by semicolons, decimal comma, one row per item
// of an instalment, described in docs/formats/cassacomune-csv.md. It judges
// each row by itself and repeated rows; whether a municipality, debt type or
// debt exists is for the importer to say.
package debtcsv

import (
	"bytes"
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
	line, _, _ := bytes.Cut(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), []byte("\n"))
	known := 0
	for _, name := range strings.Split(string(line), ";") {
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
		f := &file{yield: yield, seen: recent.New[key, int]()}
		for row, err := range delimited.Rows(decoded(r), comma) {
			if !f.row(row, err) {
				return
			}
		}
		if f.places == nil {
			f.problem(0, "", "", "il file è vuoto: manca anche la riga di intestazione", formats.Error)
		}
	}
}

// file is a reading under way. It remembers the lines of the last rows, a
// 65,536 at the least, to tell repeated ones.
type file struct {
	yield  func(formats.Event) bool
	places []int // column of the layout -> place in the row, -1 if absent
	width  int
	seen   *recent.Seen[key, int]
}

// key is what a row is about.
type key struct {
	position, option, item string
	instalment             int
}

// row reads one row and reports whether to go on.
func (f *file) row(row delimited.Row, err error) bool {
	if f.places == nil {
		return f.header(row, err)
	}
	if err != nil {
		return f.problem(row.Line, "", row.Raw, err.Error(), formats.Error)
	}
	if row.Blank() {
		return true
	}
	if !row.Ended && !f.problem(row.Line, "", "", "manca il fine riga all'ultima riga: il file potrebbe essere troncato", formats.Warning) {
		return false
	}
	if n := len(row.Fields); n < f.width || n > f.width && !(delimited.Row{Fields: row.Fields[f.width:]}).Blank() {
		reason := fmt.Sprintf("la riga ha %d valori, l'intestazione %d colonne", n, f.width)
		if !row.Ended {
			reason += ": il file sembra troncato"
		}
		return f.problem(row.Line, "", row.Raw, reason, formats.Error)
	}
	c := &cells{file: f, row: row}
	c.sound()
	debt := c.debt()
	f.repeated(c, debt)
	if c.stopped {
		return false
	}
	return c.wrong || f.yield(formats.Event{Debt: &debt})
}

// header finds the columns by name, in any order.
func (f *file) header(row delimited.Row, err error) bool {
	if err != nil {
		f.places = []int{}
		f.problem(row.Line, "", row.Raw, err.Error(), formats.Error)
		return false
	}
	places, good := make([]int, len(columns)), true
	for i := range places {
		places[i] = -1
	}
	wrong := func(field, reason string) bool {
		good = false
		return f.problem(row.Line, field, field, reason, formats.Error)
	}
	f.places, f.width = places, len(row.Fields)
	if len(row.Fields) == 1 {
		wrong(row.Fields[0], "intestazione non riconosciuta: le colonne si separano con il punto e virgola")
		return false
	}
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
		if reason != "" && !wrong(name, reason) {
			return false
		}
	}
	for c, column := range columns {
		if column.required && places[c] < 0 && !wrong(column.name, "colonna obbligatoria mancante") {
			return false
		}
	}
	if places[cDebtorCode] < 0 && places[cDebtorName] < 0 {
		wrong(columns[cDebtorCode].name, "serve almeno una delle colonne debitore_codice e debitore_nome")
	}
	return good
}

// repeated tells a row whose position, option, instalment and item stood in an
// earlier row, good or bad.
func (f *file) repeated(c *cells, d formats.DebtRow) {
	first, known := f.seen.Put(key{d.Position, d.Option, d.Item, d.Instalment}, c.row.Line)
	if known && d.Position != "" {
		c.problem(cPosition, d.Position, fmt.Sprintf("posizione, opzione, rata e voce già presenti alla riga %d", first), formats.Error)
	}
}

func (f *file) problem(line int, field, value, reason string, s formats.Severity) bool {
	return f.yield(formats.Event{Problem: &formats.Problem{
		Line: line, Field: field, Value: formats.Shown(value), Reason: reason, Severity: s,
	}})
}

func columnName(s string) string { return strings.ToLower(strings.TrimSpace(delimited.Unguard(s))) }

// decoded gives the text of a file in UTF-8.
func decoded(r io.Reader) io.Reader { return charset.NewReader(r) }
