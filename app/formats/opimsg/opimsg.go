// Package opimsg reads what Treasurer and SIOPE+ answer to a flow of orders
// (flusso ordinativi): that it has come, that it is refused, that SIOPE+ has
// taken it, and what became of each order. It checks no signature and knows
// neither the flow nor the orders that are answered.
package opimsg

import (
	"bytes"
	"io"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/xmlscan"
)

// Keys of the messages.
const (
	Receipt = "opi-receipt" // ricezione flusso
	Refusal = "opi-refusal" // rifiuto flusso
	Ack     = "opi-ack"     // ack SIOPE+
	Outcome = "opi-outcome" // esito applicativo
)

// version is that of the schemas, which did not change from 1.5.1 on.
const version = "1.6.1"

// roots are the messages, by their root element.
var roots = map[string]string{
	"messaggio_ricezione_flusso": Receipt,
	"messaggio_rifiuto_flusso":   Refusal,
	"messaggio_ack_siope":        Ack,
	"messaggi_esito_applicativo": Outcome,
}

// xmldsig is the namespace of the signature, which is passed over.
const xmldsig = "http://www.w3.org/2000/09/xmldsig#"

// Sniff returns what reports whether a head begins the message of that key,
// whatever its namespace.
func Sniff(key string) func(head []byte) bool {
	return func(head []byte) bool {
		first := xmlscan.Head(head, 1)
		return len(first) == 1 && roots[first[0].Name] == key
	}
}

// Read yields the facts of the message's head and an Outcome: of the whole
// flow, or for each order of an application outcome.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		m := &message{scan: xmlscan.New(r), Teller: formats.NewTeller(yield)}
		m.run()
	}
}

// message is a reading under way.
type message struct {
	scan *xmlscan.Scanner
	formats.Teller
	key    string
	open   []element
	value  []byte // text of the innermost element
	skip   int    // depth of the signature that is being passed over; 0: none
	signed bool
	told   bool // an outcome has been told
	answer *answer
}

// element is an open one.
type element struct {
	name string
	line int
	leaf bool
}

func (m *message) run() {
	for !m.Stopped && m.scan.Next() {
		switch m.scan.Kind {
		case xmlscan.Start:
			m.start()
		case xmlscan.Text:
			if m.skip == 0 {
				m.value = append(m.value[:0], m.scan.Text()...)
			}
		case xmlscan.End:
			m.end()
		}
	}
	if line, reason := m.scan.Broken(); reason != "" {
		m.Error(line, "file", "", reason)
	}
}

func (m *message) start() {
	depth, name := m.scan.Depth(), m.scan.Name
	switch {
	case m.skip > 0:
		return
	case depth > 1 && (m.scan.Space == xmldsig || name == "Signature"):
		m.skip, m.signed = depth, m.signed || name == "Signature"
		return
	case depth > 1:
		m.open[depth-2].leaf = false
	case roots[name] == "":
		m.Error(m.scan.Line, name, "", "non è un messaggio OPI")
		m.Stopped = true
		return
	default:
		m.key = roots[name]
	}
	m.open = append(m.open, element{name, m.scan.Line, true})
	m.value = m.value[:0]
	switch {
	case depth == 1 && m.key != Outcome:
		m.answer = newAnswer(m.scan.Line, "flusso")
	case depth == 2 && name == "esito_reversali":
		m.answer = newAnswer(m.scan.Line, "reversale")
	case depth == 2 && name == "esito_mandati":
		m.answer = newAnswer(m.scan.Line, "mandato")
	case m.answer != nil && reasons[name]:
		m.answer.reason = &reason{warning: name == "warning"}
	}
}

func (m *message) end() {
	depth := m.scan.Depth()
	if m.skip > 0 {
		if depth == m.skip {
			m.skip = 0
		}
		return
	}
	e := m.open[depth-1]
	m.open = m.open[:depth-1]
	value := string(bytes.TrimSpace(m.value))
	switch {
	case depth == 1:
		m.finish()
	case depth == 2 && m.key == Outcome && m.answer != nil:
		m.tell()
	case reasons[e.name] && m.answer != nil && m.answer.reason != nil:
		m.answer.close()
		m.grow(e, 0)
	case !e.leaf || value == "":
	case depth == 3 && m.open[1].name == "testata_messaggio", m.answer == nil:
		m.Emit(formats.Event{Header: &formats.Header{Format: m.key, Version: version, Name: e.name, Value: value}})
	default:
		m.field(e, value)
	}
}

// finish ends the message.
func (m *message) finish() {
	if m.answer != nil {
		m.tell()
	}
	if !m.told && m.key == Outcome {
		m.Error(m.scan.Line, "messaggi_esito_applicativo", "", "il messaggio non contiene esiti")
	}
	if !m.signed && m.key != Ack {
		m.Warn(0, "Signature", "", "il messaggio non è firmato")
	}
}
