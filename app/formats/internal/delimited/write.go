package delimited

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"
)

// bom tells spreadsheets that the text is UTF-8.
const bom = "\ufeff"

// Reason is the name of the column that holds why a row was refused.
const Reason = "motivo"

// Writer writes rows with CRLF line ends, in UTF-8 with BOM.
type Writer struct {
	w     *bufio.Writer
	comma byte
	begun bool
}

// NewWriter returns a writer of rows. The last call must be to Flush.
func NewWriter(w io.Writer, comma byte) *Writer {
	return &Writer{w: bufio.NewWriter(w), comma: comma}
}

// Row writes a row. It guards nothing: the caller knows which fields are text.
// Errors of the writer below appear in Flush.
func (w *Writer) Row(fields ...string) {
	if !w.begun {
		w.begun = true
		w.w.WriteString(bom)
	}
	for i, f := range fields {
		if i > 0 {
			w.w.WriteByte(w.comma)
		}
		w.field(f)
	}
	w.w.WriteString("\r\n")
}

func (w *Writer) field(f string) {
	if !strings.ContainsAny(f, "\"\r\n"+string(rune(w.comma))) && strings.TrimSpace(f) == f {
		w.w.WriteString(f)
		return
	}
	w.w.WriteByte('"')
	w.w.WriteString(strings.ReplaceAll(f, `"`, `""`))
	w.w.WriteByte('"')
}

// Flush sends what is left, and returns the first error of all.
func (w *Writer) Flush() error {
	if err := w.w.Flush(); err != nil {
		return fmt.Errorf("writing rows: %w", err)
	}
	return nil
}

// Rejected is a row that was refused: its text, and why.
type Rejected struct {
	Raw    string
	Reason string
}

// WriteRejected writes refused rows under the header of their file, with the
// reason in the first column, where it stands beside the row whatever the
// number of its fields. A reason column of an earlier round is dropped. A cell
// that a spreadsheet would run gets an apostrophe.
func WriteRejected(w io.Writer, comma byte, header string, rows iter.Seq[Rejected]) error {
	out := NewWriter(w, comma)
	names, _, _ := split(header, comma, nil)
	old := -1
	for i, n := range names {
		if strings.EqualFold(strings.TrimSpace(n), Reason) {
			old = i
		}
	}
	out.Row(append([]string{Reason}, safe(without(names, old))...)...)
	for r := range rows {
		fields, open, _ := split(r.Raw, comma, nil)
		if open {
			fields = append(fields, r.Raw)
		}
		out.Row(append([]string{safeOne(r.Reason)}, safe(without(fields, old))...)...)
	}
	return out.Flush()
}

// CopyRejected does so with the rows of a file that reason knows by the line
// where they begin.
func CopyRejected(w io.Writer, comma byte, file io.Reader, reason func(line int) string) error {
	next, stop := iter.Pull2(Rows(file, comma))
	defer stop()
	header, _, _ := next()
	return WriteRejected(w, comma, header.Raw, func(yield func(Rejected) bool) {
		for row, _, ok := next(); ok; row, _, ok = next() {
			if why := reason(row.Line); why != "" && !yield(Rejected{Raw: row.Raw, Reason: why}) {
				return
			}
		}
	})
}

func without(fields []string, i int) []string {
	if i < 0 || i >= len(fields) {
		return fields
	}
	return append(fields[:i:i], fields[i+1:]...)
}

func safe(fields []string) []string {
	for i, f := range fields {
		fields[i] = safeOne(f)
	}
	return fields
}

// safeOne guards a value that was never guarded; one that was is left alone,
// so that a row corrected and loaded again keeps its value.
func safeOne(f string) string {
	if formula(f) {
		return "'" + f
	}
	return f
}
