// Package jobs holds the work that no page waits for. The row of a run is
// written in the transaction of its cause and is the truth: its state, its
// progress, who asked for it. The message in the queue carries the town and
// the run and nothing else; losing every message loses nothing, because the
// sweeper of package worker finds the rows that are due.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// Kind names a sort of work; package worker holds what does it.
type Kind string

// The kinds of work.
const (
	Import    Kind = "import"    // a file: first pass problems, second pass rows
	Reconcile Kind = "reconcile" // the passes over what is open
	Slips     Kind = "slips"     // rendering of postal slips
	Settle    Kind = "settle"    // ask a provider for the outcome of an attempt
	Letter    Kind = "letter"    // one letter or message to send
	Fulfil    Kind = "fulfil"    // tell the offices of debts just paid
)

// State is how far a run has come.
type State string

// The states of a run.
const (
	Queued    State = "queued"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Run is one piece of work and what became of it.
type Run struct {
	bun.BaseModel `bun:"table:run"`
	tenants.Row

	ID         uuid.UUID `bun:"id,pk"`
	Kind       Kind
	State      State
	Params     string
	Cursor     string
	Done       int64
	Total      int64
	Attempt    int
	Failures   int
	RunAfter   time.Time
	LeaseUntil time.Time `bun:",nullzero"`
	Worker     string
	Result     string
	Error      string
	CreatedBy  string
	CreatedAt  time.Time
	FinishedAt time.Time `bun:",nullzero"`
	UniqueKey  string    `bun:",nullzero"`
}

// Ended reports whether nothing more will happen to the run.
func (r Run) Ended() bool { return r.State == Done || r.State == Failed || r.State == Cancelled }

// Percent is the progress for a bar, 0 to 100; 0 while the total is unknown.
func (r Run) Percent() int {
	if r.State == Done {
		return 100
	}
	if r.Total <= 0 {
		return 0
	}
	return int(min(100, r.Done*100/r.Total))
}

// Decode reads the run's parameters.
func (r Run) Decode(into any) error {
	if err := json.Unmarshal([]byte(r.Params), into); err != nil {
		return fmt.Errorf("parameters of run %s: %w", r.ID, err)
	}
	return nil
}

// Outcome reads the run's result; a run without one leaves into as it is.
func (r Run) Outcome(into any) error {
	if r.Result == "" {
		return nil
	}
	return json.Unmarshal([]byte(r.Result), into)
}

// Start writes the row of a run in the transaction of its cause. The message
// leaves after the commit; if it is lost the sweeper sends another.
func Start(tx *tenants.Tx, kind Kind, params any) (Run, error) {
	return StartAt(tx, kind, params, tx.Now(), "")
}

// StartAt is Start for work that begins later, and at the most once for a
// unique key (empty: no key); a key that is taken returns the run that has it.
func StartAt(tx *tenants.Tx, kind Kind, params any, after time.Time, key string) (Run, error) {
	p, err := json.Marshal(params)
	if err != nil {
		return Run{}, fmt.Errorf("parameters of %s: %w", kind, err)
	}
	r := Run{ID: tx.NewID(), Kind: kind, State: Queued, Params: string(p), RunAfter: after,
		CreatedBy: tx.Actor.Name, CreatedAt: tx.Now(), UniqueKey: key}
	if key != "" {
		var old Run
		err := tx.One(tx.Select(&old).Where("kind = ?", kind).Where("unique_key = ?", key), "")
		if err == nil || !fault.Is(err, fault.NotFound) {
			return old, err
		}
	}
	if err := tx.Append(tx.Insert(&r)); err != nil {
		return Run{}, fmt.Errorf("start %s: %w", kind, err)
	}
	if !after.After(tx.Now()) {
		tx.Announce(r.ID)
	}
	return r, nil
}

// Find returns a run; an unknown id, or another town's, is NotFound.
func Find(tx *tenants.Tx, id uuid.UUID) (r Run, err error) {
	return r, tx.One(tx.Select(&r).Where("id = ?", id), "Lavorazione non trovata.")
}

// List returns the latest runs, newest first; no kind means every kind.
func List(tx *tenants.Tx, limit int, kinds ...Kind) (runs []Run, err error) {
	q := tx.Select(&runs).OrderExpr("id DESC").Limit(int64(limit))
	if len(kinds) > 0 {
		q = q.Where("kind IN (?)", bun.List(kinds))
	}
	return runs, q.Scan(tx.Ctx)
}

// Cancel stops a run before its next chunk. A run that has ended stays as it
// is: a Conflict.
func Cancel(tx *tenants.Tx, id uuid.UUID) error {
	r := Run{ID: id, State: Cancelled, FinishedAt: tx.Now()}
	res, err := tx.Update(&r).Column("state", "finished_at").WherePK().
		Where("state IN (?)", bun.List([]State{Queued, Running})).Exec(tx.Ctx)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, fault.New(fault.Conflict, "jobs.ended", "La lavorazione è già terminata."))
	}
	return tx.Audit("job.cancel", id.String(), "")
}

// Wait polls until a run has ended, for the command line.
func Wait(ctx context.Context, db *tenants.DB, tenant tenants.ID, id uuid.UUID) (r Run, err error) {
	for {
		err = db.Read(ctx, tenant, func(tx *tenants.Tx) error {
			r, err = Find(tx, id)
			return err
		})
		if err != nil || r.Ended() {
			return r, err
		}
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
