// Package ledger (partitario) is the append-only book of a municipality: who
// holds which cents on the way from the due to the order. It posts transfers,
// keeps balances that cannot be overdrawn, holds the allocations (abbinamenti)
// between neighbours on the line, and seals what it has written.
//
// It is a sub-ledger: not the municipality's official books, which assess and
// order. It knows no debt, collection or provisional but by its id.
package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Posting (scrittura) is one transfer of cents between two accounts, each for
// a reference of its own.
type Posting struct {
	Event               Event
	Debit, Credit       Account
	DebitRef, CreditRef uuid.UUID
	Cents               money.Cents
}

// Entry (registrazione) is what one event of the outside posts, under its
// idempotency key. Content is hashed as canonical JSON; when it is nil the
// postings are. It must hold what the outside said (and no id of ours), so
// that the same event has the same hash whatever the ledger looked like when
// it arrived.
type Entry struct {
	Key         string // natural key, equal in every database: "pos:T1:2026-03-02:000017"
	Content     any
	Kind        string // what the source is: "collection", "journal"...
	EffectiveOn day.Date
	Source      string // file and line, message, person
	Derived     bool   // follows from other entries and would be missing had files come in another order
	Postings    []Posting
}

// Posted is the answer to an Entry: its transaction, and whether it is new.
type Posted struct {
	ID    uuid.UUID
	Fresh bool
}

// ConflictError says that a key came again with other content. Nothing may be
// kept of the transaction that met it; the use case rolls back, and records
// the attempt with KeepConflict in a transaction of its own. It holds a
// fault of kind Conflict.
type ConflictError struct {
	Key     string
	First   uuid.UUID // the transaction that has the key
	Content string    // canonical JSON that was refused
	Hash    string
	Source  string
}

func (e *ConflictError) Error() string { return e.fault().Error() }

// Unwrap returns the fault to show.
func (e *ConflictError) Unwrap() error { return e.fault() }

func (e *ConflictError) fault() *fault.Error {
	return fault.New(fault.Conflict, "ledger.key", "«%s» è già stato registrato con un contenuto diverso.", e.Key)
}

type conflictRow struct {
	bun.BaseModel `bun:"table:ledger_conflict"`
	tenants.Row

	ID          uuid.UUID `bun:"id,pk"`
	Key         string
	TxID        uuid.UUID
	Content     string
	ContentHash string
	Source      string
	At          time.Time
}

// KeepConflict records an attempt that Post has refused.
func KeepConflict(tx *tenants.Tx, e *ConflictError) error {
	_, err := tx.Insert(&conflictRow{ID: tx.NewID(), Key: e.Key, TxID: e.First, Content: e.Content,
		ContentHash: e.Hash, Source: e.Source, At: tx.Now()}).Exec(tx.Ctx)
	return err
}

// Conflict is an attempt that was refused because its key had other content.
type Conflict struct {
	Key     string
	First   uuid.UUID
	Content string
	Source  string
	At      time.Time
}

// Conflicts returns the attempts recorded by KeepConflict, newest first.
func Conflicts(tx *tenants.Tx) ([]Conflict, error) {
	var rows []conflictRow
	if err := tx.Select(&rows).Order("id DESC").Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("conflicts: %w", err)
	}
	out := make([]Conflict, len(rows))
	for i, r := range rows {
		out[i] = Conflict{r.Key, r.TxID, r.Content, r.Source, r.At}
	}
	return out, nil
}

// canonical returns the content of an entry as JSON with sorted keys, and its
// hash.
func (e Entry) canonical() (text, hash string, err error) {
	content := e.Content
	if content == nil {
		content = e.Postings
	}
	raw, err := json.Marshal([2]any{e.Kind, content})
	if err != nil {
		return "", "", fmt.Errorf("content of %s: %w", e.Key, err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return "", "", fmt.Errorf("content of %s: %w", e.Key, err)
	}
	if raw, err = json.Marshal(v); err != nil { // maps are written in the order of their keys
		return "", "", fmt.Errorf("content of %s: %w", e.Key, err)
	}
	sum := sha256.Sum256(raw)
	return string(raw), hex.EncodeToString(sum[:]), nil
}
