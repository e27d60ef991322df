package tenants

import (
	"context"

	"github.com/uptrace/bun"
)

// Pool is the pool behind a door, for the tests that try to get around it.
func (db *DB) Pool(ctx context.Context, t ID, readOnly bool) (*bun.DB, error) {
	if t == 0 {
		return db.store.platform(ctx, readOnly)
	}
	return db.store.tenant(ctx, t, readOnly)
}
