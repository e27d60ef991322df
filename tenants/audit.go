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
	return tx.Append(tx.Insert(&AuditRow{ID: tx.NewID(), At: tx.now, Actor: tx.Actor.Name, Role: tx.Actor.Role,
		Action: action, Object: object, Detail: detail}))
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

type inboundRow struct {
	bun.BaseModel `bun:"table:inbound"`
	Row

	ID      uuid.UUID `bun:"id,pk"`
	At      time.Time
	Source  string
	Kind    string
	Name    string
	SHA256  string `bun:"sha256"`
	Verdict string
}

// KeepInbound stores a message from outside as it came, before anybody reads it.
func (tx *Tx) KeepInbound(source, kind, name string, body []byte, verdict string) error {
	b, err := tx.PutBlob(body)
	if err != nil {
		return err
	}
	_, err = tx.Insert(&inboundRow{ID: tx.NewID(), At: tx.now, Source: source, Kind: kind, Name: name, SHA256: b.SHA256, Verdict: verdict}).Exec(tx.Ctx)
	return err
}
