package worker_test

import (
	"fmt"
	"io"
	"testing"
	"time"

	"cassacomune/app/price"
	"cassacomune/app/trace"
	"cassacomune/jobs"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// BenchmarkDebtImport brings in a file of 10,000 debts, both passes, and in
// turns writes the rows that it made into the same tables of another
// municipality by the bulk path of the engine, with nothing checked.
func BenchmarkDebtImport(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchImport(b, tenantstest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchImport(b, tenantstest.Postgres(b)) })
}

const benchRows = 10_000

func benchImport(b *testing.B, db *tenantstest.Data) {
	defer running(db)()
	for b.Loop() {
		towns := 0
		next := func() tenants.ID { towns++; return benchTown(b, db, fmt.Sprintf("t%d-%d", b.N, towns)) }
		first := next()
		importRows(b, db, first, benchRows)
		rows := readBulk(b, db, first)
		again := next()
		rows.took(b, again)
		if digestOf(b, db, first) != digestOf(b, db, again) {
			b.Fatal("the reference does not write what the import does")
		}
		rate := func(took time.Duration) float64 { return benchRows / took.Seconds() }
		tenantstest.Pairs(b, "rows/s",
			func() float64 { return rate(importRows(b, db, next(), benchRows)) },
			func() float64 { return rate(rows.took(b, next())) })
	}
}

// running lets the clock of the data go with the time, so that ids are born in
// order as in life.
func running(db *tenantstest.Data) (stop func()) {
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case now := <-tick.C:
				db.Clock.Set(now)
			}
		}
	}()
	return func() { close(done) }
}

// importRows brings in a file of rows and says how long both passes took.
func importRows(b *testing.B, db *tenantstest.Data, id tenants.ID, rows int) time.Duration {
	b.Helper()
	began := time.Now()
	run, err := jobs.StartImport(ctx, db.DB, id, by, "bench", &generated{rows: rows})
	if err != nil {
		b.Fatal(err)
	}
	if run = work(b, db, id, run); run.State != jobs.Done {
		b.Fatalf("first pass: %s %s", run.State, run.Error)
	}
	approve(b, db, id, run, jobs.AllOrNothing)
	return time.Since(began)
}

func digestOf(b *testing.B, db *tenantstest.Data, id tenants.ID) (sum string) {
	b.Helper()
	if err := db.Read(ctx, id, func(tx *tenants.Tx) (err error) {
		sum, err = trace.Digest(tx)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	return sum
}

func benchTown(b *testing.B, db *tenantstest.Data, slug string) tenants.ID {
	b.Helper()
	id := db.Add(b, slug).ID
	if err := db.Within(ctx, id, by, func(tx *tenants.Tx) error {
		if err := tx.SaveOffice(tenants.Office{Code: "scuola", Name: "Scuola"}); err != nil {
			return err
		}
		return tx.SaveDebtType(tenants.DebtType{Code: "MENSA", Office: "scuola", Name: "Mensa", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}})
	}); err != nil {
		b.Fatal(err)
	}
	return id
}

// generated is a file of debts of one row each, made as it is read.
type generated struct {
	rows, at int
	rest     []byte
}

func (g *generated) Read(p []byte) (int, error) {
	for len(g.rest) == 0 {
		switch {
		case g.at == 0:
			g.rest = []byte(header)
		case g.at <= g.rows:
			g.rest = []byte(row(fmt.Sprintf("P%08d", g.at), fmt.Sprintf("%d,%02d", 10+g.at%90, g.at%100)))
		default:
			return 0, io.EOF
		}
		g.at++
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}
