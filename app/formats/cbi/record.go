package cbi

import (
	"bufio"
	"fmt"
	"io"

	"cassacomune/app/day"
	"cassacomune/app/formats/internal/fixed"
	"cassacomune/app/money"
)

// row is a record that is written: 120 columns, blank at first. What is put
// into it has been checked to fit.
type row [width]byte

func (r *row) put(column int, text string) { copy(r[column-1:], text) }

func (r *row) number(column, digits int, n int64) {
	r.put(column, fmt.Sprintf("%0*d", digits, n))
}

// day puts DDMMYY; a day that is not known stays blank.
func (r *row) day(column int, on day.Date) {
	if !on.IsZero() {
		r.put(column, fmt.Sprintf("%02d%02d%02d", on.Day(), on.Month(), on.Year()%100))
	}
}

// pieces puts a text into fields of equal width that follow each other.
func (r *row) pieces(column, width int, text []string) {
	for i, piece := range text {
		r.put(column+i*width, piece)
	}
}

// out writes a flow and counts what its foot tells.
type out struct {
	w                  *bufio.Writer
	head               row
	records, disposals int
	negative, positive money.Cents
}

// newOut begins a flow: record IR or IM.
func newOut(w io.Writer, kind, sender, receiver string, created day.Date, name string) *out {
	o := &out{w: bufio.NewWriterSize(w, 64<<10), head: blank(kind)}
	o.head.put(4, sender)
	o.head.put(9, receiver)
	o.head.day(14, created)
	o.head.put(20, plain(name))
	o.head.put(114, "E")
	return o
}

func blank(kind string) (r row) {
	for i := range r {
		r[i] = ' '
	}
	r.put(2, kind)
	return r
}

// disposal begins the records of the next one.
func (o *out) disposal(cents money.Cents, negative bool) {
	o.disposals++
	if negative {
		o.negative += cents
	} else {
		o.positive += cents
	}
}

// record makes one of the disposal at hand.
func (o *out) record(kind string) row {
	r := blank(kind)
	r.number(4, 7, int64(o.disposals))
	return r
}

func (o *out) write(r row) {
	o.records++
	o.w.Write(r[:])
	o.w.WriteString("\r\n")
}

// close writes the foot, which repeats the head.
func (o *out) close() error {
	foot := o.head
	foot.put(2, "EF")
	foot.number(46, 7, int64(o.disposals))
	foot.number(53, 15, int64(o.negative))
	foot.number(68, 15, int64(o.positive))
	foot.number(83, 7, int64(o.records+1))
	o.write(foot)
	if err := o.w.Flush(); err != nil {
		return fmt.Errorf("write CBI flow: %w", err)
	}
	return nil
}

// account puts bank, branch and account of an Italian IBAN.
func (r *row) account(bank, number int, iban string) {
	r.put(bank, iban[5:15])
	r.put(number, iban[15:])
}

// pieces cuts a text, as it is written, for fields of a width.
func pieces(text string, width int) []string { return fixed.Pieces(plain(text), width) }
