package debts_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	by  = tenants.Actor{Name: "Ada", Role: "clerk"}
)

func town(t *testing.T, db *tenantstest.Data) tenants.ID {
	t.Helper()
	id := db.Add(t, "alfa").ID
	within(t, db, id, func(tx *tenants.Tx) error {
		if err := tx.SaveOffice(tenants.Office{Code: "u", Name: "Ufficio"}); err != nil {
			return err
		}
		return tx.SaveDebtType(tenants.DebtType{Code: "TARI", Office: "u", Name: "Tari", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}})
	})
	return id
}

func within(t *testing.T, db *tenantstest.Data, id tenants.ID, fn func(*tenants.Tx) error) {
	t.Helper()
	if err := db.Within(ctx, id, by, fn); err != nil {
		t.Fatal(err)
	}
}

const province = "01234567897"

// bill is a debt of two items, one of the Province, in two instalments.
func bill() debts.New {
	return debts.New{Type: "TARI", Position: "T1", Reason: "Tari 2026", Parties: []debts.Party{{Kind: "person", Name: "Ada Prova"}},
		Items: []debts.NewItem{{Key: "tari", Cents: 10000}, {Key: "tefa", Cents: 500, Body: province}},
		Options: []debts.NewOption{{Key: "rate", Instalments: []debts.NewInstalment{
			{Number: 1, DueOn: day.New(2026, 4, 30), Portions: []debts.NewPortion{{Item: "tari", Cents: 5000}, {Item: "tefa", Cents: 250}}},
			{Number: 2, DueOn: day.New(2026, 9, 30), Portions: []debts.NewPortion{{Item: "tari", Cents: 5000}, {Item: "tefa", Cents: 250}}}}}}}
}

// with makes a bill and changes it.
func with(change func(*debts.New)) debts.New {
	n := bill()
	change(&n)
	return n
}

func TestChange(t *testing.T) {
	second := func(n *debts.New) *debts.NewInstalment { return &n.Options[0].Instalments[1] }
	cases := []struct {
		name    string
		paid    money.Cents // on the first instalment, before
		to      debts.New
		refused bool
		want    map[ledger.Account]money.Cents
		active  int // codes that may be paid
	}{
		{"same", 0, bill(), false, map[ledger.Account]money.Cents{"CRE": 10000, "CRE.trz": 500, "ACC": 10000, "TRZ." + province: 500}, 4},
		{"reason", 0, with(func(n *debts.New) { n.Reason = "Tari" }), false, map[ledger.Account]money.Cents{"CRE": 10000, "CRE.trz": 500, "ACC": 10000, "TRZ." + province: 500}, 4},
		{"down", 0, with(func(n *debts.New) { n.Items[0].Cents = 9000; second(n).Portions[0].Cents = 4000 }), false,
			map[ledger.Account]money.Cents{"CRE": 9000, "CRE.trz": 500, "ACC": 9000, "TRZ." + province: 500}, 4},
		{"up", 0, with(func(n *debts.New) { n.Items[1].Cents = 600; second(n).Portions[1].Cents = 350 }), false,
			map[ledger.Account]money.Cents{"CRE": 10000, "CRE.trz": 600, "ACC": 10000, "TRZ." + province: 600}, 4},
		{"another item", 0, with(func(n *debts.New) {
			n.Items[1] = debts.NewItem{Key: "spese", Cents: 500, IsCost: true}
			n.Options[0].Instalments[0].Portions[1].Item, second(n).Portions[1].Item = "spese", "spese"
		}), false, map[ledger.Account]money.Cents{"CRE": 10500, "ACC": 10500}, 4},
		{"one instalment", 0, with(func(n *debts.New) { n.Options, n.DueOn = nil, day.New(2026, 5, 31) }), false,
			map[ledger.Account]money.Cents{"CRE": 10000, "CRE.trz": 500, "ACC": 10000, "TRZ." + province: 500}, 2},
		{"another body", 0, with(func(n *debts.New) { n.Items[1].Body = "" }), true, nil, 4},
		{"name after a payment", 5250, with(func(n *debts.New) { n.Parties[0].Name = "Ada Vera" }), false,
			map[ledger.Account]money.Cents{"CRE": 5000, "CRE.trz": 250, "ACC": 10000, "TRZ." + province: 500, "CLR.slip": 5250}, 2},
		{"due date of the rest after a payment", 5250, with(func(n *debts.New) { second(n).DueOn = day.New(2026, 10, 31) }), false,
			map[ledger.Account]money.Cents{"CRE": 5000, "CRE.trz": 250, "ACC": 10000, "TRZ." + province: 500, "CLR.slip": 5250}, 2},
		{"amount of a paid item", 5250, with(func(n *debts.New) { n.Items[0].Cents = 9000; second(n).Portions[0].Cents = 4000 }), true, nil, 2},
		{"paid instalment gone", 5250, with(func(n *debts.New) { n.Options, n.DueOn = nil, day.New(2026, 5, 31) }), true, nil, 2},
	}
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		for i, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				id := db.Add(t, "t"+string(rune('a'+i))).ID
				within(t, db, id, func(tx *tenants.Tx) error {
					if err := tx.SaveOffice(tenants.Office{Code: "u", Name: "Ufficio"}); err != nil {
						return err
					}
					return tx.SaveDebtType(tenants.DebtType{Code: "TARI", Office: "u", Name: "Tari", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}})
				})
				d, err := debts.Create(ctx, db.DB, id, by, bill())
				if err != nil {
					t.Fatal(err)
				}
				within(t, db, id, func(tx *tenants.Tx) (err error) {
					if d, err = debts.Load(tx, d.ID); err != nil || c.paid == 0 {
						return err
					}
					_, _, err = collections.Book(tx, collections.New{Channel: "slip", Key: "k", Cents: c.paid, PaidOn: day.New(2026, 4, 1), Code: d.Instalments[0].Codes[0].Code, Source: "test"})
					return err
				})
				before := ledgertest.Totals(t, db, id)
				_, err = debts.Correct(ctx, db.DB, id, by, d.ID, c.to)
				if c.refused {
					if !fault.Is(err, fault.Conflict) {
						t.Errorf("change: %v, want Conflict", err)
					}
					c.want = before
				} else if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.want, ledgertest.Totals(t, db, id)); diff != "" {
					t.Errorf("totals (-want +got):\n%s", diff)
				}
				within(t, db, id, func(tx *tenants.Tx) error {
					after, err := debts.Load(tx, d.ID)
					active := 0
					for _, code := range after.Codes {
						if code.State == debts.Active {
							active++
						}
					}
					if active != c.active {
						t.Errorf("active codes = %d, want %d", active, c.active)
					}
					if !c.refused && after.DebtorName != c.to.Parties[0].Name {
						t.Errorf("debtor = %q, want %q", after.DebtorName, c.to.Parties[0].Name)
					}
					sum := money.Cents(0)
					for _, it := range after.Items {
						sum += it.Cents
					}
					if after.Cents != sum {
						t.Errorf("debt of %s, items of %s", after.Cents, sum)
					}
					return err
				})
			})
		}
	})
}

func TestReissue(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		d, err := debts.Create(ctx, db.DB, id, by, bill())
		if err != nil {
			t.Fatal(err)
		}
		within(t, db, id, func(tx *tenants.Tx) error {
			if d, err = debts.Load(tx, d.ID); err != nil {
				return err
			}
			old := d.Instalments[0].Codes[0].Code
			issued, err := debts.Reissue(tx, d.Instalments[0].ID)
			if err != nil {
				return err
			}
			if c, err := debts.FindCode(tx, old); err != nil || c.State != debts.Replaced {
				t.Errorf("old code is %s (%v), want replaced", c.State, err)
			}
			p, err := debts.ByCode(tx, issued[0].Code, tx.Today())
			if err != nil || p.Why != "" || p.Cents != 5250 {
				t.Errorf("new code asks for %s, %q (%v), want 52,50", p.Cents, p.Why, err)
			}
			stranger := tenants.Actor{Name: "Ugo", Role: "clerk", Offices: []string{"altro"}}
			tx.Actor = stranger
			if _, err := debts.Reissue(tx, d.Instalments[0].ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("reissue by another office: %v, want NotFound", err)
			}
			return nil
		})
	})
}

func TestChangeOfAnAnnulledDebt(t *testing.T) {
	db := tenantstest.SQLite(t)
	id := town(t, db)
	d, err := debts.Create(ctx, db.DB, id, by, bill())
	if err != nil {
		t.Fatal(err)
	}
	within(t, db, id, func(tx *tenants.Tx) error { return debts.Annul(tx, d.ID, "errore") })
	if _, err := debts.Correct(ctx, db.DB, id, by, d.ID, with(func(n *debts.New) { n.Reason = "x" })); !fault.Is(err, fault.Conflict) {
		t.Errorf("change of an annulled debt: %v, want Conflict", err)
	}
}
