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

// swept is how many debts, and how many carts, one round forgets.
const swept = 200

// Sweep forgets who would have made the payments that never came, once the
// town's term for it has passed since the last sign that they may: the cart was
// touched, was to be paid, or its last try ended.
func Sweep(tx *tenants.Tx) error {
	town, err := tx.Municipality()
	if err != nil {
		return err
	}
	since := tx.Now().Add(-town.Settings.Unpaid())
	if err := forgetUnborn(tx, since); err != nil {
		return err
	}
	return forgetPayers(tx, since)
}

// forgetUnborn removes the debts that were never born and that nobody will pay
// any more. They hold a name and a fiscal code of somebody who owes nothing.
// Money that comes even later is an unknown collection.
func forgetUnborn(tx *tenants.Tx, since time.Time) error {
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

// forgetPayers empties what carts say of the payer, where the cart was never
// paid. What says that money moved stays: the tries, the slip's code, and a
// collection with what the channel said of who paid. So does the payer of a try
// about which the provider says something else: a person has to ask them.
func forgetPayers(tx *tenants.Tx, since time.Time) error {
	alive := tx.SelectFrom("attempt").ColumnExpr("1").Where("attempt.cart_id = cart.id").
		Where("attempt.expires_at >= ? OR attempt.state = ?", since, Mismatch)
	var found []Cart
	q := tx.Select(&found).Column("id").Where("changed_at < ?", since).
		Where("state <> 'paid' AND (owner <> '' OR payer_name <> '' OR payer_code <> '' OR payer_email <> '')"). // the words of the index
		Where("waiting_until IS NULL OR waiting_until < ?", day.Of(since)).Where("NOT EXISTS (?)", alive)
	if err := tx.Lock(q.OrderExpr("changed_at").Limit(swept)).Scan(tx.Ctx); err != nil || len(found) == 0 {
		return err
	}
	ids := make([]uuid.UUID, len(found))
	for i, c := range found {
		ids[i] = c.ID
	}
	_, err := tx.Update(&Cart{}).Set("owner = '', payer_name = '', payer_code = '', payer_email = ''").Where("id IN (?)", bun.List(ids)).Exec(tx.Ctx)
	if err != nil {
		return fmt.Errorf("forget payers: %w", err)
	}
	return nil
}
