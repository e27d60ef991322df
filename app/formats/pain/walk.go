package pain

import (
	"bytes"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/xmlscan"
	"cassacomune/app/money"
)

// child moves to the next child of the element that is open at depth. What
// was left unread of the child before is passed over. It is false once the
// element has ended, or the reader has stopped:
//
//	for at := r.scan.Depth(); r.child(at); {
//		switch r.scan.Name {
func (r *reader) child(depth int) bool {
	for r.next() {
		switch r.scan.Kind {
		case xmlscan.Start:
			if r.scan.Depth() == depth+1 {
				return true
			}
		case xmlscan.End:
			if r.scan.Depth() == depth {
				return false
			}
		}
	}
	return false
}

// value reads the element at hand to its end and returns the first text in it,
// its own or that of a choice inside it: <Rsn><Cd>AC01</Cd></Rsn>.
func (r *reader) value() (value string) {
	depth := r.scan.Depth()
	for r.next() {
		switch r.scan.Kind {
		case xmlscan.Text:
			if value == "" {
				value = string(bytes.TrimSpace(r.scan.Text()))
			}
		case xmlscan.End:
			if r.scan.Depth() == depth {
				return value
			}
		}
	}
	return value
}

// set reads a value that stands once into dst.
func (r *reader) set(dst *string) {
	line, name := r.scan.Line, r.scan.Name
	value := r.value()
	if *dst != "" {
		r.Error(line, name, value, "elemento ripetuto")
		return
	}
	*dst = value
}

// reference reads a reference; one that is not provided counts as absent.
func (r *reader) reference(dst *string) {
	r.set(dst)
	if *dst == "NOTPROVIDED" {
		*dst = ""
	}
}

// words adds a line of free text to dst.
func (r *reader) words(dst *string) {
	text := strings.Join(strings.Fields(r.value()), " ")
	if *dst != "" && text != "" {
		*dst += " "
	}
	*dst += text
}

// date reads a day, or the day of an instant: the zone is the sender's own,
// and so is the day.
func (r *reader) date() day.Date {
	line, name := r.scan.Line, r.scan.Name
	text := r.value()
	if r.Stopped {
		return day.Date{}
	}
	return r.dayOf(line, name, text)
}

func (r *reader) dayOf(line int, name, text string) day.Date {
	if len(text) > 10 && strings.IndexByte("T+-Z", text[10]) >= 0 {
		if d, err := day.Parse(text[:10]); err == nil && text[4] == '-' {
			return d
		}
	}
	d, err := day.Parse(text)
	if err != nil || text[4] != '-' {
		r.Error(line, name, text, day.ErrFormat.Error())
		return day.Date{}
	}
	return d
}

// amount reads an amount with its currency. It is false where it cannot be
// read, which is told.
func (r *reader) amount() (cents money.Cents, currency string, ok bool) {
	line, name := r.scan.Line, r.scan.Name
	for _, a := range r.scan.Attrs {
		if a.Name == "Ccy" {
			currency = a.Value
		}
	}
	text := r.value()
	if r.Stopped {
		return 0, "", false
	}
	if len(currency) != 3 || strings.Trim(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		r.Error(line, name, currency, "valuta mancante o non leggibile")
		return 0, "", false
	}
	cents, err := formats.ParseAmount(text, currency)
	switch {
	case err != nil:
		r.Error(line, name, text, err.Error())
	case cents < 0:
		r.Error(line, name, text, "importo negativo")
	default:
		return cents, currency, true
	}
	return 0, "", false
}
