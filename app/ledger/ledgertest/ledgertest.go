// Package ledgertest reads a municipality's ledger in tests of the rooms.
package ledgertest

import (
	"context"
	"testing"

	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// Totals returns the accounts that are not zero; whatever does not hold in the
// ledger fails the test.
func Totals(t testing.TB, db *tenantstest.Data, id tenants.ID) map[ledger.Account]money.Cents {
	t.Helper()
	got := map[ledger.Account]money.Cents{}
	if err := db.Read(context.Background(), id, func(tx *tenants.Tx) error {
		all, err := ledger.Totals(tx)
		if err != nil {
			return err
		}
		for _, a := range all {
			if a.Cents != 0 {
				got[a.Account] = a.Cents
			}
		}
		breaches, err := ledger.Check(tx)
		for _, b := range breaches {
			t.Errorf("check: %s", b)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return got
}
