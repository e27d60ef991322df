package collections

import (
	"fmt"
	"iter"

	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/tenants"
)

// channelOf names our channel for each family of remittances.
var channelOf = map[string]string{"pos": "vpos", "poste": "slip"}

// booked is how many payments of a flow one transaction books.
const booked = 200

// Steps cuts a file of remittances into transactions, always in the same way:
// the payments of a flow that the file is the first to tell of (postal slips),
// then the flow itself. Each step may be run again: what is there stays as it
// is. A file that cannot be read to its end yields an error and nothing after.
func Steps(source string, events formats.Reader) iter.Seq2[func(*tenants.Tx) error, error] {
	return func(yield func(func(*tenants.Tx) error, error) bool) {
		f := &flow{source: source}
		for e := range events {
			switch {
			case e.Problem != nil && e.Problem.Severity == formats.Error:
				yield(nil, fault.New(fault.Invalid, "collections.file", "Riversamento non leggibile alla riga %d: %s.", e.Problem.Line, e.Problem.Reason))
				return
			case e.Flow != nil:
				f.begin(*e.Flow)
			case e.Line != nil:
				f.add(*e.Line)
				if len(f.pending) >= booked && !yield(f.book(), nil) {
					return
				}
			case e.FlowEnd != nil:
				if len(f.pending) > 0 && !yield(f.book(), nil) || !yield(f.remit(), nil) {
					return
				}
			}
		}
	}
}

// flow is the remittance under way. Its lines are kept until it ends: a flow
// is booked whole.
type flow struct {
	source  string
	n       NewRemittance
	books   bool // its rows are the first word of the payments
	pending []New
}

func (f *flow) begin(h formats.Flow) {
	channel, ok := channelOf[h.Channel]
	if !ok {
		channel = h.Channel
	}
	f.books = h.Channel == "poste"
	f.n = NewRemittance{Channel: channel, Flow: h.ID, Account: h.Account, Reference: h.Reference, On: h.On, Source: f.source}
}

func (f *flow) add(l formats.Line) {
	key := l.Code
	if f.books {
		key = l.Key
		f.pending = append(f.pending, New{Channel: f.n.Channel, Key: l.Key, Cents: l.Gross, PaidOn: l.PaidOn, Code: codeOf(l),
			Source: fmt.Sprintf("%s, riga %d", f.source, l.Line)})
	}
	f.n.Lines = append(f.n.Lines, RemittanceLine{Key: key, Cents: l.Gross, Fee: l.Fee})
}

// codeOf is the code that was paid. Slips filled in by hand (TD 123, 451) have
// none that anybody gave out: their money is unknown until somebody says.
func codeOf(l formats.Line) string {
	if l.Document == "123" || l.Document == "451" {
		return ""
	}
	return l.Code
}

func (f *flow) book() func(*tenants.Tx) error {
	list := f.pending
	f.pending = nil
	return func(tx *tenants.Tx) error {
		for _, n := range list {
			if _, _, err := Book(tx, n); err != nil {
				return fmt.Errorf("book %s: %w", n.Source, err)
			}
		}
		return nil
	}
}

func (f *flow) remit() func(*tenants.Tx) error {
	n := f.n
	f.n.Lines = nil
	return func(tx *tenants.Tx) error {
		_, _, err := Remit(tx, n)
		return err
	}
}
