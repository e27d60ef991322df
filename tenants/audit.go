package tenants

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// AuditRow says who did what, when. It is written in the transaction of the
// deed and never changed.
type AuditRow struct {
	bun.BaseModel `bun:"table:audit"`
	Row

	ID     uuid.UUID `bun:"id,pk"`
	At     time.Time
	Actor  string
	Role   string
	Action string
	Object string
	Detail string
}

// Audit records a deed of this transaction's actor. Detail holds no personal
// data.
func (tx *Tx) Audit(action, object, detail string) error {
	_, err := tx.Insert(&AuditRow{ID: tx.NewID(), At: tx.now, Actor: tx.Actor.Name, Role: tx.Actor.Role,
		Action: action, Object: object, Detail: detail}).Exec(tx.Ctx)
	return err
}

type platformAuditRow struct {
	bun.BaseModel `bun:"table:platform_audit"`

	ID     uuid.UUID `bun:"id,pk"`
	At     time.Time
	Actor  string
	Action string
	Object string
	Detail string
}

// Audit records a deed on the platform.
func (tx *PlatformTx) Audit(by Actor, action, object, detail string) error {
	_, err := tx.NewInsert().Model(&platformAuditRow{ID: tx.NewID(), At: tx.now, Actor: by.Role + " " + by.Name,
		Action: action, Object: object, Detail: detail}).Exec(tx.Ctx)
	return err
}
