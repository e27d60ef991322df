// Package reconcile says why a credit of the Treasurer came: it matches the
// provisional credits with the remittances of the channels, proposes where it
// is not sure, and takes the decisions of people. It owns passes, proposals
// and decisions; what a file states outright (an item's collection, a
// collection's remittance, a provisional's order) is written by the room that
// reads the file.
package reconcile

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/collections"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

// The rules under which matches are made.
const (
	ByKey      = "P2" // a key in the text, known among the open remittances
	ByAmount   = "P3" // a unique exact amount in the channel's window
	ByRun      = "P4" // consecutive batches that sum to the credit
	ByNearness = "P6" // exact amount, but nothing says whose
	ByPerson   = "persona"
)

// batch is a remittance with what is still to be credited of it.
type batch struct {
	collections.Remittance
	open money.Cents
}

// credit is a provisional with what is still to be explained of it.
type credit struct {
	treasury.Provisional
	open money.Cents
}

// state is what a pass looks at: everything that is open, in one order.
type state struct {
	batches  []batch
	credits  []credit
	rejected map[pair]bool // by a person
	matched  map[pair]bool // confirmed for a part; the rest is for a person
	turns    map[pair]int  // how often the two have been matched or proposed
	complete completeness
	channels map[string]recogniser
}

type pair struct{ left, right uuid.UUID }

func look(tx *tenants.Tx) (*state, error) {
	s := &state{rejected: map[pair]bool{}, matched: map[pair]bool{}, turns: map[pair]int{}}
	var err error
	if s.batches, err = openBatches(tx); err != nil {
		return nil, err
	}
	if s.credits, err = openCredits(tx); err != nil {
		return nil, err
	}
	if err := s.remember(tx); err != nil {
		return nil, err
	}
	if s.channels, err = recognisers(tx); err != nil {
		return nil, err
	}
	s.complete, err = completeUntil(tx)
	return s, err
}

// remember reads what was decided before on the batches that are open; what is
// settled on both sides is not read again, however many years it holds.
func (s *state) remember(tx *tenants.Tx) error {
	for part := range slices.Chunk(s.batches, 500) {
		ids := make([]uuid.UUID, len(part))
		for i, b := range part {
			ids[i] = b.ID
		}
		var rows []struct {
			LeftRef, RightRef uuid.UUID
			Status            ledger.Status
			Origin            ledger.Origin
		}
		if err := tx.SelectFrom("allocation_state").Column("left_ref", "right_ref", "status", "origin").
			Where("level = ?", ledger.R3).Where("left_ref IN (?)", bun.List(ids)).Scan(tx.Ctx, &rows); err != nil {
			return fmt.Errorf("earlier matches: %w", err)
		}
		for _, r := range rows {
			at := pair{r.LeftRef, r.RightRef}
			s.turns[at]++
			s.rejected[at] = s.rejected[at] || r.Status == ledger.Voided && r.Origin == ledger.FromPerson
			s.matched[at] = s.matched[at] || r.Status == ledger.Confirmed
		}
	}
	return nil
}

func openBatches(tx *tenants.Tx) ([]batch, error) {
	standing, err := ledger.Open(tx, "TRN")
	if err != nil {
		return nil, err
	}
	open := map[uuid.UUID]money.Cents{}
	for _, s := range standing {
		open[s.Ref] = s.Cents
	}
	rows, err := remittances(tx, keysOf(open))
	if err != nil {
		return nil, err
	}
	var all []batch
	for _, r := range rows {
		all = append(all, batch{r, open[r.ID]})
	}
	slices.SortFunc(all, func(a, b batch) int {
		if n := a.RemittedOn.Compare(b.RemittedOn); n != 0 {
			return n
		}
		return compareStrings(a.Channel, b.Channel, a.Account, b.Account, a.Flow, b.Flow)
	})
	return all, nil
}

func openCredits(tx *tenants.Tx) ([]credit, error) {
	standing, err := ledger.Open(tx, ledger.DATt)
	if err != nil {
		return nil, err
	}
	open := map[uuid.UUID]money.Cents{}
	for _, s := range standing {
		open[s.Ref] = s.Cents
	}
	var all []credit
	for part := range slices.Chunk(keysOf(open), 500) {
		found, err := treasury.Some(tx, part)
		if err != nil {
			return nil, err
		}
		for id, p := range found {
			if p.Side == treasury.Credit && p.State != treasury.Cancelled {
				all = append(all, credit{p, open[id]})
			}
		}
	}
	slices.SortFunc(all, func(a, b credit) int {
		if n := a.EffectiveOn.Compare(b.EffectiveOn); n != 0 {
			return n
		}
		return compareStrings(a.Account, b.Account, strconv.Itoa(a.Year), strconv.Itoa(b.Year), a.Number, b.Number)
	})
	return all, nil
}

func remittances(tx *tenants.Tx, ids []uuid.UUID) (all []collections.Remittance, err error) {
	for part := range slices.Chunk(ids, 500) {
		var rows []collections.Remittance
		if err := tx.Select(&rows).Where("id IN (?)", bun.List(part)).Scan(tx.Ctx); err != nil {
			return nil, fmt.Errorf("open remittances: %w", err)
		}
		all = append(all, rows...)
	}
	return all, nil
}

func keysOf(m map[uuid.UUID]money.Cents) []uuid.UUID {
	keys := make([]uuid.UUID, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	return keys
}

// compareStrings compares pairs until one differs.
func compareStrings(pairs ...string) int {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] != pairs[i+1] {
			if pairs[i] < pairs[i+1] {
				return -1
			}
			return 1
		}
	}
	return 0
}

func creditName(p treasury.Provisional) string {
	return p.Account + "/" + strconv.Itoa(p.Year) + "/" + p.Number
}

func batchName(r collections.Remittance) string { return r.Channel + ":" + r.Flow }

func edgeKey(r collections.Remittance, p treasury.Provisional) string {
	return batchName(r) + ">" + creditName(p)
}

type explanation struct {
	bun.BaseModel `bun:"table:explanation"`
	tenants.Row

	AllocationID uuid.UUID `bun:"allocation_id,pk"`
	TxID         uuid.UUID
	At           time.Time
}

// match is an allocation with its two ends, and how often the pair has been
// matched, this time included.
type match struct {
	ledger.Allocation
	batch  collections.Remittance
	credit treasury.Provisional
	turn   int
}

func (m match) posting() ledger.Entry {
	return ledger.Entry{Key: fmt.Sprintf("explained:%s:%d", edgeKey(m.batch, m.credit), m.turn), Kind: "reconcile",
		Content:     []string{batchName(m.batch), creditName(m.credit), m.Cents.Decimal()},
		EffectiveOn: m.credit.BookedOn, Source: "abbinamento " + m.Rule, Derived: true,
		Postings: []ledger.Posting{{Event: ledger.CreditExplained, Debit: ledger.DATt, DebitRef: m.credit.ID,
			Credit: ledger.TRN(m.batch.Channel), CreditRef: m.batch.ID, Cents: m.Cents}}}
}

// explainAll posts that the cents of credits came from remittances, for
// allocations that have just been confirmed.
func explainAll(tx *tenants.Tx, all []match) error {
	if len(all) == 0 {
		return nil
	}
	posts := make([]ledger.Entry, len(all))
	for i, m := range all {
		posts[i] = m.posting()
	}
	posted, err := ledger.PostAll(tx, posts)
	if err != nil {
		return err
	}
	rows := make([]explanation, len(all))
	for i, m := range all {
		rows[i] = explanation{AllocationID: m.ID, TxID: posted[i].ID, At: tx.Now()}
	}
	for part := range slices.Chunk(rows, 500) {
		if _, err := tx.Insert(&part).Exec(tx.Ctx); err != nil {
			return fmt.Errorf("insert explanations: %w", err)
		}
	}
	for _, m := range all {
		if err := share(tx, m); err != nil {
			return fmt.Errorf("share batch %s: %w", m.batch.Flow, err)
		}
	}
	return nil
}

// explain is explainAll for one allocation, whose ends are still to be read.
func explain(tx *tenants.Tx, a ledger.Allocation) error {
	r, p, err := ends(tx, a)
	if err != nil {
		return err
	}
	turns, err := turn(tx, a)
	if err != nil {
		return err
	}
	return explainAll(tx, []match{{a, r, p, turns}})
}

// turn counts how often this pair has been matched, so that a match made again
// after it was undone has a key of its own.
func turn(tx *tenants.Tx, a ledger.Allocation) (int, error) {
	all, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R3, Left: a.Left, Right: a.Right})
	if err != nil {
		return 0, err
	}
	for i, o := range all {
		if o.ID == a.ID {
			return i + 1, nil
		}
	}
	return len(all) + 1, nil
}

// retract voids what a confirmed allocation posted.
func retract(tx *tenants.Tx, a ledger.Allocation, reason string) error {
	var e explanation
	err := tx.One(tx.Select(&e).Where("allocation_id = ?", a.ID), "")
	if fault.Is(err, fault.NotFound) {
		return nil // it was only proposed
	}
	if err != nil {
		return err
	}
	r, p, err := ends(tx, a)
	if err != nil {
		return err
	}
	turns, err := turn(tx, a)
	if err != nil {
		return err
	}
	_, err = ledger.Void(tx, e.TxID, fmt.Sprintf("void:explained:%s:%d", edgeKey(r, p), turns), reason)
	return err
}

func ends(tx *tenants.Tx, a ledger.Allocation) (r collections.Remittance, p treasury.Provisional, err error) {
	if err = tx.One(tx.Select(&r).Where("id = ?", a.Left), "Riversamento non trovato."); err != nil {
		return r, p, err
	}
	p, err = treasury.Find(tx, a.Right)
	return r, p, err
}

// Allocation returns a match of a credit by its id; another level's, or
// another town's, is NotFound.
func Allocation(tx *tenants.Tx, id uuid.UUID) (ledger.Allocation, error) {
	var row struct{ LeftRef, RightRef uuid.UUID }
	q := tx.SelectFrom("allocation").Column("left_ref", "right_ref").Where("id = ?", id).Where("level = ?", ledger.R3)
	if err := q.Scan(tx.Ctx, &row); err != nil {
		return ledger.Allocation{}, fault.New(fault.NotFound, "reconcile.missing", "Abbinamento non trovato.")
	}
	all, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R3, Left: row.LeftRef, Right: row.RightRef})
	if err != nil {
		return ledger.Allocation{}, err
	}
	for _, a := range all {
		if a.ID == id {
			return a, nil
		}
	}
	return ledger.Allocation{}, fault.New(fault.NotFound, "reconcile.missing", "Abbinamento non trovato.")
}
