package worker

import (
	"context"
	"time"

	"github.com/google/uuid"

	"cassacomune/app/ledger"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// sweepEvery is how soon a run whose message was lost is found.
const sweepEvery = 3 * time.Second

// sweep sends a message for every run that is due, at start and every few
// seconds, and seals what has been posted. Its messages may be duplicates: the
// claim decides.
func (w *Worker) sweep() {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		if err := w.Sweep(ctx); err != nil {
			w.log.Error("sweep", "error", err)
		}
		cancel()
		select {
		case <-w.stop:
			return
		case <-ticker.C:
		}
	}
}

// Sweep is one round.
func (w *Worker) Sweep(ctx context.Context) error {
	tidy := time.Since(w.tidied) > time.Minute
	if tidy {
		w.tidied = time.Now()
	}
	return w.db.AcrossAll(ctx, "sweep", func(t tenants.Tenant) error {
		var due []uuid.UUID
		if err := w.db.Read(ctx, t.ID, func(tx *tenants.Tx) (err error) {
			due, err = jobs.Due(tx, 100)
			return err
		}); err != nil {
			return err
		}
		for _, run := range due {
			if err := w.queue.Push(ctx, jobs.Message{Tenant: t.ID, Run: run}); err != nil {
				return err
			}
		}
		return w.db.Within(ctx, t.ID, tenants.System("sealer"), func(tx *tenants.Tx) error {
			if _, err := ledger.Seal(tx); err != nil || !tidy {
				return err
			}
			for _, fn := range w.tidy {
				if err := fn(tx); err != nil {
					return err
				}
			}
			return nil
		})
	})
}
