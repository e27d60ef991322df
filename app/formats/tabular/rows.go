package tabular

import (
	"bufio"
	"io"
	"iter"

	"cassacomune/app/formats/internal/charset"
	"cassacomune/app/formats/internal/delimited"
	"cassacomune/app/formats/internal/xlsx"
)

// row is a row of a table, whatever its file. Its cells are valid until the
// next one.
type row struct {
	line  int
	cells []xlsx.Cell
	raw   string // of a CSV
	ended bool   // something follows, or must not
}

func (r row) blank() bool {
	for _, c := range r.cells {
		if c.Text != "" {
			return false
		}
	}
	return true
}

// headSize is how much of a CSV is looked at to find its separator.
const headSize = 8 << 10

// csvRows yields the rows of a CSV; an unknown separator is a semicolon.
func csvRows(r io.Reader, l *layout) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		head, in := begin(charset.NewReader(r))
		comma, ok := l.separator(head)
		if !ok {
			comma = separators[0]
		}
		rowsOf(in, comma)(yield)
	}
}

func rowsOf(r io.Reader, comma byte) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		var cells []xlsx.Cell
		for d, err := range delimited.Rows(r, comma) {
			cells = cells[:0]
			for _, f := range d.Fields {
				cells = append(cells, xlsx.Cell{Text: trim(f)})
			}
			if !yield(row{d.Line, cells, d.Raw, d.Ended}, err) {
				return
			}
		}
	}
}

// sheetRows yields the rows of a sheet.
func sheetRows(s *xlsx.Sheet) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		for r, err := range s.Rows() {
			if !yield(row{r.Line, r.Cells, "", true}, err) {
				return
			}
		}
	}
}

// begin looks at how a file begins.
func begin(r io.Reader) ([]byte, io.Reader) {
	in := bufio.NewReaderSize(r, headSize)
	head, _ := in.Peek(headSize) // a short or failing file shows itself when read
	return head, in
}
