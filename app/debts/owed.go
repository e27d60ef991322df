package debts

import (
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// maxOwed is how many debts one person is shown.
const maxOwed = 200

// OwedBy returns the debts of a fiscal code over all offices, whatever its
// role on them: what is still to pay first, due soon first.
func OwedBy(tx *tenants.Tx, fiscalCode string) (all []Debt, err error) {
	if fiscalCode == "" {
		return nil, nil
	}
	err = born(tx.Select(&all)).Where("debtor_code = ? OR id IN (?)", fiscalCode, partyTo(tx, fiscalCode)).
		OrderExpr("CASE WHEN state IN (?, ?) THEN 0 ELSE 1 END, CASE WHEN due_on IS NULL THEN 1 ELSE 0 END, due_on, id", Open, Partly).
		Limit(maxOwed).Scan(tx.Ctx)
	if err != nil {
		return nil, fmt.Errorf("debts of a person: %w", err)
	}
	for i := range all {
		if err := all[i].fill(tx); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// OwedByOne returns one debt of a fiscal code. A debt of somebody else is
// NotFound, as one that does not exist.
func OwedByOne(tx *tenants.Tx, fiscalCode string, id uuid.UUID) (d Debt, err error) {
	if fiscalCode == "" {
		return d, fault.New(fault.NotFound, "missing", "Posizione non trovata.")
	}
	q := born(tx.Select(&d)).Where("id = ?", id).Where("debtor_code = ? OR id IN (?)", fiscalCode, partyTo(tx, fiscalCode))
	if err := tx.One(q, "Posizione non trovata."); err != nil {
		return d, err
	}
	return d, d.fill(tx)
}

func partyTo(tx *tenants.Tx, fiscalCode string) *bun.SelectQuery {
	return tx.Select((*Party)(nil)).Column("debt_id").Where("code = ?", fiscalCode)
}
