// Package receipt reads the proofs of payment of pagoPA: the receipts that the
// node sends (paSendRT, paSendRTV2, alone or in their SOAP envelope) and the
// older telematic receipt (ricevuta telematica, RT 6.0 to 6.2). A receipt
// cannot be refused: what is odd is told and the receipt kept.
package receipt

import (
	"fmt"
	"io"
	"strconv"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/leaf"
	"cassacomune/app/formats/internal/xmlscan"
	"cassacomune/app/money"
)

// Keys of the two receipts.
const (
	Node = "pagopa-receipt" // receipt of paSendRT and paSendRTV2
	RT   = "pagopa-rt"      // RT 6.0 to 6.2
)

// Sniff reports whether head begins a receipt of either kind.
func Sniff(head []byte) bool {
	for _, e := range xmlscan.Head(head, 8) {
		switch e.Name {
		case "Envelope", "Header", "Body":
		case "RT", "receipt", "paSendRTReq", "paSendRTV2Request":
			return true
		default:
			return e.Depth > 1 && (e.Name == "idPA" || e.Name == "versioneOggetto")
		}
	}
	return false
}

// Read yields a Receipt for each that the file holds.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		f := &file{Teller: formats.NewTeller(yield)}
		line, reason := leaf.Walk(r, f.node)
		switch {
		case f.Stopped:
		case reason != "":
			f.Error(line, "file", "", reason)
		case f.receipts == 0:
			f.Error(0, "receipt", "", "il file non contiene una ricevuta")
		}
	}
}

// file is a reading under way.
type file struct {
	formats.Teller
	receipts int
	receipt  *formats.Receipt // nil outside one
	fields   fields           // of the kind of receipt at hand
	amount   bool             // the receipt has one
}

// fields takes the values of one kind of receipt.
type fields func(f *file, n leaf.Node)

func (f *file) node(n leaf.Node) bool {
	switch name := n.Name(); {
	case n.Kind == leaf.Open && name == "receipt":
		version := "1"
		if n.In("paSendRTV2Request") {
			version = "2"
		}
		f.begin(n.Line, Node, version, nodeField)
	case n.Kind == leaf.Open && name == "RT" && len(n.Path) == 1:
		f.begin(n.Line, RT, "", rtField)
	case n.Kind == leaf.Close && f.receipt != nil && (name == "receipt" || name == "RT" && len(n.Path) == 1):
		f.finish()
	case f.receipt == nil:
	case n.Kind == leaf.Open && (name == "transfer" || name == "datiSingoloPagamento"):
		f.receipt.Parts = append(f.receipt.Parts, formats.ReceiptPart{Index: len(f.receipt.Parts) + 1})
	case n.Kind == leaf.Value:
		f.fields(f, n)
	}
	return !f.Stopped
}

func (f *file) begin(line int, format, version string, take fields) {
	if format == Node { // an RT tells its version inside
		f.Emit(formats.Event{Header: &formats.Header{Format: format, Version: version, Name: "versione", Value: version}})
	}
	f.receipt, f.fields, f.amount = &formats.Receipt{Line: line}, take, false
}

// finish checks the receipt and tells it.
func (f *file) finish() {
	r := f.receipt
	f.receipt = nil
	f.receipts++
	for _, must := range []struct{ field, value string }{{"esito", r.Outcome}, {"identificativo del versamento", r.Reference}, {"ente beneficiario", r.Receiver}} {
		if must.value == "" {
			f.Error(r.Line, must.field, "", "elemento mancante")
		}
	}
	if !f.amount {
		f.Error(r.Line, "importo", "", "elemento mancante")
	}
	var sum money.Cents
	for _, p := range r.Parts {
		sum += p.Cents
	}
	if f.amount && sum != r.Cents {
		f.Error(r.Line, "importo", r.Cents.Decimal(), fmt.Sprintf("la ricevuta dichiara %s, le sue parti sommano a %s", r.Cents.Comma(), sum.Comma()))
	}
	if r.Notice != "" {
		if err := codes.CheckNotice(r.Notice); err != nil {
			f.Warn(r.Line, "noticeNumber", r.Notice, err.Error())
		}
	}
	f.Emit(formats.Event{Receipt: r})
}

// part is the transfer at hand; before the first, one that nobody keeps.
func (f *file) part() *formats.ReceiptPart {
	if n := len(f.receipt.Parts); n > 0 {
		return &f.receipt.Parts[n-1]
	}
	return new(formats.ReceiptPart)
}

// cents reads an amount; one that cannot be read is told and zero.
func (f *file) cents(n leaf.Node) money.Cents {
	c, err := money.ParseDecimal(n.Text)
	if err != nil {
		f.Error(n.Line, n.Name(), n.Text, err.Error())
	}
	return c
}

func (f *file) total(n leaf.Node) {
	f.amount = true
	f.receipt.Cents = f.cents(n)
}

// paid takes the moment of payment, or only its day.
func (f *file) paid(n leaf.Node) {
	d, err := day.Parse(n.Text[:min(len(n.Text), 10)])
	if err != nil {
		f.Error(n.Line, n.Name(), n.Text, err.Error())
		return
	}
	f.receipt.PaidAt, f.receipt.PaidOn = n.Text, d
}

func (f *file) index(n leaf.Node) int {
	i, err := strconv.Atoi(n.Text)
	if err != nil || i < 1 || i > 5 {
		f.Warn(n.Line, n.Name(), n.Text, "non è un numero da 1 a 5")
	}
	return i
}
