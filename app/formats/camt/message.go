package camt

import (
	"bytes"
	"strconv"
	"strings"

	"cassacomune/app/formats"
)

// message is the head (GrpHdr) of the message at hand.
type message struct {
	format, version string
	id              string
	bank, body      string // CBI: the bank's ABI, the CUC of the customer
	heads           int    // seen in the file
	statements      int    // of the file
	declared        string // NbOfLogMsg
	declaredLine    int
}

// envelope tells what message the element at hand is, or holds.
func (r *reader) envelope() {
	if format := formatOf(r.scan.Name); format != "" && (format != r.message.format || r.message.version == "") {
		r.name(format, versionOf(r.scan.Space))
	}
}

func (r *reader) name(format, version string) {
	r.message.format, r.message.version = format, version
	r.Emit(formats.Event{Header: &formats.Header{Format: format, Version: version}})
}

// versionOf returns the name with its version that ends a namespace, such as
// camt.053.001.02 or CBIDlyStmtReqLogMsg.00.01.02.
func versionOf(space string) string {
	name := space[strings.LastIndexAny(space, ":$/")+1:]
	if strings.HasPrefix(name, "camt.05") || strings.HasPrefix(name, "CBI") {
		return name
	}
	return ""
}

// head begins a message. Its namespace is the nearest: in an envelope of CBI
// the element around it is still in the envelope's.
func (r *reader) head() {
	m := &r.message
	if version := versionOf(r.scan.Space); version != "" && version != m.version && m.format != "" {
		r.name(m.format, version)
	}
	m.id, m.bank, m.body = "", "", ""
	m.heads++
}

var messageFields = []field{
	{"GrpHdr/MsgId", func(r *reader, b []byte) { r.message.id = plain(b); r.fact(r.message.id) }},
	{"GrpHdr/CreDtTm", func(r *reader, b []byte) { r.fact(plain(b)) }},
	{"GrpHdr/MsgRcpt/Id/Othr/Id", func(r *reader, b []byte) { r.message.body = plain(b) }},
	{"GrpHdr/MsgPgntn/LastPgInd", (*reader).lastPage},
	{"GrpHdr/AddtlInf", (*reader).additional},
	{"NbOfLogMsg", func(r *reader, b []byte) { r.message.declared, r.message.declaredLine = plain(b), r.scan.Line }},
}

// fact tells the value at hand as one about the whole message.
func (r *reader) fact(value string) {
	r.Emit(formats.Event{Header: &formats.Header{Format: r.message.format, Version: r.message.version, Name: r.at.name, Value: value}})
}

func (r *reader) lastPage(b []byte) {
	if string(bytes.TrimSpace(b)) == "false" {
		r.Warn(r.scan.Line, r.at.name, "false", "il messaggio continua in un'altra pagina, che è un altro file")
	}
}

// additional reads a free text of the head, where banks under CBI put their
// ABI of five digits.
func (r *reader) additional(b []byte) {
	text := plain(b)
	if n, err := strconv.ParseUint(text, 10, 32); err == nil && n > 0 && len(text) == 5 {
		r.message.bank = text
	}
	r.fact(text)
}

// finish tells what only the whole file can: a message with nothing in it, an
// envelope that miscounts. CBI's own sample declares twice what it holds.
func (r *reader) finish() {
	m := &r.message
	switch {
	case m.format == "":
		r.Error(0, "file", "", "nessun messaggio camt.052, camt.053 o camt.054")
	case m.statements == 0:
		r.Warn(0, m.format, "", "il messaggio non contiene nessun conto")
	}
	if m.declared != "" && m.declared != strconv.Itoa(m.heads) {
		r.Warn(m.declaredLine, "NbOfLogMsg", m.declared, "i messaggi contenuti sono "+strconv.Itoa(m.heads))
	}
}
