package ledger

import (
	"fmt"
	"io"
	"slices"

	"cassacomune/tenants"
)

// DigestInto writes the ledger as lines of natural keys: the entries that the
// outside caused and nobody voided, the balance of each account, the live
// allocations. There are no ids and no instants in it, and no path: the same
// files in another order, another engine, or after a kill give the same lines.
func DigestInto(tx *tenants.Tx, w io.Writer) error {
	for _, step := range []func(*tenants.Tx, io.Writer) error{digestEntries, digestBalances, digestAllocations} {
		if err := step(tx, w); err != nil {
			return fmt.Errorf("digest of the ledger: %w", err)
		}
	}
	return nil
}

// digestEntries leaves out what is derived: a file that comes before another
// needs a further entry to be explained, and one that comes after does not.
func digestEntries(tx *tenants.Tx, w io.Writer) error {
	rows, err := tx.SelectFrom("ledger_tx").ColumnExpr("ledger_tx.key, ledger_tx.kind").
		Join("LEFT JOIN ledger_tx AS v ON v.tenant_id = ledger_tx.tenant_id AND v.voids = ledger_tx.id").
		Where("v.id IS NULL AND NOT ledger_tx.derived").OrderExpr("ledger_tx.key").Rows(tx.Ctx)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key, kind string
		if err := rows.Scan(&key, &kind); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "entry %q %q\n", key, kind); err != nil {
			return err
		}
	}
	return rows.Err()
}

func digestBalances(tx *tenants.Tx, w io.Writer) error {
	totals, err := Totals(tx)
	if err != nil {
		return err
	}
	for _, t := range totals {
		if _, err := fmt.Fprintf(w, "balance %s %d %d\n", t.Account, t.Cents, t.Refs); err != nil {
			return err
		}
	}
	return nil
}

// digestAllocations sorts here: two live allocations without a key may differ
// in nothing but their cents.
func digestAllocations(tx *tenants.Tx, w io.Writer) error {
	var lines []string
	rows, err := tx.SelectFrom("allocation_state").ColumnExpr("allocation_state.level, coalesce(allocation_state.live_key, ''), allocation_state.cents, allocation_state.status").
		Where("allocation_state.status <> ?", Voided).Rows(tx.Ctx)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var level, key, status string
		var cents int64
		if err := rows.Scan(&level, &key, &cents, &status); err != nil {
			return err
		}
		lines = append(lines, fmt.Sprintf("allocation %s %q %d %s\n", level, key, cents, status))
	}
	if err := rows.Err(); err != nil {
		return err
	}
	slices.Sort(lines)
	for _, l := range lines {
		if _, err := io.WriteString(w, l); err != nil {
			return err
		}
	}
	return nil
}
