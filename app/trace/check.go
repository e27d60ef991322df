package trace

import (
	"fmt"

	"cassacomune/app/debts"
	"cassacomune/app/ledger"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

// Check tests what must always hold in a municipality: the ledger's own
// invariants, the Treasurer's total of open provisional credits against ours,
// and the cached states against the ledger. It returns the breaches, the
// gravest first; none is the good answer.
func Check(tx *tenants.Tx) ([]ledger.Breach, error) {
	found, err := ledger.Check(tx)
	if err != nil {
		return nil, fmt.Errorf("check ledger: %w", err)
	}
	squares, err := treasury.Quadrature(tx)
	if err != nil {
		return nil, fmt.Errorf("check treasury: %w", err)
	}
	for _, s := range squares {
		if s.Complete && !s.Holds() {
			found = append(found, ledger.Breach{Invariant: "c", Where: fmt.Sprintf("esercizio %d, al %s", s.Year, s.On),
				What: fmt.Sprintf("il Tesoriere dice %s di provvisori di entrata aperti, a noi risultano %s", s.Theirs, s.Ours)})
		}
	}
	stale, err := staleDebts(tx)
	return append(found, stale...), err
}

// staleDebts compares what the debts' rows say with the ledger: what is paid
// is what the items were due, less what they are still due.
func staleDebts(tx *tenants.Tx) (found []ledger.Breach, err error) {
	var rows []struct {
		Type, Position string
		Cents, Paid    int64
		Title, Owed    int64
	}
	items := tx.SelectFrom("debt_item").ColumnExpr("debt_item.debt_id, SUM(debt_item.cents) AS title, SUM(COALESCE(b.cents, 0)) AS owed").
		Join("LEFT JOIN ledger_balance AS b ON b.tenant_id = debt_item.tenant_id AND b.ref = debt_item.id AND b.account IN ('CRE', 'CRE.trz')").
		GroupExpr("debt_item.debt_id")
	err = tx.SelectFrom("debt").ColumnExpr("debt.type, debt.position, debt.cents, debt.paid, i.title, i.owed").
		Join("JOIN (?) AS i ON i.debt_id = debt.id", items).
		Where("debt.cents <> i.title OR i.owed <> CASE WHEN debt.state = ? THEN 0 ELSE debt.cents - debt.paid END", debts.Unborn).OrderExpr("debt.type, debt.position").Limit(100).Scan(tx.Ctx, &rows)
	for _, r := range rows {
		found = append(found, ledger.Breach{Invariant: "f", Where: r.Type + " " + r.Position,
			What: fmt.Sprintf("la posizione dice dovuto %d e pagato %d centesimi, le voci %d e il partitario ancora %d", r.Cents, r.Paid, r.Title, r.Owed)})
	}
	return found, err
}
