package trace

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"cassacomune/app/debts"
	"cassacomune/app/ledger"
	"cassacomune/tenants"
)

// Digest is a hash over natural keys, cents per step, allocations and
// balances, without ids or instants: equal whatever the order in which the
// outside's files came, after any kill and resume, after a restore, and on
// both engines.
func Digest(tx *tenants.Tx) (string, error) {
	h := sha256.New()
	if err := debtsInto(tx, h); err != nil {
		return "", fmt.Errorf("digest of debts: %w", err)
	}
	if err := ledger.DigestInto(tx, h); err != nil {
		return "", fmt.Errorf("digest of ledger: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func debtsInto(tx *tenants.Tx, w io.Writer) error {
	var all []debts.Debt
	err := tx.Select(&all).Column("type", "position", "cents", "paid", "state", "chosen", "hash").Scan(tx.Ctx)
	slices.SortFunc(all, func(a, b debts.Debt) int { // in bytes: each engine has an order of its own
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Position, b.Position))
	})
	for _, d := range all {
		fmt.Fprintf(w, "debt|%s|%s|%d|%d|%s|%s|%s\n", d.Type, d.Position, d.Cents, d.Paid, d.State, d.Chosen, d.Hash)
	}
	return err
}
