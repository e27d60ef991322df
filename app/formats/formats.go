// Package formats is the neutral side of every file that comes from outside:
// what a statement, a remittance or a debt file says, whatever its layout. A
// folder below it reads or writes one family of layouts and knows nothing of
// the database, the network or the clock.
package formats

import (
	"fmt"
	"iter"
)

// Severity tells whether a problem stops the row (or the file) or is only odd.
type Severity string

// The two severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is something wrong or odd in a file: where, what stood there, why.
type Problem struct {
	Line     int // 1-based; 0 where the format has no lines or it is unknown
	Field    string
	Value    string
	Reason   string // Italian, plain
	Severity Severity
}

func (p Problem) Error() string {
	return fmt.Sprintf("riga %d, %s %q: %s", p.Line, p.Field, p.Value, p.Reason)
}

// Event is what a reader yields, in the order of the file. Exactly one field
// is set.
type Event struct {
	Problem *Problem
	Header  *Header // facts about the whole file

	Statement *Statement // a statement begins: an account, a period
	Entry     *Entry     // a movement of the statement begun last
	Detail    *Detail    // a part of the entry told last
	EntryEnd  *EntryEnd  // the entry told last, which had details, ends
	Closing   *Closing   // the statement begun last ends

	Flow       *Flow       // a remittance begins
	Line       *Line       // a payment inside the remittance begun last
	Settlement *Settlement // a transfer that the sender of the remittance has ordered, withheld or recalled
	FlowEnd    *FlowEnd    // the remittance begun last ends

	Message    *Message    // a payment message begins
	Batch      *Batch      // a batch of the message begun last
	Payment    *Payment    // a payment asked for or answered, of the batch begun last
	MessageEnd *MessageEnd // the message begun last ends

	Outcome *Outcome // what a counterpart answers about one thing of ours
	Receipt *Receipt // a payment that a channel proves

	Debt *DebtRow // a row of a debt file
}

// Reader is an iterator over a file; the consumer may stop at any row. A file
// that cannot be read on yields a Problem of severity Error and ends. Memory
// does not grow with the length of the file.
type Reader = iter.Seq[Event]

// Header holds facts about the whole file that its format calls for.
type Header struct {
	Format, Version string
	Name, Value     string // one fact per event: "esercizio" "2026"
}
