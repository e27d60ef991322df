package fulfilment_test

import (
	"context"
	"slices"
	"testing"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/fulfilment"
	"cassacomune/app/price"
	"cassacomune/jobs"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// TestTheOfficeHearsOfAnAttribution, and of its undoing, as of a payment.
func TestTheOfficeHearsOfAnAttribution(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := db.Add(t, "alfa").ID
		within := func(fn func(*tenants.Tx) error) {
			t.Helper()
			if err := db.Within(context.Background(), id, tenants.Actor{Name: "Rosa", Role: "clerk"}, fn); err != nil {
				t.Fatal(err)
			}
		}
		var d debts.Debt
		var a collections.Attribution
		within(func(tx *tenants.Tx) error {
			if err := tx.SaveOffice(tenants.Office{Code: "u", Name: "Ufficio"}); err != nil {
				return err
			}
			err := tx.SaveDebtType(tenants.DebtType{Code: "MENSA", Office: "u", Name: "Mensa", Active: true, Setup: tenants.TypeSetup{
				Price: price.Rule{Kind: price.Fixed}, Fulfilment: tenants.Policy{Grade: tenants.Confirmed, Reversal: "suspend"}}})
			if err != nil {
				return err
			}
			if d, err = debts.Add(tx, debts.New{Type: "MENSA", Position: "A", Reason: "Mensa", DueOn: day.New(2026, 3, 31),
				Parties: []debts.Party{{Kind: "person", Name: "Ada Prova"}}, Items: []debts.NewItem{{Key: "1", Cents: 4500}}}); err != nil {
				return err
			}
			d, err = debts.Load(tx, d.ID)
			return err
		})
		// heard runs what the office should hear, and says what it heard in all.
		heard := func(runs int, want ...fulfilment.Kind) {
			t.Helper()
			within(func(tx *tenants.Tx) error {
				all, err := jobs.List(tx, 10, jobs.Fulfil)
				if err != nil {
					return err
				}
				if len(all) != runs {
					t.Errorf("%d runs, want %d", len(all), runs)
				}
				for _, r := range all {
					var paid collections.Paid
					if err := r.Decode(&paid); err != nil || !slices.Contains(paid.Debts, d.ID) {
						t.Errorf("run of %v, %v, want the debt", paid.Debts, err)
					}
				}
				if _, err := fulfilment.Evaluate(tx, d.ID); err != nil {
					return err
				}
				events, err := fulfilment.Of(tx, d.ID)
				var got []fulfilment.Kind
				for _, e := range events {
					got = append(got, e.Kind)
				}
				if !slices.Equal(got, want) {
					t.Errorf("heard %v, want %v", got, want)
				}
				return err
			})
		}
		within(func(tx *tenants.Tx) error {
			c, _, err := collections.Book(tx, collections.New{Channel: "slip", Key: "k", Code: "9", Cents: 4500, PaidOn: day.New(2026, 3, 2), Source: "prova"})
			if err != nil {
				return err
			}
			a, err = collections.Attribute(tx, collections.NewAttribution{Collection: c.ID, Instalment: d.Instalments[0].ID, Reason: "prova"})
			return err
		})
		heard(1, fulfilment.Released)
		within(func(tx *tenants.Tx) error { return collections.Undo(tx, a.ID, "prova") })
		heard(2, fulfilment.Released, fulfilment.Suspended)
	})
}
