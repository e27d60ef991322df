package worker

import (
	"context"

	"cassacomune/app/accounting"
	"cassacomune/app/collections"
	"cassacomune/app/fulfilment"
	"cassacomune/app/reconcile"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// Kinds is what does each kind of work.
func Kinds() map[jobs.Kind]Work {
	return map[jobs.Kind]Work{
		jobs.Import:    ImportWork,
		jobs.Reconcile: reconcile.Work(accounting.SettleFees, fulfilAll),
		jobs.Settle:    settle,
		jobs.Fulfil:    fulfil,
	}
}

// fulfilAll follows a reconciliation: money has become more certain, or less.
func fulfilAll(tx *tenants.Tx) error {
	_, err := fulfilment.EvaluateAll(tx)
	return err
}

// fulfil tells the offices of debts that a channel has just collected.
func fulfil(ctx context.Context, db *tenants.DB, tenant tenants.ID, run *jobs.Run) (more bool, err error) {
	var paid collections.Paid
	if err := run.Decode(&paid); err != nil {
		return false, err
	}
	return false, db.Within(ctx, tenant, tenants.System("erogazione"), func(tx *tenants.Tx) error {
		n, err := fulfilment.Evaluate(tx, paid.Debts...)
		if err != nil {
			return err
		}
		return run.Finish(tx, n)
	})
}
