package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// Lease is how long a claim holds without a sign of life.
const Lease = 60 * time.Second

// maxFailures is how often a run is tried again after an internal error.
const maxFailures = 5

// ErrLost says that another worker has the run now, or that somebody cancelled
// it: what this transaction did must not be kept.
var ErrLost = errors.New("jobs: the claim is lost")

// Claim takes a run that is due, or whose worker has given no sign of life.
// ok is false when there is nothing to take: a second message, a cancelled
// run. The attempt is the fencing token of everything that follows.
func Claim(tx *tenants.Tx, id uuid.UUID, worker string) (r Run, ok bool, err error) {
	r = Run{ID: id, State: Running, LeaseUntil: tx.Now().Add(Lease), Worker: worker}
	res, err := tx.Update(&r).Column("state", "lease_until", "worker").Set("attempt = attempt + 1").WherePK().
		Where("(state = ? AND run_after <= ?) OR (state = ? AND lease_until < ?)", Queued, tx.Now(), Running, tx.Now()).
		Exec(tx.Ctx)
	if err != nil {
		return r, false, fmt.Errorf("claim run: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return r, false, err
	}
	r, err = Find(tx, id)
	return r, err == nil, err
}

// Advance records in the transaction of a chunk how far the run has come. It
// fails with ErrLost when the claim is no longer ours, and with it the chunk:
// so no chunk is ever applied twice.
func (r *Run) Advance(tx *tenants.Tx, cursor string, done, total int64) error {
	r.Cursor, r.Done, r.Total, r.Failures = cursor, done, total, 0
	r.LeaseUntil = tx.Now().Add(Lease)
	return r.save(tx, "cursor", "done", "total", "failures", "lease_until")
}

// Yield puts the run at the tail of the queue, so that no town's long file
// keeps another's short one waiting.
func (r *Run) Yield(tx *tenants.Tx) error {
	r.State, r.RunAfter = Queued, tx.Now()
	if err := r.saveNext(tx, Queued, "run_after"); err != nil {
		return err
	}
	tx.Announce(r.ID)
	return nil
}

// Beat renews the lease.
func (r *Run) Beat(tx *tenants.Tx) error {
	r.LeaseUntil = tx.Now().Add(Lease)
	return r.save(tx, "lease_until")
}

// Finish ends the run well, with a result for the page.
func (r *Run) Finish(tx *tenants.Tx, result any) error {
	b, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("result of %s: %w", r.Kind, err)
	}
	r.Result, r.FinishedAt = string(b), tx.Now()
	return r.saveNext(tx, Done, "result", "finished_at")
}

// Refuse ends the run with a sentence for the person who asked for it.
func (r *Run) Refuse(tx *tenants.Tx, reason string) error {
	r.Error, r.FinishedAt = reason, tx.Now()
	return r.saveNext(tx, Failed, "error", "finished_at")
}

// Fail records an error: a fault ends the run, anything else is tried again
// later, a few times.
func (r *Run) Fail(tx *tenants.Tx, cause error) error {
	if f := fault.Of(cause); f != nil {
		return r.Refuse(tx, f.Text)
	}
	r.Failures++
	if r.Failures >= maxFailures {
		return r.Refuse(tx, "Errore interno: la lavorazione è stata interrotta. L'assistenza la trova con il suo numero.")
	}
	r.Error, r.RunAfter = "Errore interno: nuovo tentativo in corso.", tx.Now().Add(time.Duration(1<<r.Failures)*time.Second)
	return r.saveNext(tx, Queued, "failures", "error", "run_after")
}

func (r *Run) save(tx *tenants.Tx, columns ...string) error {
	res, err := tx.Update(r).Column(columns...).WherePK().
		Where("state = ?", Running).Where("attempt = ?", r.Attempt).Exec(tx.Ctx)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrLost)
	}
	return nil
}

func (r *Run) saveNext(tx *tenants.Tx, next State, columns ...string) error {
	r.State = next
	return r.save(tx, append(columns, "state")...)
}

// Due returns the runs that a message should go out for: due and unclaimed, or
// claimed by a worker that is silent.
func Due(tx *tenants.Tx, limit int) (ids []uuid.UUID, err error) {
	err = tx.SelectFrom("run").Column("id").
		Where("(state = ? AND run_after <= ?) OR (state = ? AND lease_until < ?)", Queued, tx.Now(), Running, tx.Now()).
		OrderExpr("run_after").Limit(int64(limit)).Scan(tx.Ctx, &ids)
	return ids, err
}
