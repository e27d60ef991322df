package formats

import (
	"strings"
	"unicode/utf8"
)

// Teller gives the events of a reader to its consumer, who may stop at any.
// Readers embed one.
type Teller struct {
	Stopped bool // the consumer wants no more
	yield   func(Event) bool
}

// NewTeller returns the teller of one reading.
func NewTeller(yield func(Event) bool) Teller { return Teller{yield: yield} }

// Emit tells an event; nothing once the consumer has stopped.
func (t *Teller) Emit(e Event) {
	if !t.Stopped {
		t.Stopped = !t.yield(e)
	}
}

// Error tells what makes a row, or the file, unusable.
func (t *Teller) Error(line int, field, value, reason string) {
	t.Problem(Error, line, field, value, reason)
}

// Warn tells what is odd and stops nothing.
func (t *Teller) Warn(line int, field, value, reason string) {
	t.Problem(Warning, line, field, value, reason)
}

// Problem tells either.
func (t *Teller) Problem(s Severity, line int, field, value, reason string) {
	t.Emit(Event{Problem: &Problem{Line: line, Field: field, Value: Shown(value), Reason: reason, Severity: s}})
}

// FlowTeller is the Teller of a format whose rows each name their flow and
// which declares no totals: a flow lasts until a row names another.
type FlowTeller struct {
	Teller
	flow Flow // under way, if last is not 0
	last int  // line of its last payment
}

// Pay tells a payment of a flow.
func (t *FlowTeller) Pay(flow Flow, payment Line) {
	if t.last == 0 || flow != t.flow {
		t.End()
		t.flow = flow
		t.Emit(Event{Flow: &flow})
	}
	t.last = payment.Line
	t.Emit(Event{Line: &payment})
}

// End ends the flow under way, if there is one.
func (t *FlowTeller) End() {
	if t.last != 0 {
		t.Emit(Event{FlowEnd: &FlowEnd{Line: t.last}})
		t.last = 0
	}
}

// longest is how much of a value stands in a problem, in characters.
const longest = 100

// Shown cuts a value to what fits in a list of problems.
func Shown(value string) string {
	value = strings.TrimSpace(value)
	n := 0
	for i := range value {
		if n == longest {
			return value[:i] + "…"
		}
		n++
	}
	return strings.ToValidUTF8(value, string(utf8.RuneError))
}
