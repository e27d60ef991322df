// Package delimited reads and writes rows of separated values: the CSV files of
// offices, acquirers and other engines. It knows lines, quotes and dangerous
// cells, and no layout. It differs from encoding/csv where a file comes from
// outside: a row has an upper size, so that a quote that is never closed does
// not swallow the file into memory; the row's own text is kept; and one bad row
// does not stop the next.
package delimited

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Limits of a row, in bytes and in lines of the file.
const (
	maxBytes = 64 << 10
	maxLines = 100
)

// Errors of a row. They are reasons in Italian: the caller knows the line.
// After ErrAfterQuote the rows go on; after the others they end.
var (
	ErrOpenQuote  = errors.New("virgolette aperte e mai chiuse: il file sembra troncato in questo punto")
	ErrTooLong    = errors.New("riga troppo lunga (oltre 64 KB o 100 righe fra virgolette): manca forse una chiusura di virgolette")
	ErrAfterQuote = errors.New("testo dopo la chiusura delle virgolette")
)

// Row is a row of the file. Fields is valid until the next row; the strings in
// it stay.
type Row struct {
	Line   int // 1-based, the line where the row begins
	Fields []string
	Raw    string // as it stands, without its line end
	Ended  bool   // a line end follows; false only for the last row of a file
}

// Blank reports whether every field is empty, as in the rows that spreadsheets
// leave at the end.
func (r Row) Blank() bool {
	for _, f := range r.Fields {
		if strings.TrimSpace(f) != "" {
			return false
		}
	}
	return true
}

// Rows yields the rows of r, whose fields comma separates. Empty lines are
// passed over. A field that begins with a quote ends with one, may hold line
// ends, and doubles the quotes inside; elsewhere a quote is a character.
func Rows(r io.Reader, comma byte) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		in := &input{from: bufio.NewReaderSize(r, maxBytes)}
		var fields []string
		for {
			row, fatal := in.row(comma, fields[:0])
			if fatal == io.EOF {
				return
			}
			fields = row.Fields
			if fatal != nil && fatal != ErrAfterQuote {
				yield(row, fatal)
				return
			}
			if strings.TrimSpace(row.Raw) == "" {
				continue
			}
			if !yield(row, fatal) {
				return
			}
		}
	}
}

type input struct {
	from *bufio.Reader
	line int // lines read so far
	acc  []byte
}

// row reads one row; io.EOF says that there is none.
func (in *input) row(comma byte, fields []string) (Row, error) {
	row := Row{Line: in.line + 1}
	in.acc = in.acc[:0]
	for {
		b, err := in.from.ReadSlice('\n')
		if err != nil && err != io.EOF {
			if err == bufio.ErrBufferFull {
				return row, ErrTooLong
			}
			return row, fmt.Errorf("lettura interrotta: %w", err)
		}
		if len(b) == 0 {
			if len(in.acc) == 0 {
				return row, io.EOF
			}
			return row, ErrOpenQuote
		}
		in.line++
		in.acc = append(in.acc, b...)
		row.Ended = err == nil
		if len(in.acc) > maxBytes || in.line-row.Line >= maxLines {
			return row, ErrTooLong
		}
		row.Raw = strings.TrimSuffix(strings.TrimSuffix(string(in.acc), "\n"), "\r")
		var open bool
		var bad error
		row.Fields, open, bad = split(row.Raw, comma, fields[:0])
		if !open {
			return row, bad
		}
		if !row.Ended {
			return row, ErrOpenQuote
		}
	}
}

// split cuts a row into fields; open says that its last quote is not closed.
func split(s string, comma byte, fields []string) (_ []string, open bool, bad error) {
	for {
		if s != "" && s[0] == '"' {
			value, rest, closed := quoted(s[1:])
			if !closed {
				return fields, true, bad
			}
			fields = append(fields, value)
			if rest == "" {
				return fields, false, bad
			}
			if rest[0] != comma {
				bad = ErrAfterQuote
				i := strings.IndexByte(rest, comma)
				if i < 0 {
					return fields, false, bad
				}
				rest = rest[i:]
			}
			s = rest[1:]
			continue
		}
		i := strings.IndexByte(s, comma)
		if i < 0 {
			return append(fields, s), false, bad
		}
		fields = append(fields, s[:i])
		s = s[i+1:]
	}
}

// quoted reads a value up to its closing quote.
func quoted(s string) (value, rest string, closed bool) {
	from := 0
	for {
		i := strings.IndexByte(s[from:], '"')
		if i < 0 {
			return "", "", false
		}
		end := from + i
		if end+1 < len(s) && s[end+1] == '"' {
			from = end + 2
			continue
		}
		return strings.ReplaceAll(s[:end], `""`, `"`), s[end+1:], true
	}
}
