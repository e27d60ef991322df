package collections

import (
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Reach is how much of a debt's money has come to each step of the line. Money
// of a batch is credited once nothing of the batch waits for its credit.
type Reach struct {
	Collected, Remitted, Credited, Ordered money.Cents
}

// Reached says for several debts at once how far their money has come, by the
// confirmed allocations. A debt without a collection is not in the answer.
func Reached(tx *tenants.Tx, debts []uuid.UUID) (map[uuid.UUID]Reach, error) {
	out := make(map[uuid.UUID]Reach, len(debts))
	if len(debts) == 0 {
		return out, nil
	}
	var rows []struct {
		DebtID uuid.UUID
		Reach
	}
	q := tx.SelectFrom("collection_line").ColumnExpr("collection_line.debt_id").
		ColumnExpr("CAST(sum(collection_line.cents) AS bigint) AS collected")
	for i, name := range []string{"remitted", "credited", "ordered"} {
		q = q.ColumnExpr("CAST(sum(CASE WHEN EXISTS ("+chains[i]+") THEN collection_line.cents ELSE 0 END) AS bigint) AS ?", bun.Ident(name))
	}
	err := q.Where("collection_line.kind = ?", OnItem).Where("collection_line.debt_id IN (?)", bun.List(debts)).
		GroupExpr("collection_line.debt_id").Having("sum(collection_line.cents) > 0").Scan(tx.Ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("how far debts have come: %w", err)
	}
	for _, r := range rows {
		out[r.DebtID] = r.Reach
	}
	return out, nil
}

// chains lead from a collection to a remittance, a credit, an order.
var chains = func() [3]string {
	edge := func(alias, left string, level ledger.Level) string {
		return alias + ".tenant_id = collection_line.tenant_id AND " + alias + ".level = '" + string(level) + "' AND " + alias + ".left_ref = " + left +
			" AND " + alias + ".status = '" + string(ledger.Confirmed) + "'"
	}
	r2 := edge("a2", "collection_line.collection_id", ledger.R2)
	whole := " AND NOT EXISTS (SELECT 1 FROM remittance AS r JOIN ledger_balance AS b ON b.tenant_id = r.tenant_id AND b.account = '" + string(ledger.TRN("")) +
		"' || r.channel AND b.ref = r.id WHERE r.tenant_id = collection_line.tenant_id AND r.id = a2.right_ref AND b.cents <> 0)"
	r3 := edge("a3", "a2.right_ref", ledger.R3)
	r4 := edge("a4", "a3.right_ref", ledger.R4)
	return [3]string{
		"SELECT 1 FROM allocation_state AS a2 WHERE " + r2,
		"SELECT 1 FROM allocation_state AS a2 JOIN allocation_state AS a3 ON " + r3 + " WHERE " + r2 + whole,
		"SELECT 1 FROM allocation_state AS a2 JOIN allocation_state AS a3 ON " + r3 + " JOIN allocation_state AS a4 ON " + r4 + " WHERE " + r2 + whole,
	}
}()
