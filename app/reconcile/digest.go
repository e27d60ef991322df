package reconcile

import (
	"fmt"
	"io"
	"slices"

	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// DigestInto writes the live shares of batches as lines of natural keys: of a
// batch, the cents of each item that stand in a credit. In which of several
// credits they stand depends on which one was known first, so it is left out.
func DigestInto(tx *tenants.Tx, w io.Writer) error {
	var all []struct {
		Level                  ledger.Level
		Channel, Flow, Payment string // "" as payment: unknown to us
		Type, Position, Item   string // "" as type: no item, an excess
		Cents                  money.Cents
	}
	err := tx.SelectFrom("share").
		ColumnExpr("share.level, r.channel, r.flow, coalesce(c.key, '') AS payment").
		ColumnExpr("coalesce(d.type, '') AS type, coalesce(d.position, '') AS position, coalesce(i.key, '') AS item, CAST(sum(share.cents) AS bigint) AS cents").
		Join("JOIN allocation_state AS s ON s.tenant_id = share.tenant_id AND s.allocation_id = share.allocation_id AND s.status <> ?", ledger.Voided).
		Join("JOIN remittance AS r ON r.tenant_id = s.tenant_id AND r.id = s.left_ref").
		Join("LEFT JOIN collection AS c ON c.tenant_id = share.tenant_id AND c.id = share.line_ref").
		Join("LEFT JOIN debt_item AS i ON i.tenant_id = share.tenant_id AND i.id = share.item_ref").
		Join("LEFT JOIN debt AS d ON d.tenant_id = i.tenant_id AND d.id = i.debt_id").
		GroupExpr("share.level, r.channel, r.flow, c.key, d.type, d.position, i.key").Scan(tx.Ctx, &all)
	if err != nil {
		return fmt.Errorf("digest of shares: %w", err)
	}
	lines := make([]string, len(all))
	for i, s := range all {
		lines[i] = fmt.Sprintf("share %s %q %q %q %q %q %q %d\n", s.Level, s.Channel, s.Flow, s.Payment, s.Type, s.Position, s.Item, s.Cents)
	}
	slices.Sort(lines) // here, in bytes: each engine has an order of its own
	for _, l := range lines {
		if _, err := io.WriteString(w, l); err != nil {
			return err
		}
	}
	return nil
}
