package collections_test

import (
	"context"
	"testing"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/ledger/ledgertest"
	"cassacomune/app/money"
	"cassacomune/app/price"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

var (
	ctx = context.Background()
	by  = tenants.System("test")
)

// town is a municipality with a canteen and fines.
func town(t *testing.T, db *tenantstest.Data) tenants.ID {
	t.Helper()
	id := db.Add(t, "alfa").ID
	within(t, db, id, func(tx *tenants.Tx) error {
		if err := tx.SaveOffice(tenants.Office{Code: "u", Name: "Ufficio"}); err != nil {
			return err
		}
		if err := tx.SaveDebtType(tenants.DebtType{Code: "MENSA", Office: "u", Name: "Mensa", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}}); err != nil {
			return err
		}
		return tx.SaveDebtType(tenants.DebtType{Code: "CDS", Office: "u", Name: "Multa", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.RoadFine}}})
	})
	return id
}

func within(t *testing.T, db *tenantstest.Data, id tenants.ID, fn func(*tenants.Tx) error) {
	t.Helper()
	if err := db.Within(ctx, id, by, fn); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, db *tenantstest.Data, id tenants.ID, n debts.New) (d debts.Debt) {
	t.Helper()
	within(t, db, id, func(tx *tenants.Tx) (err error) {
		if d, err = debts.Add(tx, n); err != nil {
			return err
		}
		d, err = debts.Load(tx, d.ID)
		return err
	})
	return d
}

func canteen(position string, cents money.Cents) debts.New {
	return debts.New{Type: "MENSA", Position: position, Reason: "Mensa marzo", DueOn: day.New(2026, 3, 31),
		Parties: []debts.Party{{Kind: "person", Name: "Ada Prova"}}, Items: []debts.NewItem{{Key: "1", Cents: cents}}}
}

func fine() debts.New {
	return debts.New{Type: "CDS", Position: "V1", Reason: "Verbale 1", NotifiedOn: day.New(2026, 3, 1), Minimum: 4200, Maximum: 17300,
		Parties: []debts.Party{{Kind: "person", Name: "Ada Prova"}},
		Items:   []debts.NewItem{{Key: "sanzione", Cents: 4200}, {Key: "spese", Cents: 1500, IsCost: true}}}
}

func pay(code string, key string, cents money.Cents, on day.Date) collections.New {
	return collections.New{Channel: "slip", Key: key, Code: code, Cents: cents, PaidOn: on, Source: "test"}
}

func TestPayments(t *testing.T) {
	at := day.New(2026, 3, 2)
	cases := []struct {
		name  string
		debt  debts.New
		pays  []money.Cents
		on    day.Date
		want  map[ledger.Account]money.Cents
		state debts.State
	}{
		{"exact", canteen("A", 4500), []money.Cents{4500}, at, map[ledger.Account]money.Cents{"CLR.slip": 4500, "ACC": 4500}, debts.Paid},
		{"in two parts", canteen("A", 4500), []money.Cents{2000, 2500}, at, map[ledger.Account]money.Cents{"CLR.slip": 4500, "ACC": 4500}, debts.Paid},
		{"on account", canteen("A", 4500), []money.Cents{2000}, at, map[ledger.Account]money.Cents{"CLR.slip": 2000, "ACC": 4500, "CRE": 2500}, debts.Partly},
		{"too much", canteen("A", 4500), []money.Cents{5000}, at, map[ledger.Account]money.Cents{"CLR.slip": 5000, "ACC": 4500, "ANT": 500}, debts.Paid},
		{"twice", canteen("A", 4500), []money.Cents{4500, 4500}, at, map[ledger.Account]money.Cents{"CLR.slip": 9000, "ACC": 4500, "ANT": 4500}, debts.Paid},
		{"fine within five days", fine(), []money.Cents{2940 + 1500}, at, map[ledger.Account]money.Cents{"CLR.slip": 4440, "ACC": 4440}, debts.Paid},
		{"fine within sixty days", fine(), []money.Cents{5700}, day.New(2026, 3, 20), map[ledger.Account]money.Cents{"CLR.slip": 5700, "ACC": 5700}, debts.Paid},
		{"fine after sixty days", fine(), []money.Cents{8650 + 1500}, day.New(2026, 6, 1), map[ledger.Account]money.Cents{"CLR.slip": 10150, "ACC": 10150}, debts.Paid},
		{"fine paid short late", fine(), []money.Cents{5700}, day.New(2026, 6, 1), map[ledger.Account]money.Cents{"CLR.slip": 5700, "ACC": 10150, "CRE": 4450}, debts.Partly},
		{"fine too little for the reduction", fine(), []money.Cents{4000}, at, map[ledger.Account]money.Cents{"CLR.slip": 4000, "ACC": 5700, "CRE": 1700}, debts.Partly},
	}
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		sum := map[ledger.Account]money.Cents{}
		for i, c := range cases {
			c.debt.Position += c.name
			d := open(t, db, id, c.debt)
			for k, cents := range c.pays {
				within(t, db, id, func(tx *tenants.Tx) error {
					_, fresh, err := collections.Book(tx, pay(d.Codes[0].Code, c.name+string(rune('0'+k)), cents, c.on))
					if !fresh {
						t.Errorf("%s: payment %d was not new", c.name, k)
					}
					return err
				})
			}
			for a, cents := range c.want {
				sum[a] += cents
			}
			got := ledgertest.Totals(t, db, id)
			for a, want := range sum {
				if got[a] != want {
					t.Errorf("%d %s: %s = %v, want %v", i, c.name, a, got[a], want)
				}
			}
			within(t, db, id, func(tx *tenants.Tx) error {
				d, err := debts.Load(tx, d.ID)
				if d.State != c.state {
					t.Errorf("%s: debt is %s, want %s", c.name, d.State, c.state)
				}
				return err
			})
		}
	})
}

func TestUnknownCodeIsKept(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		within(t, db, id, func(tx *tenants.Tx) error {
			_, _, err := collections.Book(tx, pay("999999999999999999", "k", 100, day.New(2026, 3, 2)))
			return err
		})
		if got := ledgertest.Totals(t, db, id); got["DAT.c"] != 100 || got["CLR.slip"] != 100 {
			t.Errorf("balances = %v, want 1,00 to be attributed", got)
		}
	})
}

func TestSameWordTwiceAndAnotherWord(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		d := open(t, db, id, canteen("A", 4500))
		n := pay(d.Codes[0].Code, "k", 4500, day.New(2026, 3, 2))
		for i := range 3 {
			within(t, db, id, func(tx *tenants.Tx) error {
				_, fresh, err := collections.Book(tx, n)
				if fresh != (i == 0) {
					t.Errorf("call %d: fresh = %v", i, fresh)
				}
				return err
			})
		}
		n.Cents = 4600
		err := db.Within(ctx, id, by, func(tx *tenants.Tx) error { _, _, err := collections.Book(tx, n); return err })
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("the same key with another amount: %v, want Conflict", err)
		}
		if got := ledgertest.Totals(t, db, id); got["CLR.slip"] != 4500 {
			t.Errorf("collected %v, want 45,00", got["CLR.slip"])
		}
	})
}

func TestRemittanceBeforeAndAfterItsCollection(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		a, b := open(t, db, id, canteen("A", 4500)), open(t, db, id, canteen("B", 1000))
		on := day.New(2026, 3, 2)
		book := func(tx *tenants.Tx, d debts.Debt, key string) error {
			_, _, err := collections.Book(tx, pay(d.Codes[0].Code, key, d.Cents, on))
			return err
		}
		within(t, db, id, func(tx *tenants.Tx) error { return book(tx, a, "a") })
		within(t, db, id, func(tx *tenants.Tx) error {
			r, fresh, err := collections.Remit(tx, collections.NewRemittance{Channel: "slip", Flow: "F1", On: on, Source: "test",
				Lines: []collections.RemittanceLine{{Key: "a", Cents: 4500, Fee: 50}, {Key: "b", Cents: 1000, Fee: 50}}})
			if r.Net() != 5400 || !fresh {
				t.Errorf("net = %v, fresh = %v", r.Net(), fresh)
			}
			return err
		})
		got := ledgertest.Totals(t, db, id)
		if got["DAT.r"] != 1000 || got["TRN.slip"] != 5400 || got["FEE"] != 100 || got["CLR.slip"] != 0 {
			t.Errorf("before the second collection: %v", got)
		}
		within(t, db, id, func(tx *tenants.Tx) error { return book(tx, b, "b") })
		if got := ledgertest.Totals(t, db, id); got["DAT.r"] != 0 || got["CLR.slip"] != 0 || got["CRE"] != 0 {
			t.Errorf("after: %v, want nothing to be explained", got)
		}
	})
}
