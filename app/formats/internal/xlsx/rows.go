package xlsx

import (
	"iter"
	"strconv"
	"strings"

	"cassacomune/app/formats/internal/xmlscan"
)

// Cell is a value: a text, or a number as a plain decimal.
type Cell struct {
	Text   string
	Number bool
}

// Row is a row of the sheet. Cells is valid until the next row; an empty cell
// is a Cell of nothing.
type Row struct {
	Line  int // as the sheet numbers it, from 1
	Cells []Cell
}

// Rows yields the rows that have a value, in the order of the sheet. A part
// that cannot be read on yields an error and ends.
func (s *Sheet) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		scan, done, err := open(s.part)
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer done()
		r := &rows{sheet: s, scan: scan}
		for scan.Next() {
			full, err := r.token()
			if err != nil {
				yield(r.row, err)
				return
			}
			if full && !yield(r.row, nil) {
				return
			}
		}
		if err := fault(scan.Err()); err != nil {
			yield(r.row, err)
		}
	}
}

// rows reads a sheet.
type rows struct {
	sheet *Sheet
	scan  *xmlscan.Scanner
	row   Row
	kind  string // of the cell at hand
	at    int    // its column, from 0
	leaf  string // v or t, inside one
	aloud bool   // inside rPh
	text  []byte
	full  bool
}

// token takes a token, and reports whether it ends a row that has a value.
func (r *rows) token() (bool, error) {
	s := r.scan
	switch s.Kind {
	case xmlscan.Start:
		r.start()
	case xmlscan.Text:
		if r.leaf != "" && !r.aloud {
			r.text = append(r.text, s.Text()...)
		}
	case xmlscan.End:
		switch s.Name {
		case r.leaf:
			r.leaf = ""
		case "rPh":
			r.aloud = false
		case "c":
			return false, r.cell()
		case "row":
			return r.full, nil
		}
	}
	return false, nil
}

func (r *rows) start() {
	s := r.scan
	switch s.Name {
	case "row":
		r.full, r.at = false, -1
		line := r.row.Line + 1
		if n, err := strconv.Atoi(attribute(s, "r")); err == nil && n > 0 {
			line = n
		}
		r.row = Row{Line: line, Cells: r.row.Cells[:0]}
	case "c":
		r.kind, r.text = attribute(s, "t"), r.text[:0]
		r.at++
		if at, ok := column(attribute(s, "r")); ok {
			r.at = at
		}
	case "v", "t":
		r.leaf = s.Name
	case "rPh":
		r.aloud = true
	}
}

// column reads the letters of a reference: "C5" is 2.
func column(ref string) (n int, ok bool) {
	for i := range len(ref) {
		c := ref[i]
		if c < 'A' || c > 'Z' || n > maxColumns {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1, n > 0
}

// cell puts the cell at hand into the row.
func (r *rows) cell() error {
	if len(r.text) == 0 {
		return nil
	}
	c := Cell{Text: string(r.text)}
	switch r.kind {
	case "s":
		i, err := strconv.Atoi(c.Text)
		text, ok := r.sheet.shared.at(i)
		if err != nil || !ok {
			return ErrBroken
		}
		c.Text = text
	case "", "n":
		plain, ok := decimal(c.Text)
		if !ok {
			return ErrBroken
		}
		c = Cell{plain, true}
	case "d":
		c.Text, _, _ = strings.Cut(c.Text, "T")
	}
	c.Text = strings.TrimSpace(strings.ReplaceAll(c.Text, "_x000D_", "")) // a carriage return, as office programs write it
	if c.Text == "" {
		return nil
	}
	if r.at < 0 || r.at >= maxColumns {
		return ErrColumns
	}
	for len(r.row.Cells) <= r.at {
		r.row.Cells = append(r.row.Cells, Cell{})
	}
	r.row.Cells[r.at] = c
	r.full = true
	return nil
}
