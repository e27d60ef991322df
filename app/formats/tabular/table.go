package tabular

import (
	"fmt"
	"iter"
	"strconv"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/delimited"
	"cassacomune/app/formats/internal/xlsx"
	"cassacomune/app/money"
)

// table is a reading under way.
type table struct {
	layout *layout
	formats.Teller
	day    func(xlsx.Cell) (day.Date, error) // nil: dates are texts
	titles int                               // rows that may stand before the header
	places map[string]int                    // of the columns, nil before the header
	width  int
	now    account
	begun  bool // a statement is open
	last   int  // line of its last row
}

// read takes the rows: the header, then the others.
func (t *table) read(rows iter.Seq2[row, error]) {
	for r, err := range rows {
		if !r.ended && err == nil {
			t.Warn(r.line, "", "", unended)
		}
		switch {
		case err != nil:
			t.Error(r.line, "file", r.raw, err.Error())
			if err != delimited.ErrAfterQuote {
				t.Stopped = true
			}
		case r.blank():
		case t.places == nil:
			t.header(r)
		default:
			t.row(r)
		}
		if t.Stopped {
			return
		}
	}
	if t.places == nil {
		t.Error(0, "file", "", "il file è vuoto: manca anche la riga di intestazione")
	}
	t.end()
}

// header finds the columns. Titles may stand above it.
func (t *table) header(r row) {
	names := make([]string, len(r.cells))
	for i, c := range r.cells {
		names[i] = c.Text
	}
	if t.layout.known(names) < t.layout.least {
		if t.titles--; t.titles < 0 {
			t.Error(r.line, "file", strings.Join(names, ";"), "intestazione non riconosciuta")
			t.Stopped = true
		}
		return
	}
	t.places, t.width = map[string]int{}, len(names)
	at := map[string]int{}
	for i, name := range names {
		p := plain(name)
		if _, twice := at[p]; twice && p != "" {
			t.Error(r.line, name, name, "colonna ripetuta")
			t.Stopped = true
			return
		}
		at[p] = i
	}
	for _, c := range t.layout.columns {
		i, ok := at[plain(c.name)]
		delete(at, plain(c.name))
		if ok {
			t.places[c.name] = i
		} else if c.needed {
			t.Error(r.line, c.name, "", "colonna obbligatoria mancante")
			t.Stopped = true
		}
	}
	for i, name := range names {
		if _, unknown := at[plain(name)]; unknown && name != "" {
			t.Warn(r.line, name, name, fmt.Sprintf("colonna %d non prevista: non è letta", i+1))
		}
	}
}

// row reads a row of values.
func (t *table) row(r row) {
	if r.raw != "" && len(r.cells) != t.width {
		t.Error(r.line, "", r.raw, fmt.Sprintf("la riga ha %d valori, l'intestazione %d colonne", len(r.cells), t.width))
		return
	}
	l := &line{table: t, row: r}
	l.sound()
	a, e := t.layout.entry(l)
	if l.wrong || t.Stopped {
		return
	}
	if !t.begun || a != t.now {
		t.end()
		t.begun, t.now = true, a
		t.Emit(formats.Event{Statement: &formats.Statement{Line: r.line, Account: a.number, Bank: a.bank, Body: a.body, Currency: a.currency, Year: a.year}})
	}
	t.last = r.line
	e.Line, e.Currency, e.Booked = r.line, a.currency, true
	e.Raw = strings.Join(l.raw, "; ")
	t.Emit(formats.Event{Entry: &e})
}

// end closes the statement at hand, if there is one. These tables state no
// balances.
func (t *table) end() {
	if t.begun {
		t.begun = false
		t.Emit(formats.Event{Closing: &formats.Closing{Line: t.last}})
	}
}

// line is a row of values being read; wrong says that it has an error.
type line struct {
	table *table
	row   row
	wrong bool
	raw   []string
}

func (l *line) bad(name, value, reason string) {
	l.wrong = true
	l.table.Error(l.row.line, name, value, reason)
}

// sound looks for values that no text holds, and for those that must be there.
func (l *line) sound() {
	for _, c := range l.table.layout.columns {
		value := l.cell(c.name).Text
		switch reason := delimited.Odd(value); {
		case reason != "":
			l.bad(c.name, value, reason)
		case c.needed && value == "":
			l.bad(c.name, "", "valore obbligatorio mancante")
		}
	}
}

func (l *line) cell(name string) xlsx.Cell {
	i, ok := l.table.places[name]
	if !ok || i >= len(l.row.cells) {
		return xlsx.Cell{}
	}
	return l.row.cells[i]
}

func (l *line) text(name string) string { return l.cell(name).Text }

// keep puts values that have no field of their own into Raw.
func (l *line) keep(names ...string) {
	for _, name := range names {
		if v := l.text(name); v != "" {
			l.raw = append(l.raw, name+"="+strings.Join(strings.Fields(v), " "))
		}
	}
}

// date reads a day, if there is one.
func (l *line) date(name string) day.Date {
	c := l.cell(name)
	if c.Text == "" {
		return day.Date{}
	}
	read := l.table.day
	if read == nil {
		read = func(c xlsx.Cell) (day.Date, error) { return day.Parse(c.Text) }
	}
	d, err := read(c)
	if err != nil {
		l.bad(name, c.Text, err.Error())
	}
	return d
}

// amount reads an amount in its currency; foreign money is told and read.
func (l *line) amount(name, currency string) money.Cents {
	c := l.cell(name)
	var cents money.Cents
	var err error
	switch {
	case c.Number:
		cents, err = formats.ParseAmount(c.Text, currency)
	case formats.Exponent(currency) != 2:
		cents, err = formats.ParseAmount(strings.ReplaceAll(c.Text, ",", "."), currency)
	default:
		cents, err = money.Parse(c.Text)
	}
	if err != nil && c.Text != "" {
		l.bad(name, c.Text, err.Error())
	}
	return cents
}

// year reads the year of the accounts (esercizio).
func (l *line) year(name string) int {
	n, err := strconv.Atoi(l.text(name))
	if (err != nil || n < 1999 || n > 2099) && l.text(name) != "" {
		l.bad(name, l.text(name), "esercizio fuori dagli anni 1999-2099")
	}
	return n
}

// number reads a number that is a name: leading zeros do not count.
func (l *line) number(name string) string {
	v := l.text(name)
	if strings.Trim(v, "0123456789") != "" {
		l.bad(name, v, "non è un numero")
	}
	if bare := strings.TrimLeft(v, "0"); bare != "" || v == "" {
		return bare
	}
	return "0"
}

func trim(s string) string { return strings.TrimSpace(s) }

func unfolded(s string) string { return strings.Join(strings.Fields(s), " ") }
