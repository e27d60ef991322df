package worker_test

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/price"
	"cassacomune/jobs"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// BenchmarkDebtImport brings in a file of debts, both passes, and then writes
// the rows that it made into the same tables of another municipality by the
// bulk path that the engine's driver has: statements of many rows, nothing
// checked. It prints rows a second, the ratio of the two, and the peak memory.
// CASSACOMUNE_BENCH_ROWS says how many rows.
func BenchmarkDebtImport(b *testing.B) {
	rows := 10_000
	if n, err := strconv.Atoi(os.Getenv("CASSACOMUNE_BENCH_ROWS")); err == nil {
		rows = n
	}
	b.Run("sqlite", func(b *testing.B) { benchImport(b, tenantstest.SQLite(b), rows) })
	b.Run("postgres", func(b *testing.B) { benchImport(b, tenantstest.Postgres(b), rows) })
}

func benchImport(b *testing.B, db *tenantstest.Data, rows int) {
	defer running(db)()
	for i := range b.N {
		id := benchTown(b, db, fmt.Sprintf("a%d", i))
		run, err := jobs.StartImport(ctx, db.DB, id, by, "bench", &generated{rows: rows})
		if err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		if run = work(b, db, id, run); run.State != jobs.Done {
			b.Fatalf("first pass: %s %s", run.State, run.Error)
		}
		checked := time.Since(began)
		run = approve(b, db, id, run, jobs.AllOrNothing)
		took := time.Since(began)
		b.ReportMetric(float64(rows)/took.Seconds(), "rows/s")
		b.ReportMetric(float64(rows)/checked.Seconds(), "checked/s")
		b.ReportMetric(float64(peakMB()), "peak-MB")
		if rows > 100_000 {
			continue // the comparison holds its rows in memory
		}
		bulk := benchBulk(b, db, id, benchTown(b, db, fmt.Sprintf("b%d", i)))
		b.ReportMetric(float64(rows)/bulk.Seconds(), "bulk-rows/s")
		b.ReportMetric(bulk.Seconds()/took.Seconds(), "ratio")
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

// tables is what an import of debts writes, as plain rows.
type tables struct {
	debts       []debts.Debt
	parties     []debts.Party
	items       []debts.Item
	instalments []debts.Instalment
	portions    []debts.Portion
	codes       []debts.Code
	events      []debts.Event
}

func benchBulk(b *testing.B, db *tenantstest.Data, from, to tenants.ID) time.Duration {
	b.Helper()
	var t tables
	if err := db.Read(ctx, from, func(tx *tenants.Tx) error {
		for _, model := range []any{&t.debts, &t.parties, &t.items, &t.instalments, &t.portions, &t.codes, &t.events} {
			if err := tx.Select(model).Scan(ctx); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	ledger := []any{new([]ledgerTx), new([]ledgerEntry), new([]ledgerBalance)}
	if err := db.Read(ctx, from, func(tx *tenants.Tx) error {
		for _, model := range ledger {
			if err := tx.Select(model).Scan(ctx); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	for _, insert := range []func() error{
		bulk(db, to, t.debts), bulk(db, to, t.parties), bulk(db, to, t.items), bulk(db, to, t.instalments), bulk(db, to, t.portions),
		bulk(db, to, t.codes), bulk(db, to, t.events), bulk(db, to, *ledger[0].(*[]ledgerTx)), bulk(db, to, *ledger[1].(*[]ledgerEntry)),
		bulk(db, to, *ledger[2].(*[]ledgerBalance)),
	} {
		if err := insert(); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began)
}

// bulk inserts rows, 1,000 a statement and 10,000 a transaction.
func bulk[T any](db *tenantstest.Data, to tenants.ID, rows []T) func() error {
	return func() error {
		for all := range slices.Chunk(rows, 10_000) {
			if err := db.Within(ctx, to, by, func(tx *tenants.Tx) error {
				for part := range slices.Chunk(all, 1000) {
					if _, err := tx.Insert(&part).Returning("NULL").Exec(tx.Ctx); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	}
}

// The ledger's tables as plain rows.
type ledgerTx struct {
	bun.BaseModel `bun:"table:ledger_tx"`
	tenants.Row

	ID          uuid.UUID `bun:"id,pk"`
	Key         string
	ContentHash string
	Kind        string
	EffectiveOn day.Date
	KnownAt     time.Time
	Source      string
	Actor       string
	Derived     bool
	Voids       uuid.UUID `bun:",nullzero"`
	Reason      string
}

type ledgerEntry struct {
	bun.BaseModel `bun:"table:ledger_entry"`
	tenants.Row

	TxID      uuid.UUID `bun:"tx_id,pk"`
	Seq       int       `bun:"seq,pk"`
	Event     string
	Mirror    bool
	Debit     string
	DebitRef  uuid.UUID
	Credit    string
	CreditRef uuid.UUID
	Cents     int64
}

type ledgerBalance struct {
	bun.BaseModel `bun:"table:ledger_balance"`
	tenants.Row

	Account string    `bun:"account,pk"`
	Ref     uuid.UUID `bun:"ref,pk"`
	Cents   int64
	Missing int64
	Either  bool
	Since   day.Date
}

// peakMB is the most memory that the process has had, where the system tells.
func peakMB() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(status), "\n") {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, _ := strconv.Atoi(strings.Fields(kb)[0])
			return n >> 10
		}
	}
	return 0
}
