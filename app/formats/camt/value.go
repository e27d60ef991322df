package camt

import (
	"bytes"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// maxText is how many bytes of a text that comes in many elements are kept.
const maxText = 16 << 10

// words is a text in the making: its parts with one blank between words,
// whatever line breaks and indentation the file has.
type words struct {
	b   []byte
	cut bool
}

func (w *words) add(part []byte) {
	part = bytes.TrimSpace(part)
	if len(w.b)+len(part) >= maxText {
		w.cut = true
		return
	}
	if len(w.b) > 0 && len(part) > 0 {
		w.b = append(w.b, ' ')
	}
	w.b = fold(w.b, part)
}

// addNew adds a part that does not merely repeat what stands there.
func (w *words) addNew(part []byte) {
	if !bytes.Contains(w.b, bytes.TrimSpace(part)) {
		w.add(part)
	}
}

// clear begins another text in the same buffer.
func (w *words) clear() { w.b, w.cut = w.b[:0], false }

// take returns a text of what begins on a line, and begins another.
func (r *reader) take(w *words, line int) string {
	if w.cut {
		r.Warn(line, r.at.name, "", "testo troppo lungo: il resto non è conservato")
	}
	s := string(w.b)
	w.clear()
	return s
}

// notes are the extras of a bank, "name=value; name=value".
type notes struct{ words }

func (n *notes) add(name string, value []byte) {
	if len(n.b)+len(name)+len(value) >= maxText {
		n.cut = true
		return
	}
	if len(n.b) > 0 {
		n.b = append(n.b, "; "...)
	}
	n.b = append(append(n.b, name...), '=')
	n.b = append(n.b, bytes.TrimSpace(value)...)
}

func (n *notes) addAmount(name string, value []byte, currency string) {
	if n.add(name, value); !n.cut {
		n.b = append(append(n.b, ' '), currency...)
	}
}

// fold appends a trimmed text, on one line and with one blank between words.
func fold(to, text []byte) []byte {
	if oneLine(text) {
		return append(to, text...)
	}
	for i, word := range bytes.Fields(text) {
		if i > 0 {
			to = append(to, ' ')
		}
		to = append(to, word...)
	}
	return to
}

func oneLine(text []byte) bool {
	return bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\t') < 0 && !bytes.Contains(text, []byte("  "))
}

// plain returns a value on one line.
func plain(b []byte) string {
	if b = bytes.TrimSpace(b); oneLine(b) {
		return string(b)
	}
	return string(fold(nil, b))
}

// reference returns a key, "" for the words with which banks fill a reference
// that they do not have.
func reference(b []byte) string {
	b = bytes.TrimSpace(b)
	switch string(b) {
	case "NOTPROVIDED", "NONREF", "-", "NOT PROVIDED", "notprovided":
		return ""
	}
	return string(b)
}

// word returns a short code, the same string for the same code.
func (r *reader) word(b []byte) string {
	b = bytes.TrimSpace(b)
	if w, ok := r.words[string(b)]; ok {
		return w
	}
	w := string(b)
	if len(w) <= 40 && len(r.words) < 1000 {
		r.words[w] = w
	}
	return w
}

// amount is one that an element states.
type amount struct {
	cents    money.Cents // never negative
	currency string
	negative bool // the file wrote a minus sign
	stated   bool
}

// readCurrency keeps the currency of the amount whose element begins.
func (r *reader) readCurrency() {
	r.currency = ""
	for i := range r.scan.Attrs {
		if r.scan.Attrs[i].Name == "Ccy" {
			r.currency = r.scan.Attrs[i].Value
		}
	}
}

// amount reads the amount at hand; one without currency is in that of its
// statement.
func (r *reader) amount(b []byte) amount {
	a := amount{currency: r.currency}
	if a.currency == "" {
		a.currency = r.statement.Currency
	}
	cents, err := formats.ParseAmount(string(b), a.currency)
	if err != nil {
		r.wrong(b, err.Error())
		return a
	}
	a.cents, a.negative, a.stated = cents.Abs(), cents < 0, true
	return a
}

// date reads a day or the day of an instant. The bank's own day is meant, so
// that hour and zone are dropped.
func (r *reader) date(b []byte) day.Date {
	text := bytes.TrimSpace(b)
	if len(text) > 10 && bytes.IndexByte([]byte("T+-Z"), text[10]) >= 0 {
		text = text[:10]
	}
	if string(text) == string(r.dayText[:]) {
		return r.day
	}
	d, err := day.Parse(string(text))
	if err != nil || text[4] != '-' {
		r.wrong(b, day.ErrFormat.Error())
		return day.Date{}
	}
	copy(r.dayText[:], text)
	r.day = d
	return d
}

// credit reads an indicator of direction; ok is false where it is neither.
func (r *reader) credit(b []byte) (credit, ok bool) {
	switch string(bytes.TrimSpace(b)) {
	case "CRDT":
		return true, true
	case "DBIT":
		return false, true
	}
	r.wrong(b, "non è CRDT né DBIT")
	return false, false
}

// yes reads an indicator (xs:boolean).
func yes(b []byte) bool {
	b = bytes.TrimSpace(b)
	return string(b) == "true" || string(b) == "1"
}

// count reads a number of things, -1 where it is none.
func (r *reader) count(b []byte) int {
	n := 0
	b = bytes.TrimSpace(b)
	for _, c := range b {
		if c < '0' || c > '9' || n > 1e9 {
			r.Warn(r.scan.Line, r.at.name, string(b), "non è un numero")
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// plus adds amounts; what no longer fits stays at the largest.
func plus(a, b money.Cents) money.Cents {
	const most = money.Cents(1<<63 - 1)
	switch {
	case b > 0 && a > most-b:
		return most
	case b < 0 && a < -most-b:
		return -most
	}
	return a + b
}
