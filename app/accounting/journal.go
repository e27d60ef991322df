package accounting

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/reconcile"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

// Imported is what a journal, or a chunk of it, brought.
type Imported struct {
	New, Known, Different int // movements
	Orders                int // movements of orders and warrants
}

func (i *Imported) add(o Imported) {
	i.New, i.Known, i.Different, i.Orders = i.New+o.New, i.Known+o.Known, i.Different+o.Different, i.Orders+o.Orders
}

// ChunkSize is how many movements a transaction applies.
const ChunkSize = 500

// ReadJournal is the use case that imports a whole journal, a transaction for
// each chunk. Interrupted and begun again it ends in the same state.
func ReadJournal(ctx context.Context, db *tenants.DB, tenant tenants.ID, by tenants.Actor, source string, events formats.Reader, check treasury.Checker) (done Imported, err error) {
	for chunk, err := range treasury.Chunks(events, source, ChunkSize, check) {
		if err != nil {
			return done, err
		}
		err = db.Within(ctx, tenant, by, func(tx *tenants.Tx) error {
			some, err := ImportJournal(tx, chunk)
			done.add(some)
			return err
		})
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// ImportJournal is the step that applies a chunk of a cash journal: the
// provisionals through treasury, then what was ordered.
func ImportJournal(tx *tenants.Tx, c treasury.Chunk) (Imported, error) {
	l, err := treasury.Load(tx, c, reconcile.Free)
	if err != nil {
		return Imported{}, err
	}
	for _, e := range l.Orders {
		if err := apply(tx, e); err != nil {
			return Imported{}, fmt.Errorf("apply %s: %w", e.Key(), err)
		}
	}
	if c.Tail != nil {
		if err := SettleFees(tx); err != nil {
			return Imported{}, err
		}
		if err := recognise(tx); err != nil {
			return Imported{}, err
		}
	}
	return Imported{l.New, l.Known, l.Different, len(l.Orders)}, nil
}

func apply(tx *tenants.Tx, e treasury.Entry) error {
	switch {
	case e.Cents == 0:
		return nil
	case e.Document == formats.DocOrder && e.Executes():
		return regularise(tx, e)
	case e.Document == formats.DocWarrant && e.Executes():
		return warrant(tx, e)
	case e.Reverses():
		return takeBack(tx, e)
	}
	return nil
}

// closing is a part of a provisional that an order uses.
type closing struct {
	provisional treasury.Provisional
	cents       money.Cents
}

// closings finds the provisionals of an order's line. ok is false when the
// line has to wait: for a provisional, or because it takes more than there is.
func closings(tx *tenants.Tx, e treasury.Entry, s treasury.Side) (all []closing, sum money.Cents, ok bool, err error) {
	used := map[uuid.UUID]money.Cents{}
	for _, c := range e.Closes {
		p, err := treasury.FindNumber(tx, e.Account, e.Year, s, c.Number)
		if fault.Is(err, fault.NotFound) {
			return nil, 0, false, treasury.Wait(tx, e, s, c.Number, "L'ordinativo regolarizza un provvisorio che non è ancora nel giornale.")
		}
		if err != nil {
			return nil, 0, false, err
		}
		left := p.Remaining() - used[p.ID]
		cents := min(e.Cents-sum, left) // layouts that carry no amount
		if c.Cents != nil {
			cents = *c.Cents
		}
		if cents > left || cents <= 0 {
			return nil, 0, false, treasury.Wait(tx, e, s, c.Number, fmt.Sprintf("L'ordinativo usa più di quanto resta del provvisorio %s (%s).", p.Number, left))
		}
		used[p.ID] += cents
		sum += cents
		all = append(all, closing{p, cents})
	}
	if sum > e.Cents {
		return nil, 0, false, treasury.Wait(tx, e, s, e.Closes[0].Number, "I provvisori chiusi superano l'importo dell'ordinativo.")
	}
	return all, sum, true, nil
}

// regularise posts a line of a collection order: its provisionals, and what is
// above them.
func regularise(tx *tenants.Tx, e treasury.Entry) error {
	all, sum, ok, err := closings(tx, e, treasury.Credit)
	if err != nil || !ok {
		return err
	}
	o, err := executedOrder(tx, e)
	if err != nil {
		return err
	}
	if len(all) > 0 {
		if err := close(tx, e, o, all, ledger.Regularised); err != nil {
			return err
		}
	}
	if extra := e.Cents - sum; extra > 0 {
		if err := above(tx, e, o, extra, sum > 0); err != nil {
			return err
		}
	}
	return wake(tx, e)
}

// wake applies the reversals that came before what they reverse.
func wake(tx *tenants.Tx, e treasury.Entry) error {
	waiting, err := treasury.Wake(tx, e.Account, e.Year, treasury.ForOrder, e.Document+" "+e.Number)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		if err := apply(tx, w); err != nil {
			return err
		}
	}
	return nil
}

// close posts the use of provisionals, and writes the edges that the journal
// states (R4).
func close(tx *tenants.Tx, e treasury.Entry, o Executed, all []closing, event ledger.Event) error {
	var postings []ledger.Posting
	var edges []ledger.Allocation
	var ends []ledger.End
	right, err := ledger.EndOf(tx, ledger.R4, ledger.Right, o.ID)
	if err != nil {
		return err
	}
	for _, c := range all {
		p := c.provisional
		if event == ledger.DebitWarranted {
			postings = append(postings, ledger.Posting{Event: event, Debit: p.Place(), DebitRef: p.ID, Credit: ledger.MAN, CreditRef: o.ID, Cents: c.cents})
			continue
		}
		postings = append(postings, ledger.Posting{Event: event, Debit: ledger.TES, DebitRef: o.ID, Credit: p.Place(), CreditRef: p.ID, Cents: c.cents})
		right.Total += c.cents
		ends = append(ends, ledger.End{Level: ledger.R4, Side: ledger.Left, Ref: p.ID, Total: p.Standing()})
		edges = append(edges, ledger.Allocation{Key: creditName(p) + ">" + o.name() + "/" + e.Progressive + "/" + e.Movement, Level: ledger.R4,
			Left: p.ID, Right: o.ID, Cents: c.cents, Origin: ledger.FromFile, Rule: "giornale di cassa", Status: ledger.Confirmed,
			Evidence: []ledger.Reason{{What: "provvisorio chiuso", Left: p.Number, Right: e.Number, Where: source(e)}}})
	}
	kind := onProvisional
	if event == ledger.DebitWarranted {
		kind = onWarrant
	}
	if err := post(tx, e, o, kind, false, postings); err != nil {
		return err
	}
	if len(edges) > 0 {
		if err := ledger.SetEnds(tx, append(ends, right)...); err != nil {
			return err
		}
		if _, err := ledger.Allocate(tx, edges...); err != nil {
			return err
		}
	}
	for _, c := range all {
		p, err := treasury.Find(tx, c.provisional.ID) // a line may close one twice
		if err != nil {
			return err
		}
		if err := p.Regularise(tx, c.cents); err != nil {
			return err
		}
	}
	return nil
}

// compensation reports whether the line says that it is met by a warrant.
func compensation(e treasury.Entry) bool {
	return strings.Contains(e.Raw, "tipo_esecuzione=COMPENSAZIONE")
}

// above posts what an order's line collects beyond its provisionals: a fee in
// compensation, if the line closes some or says so; else money collected by
// order alone.
func above(tx *tenants.Tx, e treasury.Entry, o Executed, extra money.Cents, closes bool) error {
	if !closes && !compensation(e) {
		return post(tx, e, o, onStraight, false, []ledger.Posting{{Event: ledger.OrderedStraight,
			Debit: ledger.TES, DebitRef: o.ID, Credit: ledger.DATt, CreditRef: o.ID, Cents: extra}})
	}
	fees, err := feesOf(tx, o)
	if err != nil {
		return err
	}
	var known money.Cents
	for _, f := range fees {
		known += f.cents
	}
	if known < extra {
		return post(tx, e, o, onFee, true, []ledger.Posting{{Event: ledger.FeeUnknown,
			Debit: ledger.TES, DebitRef: o.ID, Credit: ledger.DATt, CreditRef: o.ID, Cents: extra}})
	}
	var postings []ledger.Posting
	for _, f := range take(fees, extra) {
		postings = append(postings, ledger.Posting{Event: ledger.FeeCompensated, Debit: ledger.TES, DebitRef: o.ID, Credit: ledger.FEE, CreditRef: f.remittance, Cents: f.cents})
	}
	return post(tx, e, o, onFee, true, postings)
}

// warrant posts a payment warrant: of a provisional debit, or of the fee that
// an order took in compensation on the same day.
func warrant(tx *tenants.Tx, e treasury.Entry) error {
	all, _, ok, err := closings(tx, e, treasury.Debit)
	if err != nil || !ok {
		return err
	}
	if !notOurs(e) {
		o, err := executedOrder(tx, e)
		if err != nil {
			return err
		}
		if len(all) > 0 {
			err = close(tx, e, o, all, ledger.DebitWarranted)
		} else {
			err = post(tx, e, o, onWarrant, true, []ledger.Posting{{Event: ledger.FeeWarranted, Debit: ledger.COM, DebitRef: o.ID, Credit: ledger.MAN, CreditRef: o.ID, Cents: e.Cents}})
		}
		if err != nil {
			return err
		}
	}
	return wake(tx, e)
}

// notOurs reports whether a warrant is spending that nothing here speaks of:
// it closes no provisional debit and compensates no fee.
func notOurs(e treasury.Entry) bool {
	return e.Document == formats.DocWarrant && len(e.Closes) == 0 && !compensation(e)
}
