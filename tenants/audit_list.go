package tenants

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// AuditFilter limits the register; what is zero does not limit.
type AuditFilter struct {
	Action   string
	Actor    string
	From, To time.Time // instants, To excluded
	Before   uuid.UUID // rows older than this one
	Offset   int
	Limit    int
}

// limit adds what a filter asks to a query of the newest first.
func (f AuditFilter) limit(q *bun.SelectQuery) *bun.SelectQuery {
	q = q.OrderExpr("id DESC")
	if f.Action != "" {
		q = q.Where("action = ?", f.Action)
	}
	if f.Actor != "" {
		q = q.Where("actor = ?", f.Actor)
	}
	if !f.From.IsZero() {
		q = q.Where("at >= ?", f.From)
	}
	if !f.To.IsZero() {
		q = q.Where("at < ?", f.To)
	}
	if f.Before != uuid.Nil {
		q = q.Where("id < ?", f.Before)
	}
	if f.Offset > 0 {
		q = q.Offset(int64(f.Offset))
	}
	if f.Limit > 0 {
		q = q.Limit(int64(f.Limit))
	}
	return q
}

// AuditRows returns the municipality's register of deeds, newest first.
func (tx *Tx) AuditRows(f AuditFilter) (rows []AuditRow, err error) {
	return rows, f.limit(tx.Select(&rows)).Scan(tx.Ctx)
}

// PlatformAuditRow is a deed on the platform, for its operators.
type PlatformAuditRow struct {
	ID                            uuid.UUID
	At                            time.Time
	Actor, Action, Object, Detail string
}

// AuditRows returns the platform's register, newest first. There the actor's
// role stands before the name.
func (tx *PlatformTx) AuditRows(f AuditFilter) ([]PlatformAuditRow, error) {
	var rows []platformAuditRow
	if err := f.limit(tx.NewSelect().Model(&rows)).Scan(tx.Ctx); err != nil {
		return nil, err
	}
	out := make([]PlatformAuditRow, len(rows))
	for i, r := range rows {
		out[i] = PlatformAuditRow{r.ID, r.At, r.Actor, r.Action, r.Object, r.Detail}
	}
	return out, nil
}
