package trace

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"cassacomune/app/accounting"
	"cassacomune/app/debts"
	"cassacomune/app/ledger"
	"cassacomune/app/reconcile"
	"cassacomune/tenants"
)

// Digest is a hash over natural keys, cents per step, allocations and their
// shares, balances and orders, without ids or instants: equal whatever the order in which the
// outside's files came, after any kill and resume, after a restore, and on
// both engines.
func Digest(tx *tenants.Tx) (string, error) {
	h := sha256.New()
	for _, into := range []func(*tenants.Tx, io.Writer) error{debtsInto, ledger.DigestInto, reconcile.DigestInto, accounting.DigestInto} {
		if err := into(tx, h); err != nil {
			return "", fmt.Errorf("digest: %w", err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func debtsInto(tx *tenants.Tx, w io.Writer) error {
	var all []debts.Debt
	err := tx.Select(&all).Column("type", "position", "cents", "paid", "state", "chosen", "hash").Where("state <> ?", debts.Unborn).Scan(tx.Ctx)
	slices.SortFunc(all, func(a, b debts.Debt) int { // in bytes: each engine has an order of its own
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Position, b.Position))
	})
	for _, d := range all {
		fmt.Fprintf(w, "debt|%s|%s|%d|%d|%s|%s|%s\n", d.Type, d.Position, d.Cents, d.Paid, d.State, d.Chosen, d.Hash)
	}
	return err
}
