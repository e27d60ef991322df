package jobs

import (
	"github.com/google/uuid"

	"cassacomune/tenants"
)

// Filter limits a list of runs; zero fields limit nothing.
type Filter struct {
	Kind          Kind
	State         State
	Before        uuid.UUID // older ones
	Offset, Limit int
}

// Some returns runs, the newest first.
func Some(tx *tenants.Tx, f Filter) (runs []Run, err error) {
	q := tx.Select(&runs).OrderExpr("id DESC").Limit(int64(f.Limit)).Offset(int64(f.Offset))
	if f.Kind != "" {
		q = q.Where("kind = ?", f.Kind)
	}
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	if f.Before != uuid.Nil {
		q = q.Where("id < ?", f.Before)
	}
	return runs, q.Scan(tx.Ctx)
}
