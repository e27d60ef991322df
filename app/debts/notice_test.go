package debts_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/price"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// TestNoticeSaysWhatByCodeSays compares the page's short way with the long one,
// on many days and in every state of a code.
func TestNoticeSaysWhatByCodeSays(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town := db.Add(t, "alfa")
		err := db.Within(context.Background(), town.ID, tenants.System("test"), func(tx *tenants.Tx) error {
			if err := tx.SaveOffice(tenants.Office{Code: "PL", Name: "Polizia locale", NameDE: "Ortspolizei"}); err != nil {
				return err
			}
			var all []string
			for _, kind := range []price.Kind{price.Fixed, price.RoadFine, price.LocalFine} {
				if err := tx.SaveDebtType(tenants.DebtType{Code: string(kind), Office: "PL", Name: "Tipo", NameDE: "Art", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: kind}}}); err != nil {
					return err
				}
				d, err := debts.Add(tx, debts.New{Type: string(kind), Position: "1", Reason: "x", NotifiedOn: day.New(2026, 3, 1), Minimum: 4200, Maximum: 17300, Source: "test",
					Parties: []debts.Party{{Name: "Rossi"}}, Items: []debts.NewItem{{Key: "1", Cents: 4200}, {Key: "2", Cents: 900, IsCost: true}},
					Options: []debts.NewOption{
						{Key: debts.SingleOption, Instalments: []debts.NewInstalment{{Number: 1, DueOn: day.New(2026, 4, 30), Portions: []debts.NewPortion{{Item: "1", Cents: 4200}, {Item: "2", Cents: 900}}}}},
						{Key: "rate", Instalments: []debts.NewInstalment{{Number: 1, Portions: []debts.NewPortion{{Item: "1", Cents: 4200}}}, {Number: 2, Portions: []debts.NewPortion{{Item: "2", Cents: 900}}}}}}})
				if err != nil {
					return err
				}
				if d, err = debts.Load(tx, d.ID); err != nil {
					return err
				}
				for _, c := range d.Codes {
					all = append(all, c.Code)
				}
			}
			compare(t, tx, all)
			d, err := debts.FindCode(tx, all[0])
			if err != nil {
				return err
			}
			if err := debts.Annul(tx, d.DebtID, "prova"); err != nil {
				return err
			}
			compare(t, tx, all)
			if _, err := debts.NoticeOf(tx, "301000000000009999"); !fault.Is(err, fault.NotFound) {
				t.Errorf("NoticeOf(unknown) = %v, want NotFound", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func compare(t *testing.T, tx *tenants.Tx, all []string) {
	t.Helper()
	if len(all) < 9 {
		t.Fatalf("%d codes, want some of each", len(all))
	}
	type said struct {
		Amount, Why, Name, Option string
		Until                     day.Date
		Code                      debts.Code
	}
	of := func(p debts.Payable) said {
		c := p.Code
		c.TenantID, c.IssuedAt = 0, tx.Now()
		return said{p.Cents.String(), p.Why, p.Type.NameDE, p.Instalment.Option, p.Until, c}
	}
	for _, code := range all {
		n, err := debts.NoticeOf(tx, code)
		if err != nil {
			t.Fatal(err)
		}
		if n.Office.NameDE != "Ortspolizei" {
			t.Errorf("office = %+v", n.Office)
		}
		for after := range 100 {
			on := day.New(2026, 3, 1).AddDays(after)
			short, err := n.On(on)
			if err != nil {
				t.Fatal(err)
			}
			long, err := debts.ByCode(tx, code, on)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(of(long), of(short)); diff != "" {
				t.Errorf("%s on %s (-ByCode +NoticeOf):\n%s", code, on, diff)
			}
		}
	}
}
