package worker_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"cassacomune/jobs"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// both passes of a file that is no debt file; the second in slices.
func bring(t *testing.T, db *tenantstest.Data, id tenants.ID, file string) jobs.Preview {
	t.Helper()
	run, p := check(t, db, id, by, file)
	if run.State != jobs.Done || p.Errors > 0 {
		t.Fatalf("first pass: %s %q %+v %v", run.State, run.Error, p, problems(t, db, id, run))
	}
	approve(t, db, id, run, jobs.AllOrNothing)
	return p
}

// settlement is a file of pos-csv with a flow of n payments nobody knows.
func settlement(n int) string {
	var b strings.Builder
	b.WriteString("terminale;data;codice_transazione;lordo;commissione;netto\r\n")
	for i := range n {
		fmt.Fprintf(&b, "POS1;02/03/2026;T%04d;10,00;0,10;9,90\r\n", i)
	}
	return b.String()
}

// flow is a file of poste200 with n slips filled in by hand, on an account.
func flow(account string, n int) string {
	var b strings.Builder
	line := func(s string) { b.WriteString(s + strings.Repeat(" ", 200-len(s)) + "\r\n") }
	for i := range n {
		line(fmt.Sprintf("%015d%012s%s%s%010d%8s2%s%18s00D", i+1, account, "260302", "123", 500, "", "260304", ""))
	}
	line(fmt.Sprintf("1%012s%s%14s999%08d%012d%08d%012d%08d%012d", account, "260304", "", n, 500*n, 0, 0, n, 500*n))
	return b.String()
}

func TestRemittancesAndJournals(t *testing.T) {
	journal, err := os.ReadFile("../../app/formats/opi/testdata/giornale_1_7_1.xml")
	if err != nil {
		t.Fatal(err)
	}
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		if err := db.Within(ctx, id, by, func(tx *tenants.Tx) error {
			return tx.SaveAccount(tenants.Account{Key: "tes", Name: "Tesoreria", Kind: tenants.AccountTreasury, Source: tenants.SourceJournal, Number: "0000001"})
		}); err != nil {
			t.Fatal(err)
		}
		var first []string
		for round := range 2 { // again changes nothing
			p := bring(t, db, id, settlement(3))
			same(t, "settlement", []int64{p.Rows, int64(p.Sum)}, []int64{3, 3000})
			p = bring(t, db, id, flow("000000012345", 450))
			same(t, "postal flow", []int64{p.Rows, int64(p.Sum)}, []int64{450, 225000})
			p = bring(t, db, id, string(journal))
			if p.Kind != "journal" || p.Rows == 0 {
				t.Errorf("journal: %+v", p)
			}
			got := state(t, db, id)
			if round == 0 {
				first = got
			}
			same(t, "state", got, first)
		}
		text := strings.Join(first, "\n")
		for _, want := range []string{"TRN.vpos 29,70", "FEE 0,30", "DAT.r 30,00", "TRN.slip 2250,00", "DAT.c 2250,00"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s is missing in\n%s", want, text)
			}
		}
	})
}

func TestRemittancesThatAreRefused(t *testing.T) {
	db := tenantstest.SQLite(t)
	id := town(t, db)
	run, _ := check(t, db, id, by, flow("000000099999", 1))
	if run.State != jobs.Failed || !strings.Contains(run.Error, "non è quello del Comune") {
		t.Errorf("another account: %s %q, want refused", run.State, run.Error)
	}
	cut := flow("000000012345", 3)
	run, p := check(t, db, id, by, cut[:len(cut)-202])
	if run.State != jobs.Done || !p.Unusable {
		t.Errorf("cut flow: %s %+v, want unusable", run.State, p)
	}
	bring(t, db, id, settlement(3))
	run, _ = check(t, db, id, by, strings.Replace(settlement(3), "10,00;0,10;9,90", "11,00;0,10;10,90", 1))
	next, err := jobs.ApproveImport(ctx, db.DB, id, by, run.ID, jobs.AllOrNothing)
	if err != nil {
		t.Fatal(err)
	}
	if next = work(t, db, id, next); next.State != jobs.Failed || !strings.Contains(next.Error, "righe diverse") {
		t.Errorf("the same flow with another line: %s %q, want refused", next.State, next.Error)
	}
	run, _ = check(t, db, id, by, "qualcosa d'altro\n")
	if run.State != jobs.Failed {
		t.Errorf("unknown format: %s, want refused", run.State)
	}
}

func TestJournalsThatAreRefused(t *testing.T) {
	journal, err := os.ReadFile("../../app/formats/opi/testdata/giornale_1_7_1.xml")
	if err != nil {
		t.Fatal(err)
	}
	db := tenantstest.SQLite(t)
	id := town(t, db)
	run, p := check(t, db, id, by, string(journal))
	if run.State != jobs.Done || !p.Unusable || !strings.Contains(strings.Join(problems(t, db, id, run), ""), `conto_evidenza "0000001" error`) {
		t.Errorf("a sub-account that the set-up lacks: %s %+v %v, want unusable and said", run.State, p, problems(t, db, id, run))
	}
	if err := db.Within(ctx, id, by, func(tx *tenants.Tx) error {
		m, err := tx.Municipality()
		if err != nil {
			return err
		}
		m.Settings.Treasurer.BodyCode = "999999"
		return tx.SaveSettings(m.Settings)
	}); err != nil {
		t.Fatal(err)
	}
	if run, _ = check(t, db, id, by, string(journal)); run.State != jobs.Failed || !strings.Contains(run.Error, "di un altro ente") {
		t.Errorf("another body's journal: %s %q, want refused", run.State, run.Error)
	}
}
