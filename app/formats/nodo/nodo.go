// Package nodo reads the SOAP messages that a creditor's station and pagoPA's
// node exchange (paForNode, nodeForPa): who asked what, and the outcome with
// its fault. The payloads inside have readers of their own.
package nodo

import (
	"io"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/leaf"
	"cassacomune/app/formats/internal/xmlscan"
	"cassacomune/app/money"
)

// Key names the format in lists and in inspect.
const Key = "pagopa-message"

// Statuses of a message that says no outcome of its own.
const (
	Asked    = "richiesta"
	Answered = "risposta"
)

// Sniff reports whether head begins an envelope with a message of the node.
func Sniff(head []byte) bool {
	elements := xmlscan.Head(head, 16)
	if len(elements) == 0 || elements[0].Name != "Envelope" {
		return false
	}
	for _, e := range elements {
		if e.Depth == 3 && message(e.Name) {
			return true
		}
	}
	return false
}

// message reports whether an element is a message of the node or to it.
func message(name string) bool {
	for _, prefix := range []string{"paa", "pa", "nodo"} {
		rest, ok := strings.CutPrefix(name, prefix)
		if ok && rest != "" && rest[0] >= 'A' && rest[0] <= 'Z' {
			return true
		}
	}
	return false
}

// Payloads are the elements that hold a whole file, in base64: a flow of
// remittances, a receipt.
var Payloads = []string{"xmlRendicontazione", "rt"}

// Read yields an Outcome for the message, and one for each flow that an answer
// lists. Payloads are passed over.
func Read(r io.Reader) formats.Reader { return Open(r, func(string, io.Reader) {}) }

// Open is Read, and gives each payload to a function that reads it, with the
// name of its element.
func Open(r io.Reader, payload func(element string, content io.Reader)) formats.Reader {
	return func(yield func(formats.Event) bool) {
		f := &file{Teller: formats.NewTeller(yield)}
		binary := map[string]func(io.Reader){}
		for _, name := range Payloads {
			binary[name] = func(content io.Reader) { payload(name, content) }
		}
		line, reason := leaf.WalkBinary(r, f.node, binary)
		switch {
		case f.Stopped:
		case reason != "":
			f.Error(line, "file", "", reason)
		case f.told == 0:
			f.Error(0, "Body", "", "la busta è vuota")
		}
	}
}

type file struct {
	formats.Teller
	told    int
	message *formats.Outcome // nil outside one
	flow    *formats.Outcome // nil outside one
}

func (f *file) node(n leaf.Node) bool {
	switch {
	case len(n.Path) == 3 && n.Under("Envelope", "Body"):
		f.body(n)
	case f.message == nil:
	case n.Kind == leaf.Open && n.Name() == "idRendicontazione":
		f.flow = &formats.Outcome{Line: n.Line, Kind: "flusso"}
	case n.Kind == leaf.Close && n.Name() == "idRendicontazione":
		f.tell(f.flow)
		f.flow = nil
	case n.Kind == leaf.Value && f.flow != nil:
		f.listed(n)
	case n.Kind == leaf.Value:
		f.field(n)
	}
	return !f.Stopped
}

// body begins and ends the message.
func (f *file) body(n leaf.Node) {
	if !message(n.Name()) {
		f.Error(n.Line, n.Name(), "", "non è un messaggio del nodo")
		f.Stopped = true
		return
	}
	if n.Kind != leaf.Close {
		f.message = &formats.Outcome{Line: n.Line, Kind: "messaggio", Subject: n.Name(), Status: Asked}
		for _, suffix := range []string{"Res", "Response", "Risposta"} {
			if strings.HasSuffix(n.Name(), suffix) {
				f.message.Status = Answered
			}
		}
		f.Emit(formats.Event{Header: &formats.Header{Format: Key, Version: n.Name(), Name: "messaggio", Value: n.Name()}})
	}
	if n.Kind != leaf.Open {
		f.tell(f.message)
		f.message = nil
	}
}

func (f *file) field(n leaf.Node) {
	m := f.message
	switch n.Name() {
	case "outcome", "esito":
		m.Status = n.Text
	case "faultCode":
		m.Codes = append(m.Codes, n.Text)
	case "faultString":
		m.Text = n.Text
	case "noticeNumber", "creditorReferenceId", "identificativoFlusso":
		m.Progressive = n.Text
	case "paymentAmount", "amount":
		c, err := money.ParseDecimal(n.Text)
		if err != nil {
			f.Warn(n.Line, n.Name(), n.Text, err.Error())
			return
		}
		m.Cents = c
	}
}

func (f *file) listed(n leaf.Node) {
	switch n.Name() {
	case "identificativoFlusso":
		f.flow.Subject = n.Text
	case "dataOraFlusso":
		f.flow.On, _ = day.Parse(n.Text[:min(len(n.Text), 10)])
	}
}

func (f *file) tell(o *formats.Outcome) {
	f.told++
	f.Emit(formats.Event{Outcome: o})
}
