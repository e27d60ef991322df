// Package opi reads the Treasurer's cash journal (giornale di cassa), OPI
// 1.3.1a to 1.8 and OIL 3.02, with one tolerant reader, and writes drafts of
// collection orders (reversali) OPI 1.7.1. It checks no signature and knows
// neither SIOPE+ nor whose journal it is.
package opi

import (
	"bytes"
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

// xmldsig is the namespace of the signature, which the schemas ask for and
// this package passes over.
const xmldsig = "http://www.w3.org/2000/09/xmldsig#"

// Sniff reports whether head begins a cash journal, whatever its namespace.
func Sniff(head []byte) bool { return xmlscan.Root(head, root) }

// reader walks the journal; its fields are what the element at hand needs.
type reader struct {
	formats.Teller
	scan   *xmlscan.Scanner
	check  Check
	open   []frame // the open elements, outermost first
	value  []byte  // text of the innermost
	skip   int     // depth of the signature that is being passed over; 0: none
	bank   int     // depth of dati_a_disposizione_BT; 0: outside
	signed bool
	head   head
	odd    map[string]bool // values that have been warned about

	statement *formats.Statement // nil outside a sub-account
	begun     bool               // the statement has been told
	closing   formats.Closing
	movement  movement
	moving    bool // inside a movement
}

// frame is an open element, with the names of its children so far.
type frame struct {
	name string
	line int
	leaf bool
	seen []string
}

// Read yields what a cash journal says: facts of its head and tail, a
// Statement per sub-account (conto di evidenza), an Entry per movement, its
// Closing. What the whole file lacks, and red equations, come last.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		j := &reader{scan: xmlscan.New(r), head: newHead(), odd: map[string]bool{}}
		j.Teller = formats.NewTeller(func(e formats.Event) bool {
			j.check.Add(e)
			return yield(e)
		})
		j.run()
	}
}

func (j *reader) run() {
	for !j.Stopped && j.scan.Next() {
		switch j.scan.Kind {
		case xmlscan.Start:
			j.start()
		case xmlscan.Text:
			if j.skip == 0 {
				j.value = append(j.value[:0], j.scan.Text()...)
			}
		case xmlscan.End:
			j.end()
		}
	}
	if line, reason := j.scan.Broken(); reason != "" && !j.Stopped {
		j.Error(line, "file", "", reason)
		return
	}
	j.finish()
}

func (j *reader) start() {
	depth, name := j.scan.Depth(), j.scan.Name
	switch {
	case j.skip > 0:
		return
	case depth > 1 && (j.scan.Space == xmldsig || depth == 2 && name == "Signature"):
		j.skip, j.signed = depth, j.signed || name == "Signature"
		return
	case depth == 1 && name != root:
		j.Error(j.scan.Line, name, "", "non è un giornale di cassa")
		j.Stopped = true
		return
	}
	if depth > 1 {
		parent := &j.open[depth-2]
		parent.leaf = false
		if j.bank == 0 && parent.again(name) {
			j.Error(j.scan.Line, name, "", "elemento ripetuto")
		}
	}
	j.push(name)
	switch {
	case j.bank > 0:
	case depth == 2 && name == "informazioni_conto_evidenza":
		j.begin()
	case depth == 3 && name == "movimento_conto_evidenza" && j.statement != nil:
		j.tell()
		j.movement.begin(j.scan.Line)
		j.moving = true
	case !j.moving:
	case name == "dati_a_disposizione_BT":
		j.bank = depth
	case name == "sospeso":
		j.movement.close(j)
	}
}

// push opens an element; the memory of its predecessor at that depth serves
// again.
func (j *reader) push(name string) {
	n := len(j.open)
	if n == cap(j.open) {
		j.open = append(j.open, frame{})[:n]
	}
	j.open = j.open[:n+1]
	f := &j.open[n]
	f.name, f.line, f.leaf, f.seen = name, j.scan.Line, true, f.seen[:0]
	j.value = j.value[:0]
}

// maxChildren is how many different children of an element are told apart; no
// schema has so many.
const maxChildren = 64

// again notes a child, and reports whether it was there and may stand once.
func (f *frame) again(name string) bool {
	switch name {
	case "movimento_conto_evidenza", "informazioni_conto_evidenza", "sospeso":
		return false
	}
	for _, s := range f.seen {
		if s == name {
			return true
		}
	}
	if len(f.seen) < maxChildren {
		f.seen = append(f.seen, name)
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
	f := j.open[depth-1]
	j.open = j.open[:depth-1]
	value := bytes.TrimSpace(j.value)
	switch {
	case j.moving && depth == 3:
		j.movement.finish(j)
		j.moving = false
	case j.moving:
		if f.leaf {
			j.movement.field(j, f, value)
		}
		if j.bank == depth {
			j.bank = 0
		}
	case depth == 2 && j.statement != nil:
		j.close(f.line)
	case !f.leaf || depth == 1:
	case j.statement != nil:
		j.account(f, value)
	default:
		j.fact(f, string(value))
	}
}

// finish tells what only the end of the file can tell.
func (j *reader) finish() {
	j.lacks()
	if !j.signed && j.head.format == Journal {
		j.Warn(0, "Signature", "", "il flusso non è firmato")
	}
	j.pages()
	j.Emit(formats.Event{Header: &formats.Header{Format: j.head.format, Version: j.head.version, Name: "versione", Value: j.head.version}})
	answers := j.check.Equations()
	for _, key := range Numbers {
		if v := answers[key]; v != nil && !*v {
			j.Warn(0, "equazione "+key, "", Meaning[key]+": non torna")
		}
	}
}

// maxOdd is how many values of a file are warned about.
const maxOdd = 100

// strange warns of a value that no published schema has, once for each.
func (j *reader) strange(f frame, value, reason string) {
	if key := f.name + "=" + value; !j.odd[key] && len(j.odd) < maxOdd {
		j.odd[key] = true
		j.Warn(f.line, f.name, value, reason)
	}
}

func (j *reader) amount(f frame, value []byte) *money.Cents {
	c, err := money.ParseDecimal(string(value))
	if err != nil {
		j.Error(f.line, f.name, string(value), err.Error())
		return nil
	}
	return &c
}

// date reads an xs:date; the zone that some banks add is dropped, because the
// day is the bank's own.
func (j *reader) date(f frame, value []byte) day.Date {
	text := string(value)
	if len(text) > 10 && strings.ContainsRune("+-Z", rune(text[10])) {
		text = text[:10]
	}
	d, err := day.Parse(text)
	if err != nil || text[4] != '-' {
		j.Error(f.line, f.name, string(value), day.ErrFormat.Error())
		return day.Date{}
	}
	return d
}
