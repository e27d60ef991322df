// Package poscsv reads the daily settlement of card payments in our own
// published layout, for acquirers that send a file of their own kind once it
// has been converted: described in docs/formats/pos-csv.md. No acquirer writes
// it by itself.
package poscsv

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/charset"
	"cassacomune/app/formats/internal/delimited"
	"cassacomune/app/formats/internal/recent"
	"cassacomune/app/money"
)

// Key names the format in lists and in inspect.
const Key = "pos-csv"

// The columns, all required, in any order.
const (
	cTerminal = iota
	cDate
	cCode
	cGross
	cFee
	cNet
)

var columns = []string{"terminale", "data", "codice_transazione", "lordo", "commissione", "netto"}

// trailer stands in the place of the terminal in the last row.
const trailer = "TOTALE"

// Sniff reports whether a file that begins like this is a settlement of ours.
func Sniff(head []byte) bool {
	known := 0
	for _, name := range strings.Split(strings.ToLower(charset.FirstLine(head)), ";") {
		for _, c := range columns {
			if strings.TrimSpace(name) == c {
				known++
			}
		}
	}
	return known >= 4
}

// Read yields a Flow per terminal and day, with its Lines. The trailer, where
// there is one, is compared with what the whole file holds; a FlowEnd repeats
// it only if the file has a single flow.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		f := &file{Teller: formats.NewTeller(yield), seen: recent.New[string, int]()}
		for row, err := range delimited.Rows(charset.NewReader(r), ';') {
			if !f.row(row, err) {
				break
			}
		}
		if f.places == nil {
			f.Error(0, "", "", "il file è vuoto: manca anche la riga di intestazione")
		}
		f.end(formats.FlowEnd{Line: f.last})
	}
}

type file struct {
	formats.Teller
	places []int
	width  int
	last   int
	flow   string // id of the flow under way
	flows  int
	closed bool // the trailer was read
	rows   int
	total  amounts
	seen   *recent.Seen[string, int] // lines of flows' ids and of lines' keys
}

type amounts struct{ gross, fee, net money.Cents }

// row reads one row and reports whether to go on.
func (f *file) row(row delimited.Row, err error) bool {
	f.last = row.Line
	switch {
	case f.places == nil:
		return f.header(row, err)
	case err != nil:
		f.Error(row.Line, "", row.Raw, err.Error())
		return !f.Stopped
	case row.Blank():
		return true
	case len(row.Fields) != f.width:
		f.Error(row.Line, "", row.Raw, fmt.Sprintf("la riga ha %d valori, l'intestazione %d colonne", len(row.Fields), f.width))
		return !f.Stopped
	case f.closed:
		f.Error(row.Line, "", row.Raw, "una riga segue il totale")
		return !f.Stopped
	}
	if !row.Ended {
		f.Warn(row.Line, "", "", "manca il fine riga all'ultima riga: il file potrebbe essere troncato")
	}
	if strings.EqualFold(f.text(row, cTerminal), trailer) {
		f.trailer(row)
	} else {
		f.payment(row)
	}
	return !f.Stopped
}

func (f *file) header(row delimited.Row, err error) bool {
	f.places, f.width = make([]int, len(columns)), len(row.Fields)
	if err != nil {
		f.Error(row.Line, "", row.Raw, err.Error())
		return false
	}
	found := map[string]int{}
	for i, name := range row.Fields {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := found[name]; twice {
			f.Error(row.Line, name, name, "colonna ripetuta")
			return false
		}
		found[name] = i
	}
	good := true
	for c, name := range columns {
		place, ok := found[name]
		if !ok {
			good = false
			f.Error(row.Line, name, name, "colonna obbligatoria mancante")
		}
		f.places[c] = place
		delete(found, name)
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		good = false
		f.Error(row.Line, name, name, "colonna sconosciuta")
	}
	return good
}

func (f *file) payment(row delimited.Row) {
	good := true
	wrong := func(c int, reason string) {
		good = false
		f.Error(row.Line, columns[c], f.text(row, c), reason)
	}
	for c := range columns {
		if reason := delimited.Odd(f.text(row, c)); reason != "" {
			wrong(c, reason)
		} else if f.text(row, c) == "" {
			wrong(c, "valore obbligatorio mancante")
		}
	}
	if !good {
		return
	}
	on, err := day.Parse(f.text(row, cDate))
	if err != nil {
		wrong(cDate, err.Error()+": attesa gg/mm/aaaa o aaaa-mm-gg")
	}
	a, ok := f.amounts(row)
	if !ok || !good {
		return
	}
	if a.gross == 0 {
		wrong(cGross, "l'importo lordo è zero")
	}
	if a.net != a.gross-a.fee {
		wrong(cNet, fmt.Sprintf("il netto non è il lordo meno la commissione (%s)", (a.gross-a.fee).Comma()))
	}
	terminal, code := f.text(row, cTerminal), f.text(row, cCode)
	id := terminal + "/" + on.String()
	key := id + "/" + code
	if a.gross < 0 {
		key += "/-" // a sale and its refund may carry the same code
	}
	if first, ok := f.seen.Put("key "+key, row.Line); ok {
		wrong(cCode, fmt.Sprintf("transazione già presente alla riga %d", first))
	}
	if good {
		good = f.open(id, terminal, on, row.Line)
	}
	if !good {
		return
	}
	f.rows++
	f.total.gross, f.total.fee, f.total.net = f.total.gross+a.gross, f.total.fee+a.fee, f.total.net+a.net
	f.Emit(formats.Event{Line: &formats.Line{
		Line: row.Line, Code: code, Gross: a.gross, Fee: a.fee, PaidOn: on, Key: key, Raw: row.Raw,
	}})
}

// open begins the flow of the terminal and day, if it is not under way.
func (f *file) open(id, terminal string, on day.Date, line int) bool {
	if f.flow == id {
		return true
	}
	if first, ok := f.seen.Put("flow "+id, line); ok {
		f.Error(line, columns[cTerminal], terminal, fmt.Sprintf("le righe di un terminale e di un giorno devono stare insieme: il gruppo è già cominciato alla riga %d", first))
		return false
	}
	f.end(formats.FlowEnd{Line: line})
	f.flow = id
	f.flows++
	f.Emit(formats.Event{Flow: &formats.Flow{ID: id, Channel: "pos", Account: terminal, On: on}})
	return true
}

func (f *file) trailer(row delimited.Row) {
	f.closed = true
	declared, ok := f.amounts(row)
	var count int
	if _, err := fmt.Sscan(f.text(row, cDate), &count); err != nil || fmt.Sprint(count) != f.text(row, cDate) {
		f.Error(row.Line, columns[cDate], f.text(row, cDate), "atteso il numero delle righe")
	} else if count != f.rows {
		f.Error(row.Line, columns[cDate], f.text(row, cDate), fmt.Sprintf("il totale dichiara %d righe, nel file ne sono valide %d", count, f.rows))
	}
	if !ok {
		return
	}
	for _, x := range []struct {
		column        int
		said, counted money.Cents
	}{{cGross, declared.gross, f.total.gross}, {cFee, declared.fee, f.total.fee}, {cNet, declared.net, f.total.net}} {
		if x.said != x.counted {
			f.Error(row.Line, columns[x.column], x.said.Comma(), fmt.Sprintf("il totale dichiara %s, le righe sommano a %s", x.said.Comma(), x.counted.Comma()))
		}
	}
	if f.flows == 1 {
		f.end(formats.FlowEnd{Payments: &count, Sum: &declared.gross, Line: row.Line})
	}
}

// end closes the flow under way, if there is one.
func (f *file) end(e formats.FlowEnd) {
	if f.flow == "" {
		return
	}
	f.flow = ""
	f.Emit(formats.Event{FlowEnd: &e})
}

func (f *file) amounts(row delimited.Row) (a amounts, ok bool) {
	ok = true
	for i, to := range []*money.Cents{&a.gross, &a.fee, &a.net} {
		c := cGross + i
		n, err := money.Parse(f.text(row, c))
		if err == nil && n.Abs() > 999_999_999_99 {
			err = money.ErrRange
		}
		if err != nil {
			ok = false
			f.Error(row.Line, columns[c], f.text(row, c), err.Error())
		}
		*to = n
	}
	return a, ok
}

func (f *file) text(row delimited.Row, c int) string {
	return strings.TrimSpace(row.Fields[f.places[c]])
}
