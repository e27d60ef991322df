package worker_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/price"
	"cassacomune/jobs"
	"cassacomune/jobs/worker"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

var (
	ctx = context.Background()
	by  = tenants.Actor{Name: "Ada", Role: "clerk"}
)

const header = "ente;tipo_dovuto;codice_posizione;importo;debitore_nome;scadenza;voce;azione;opzione;rata\r\n"

// row is a line of a file for the town of the tests.
func row(position, cents string, rest ...string) string {
	cells := append([]string{"00000000000", "MENSA", position, cents, "Ada Prova", "31/03/2026", "1", "", "", ""}, rest...)
	copy(cells[6:], rest)
	return strings.Join(cells[:10], ";") + "\r\n"
}

func town(t testing.TB, db *tenantstest.Data) tenants.ID {
	t.Helper()
	id := db.Add(t, "alfa").ID
	if err := db.Within(ctx, id, by, func(tx *tenants.Tx) error {
		for _, code := range []string{"scuola", "polizia"} {
			if err := tx.SaveOffice(tenants.Office{Code: code, Name: code}); err != nil {
				return err
			}
		}
		for code, office := range map[string]string{"MENSA": "scuola", "MULTE": "polizia"} {
			if err := tx.SaveDebtType(tenants.DebtType{Code: code, Office: office, Name: code, Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return id
}

// slice claims a run and works on it once.
func slice(ctx context.Context, db *tenants.DB, id tenants.ID, run *jobs.Run) (more bool, err error) {
	if err := db.Within(context.Background(), id, by, func(tx *tenants.Tx) (err error) {
		claimed, ok, err := jobs.Claim(tx, run.ID, "w")
		if err == nil && !ok {
			err = errors.New("not claimed")
		}
		*run = claimed
		return err
	}); err != nil {
		return false, err
	}
	return worker.ImportWork(ctx, db, id, run)
}

// work does a run to its end, as the worker would.
func work(t testing.TB, db *tenantstest.Data, id tenants.ID, run jobs.Run) jobs.Run {
	t.Helper()
	for {
		more, err := slice(ctx, db.DB, id, &run)
		if err := db.Within(ctx, id, by, func(tx *tenants.Tx) error {
			switch {
			case err != nil:
				return run.Fail(tx, err)
			case more:
				return run.Yield(tx)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err != nil && fault.Of(err) == nil {
			t.Fatal(err)
		}
		if !more {
			return run
		}
	}
}

func check(t testing.TB, db *tenantstest.Data, id tenants.ID, by tenants.Actor, file string) (jobs.Run, jobs.Preview) {
	t.Helper()
	run, err := jobs.StartImport(ctx, db.DB, id, by, "prova.csv", strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	run = work(t, db, id, run)
	var p jobs.Preview
	if err := run.Outcome(&p); err != nil {
		t.Fatal(err)
	}
	return run, p
}

func approve(t testing.TB, db *tenantstest.Data, id tenants.ID, run jobs.Run, mode jobs.Mode) jobs.Run {
	t.Helper()
	next, err := jobs.ApproveImport(ctx, db.DB, id, by, run.ID, mode)
	if err != nil {
		t.Fatal(err)
	}
	if next = work(t, db, id, next); next.State != jobs.Done {
		t.Fatalf("second pass: %s %q", next.State, next.Error)
	}
	return next
}

func load(t testing.TB, db *tenantstest.Data, id tenants.ID, file string) jobs.Preview {
	t.Helper()
	run, p := check(t, db, id, by, file)
	if run.State != jobs.Done || p.Errors > 0 {
		t.Fatalf("first pass: %s %q %+v %v", run.State, run.Error, p, problems(t, db, id, run))
	}
	approve(t, db, id, run, jobs.AllOrNothing)
	return p
}

func problems(t testing.TB, db *tenantstest.Data, id tenants.ID, run jobs.Run) (list []string) {
	t.Helper()
	if err := db.Read(ctx, id, func(tx *tenants.Tx) error {
		all, err := jobs.Problems(tx, run.ID, 0, 1000)
		for _, p := range all {
			list = append(list, fmt.Sprintf("%d %s %q %s: %s", p.Line, p.Field, p.Value, p.Severity, p.Reason))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

// state is what stands in the books: each debt with its items, and the totals
// of the accounts. It fails the test where the ledger does not hold.
func state(t testing.TB, db *tenantstest.Data, id tenants.ID) (lines []string) {
	t.Helper()
	if err := db.Within(ctx, id, by, func(tx *tenants.Tx) error {
		var all []debts.Debt
		if err := tx.Select(&all).OrderExpr("type, position").Scan(ctx); err != nil {
			return err
		}
		for _, d := range all {
			d, err := debts.Load(tx, d.ID)
			if err != nil {
				return err
			}
			line := fmt.Sprintf("%s/%s %s %s", d.Type, d.Position, d.State, d.Cents.Comma())
			for _, in := range d.Instalments {
				active := 0
				for _, c := range in.Codes {
					if c.State == debts.Active {
						active++
					}
				}
				line += fmt.Sprintf(" | %s %d %s %s %d/%d", in.Option, in.Number, in.Cents.Comma(), in.State, active, len(in.Codes))
			}
			lines = append(lines, line)
		}
		totals, err := ledger.Totals(tx)
		for _, a := range totals {
			if a.Cents != 0 {
				lines = append(lines, fmt.Sprintf("%s %s", a.Account, a.Cents.Comma()))
			}
		}
		if err != nil {
			return err
		}
		breaches, err := ledger.Check(tx)
		for _, b := range breaches {
			t.Errorf("check: %s", b)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return lines
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}
