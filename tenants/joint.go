package tenants

import (
	"context"
	"sync"

	"github.com/uptrace/bun"
)

// joint holds a read transaction on its way from one Read to the next.
type joint struct {
	mu sync.Mutex
	s  scope
	tx *bun.Tx // nil: none
}

type jointKey struct{}

// Joining returns a context in which ReadFirst leaves its transaction to the
// Read that follows. Any other door ends it, and so does end, which the caller
// must call.
func Joining(ctx context.Context) (joining context.Context, end func()) {
	j := &joint{}
	return context.WithValue(ctx, jointKey{}, j), func() { j.take(scope{}) }
}

// ReadFirst is a Read before another: in a context that joins, both are one
// transaction and see one moment. It is for who asks, before what is shown.
// Nothing slow may stand between the two: a connection waits.
func (db *DB) ReadFirst(ctx context.Context, tenant ID, fn func(*Tx) error) error {
	return db.door(ctx, scope{tenant: tenant, readOnly: true, first: true}, Actor{}, fn)
}

// beginOrJoin goes on with what a ReadFirst has left, or begins a transaction.
func beginOrJoin(ctx context.Context, db *bun.DB, s scope) (bun.Tx, error) {
	if j, ok := ctx.Value(jointKey{}).(*joint); ok {
		if tx := j.take(s); tx != nil {
			return *tx, nil
		}
	}
	return db.BeginTx(context.WithValue(ctx, scopeKey{}, s), nil)
}

// commitOrLeave ends a transaction, or leaves it to the next Read.
func commitOrLeave(ctx context.Context, tx bun.Tx, s scope) error {
	if j, ok := ctx.Value(jointKey{}).(*joint); ok && s.first {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.s, j.tx = s, &tx
		return nil
	}
	return tx.Commit()
}

// take hands the transaction over to a Read of its municipality; anything else
// ends it.
func (j *joint) take(s scope) *bun.Tx {
	j.mu.Lock()
	defer j.mu.Unlock()
	tx := j.tx
	j.tx = nil
	if tx != nil && (!s.readOnly || s.tenant != j.s.tenant) {
		tx.Rollback() // it has only read
		return nil
	}
	return tx
}
