package tenants_test

import (
	"testing"

	"cassacomune/app/price"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

func TestSetupIsKeptPerTown(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		a, b := db.Add(t, "alfa"), db.Add(t, "beta")
		save := func(tx *tenants.Tx) error {
			for _, err := range []error{
				tx.SaveOffice(tenants.Office{Code: "scuola", Name: "Servizi scolastici"}),
				tx.SaveDebtType(tenants.DebtType{Code: "MENSA", Office: "scuola", Name: "Ristorazione scolastica", NameDE: "Schulmensa", Active: true,
					Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}, Channels: []tenants.Permitted{{Channel: "vpos", Ground: tenants.GroundOutside}}}}),
				tx.SaveChannel(tenants.Channel{Key: "vpos", Enabled: true, Settings: map[string]string{"alias": "A1"}}),
				tx.SaveSecret("vpos", "mac_key", "segreto"),
				tx.SaveAccount(tenants.Account{Key: "tes", Name: "Tesoreria", Kind: tenants.AccountTreasury, Source: tenants.SourceJournal, Number: "1"}),
				tx.SaveChapter(tenants.Chapter{Year: 2026, Number: "3010", Name: "Mense", AccountCode: "E.3.01.02.01.008", Siope: "3010201008"}),
				tx.SaveAssessment(tenants.Assessment{Year: 2026, Number: "12", Chapter: "3010", Name: "Mense 2026"}),
			} {
				if err != nil {
					return err
				}
			}
			return nil
		}
		for range 2 { // the second time changes nothing
			if err := db.Within(ctx, a.ID, tenants.System("test"), save); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Read(ctx, a.ID, func(tx *tenants.Tx) error {
			d, err := tx.DebtType("MENSA")
			if err != nil || d.NameIn("de") != "Schulmensa" || d.Setup.Channels[0].Channel != "vpos" {
				t.Errorf("DebtType = %+v, %v", d, err)
			}
			s, err := tx.Secret("vpos", "mac_key")
			if err != nil || s != "segreto" {
				t.Errorf("Secret = %q, %v", s, err)
			}
			c, err := tx.Channel("vpos")
			if err != nil || c.Settings["alias"] != "A1" {
				t.Errorf("Channel = %+v, %v", c, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := db.Read(ctx, b.ID, func(tx *tenants.Tx) error {
			types, err := tx.DebtTypes()
			if err != nil || len(types) != 0 {
				t.Errorf("the other town's catalogue = %v, %v; want none", types, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestOfficesLimitTheCatalogue(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		a := db.Add(t, "alfa")
		if err := db.Within(ctx, a.ID, tenants.System("test"), func(tx *tenants.Tx) error {
			for _, o := range []string{"scuola", "polizia"} {
				if err := tx.SaveOffice(tenants.Office{Code: o, Name: o}); err != nil {
					return err
				}
				if err := tx.SaveDebtType(tenants.DebtType{Code: "T-" + o, Office: o, Name: o, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		clerk := tenants.Actor{Name: "c", Role: "clerk", Offices: []string{"scuola"}}
		if err := db.Within(ctx, a.ID, clerk, func(tx *tenants.Tx) error {
			types, err := tx.DebtTypes()
			if err != nil || len(types) != 1 || types[0].Code != "T-scuola" {
				t.Errorf("a clerk of scuola sees %v, %v", types, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
