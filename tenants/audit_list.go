package tenants

import (
	"time"

	"github.com/google/uuid"
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

// AuditRows returns the municipality's register of deeds, newest first.
func (tx *Tx) AuditRows(f AuditFilter) (rows []AuditRow, err error) {
	q := tx.Select(&rows).OrderExpr("id DESC")
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
	return rows, q.Scan(tx.Ctx)
}

// PlatformAuditRow is a deed on the platform, for its operators.
type PlatformAuditRow struct {
	At                            time.Time
	Actor, Action, Object, Detail string
}

// AuditRows returns the platform's register, newest first.
func (tx *PlatformTx) AuditRows(offset, limit int) ([]PlatformAuditRow, error) {
	var rows []platformAuditRow
	if err := tx.NewSelect().Model(&rows).OrderExpr("id DESC").Offset(int64(offset)).Limit(int64(limit)).Scan(tx.Ctx); err != nil {
		return nil, err
	}
	out := make([]PlatformAuditRow, len(rows))
	for i, r := range rows {
		out[i] = PlatformAuditRow{r.At, r.Actor, r.Action, r.Object, r.Detail}
	}
	return out, nil
}
