package trace_test

import (
	"context"
	"testing"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/price"
	"cassacomune/app/trace"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

var (
	ctx = context.Background()
	by  = tenants.System("test")
)

// seed loads a debt, its payment and the batch that sends it on.
func seed(t *testing.T, db *tenantstest.Data, town tenants.ID) (notice string) {
	t.Helper()
	if err := db.Within(ctx, town, by, func(tx *tenants.Tx) error {
		if err := tx.SaveOffice(tenants.Office{Code: "u", Name: "Ufficio"}); err != nil {
			return err
		}
		if err := tx.SaveDebtType(tenants.DebtType{Code: "MENSA", Office: "u", Name: "Mensa", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}}); err != nil {
			return err
		}
		d, err := debts.Add(tx, debts.New{Type: "MENSA", Position: "P1", Reason: "Mensa", DueOn: day.New(2026, 3, 31), Source: "test",
			Parties: []debts.Party{{Kind: "person", Name: "Ada Prova"}}, Items: []debts.NewItem{{Key: "1", Cents: 4500}}})
		if err != nil {
			return err
		}
		if d, err = debts.Load(tx, d.ID); err != nil {
			return err
		}
		notice = d.Codes[0].Code
		if _, _, err := collections.Book(tx, collections.New{Channel: "slip", Key: "K1", Code: notice, Cents: 4500, PaidOn: day.New(2026, 3, 2), Source: "test"}); err != nil {
			return err
		}
		_, _, err = collections.Remit(tx, collections.NewRemittance{Channel: "slip", Flow: "F1", On: day.New(2026, 3, 3), Source: "test",
			Lines: []collections.RemittanceLine{{Key: "K1", Cents: 4500}}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return notice
}

func TestFollowBothWays(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town, other := db.Add(t, "alfa").ID, db.Add(t, "beta").ID
		notice := seed(t, db, town)
		for _, code := range []string{notice, "P1", "K1", "F1", notice[:4] + " " + notice[4:]} {
			if err := db.Read(ctx, town, func(tx *tenants.Tx) error {
				l, err := trace.Follow(tx, code)
				if err != nil {
					return err
				}
				if got := len(l.Reached()); got != 4 {
					t.Errorf("from %q the line reaches %v, want due, asked, collected, remitted", code, l.Reached())
				}
				if len(l.Edges) != 2 {
					t.Errorf("from %q there are %d edges, want 2", code, len(l.Edges))
				}
				return nil
			}); err != nil {
				t.Errorf("follow %q: %v", code, err)
			}
		}
		if err := db.Read(ctx, other, func(tx *tenants.Tx) error {
			_, err := trace.Follow(tx, notice)
			return err
		}); !fault.Is(err, fault.NotFound) {
			t.Errorf("another town's notice: %v, want NotFound", err)
		}
	})
}

// TestTheLineDoesNotTurn: who paid in the same batch is on the batch's line,
// not on a payment's.
func TestTheLineDoesNotTurn(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town := db.Add(t, "alfa").ID
		seed(t, db, town)
		if err := db.Within(ctx, town, by, func(tx *tenants.Tx) error {
			d, err := debts.Add(tx, debts.New{Type: "MENSA", Position: "P2", Reason: "Mensa", DueOn: day.New(2026, 3, 31), Source: "test",
				Parties: []debts.Party{{Kind: "person", Name: "Ugo Prova"}}, Items: []debts.NewItem{{Key: "1", Cents: 700}}})
			if err != nil {
				return err
			}
			if d, err = debts.Load(tx, d.ID); err != nil {
				return err
			}
			if _, _, err := collections.Book(tx, collections.New{Channel: "slip", Key: "K2", Code: d.Codes[0].Code, Cents: 700, PaidOn: day.New(2026, 3, 4), Source: "test"}); err != nil {
				return err
			}
			if _, _, err := collections.Book(tx, collections.New{Channel: "slip", Key: "K3", Cents: 900, PaidOn: day.New(2026, 3, 4), Source: "test"}); err != nil {
				return err
			}
			_, _, err = collections.Remit(tx, collections.NewRemittance{Channel: "slip", Flow: "F2", On: day.New(2026, 3, 5), Source: "test",
				Lines: []collections.RemittanceLine{{Key: "K2", Cents: 700}, {Key: "K3", Cents: 900}}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for code, want := range map[string]struct {
			collected int
			from      trace.Stage
		}{"P2": {1, trace.Due}, "K2": {1, trace.Collected}, "F2": {2, trace.Remitted}} {
			if err := db.Read(ctx, town, func(tx *tenants.Tx) error {
				l, err := trace.Follow(tx, code)
				if got := len(l.At(trace.Collected)); got != want.collected || len(l.At(trace.Due)) != 1 || l.From != want.from {
					t.Errorf("from %s there are %d payments, %d debts, begun at %s; want %+v and one debt", code, got, len(l.At(trace.Due)), l.From, want)
				}
				return err
			}); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestCheckSeesAForgedState(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town := db.Add(t, "alfa").ID
		seed(t, db, town)
		breaches := func() (n int) {
			if err := db.Read(ctx, town, func(tx *tenants.Tx) error {
				found, err := trace.Check(tx)
				n = len(found)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := breaches(); n != 0 {
			t.Fatalf("a sound town has %d breaches", n)
		}
		if err := db.Within(ctx, town, by, func(tx *tenants.Tx) error {
			_, err := tx.Update(&debts.Debt{}).Set("paid = 1").Where("position = 'P1'").Exec(ctx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n := breaches(); n == 0 {
			t.Error("a forged amount was not noticed")
		}
	})
}

func TestDigestIsEqualOnBothEngines(t *testing.T) {
	digests := map[string]string{}
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town := db.Add(t, "alfa").ID
		seed(t, db, town)
		if err := db.Read(ctx, town, func(tx *tenants.Tx) (err error) {
			digests[db.Engine], err = trace.Digest(tx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
	if pg, ok := digests["postgres"]; ok && pg != digests["sqlite"] {
		t.Errorf("digests differ: %v", digests)
	}
}
