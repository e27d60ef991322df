package accounting

import (
	"fmt"
	"io"
	"slices"

	"cassacomune/app/money"
	"cassacomune/tenants"
)

// DigestInto writes the exported orders and their lines by our names, where
// their money goes, and what has become of them.
func DigestInto(tx *tenants.Tx, w io.Writer) error {
	var all []Order
	if err := tx.Select(&all).Scan(tx.Ctx); err != nil {
		return fmt.Errorf("digest of orders: %w", err)
	}
	var lines []string
	for _, o := range all {
		lines = append(lines, fmt.Sprintf("order %q %q %d %d/%q %q %q %q %d %d %s %q\n", o.Label, o.Account, o.Year, o.AssessmentYear, o.Assessment,
			o.Chapter, o.Article, o.Siope, o.ResidueYear, o.Cents, o.State, o.Number))
	}
	var of []struct {
		Label, Kind     string
		Number, Account string // of the provisional
		Year            int
		Cents           money.Cents
	}
	if err := tx.SelectFrom("collection_order_line").
		ColumnExpr("o.label, collection_order_line.kind, p.number, p.account, p.year, collection_order_line.cents").
		Join("JOIN collection_order AS o ON o.tenant_id = collection_order_line.tenant_id AND o.id = collection_order_line.order_id").
		Join("JOIN provisional AS p ON p.tenant_id = collection_order_line.tenant_id AND p.id = collection_order_line.provisional_id").
		Scan(tx.Ctx, &of); err != nil {
		return fmt.Errorf("digest of the lines of orders: %w", err)
	}
	for _, l := range of {
		lines = append(lines, fmt.Sprintf("line %q %s %q %q/%d %d\n", l.Label, l.Kind, l.Account, l.Number, l.Year, l.Cents))
	}
	slices.Sort(lines) // here, in bytes: each engine has an order of its own
	for _, l := range lines {
		if _, err := io.WriteString(w, l); err != nil {
			return err
		}
	}
	return nil
}
