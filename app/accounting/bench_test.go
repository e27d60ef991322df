package accounting_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"cassacomune/app/accounting"
	"cassacomune/app/collections"
	"cassacomune/app/formats"
	"cassacomune/app/money"
	"cassacomune/app/reconcile"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// BenchmarkReconcile matches batches with credits by key, results and reasons
// stored, in one step.
func BenchmarkReconcile(b *testing.B) {
	const n = 2000
	var matching time.Duration
	rounds := 0
	for b.Loop() {
		db := tenantstest.SQLite(b)
		id := db.Add(b, "alfa").ID
		within := func(fn func(*tenants.Tx) error) {
			b.Helper()
			if err := db.Within(ctx, id, system, fn); err != nil {
				b.Fatal(err)
			}
		}
		within(func(tx *tenants.Tx) error {
			return tx.SaveAccount(tenants.Account{Key: "tes", Name: "Tesoreria", Kind: tenants.AccountTreasury, Source: tenants.SourceJournal, Number: "1"})
		})
		var credits []formats.Entry
		within(func(tx *tenants.Tx) error {
			for i := range n {
				cents := money.Cents(100 + i)
				if _, _, err := collections.Remit(tx, collections.NewRemittance{Channel: "vpos", Flow: fmt.Sprintf("FLOW-%06d", i), On: second, Source: "prova",
					Lines: []collections.RemittanceLine{{Key: fmt.Sprint("k", i), Cents: cents}}}); err != nil {
					return err
				}
				e := opened(fmt.Sprint(i+1), cents)
				e.Text = fmt.Sprintf("ACCREDITO RIF FLOW-%06d", i)
				credits = append(credits, e)
			}
			return nil
		})
		if _, err := accounting.ReadJournal(ctx, db.DB, id, system, "prova", told(second, credits...), nil); err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		within(func(tx *tenants.Tx) error {
			out, _, err := reconcile.Step(tx, uuid.Nil, 2*n)
			if out.Confirmed != n {
				b.Errorf("confirmed %d, want %d", out.Confirmed, n)
			}
			return err
		})
		matching += time.Since(began)
		rounds++
	}
	b.ReportMetric(float64(n*rounds)/matching.Seconds(), "matches/s") // the files' import is not counted
}
