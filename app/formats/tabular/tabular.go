// Package tabular reads the tables that Treasurers, banks and Poste give to
// those who have no journal in XML: provisional credits in 7 or in 41 columns,
// a bank's statement in 14 columns (CSV or XLSX), the statement of a postal
// account. It does not know whose accounts they are.
package tabular

import (
	"bytes"
	"io"
	"strings"

	"cassacomune/app/formats"
)

// Keys of the tables.
const (
	Short = "treasury-csv-7"
	Long  = "treasury-csv-41"
	Sheet = "treasury-sheet-14"
	Poste = "poste-statement"
	XLS   = "xls"
)

// layout is a table whose first row names its columns.
type layout struct {
	columns []column
	least   int // how many of the columns make the table known
	entry   func(*line) (account, formats.Entry)
}

// column is one of a layout; its order in the file is free.
type column struct {
	name   string
	needed bool // it must have a value in every row
}

// account is what makes a row belong to another statement than the one before.
type account struct {
	number, bank, body, currency string
	year                         int
}

// plain takes away what names of columns are written with or without: blanks,
// dots, capitals.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			return r
		}
		return -1
	}, name)
}

// separators that the columns of a CSV may have.
const separators = ";,\t"

// separator returns the one by which the first line of a CSV has the layout's
// columns, and whether it has them.
func (l *layout) separator(head []byte) (byte, bool) {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	for i := range len(separators) {
		if l.known(strings.Split(string(line), separators[i:i+1])) >= l.least {
			return separators[i], true
		}
	}
	return 0, false
}

// known counts the layout's columns among names.
func (l *layout) known(names []string) (n int) {
	for _, c := range l.columns {
		for _, name := range names {
			if plain(name) == plain(c.name) {
				n++
				break
			}
		}
	}
	return n
}

// SniffShort reports whether a file that begins like this is the table of 7
// columns.
func SniffShort(head []byte) bool { return is(&short, head) }

// SniffLong does it for the table of 41 columns.
func SniffLong(head []byte) bool { return is(&long, head) }

func is(l *layout, head []byte) bool {
	_, ok := l.separator(head)
	return ok
}

// ReadShort yields a Statement for each year (esercizio) and an Entry for each
// provisional credit.
func ReadShort(r io.Reader) formats.Reader { return readCSV(r, &short) }

// ReadLong does it for the table of 41 columns, with a Statement for each
// account and year.
func ReadLong(r io.Reader) formats.Reader { return readCSV(r, &long) }

func readCSV(r io.Reader, l *layout) formats.Reader {
	return func(yield func(formats.Event) bool) {
		t := &table{layout: l, Teller: formats.NewTeller(yield)}
		t.read(csvRows(r, l))
	}
}

// unended is said of a last row without a line end.
const unended = "manca il fine riga all'ultima riga: il file potrebbe essere troncato"
