// Package opi reads the Treasurer's cash journal (giornale di cassa), OPI
// 1.3.1a to 1.8 and OIL 3.02, with one tolerant reader, and writes drafts of
// collection orders (reversali) OPI 1.7.1. It checks no signature and knows
// neither SIOPE+ nor whose journal it is.
package opi

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/xmlscan"
	"cassacomune/app/money"
)

// Keys of the two journals.
const (
	Journal    = "opi-journal"
	OILJournal = "oil-journal"
)

const root = "flusso_giornale_di_cassa"

// Sniff reports whether head begins a cash journal.
func Sniff(head []byte) bool { return bytes.Contains(head, []byte("<"+root)) }

// reader walks the journal; its fields are what the element at hand needs.
type reader struct {
	scan     *xmlscan.Scanner
	yield    func(formats.Event) bool
	check    Check
	stopped  bool
	path     []frame
	skip     int // depth of the signature that is being passed over
	signed   bool
	format   string
	version  string
	facts    map[string]string
	year     int
	from, to day.Date

	statement *formats.Statement // nil outside a sub-account
	begun     bool               // the statement has been told
	closing   formats.Closing
	movement  *movement // nil outside a movement
}

// frame is an open element: its text, and the names of the children seen.
type frame struct {
	name string
	line int
	text string
	leaf bool
	seen map[string]bool
}

// Read yields what a cash journal says: facts of its head and tail, a
// Statement per sub-account (conto evidenza), an Entry per movement, its
// Closing. Red equations come last, as warnings.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		j := &reader{scan: xmlscan.New(r), yield: yield, format: Journal, facts: map[string]string{}}
		j.run()
	}
}

func (j *reader) run() {
	for !j.stopped && j.scan.Next() {
		switch j.scan.Kind {
		case xmlscan.Start:
			j.start()
		case xmlscan.Text:
			if j.skip == 0 {
				j.path[len(j.path)-1].text = string(j.scan.Text())
			}
		case xmlscan.End:
			j.end()
		}
	}
	if err := j.scan.Err(); err != nil && !j.stopped {
		line, reason := j.scan.Line, err.Error()
		var e *xmlscan.Error
		if errors.As(err, &e) {
			line, reason = e.Line, e.Reason
		}
		j.problem(formats.Error, line, "file", "", reason)
		return
	}
	j.finish()
}

func (j *reader) emit(e formats.Event) {
	if j.stopped {
		return
	}
	j.check.Add(e)
	j.stopped = !j.yield(e)
}

func (j *reader) problem(severity formats.Severity, line int, field, value, reason string) {
	j.emit(formats.Event{Problem: &formats.Problem{Line: line, Field: field, Value: value, Reason: reason, Severity: severity}})
}

func (j *reader) start() {
	depth, name := j.scan.Depth(), j.scan.Name
	if j.skip > 0 {
		return
	}
	if j.scan.Space != "" && depth > 1 && !j.inside("dati_a_disposizione_BT") {
		j.skip = depth
		j.signed = j.signed || name == "Signature"
		return
	}
	if depth == 1 && name != root {
		j.problem(formats.Error, j.scan.Line, name, "", "non è un giornale di cassa")
		j.stopped = true
		return
	}
	if depth > 1 {
		parent := &j.path[len(j.path)-1]
		parent.leaf = false
		if parent.seen == nil {
			parent.seen = map[string]bool{}
		}
		if parent.seen[name] && !repeated[name] && !j.inside("dati_a_disposizione_BT") {
			j.problem(formats.Error, j.scan.Line, name, "", "elemento ripetuto")
		}
		parent.seen[name] = true
	}
	j.path = append(j.path, frame{name: name, line: j.scan.Line, leaf: true})
	switch {
	case depth == 2 && name == "informazioni_conto_evidenza":
		j.open()
	case depth == 3 && name == "movimento_conto_evidenza" && j.statement != nil:
		j.begin()
		j.movement = &movement{entry: formats.Entry{Line: j.scan.Line, Booked: true, Currency: "EUR"}}
	case depth == 4 && name == "sospeso" && j.movement != nil:
		j.movement.entry.Closes = append(j.movement.entry.Closes, formats.Provisional{})
	}
}

// repeated are the elements that may stand more than once.
var repeated = map[string]bool{"informazioni_conto_evidenza": true, "movimento_conto_evidenza": true, "sospeso": true}

func (j *reader) inside(name string) bool {
	for _, f := range j.path {
		if f.name == name {
			return true
		}
	}
	return false
}

func (j *reader) end() {
	depth := j.scan.Depth()
	if j.skip > 0 {
		if depth == j.skip {
			j.skip = 0
		}
		return
	}
	f := j.path[len(j.path)-1]
	j.path = j.path[:len(j.path)-1]
	value := strings.TrimSpace(f.text)
	switch {
	case depth == 3 && j.movement != nil && f.name == "movimento_conto_evidenza":
		j.movement.finish(j)
		j.movement = nil
	case depth == 2 && f.name == "informazioni_conto_evidenza":
		j.close(f.line)
	case !f.leaf:
	case j.movement != nil:
		j.movement.field(j, f, value)
	case j.statement != nil:
		j.account(f, value)
	default:
		j.fact(f, value)
	}
}

func (j *reader) open() {
	j.statement = &formats.Statement{ID: j.facts["identificativo_flusso_BT"], Currency: "EUR", Year: j.year, From: j.from, To: j.to,
		Bank: j.facts["codice_ABI_BT"], Body: j.facts["codice_ente_BT"], Revision: j.facts["identificativo_flusso_BT"]}
	j.begun = false
	j.closing = formats.Closing{}
}

// begin tells the statement, once its sub-account is known.
func (j *reader) begin() {
	if j.begun {
		return
	}
	j.begun = true
	if j.statement.Account == "" {
		j.problem(formats.Error, j.scan.Line, "conto_evidenza", "", "conto di evidenza mancante")
	}
	j.emit(formats.Event{Statement: j.statement})
}

func (j *reader) account(f frame, value string) {
	switch f.name {
	case "conto_evidenza":
		j.statement.Account = value
	case "saldo_precedente_conto_evidenza":
		j.closing.Opening = j.amount(f, value)
	case "totale_entrate_conto_evidenza":
		j.closing.Credit = j.amount(f, value)
	case "totale_uscite_conto_evidenza":
		j.closing.Debit = j.amount(f, value)
	case "saldo_finale_conto_evidenza":
		j.closing.Closing = j.amount(f, value)
	}
}

func (j *reader) close(line int) {
	j.begin()
	j.closing.Line = line
	closing := j.closing
	j.emit(formats.Event{Closing: &closing})
	j.statement = nil
}

func (j *reader) amount(f frame, value string) *money.Cents {
	c, err := money.ParseDecimal(value)
	if err != nil {
		j.problem(formats.Error, f.line, f.name, value, err.Error())
		return nil
	}
	return &c
}

// date reads an xs:date; the zone that some banks add is dropped, because the
// day is the bank's own.
func (j *reader) date(f frame, value string) day.Date {
	text := value
	if len(text) > 10 && strings.ContainsRune("+-Z", rune(text[10])) {
		text = text[:10]
	}
	d, err := day.Parse(text)
	if err != nil || len(text) > 4 && text[4] != '-' {
		j.problem(formats.Error, f.line, f.name, value, day.ErrFormat.Error())
		return day.Date{}
	}
	return d
}

func (j *reader) finish() {
	if j.stopped {
		return
	}
	for _, name := range []string{"esercizio", "codice_ABI_BT", "codice_ente_BT", "identificativo_flusso_BT"} {
		if _, ok := j.facts[name]; !ok {
			j.problem(formats.Error, 0, name, "", "elemento mancante")
		}
	}
	if !j.signed && j.format == Journal {
		j.problem(formats.Warning, 0, "Signature", "", "il flusso non è firmato")
	}
	j.emit(formats.Event{Header: &formats.Header{Format: j.format, Version: j.version, Name: "versione", Value: j.version}})
	for _, key := range []string{"1", "2", "3", "4", "5", "6", "7"} {
		if v := j.check.Equations()[key]; v != nil && !*v {
			j.problem(formats.Warning, 0, "equazione "+key, "", Meaning[key]+": non torna")
		}
	}
}
