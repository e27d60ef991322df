// Package pain reads SEPA payment messages of ISO 20022 (pain.001 credit
// transfers, pain.008 direct debits, pain.002 status reports) of any version,
// also inside the envelopes of CBI, and writes pain.001 and pain.008 with
// their CBI forms. Elements are known by their local names, whatever the
// namespace. It checks no schema when it reads, no signature, and knows
// neither the bank nor whether a mandate or an account exists.
package pain

import (
	"io"
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/xmlscan"
)

// Keys of the three messages.
const (
	Transfers = "pain.001" // order to pay: disposizioni di bonifico
	Debits    = "pain.008" // request to collect: addebiti diretti
	Status    = "pain.002" // esiti
)

// messages holds the elements that are a message, by what they carry.
var messages = map[string]string{
	"CstmrCdtTrfInitn":                   Transfers,
	"CBIPaymentRequest":                  Transfers,
	"CBICrossBorderPaymentRequestLogMsg": Transfers,
	"CstmrDrctDbtInitn":                  Debits,
	"CBISDDReqLogMsg":                    Debits,
	"CstmrPmtStsRpt":                     Status,
	"CBISDDTechValStsLogMsg":             Status,
	"CBISDDStsRptLogMsg":                 Status,
}

// bodies holds the elements of CBI's physical messages, which stand around one
// or more logical ones.
var bodies = map[string]string{
	"CBIBdyPaymentRequest":            Transfers,
	"CBIBdyCrossBorderPaymentRequest": Transfers,
	"CBIBdySDDReq":                    Debits,
	"CBIBdySDDTechValSts":             Status,
	"CBIBdySDDStsRpt":                 Status,
}

// SniffTransfers reports whether head begins an order to pay.
func SniffTransfers(head []byte) bool { return sniff(head) == Transfers }

// SniffDebits reports whether head begins a request to collect.
func SniffDebits(head []byte) bool { return sniff(head) == Debits }

// SniffStatus reports whether head begins a status report.
func SniffStatus(head []byte) bool { return sniff(head) == Status }

// sniff looks past the headers that CBI puts before the body.
func sniff(head []byte) string {
	for _, e := range xmlscan.Head(head, 64) {
		if key := messages[e.Name] + bodies[e.Name]; key != "" {
			return key
		}
	}
	return ""
}

// Read yields what a file of any of the three messages says: its Header, then
// each Message with its Batches, its Payments and its MessageEnd. Totals that
// the file declares and does not hold are errors.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		p := &reader{scan: xmlscan.New(r), Teller: formats.NewTeller(yield)}
		p.file()
	}
}

// reader walks the elements downwards; what it does not know it passes over.
type reader struct {
	scan *xmlscan.Scanner
	formats.Teller
	form    formats.Header
	found   bool // a message
	message *message
}

// next reads a token; false at the end of the file, or where it is broken,
// which is told.
func (r *reader) next() bool {
	if r.Stopped || r.scan.Next() {
		return !r.Stopped
	}
	if line, reason := r.scan.Broken(); reason != "" {
		r.Error(line, "file", "", reason)
	}
	r.Stopped = true
	return false
}

// file reads the whole document, to the end that shows whether it is whole.
func (r *reader) file() {
	if !r.next() {
		return
	}
	root := r.scan.Name
	if strings.HasPrefix(root, "CBI") {
		r.form.Version = version(r.scan.Space, root)
	}
	r.element()
	if !r.found && !r.Stopped {
		r.Error(1, root, "", "nessun messaggio di pagamento nel file")
	}
	r.next()
}

// version names the message's form by its namespace: "pain.008.001.02" out of
// any of those that ISO and its communities use, or the CBI element with its
// release. Without a namespace a CBI form is told by its root.
func version(space, root string) string {
	name := strings.TrimSuffix(space[strings.LastIndexAny(space, ":/")+1:], ".xsd")
	if parts := strings.SplitN(name, ".", 5); parts[0] == "pain" && len(parts) == 5 {
		return strings.Join(parts[:4], ".")
	}
	if name == "" && root != "Document" {
		return root
	}
	return name
}
