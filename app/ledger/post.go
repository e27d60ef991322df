package ledger

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

type txRow struct {
	bun.BaseModel `bun:"table:ledger_tx,alias:ledger_tx"`
	tenants.Row

	ID          uuid.UUID `bun:"id,pk"`
	Key         string
	ContentHash string
	Kind        string
	EffectiveOn day.Date
	KnownAt     time.Time
	Source      string
	Actor       string
	Derived     bool
	Voids       uuid.UUID `bun:",nullzero"`
	Reason      string
}

type entryRow struct {
	bun.BaseModel `bun:"table:ledger_entry,alias:ledger_entry"`
	tenants.Row

	TxID      uuid.UUID `bun:"tx_id,pk"`
	Seq       int       `bun:"seq,pk"`
	Event     Event
	Mirror    bool
	Debit     Account
	DebitRef  uuid.UUID
	Credit    Account
	CreditRef uuid.UUID
	Cents     money.Cents
}

// chunk is how many rows one statement inserts.
const chunk = 500

// Post books one entry. The same key with the same content answers what was
// booked first; other content is a *ConflictError. An amount that is not there
// is a fault of kind Conflict. After an error the transaction must be rolled
// back: part of it may stand.
func Post(tx *tenants.Tx, e Entry) (Posted, error) {
	all, err := PostAll(tx, []Entry{e})
	if err != nil {
		return Posted{}, err
	}
	return all[0], nil
}

// PostAll books many entries with a few statements, in their order, and
// answers for each as Post does. The balances take the net of all of them.
// An importer gives PostAll all that its transaction books, so that two
// transactions always take the balances in the same order.
func PostAll(tx *tenants.Tx, entries []Entry) ([]Posted, error) {
	batch := make([]prepared, len(entries))
	for i, e := range entries {
		p, err := prepare(tx, e)
		if err != nil {
			return nil, err
		}
		batch[i] = p
	}
	return book(tx, batch)
}

// prepared is an entry ready to be written.
type prepared struct {
	tx       txRow
	content  string
	postings []Posting
	mirrors  []bool // by posting; nil when none does
}

func (p prepared) mirror(i int) bool { return p.mirrors != nil && p.mirrors[i] }

func prepare(tx *tenants.Tx, e Entry) (prepared, error) {
	if e.Key == "" || e.EffectiveOn.IsZero() || len(e.Postings) == 0 {
		return prepared{}, fmt.Errorf("post %q: an entry needs a key, a day and postings", e.Key)
	}
	for _, p := range e.Postings {
		if err := p.check(false); err != nil {
			return prepared{}, fmt.Errorf("post %s: %w", e.Key, err)
		}
	}
	content, hash, err := e.canonical()
	if err != nil {
		return prepared{}, err
	}
	return prepared{content: content, postings: e.Postings, tx: txRow{ID: tx.NewID(), Key: e.Key, ContentHash: hash, Kind: e.Kind,
		EffectiveOn: e.EffectiveOn, KnownAt: tx.Now(), Source: e.Source, Actor: actor(tx), Derived: e.Derived}}, nil
}

func actor(tx *tenants.Tx) string { return tx.Actor.Role + " " + tx.Actor.Name }

func book(tx *tenants.Tx, batch []prepared) ([]Posted, error) {
	posted, fresh, err := claim(tx, batch)
	if err != nil {
		return nil, err
	}
	if err := moveBalances(tx, fresh); err != nil {
		return nil, err
	}
	var rows []entryRow
	for _, p := range fresh {
		for i, g := range p.postings {
			rows = append(rows, entryRow{TxID: p.tx.ID, Seq: i + 1, Event: g.Event, Mirror: p.mirror(i), Debit: g.Debit, DebitRef: g.DebitRef,
				Credit: g.Credit, CreditRef: g.CreditRef, Cents: g.Cents})
		}
	}
	for part := range slices.Chunk(rows, chunk) {
		if err := tx.Append(tx.Insert(&part)); err != nil {
			return nil, fmt.Errorf("insert transfers: %w", err)
		}
	}
	return posted, nil
}

// claim takes the keys of a batch. Who comes second, even in the same instant,
// finds the key taken and compares the content.
func claim(tx *tenants.Tx, batch []prepared) (posted []Posted, fresh []prepared, err error) {
	posted = make([]Posted, len(batch))
	first := map[string]int{}
	var order []int
	for i, p := range batch {
		if _, seen := first[p.tx.Key]; !seen {
			first[p.tx.Key] = i
			order = append(order, i)
		}
	}
	taken := map[string]txRow{}
	for part := range slices.Chunk(order, chunk) {
		if err := claimPart(tx, batch, part, taken); err != nil {
			return nil, nil, err
		}
	}
	for i, p := range batch {
		got := taken[p.tx.Key]
		if got.ContentHash != p.tx.ContentHash {
			return nil, nil, &ConflictError{Key: p.tx.Key, First: got.ID, Content: p.content, Hash: p.tx.ContentHash, Source: p.tx.Source}
		}
		posted[i] = Posted{ID: got.ID, Fresh: got.ID == p.tx.ID}
		if posted[i].Fresh {
			fresh = append(fresh, p)
		}
	}
	return posted, fresh, nil
}

func claimPart(tx *tenants.Tx, batch []prepared, part []int, taken map[string]txRow) error {
	rows := make([]txRow, len(part))
	keys := make([]string, len(part))
	for i, n := range part {
		rows[i], keys[i] = batch[n].tx, batch[n].tx.Key
	}
	done, err := tx.Insert(&rows).On("CONFLICT DO NOTHING").Returning("NULL").Exec(tx.Ctx)
	if err != nil {
		return fmt.Errorf("insert transactions: %w", err)
	}
	if won, err := done.RowsAffected(); err == nil && int(won) == len(part) {
		for _, r := range rows {
			taken[r.Key] = r
		}
		return nil
	}
	var there []txRow
	if err := tx.Select(&there).Where("key IN (?)", bun.List(keys)).Scan(tx.Ctx); err != nil {
		return fmt.Errorf("read transactions: %w", err)
	}
	for _, r := range there {
		taken[r.Key] = r
	}
	for _, r := range rows {
		if _, ok := taken[r.Key]; !ok { // not by its key: another void of the same transaction
			return fault.New(fault.Conflict, "ledger.voided", "La registrazione è già stata annullata.")
		}
	}
	return nil
}
