package collections_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/codes"
	"cassacomune/app/collections"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/formats/poscsv"
	"cassacomune/app/formats/poste"
	"cassacomune/app/ledger"
	"cassacomune/app/ledger/ledgertest"
	"cassacomune/app/money"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

func bring(t *testing.T, db *tenantstest.Data, id tenants.ID, events formats.Reader) error {
	t.Helper()
	for step, err := range collections.Steps("test", events) {
		if err != nil {
			return err
		}
		if err := db.Within(ctx, id, by, step); err != nil {
			return err
		}
	}
	return nil
}

// detail and summary write the records of a postal flow of 2 March 2026.
func detail(n int, document, code string, cents money.Cents) string {
	s := fmt.Sprintf("%015d%012d%s%s%010d%8s2%s%18s00D", n, 12345, "260302", document, int64(cents), "", "260304", code)
	return s + strings.Repeat(" ", 200-len(s)) + "\r\n"
}

func summary(exact, wrong int, exactCents, wrongCents money.Cents) string {
	s := fmt.Sprintf("1%012d%s%14s999%08d%012d%08d%012d%08d%012d", 12345, "260304", "", exact+wrong, int64(exactCents+wrongCents), exact, int64(exactCents), wrong, int64(wrongCents))
	return s + strings.Repeat(" ", 200-len(s)) + "\r\n"
}

func TestPostalFlow(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		d := open(t, db, id, canteen("A", 4500))
		slip := ""
		for _, c := range d.Codes {
			if c.Kind == debts.SlipCode {
				slip = c.Code
			}
		}
		unknown, err := codes.NewSlip("9900000000000001")
		if err != nil {
			t.Fatal(err)
		}
		file := detail(1, "896", slip, 4500) + detail(2, "896", unknown, 1000) + detail(3, "123", "", 700) + summary(2, 1, 5500, 700)
		want := map[ledger.Account]money.Cents{"ACC": 4500, "DAT.c": 1700, "TRN.slip": 6200}
		for range 2 { // the same file again changes nothing
			if err := bring(t, db, id, poste.Read(strings.NewReader(file))); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, ledgertest.Totals(t, db, id)); d != "" {
				t.Errorf("totals (-want +got):\n%s", d)
			}
		}
		cut := file[:len(file)-202]
		if err := bring(t, db, id, poste.Read(strings.NewReader(cut))); !fault.Is(err, fault.Invalid) {
			t.Errorf("cut file: %v, want Invalid", err)
		}
	})
}

func TestSettlement(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		d := open(t, db, id, canteen("A", 4500))
		within(t, db, id, func(tx *tenants.Tx) error {
			n := pay(d.Codes[0].Code, "T1", 4500, d.DueOn)
			n.Channel = "vpos"
			_, _, err := collections.Book(tx, n)
			return err
		})
		file := "terminale;data;codice_transazione;lordo;commissione;netto\r\n" +
			"POS1;31/03/2026;T1;45,00;0,50;44,50\r\nPOS1;31/03/2026;T2;10,00;0,10;9,90\r\n"
		want := map[ledger.Account]money.Cents{"ACC": 4500, "TRN.vpos": 5440, "FEE": 60, "DAT.r": 1000}
		for range 2 {
			if err := bring(t, db, id, poscsv.Read(strings.NewReader(file))); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, ledgertest.Totals(t, db, id)); d != "" {
				t.Errorf("totals (-want +got):\n%s", d)
			}
		}
		other := strings.Replace(file, "10,00;0,10;9,90", "11,00;0,10;10,90", 1)
		if err := bring(t, db, id, poscsv.Read(strings.NewReader(other))); !fault.Is(err, fault.Conflict) {
			t.Errorf("the same flow with another line: %v, want Conflict", err)
		}
	})
}
