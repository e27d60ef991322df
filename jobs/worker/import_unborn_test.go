package worker_test

import (
	"testing"

	"cassacomune/app/debts"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// TestFileOfAnUnbornDebt names in a file what a payer is about to pay: the file
// neither changes it nor annuls it, nor takes its place.
func TestFileOfAnUnbornDebt(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		if err := db.Within(ctx, id, by, func(tx *tenants.Tx) error {
			_, err := debts.Expect(tx, debts.New{Type: "MENSA", Position: "SP-1", Parties: []debts.Party{{Name: "Ada Prova"}},
				Items: []debts.NewItem{{Key: "1", Cents: 2000}}, Source: "portal"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		run, _ := check(t, db, id, by, header+row("SP-1", "30,00")+row("A", "45,00"))
		same(t, "a row of it", problems(t, db, id, run), []string{`2 codice_posizione "SP-1" error: il codice è di un pagamento spontaneo non ancora fatto`})
		run, _ = check(t, db, id, by, header+row("SP-1", "", "", "annulla"))
		same(t, "its annulment", problems(t, db, id, run), []string{`2 codice_posizione "SP-1" error: posizione da annullare non trovata`})
	})
}
