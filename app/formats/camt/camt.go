// Package camt reads what a bank says of an account in ISO 20022: camt.052
// (report during the day), camt.053 (statement, estratto conto) and camt.054
// (notification), in any version, with or without namespace, and inside the
// envelopes of CBI, where one file holds the statements of several accounts.
// Elements are known by their local names. It checks no schema and does not
// know whose accounts they are.
package camt

import (
	"io"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/xmlscan"
)

// Keys of the three messages.
const (
	Report       = "camt.052"
	Statement    = "camt.053"
	Notification = "camt.054"
)

// headElements is how many elements of a file are looked at for the name of a
// message: below envelopes and business headers it stands within these.
const headElements = 64

// SniffReport reports whether head begins a camt.052.
func SniffReport(head []byte) bool { return sniff(head) == Report }

// SniffStatement reports whether head begins a camt.053 or its CBI form.
func SniffStatement(head []byte) bool { return sniff(head) == Statement }

// SniffNotification reports whether head begins a camt.054.
func SniffNotification(head []byte) bool { return sniff(head) == Notification }

func sniff(head []byte) string {
	for _, e := range xmlscan.Head(head, headElements) {
		if format := formatOf(e.Name); format != "" {
			return format
		}
	}
	return ""
}

// formatOf returns the key of the message that an element is, or "". The
// first version adds V01 to the names; CBI puts words of its own before and
// after, and calls its statements CBIDlyStmtReqLogMsg (daily) and
// CBIPrdcStmtReqLogMsg (periodic).
func formatOf(name string) string {
	switch {
	case strings.Contains(name, "BkToCstmrStmt"), strings.HasPrefix(name, "CBI") && strings.Contains(name, "StmtReq"):
		return Statement
	case strings.Contains(name, "BkToCstmrAcctRpt"):
		return Report
	case strings.Contains(name, "BkToCstmrDbtCdtNtfctn"):
		return Notification
	}
	return ""
}

// reader walks the file. It keeps the statement, the entry and the detail at
// hand, and nothing of those before.
type reader struct {
	scan *xmlscan.Scanner
	formats.Teller
	at   *node // the element at hand; nil where nothing is known of it
	path []*node

	message   message
	statement statement
	balance   balance
	entry     entry
	detail    detail

	currency string // that the amount at hand says
	words    map[string]string
	dayText  [10]byte // of the date read last: most dates are the same
	day      day.Date
}

// Read yields a Header per message with its name and version, then per
// account a Statement with the balances, an Entry per Ntry with a Detail per
// TxDtls and an EntryEnd, and a Closing. Totals that differ from what was
// counted are warnings.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		f := &reader{scan: xmlscan.New(r), Teller: formats.NewTeller(yield), at: outside, words: map[string]string{}}
		f.run()
	}
}

func (r *reader) run() {
	for !r.Stopped && r.scan.Next() {
		switch r.scan.Kind {
		case xmlscan.Start:
			r.start()
		case xmlscan.Text:
			if r.at != nil && r.at.text != nil {
				r.at.text(r, r.scan.Text())
			}
		case xmlscan.End:
			r.end()
		}
	}
	if line, reason := r.scan.Broken(); reason != "" {
		r.Error(line, "file", "", reason)
		return
	}
	r.finish()
}

func (r *reader) start() {
	r.path = append(r.path, r.at)
	if r.at == nil {
		return
	}
	below := r.at.child(r.scan.Name)
	if below == nil {
		if wraps(r.scan.Name) {
			return
		}
		below = r.at.other
	}
	if r.at = below; below != nil && below.start != nil {
		below.start(r)
	}
}

func (r *reader) end() {
	last := len(r.path) - 1
	if above := r.path[last]; r.at != above { // a wrapper ends nothing
		if r.at != nil && r.at.end != nil {
			r.at.end(r)
		}
		r.at = above
	}
	r.path = r.path[:last]
}

// wrong tells an error in the value at hand.
func (r *reader) wrong(value []byte, reason string) {
	r.Error(r.scan.Line, r.at.name, string(value), reason)
}
