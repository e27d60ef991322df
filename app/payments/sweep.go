package payments

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/tenants"
)

// Kept is for how long a debt that waits for its payment is kept after the last
// sign that the payment may come: long enough for a slip paid after its term,
// and for a postal flow that nobody has imported for weeks.
const Kept = 90 * 24 * time.Hour

// swept is how many debts one round forgets.
const swept = 200

// Sweep forgets the debts that were never born and that nobody will pay any
// more: made, and put into carts that were touched, tried or to be paid, longer
// ago than Kept. They hold a name and a fiscal code of somebody who owes
// nothing. Money that comes even later is an unknown collection.
func Sweep(tx *tenants.Tx) error {
	since := tx.Now().Add(-Kept)
	alive := tx.SelectFrom("cart_line").ColumnExpr("1").
		Join("JOIN cart AS c ON c.tenant_id = cart_line.tenant_id AND c.id = cart_line.cart_id").
		Where("cart_line.debt_id = debt.id").
		Where(`c.changed_at >= ? OR c.waiting_until >= ?
			OR EXISTS (SELECT 1 FROM attempt AS a WHERE a.tenant_id = c.tenant_id AND a.cart_id = c.id AND a.expires_at >= ?)`, since, day.Of(since), since)
	var found []debts.Debt
	q := tx.Select(&found).Column("id").Where("state = ?", debts.Unborn).Where("created_at < ?", since).Where("NOT EXISTS (?)", alive)
	if err := tx.Lock(q.OrderExpr("id").Limit(swept)).Scan(tx.Ctx); err != nil || len(found) == 0 {
		return err
	}
	ids := make([]uuid.UUID, len(found))
	for i, d := range found {
		ids[i] = d.ID
	}
	if _, err := tx.Delete((*Line)(nil)).Where("debt_id IN (?)", bun.List(ids)).Exec(tx.Ctx); err != nil {
		return fmt.Errorf("empty carts: %w", err)
	}
	return debts.Forget(tx, ids)
}
