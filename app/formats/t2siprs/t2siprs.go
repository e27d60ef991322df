// Package t2siprs reads Poste's flow of collections "Incassi Evoluti"
// (T2SIPRS, 2015): records of 2000 characters, one for each payment, which
// name the Treasurer's provisional that holds the money. It does not know
// whose they are.
package t2siprs

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/charset"
	"cassacomune/app/formats/internal/fixed"
)

// Key names the format in lists and in inspect.
const Key = "t2siprs"

// Widths of a record: whole, and without the blanks at its end, which some
// transfers lose.
const (
	width   = 2000
	trimmed = 1601
)

// operation is the only one that the layout names: a payment passed on
// (riversamento).
const operation = "RIV"

// Sniff reports whether a file that begins like this is such a flow.
func Sniff(head []byte) bool {
	l := fixed.NewLine(1, strings.TrimSuffix(charset.FirstLine(head), "\r"))
	_, err := date(l.Raw(31, 38))
	return err == nil && l.Len() >= trimmed && fixed.Digits(l.Raw(1, 12)) && strings.TrimSpace(l.Raw(13, 22)) == "" &&
		l.Field(23, 30) != "" && l.Field(91, 93) == operation
}

// Read yields a Flow for each client, day and account as the records come, its
// Lines, and a FlowEnd that declares nothing: the flow has no totals.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		f := &file{FlowTeller: formats.FlowTeller{Teller: formats.NewTeller(yield)}}
		for l, err := range records(charset.NewReader(r)) {
			switch {
			case err != nil:
				f.Error(l.Number, "file", "", err.Error())
				f.Stopped = true
			case !l.Blank():
				f.any = true
				f.record(l)
			}
			if f.Stopped {
				return
			}
		}
		if !f.any {
			f.Error(0, "file", "", "il file è vuoto")
		}
		f.End()
	}
}

// records cuts a file into records: at the ends of lines, or after each 2000
// characters where a file has none. Their number is that of the record.
func records(r io.Reader) iter.Seq2[fixed.Line, error] {
	return func(yield func(fixed.Line, error) bool) {
		in := bufio.NewReaderSize(r, 16<<10)
		for n := 1; ; n++ {
			text, err := record(in)
			if err != nil && err != io.EOF {
				yield(fixed.NewLine(n, ""), fmt.Errorf("lettura interrotta: %w", err))
				return
			}
			if err == io.EOF && text == "" {
				return
			}
			if !yield(fixed.NewLine(n, text), nil) || err == io.EOF {
				return
			}
		}
	}
}

// record reads up to the end of the line or of the record; an end of line
// right behind a whole record belongs to it.
func record(in *bufio.Reader) (string, error) {
	var b strings.Builder
	b.Grow(width)
	for n := 0; ; n++ {
		c, _, err := in.ReadRune()
		switch {
		case err != nil:
			return b.String(), err
		case c == '\n':
			return strings.TrimSuffix(b.String(), "\r"), nil
		case n == width && c != '\r': // the next record begins
			return b.String(), in.UnreadRune()
		case n > width:
			return b.String(), in.UnreadRune()
		}
		b.WriteRune(c)
	}
}

// file is a reading under way.
type file struct {
	formats.FlowTeller
	any    bool
	number int // progressive number of the record before; 0: none
}

func (f *file) record(l fixed.Line) {
	if n := l.Len(); n != width && n != trimmed {
		f.Error(l.Number, "", l.Text, fmt.Sprintf("record di %d caratteri, attesi %d", n, width))
		return
	}
	p := &payment{file: f, line: l}
	line, flow := p.read()
	if !p.wrong {
		f.Pay(flow, line)
	}
}

// date reads eight digits, AAAAMMGG or GGMMAAAA: no day of this century or the
// last can be read both ways.
func date(s string) (day.Date, error) {
	if len(s) != 8 || !fixed.Digits(s) {
		return day.Date{}, day.ErrFormat
	}
	for _, text := range []string{s[:4] + "-" + s[4:6] + "-" + s[6:], s[4:] + "-" + s[2:4] + "-" + s[:2]} {
		if d, err := day.Parse(text); err == nil && d.Year() >= 1900 && d.Year() < 2100 {
			return d, nil
		}
	}
	return day.Date{}, day.ErrFormat
}
