//go:build unix

package ledger_test

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	. "cassacomune/app/ledger"
	"cassacomune/jobs"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

const (
	clients   = 8
	benchTime = 3 * time.Second
)

// BenchmarkCommit is what a settled payment costs: its key, its posting with
// the balances, an audit row and the row of a run, in one commit that is on
// disk before it is answered, by eight clients at once. It is held against
// pgbench's TPC-B with the same clients, in turns. The PostgreSQL of both is
// one that the benchmark starts, with fsync on.
func BenchmarkCommit(b *testing.B) {
	server := tenantstest.StartServer(b)
	server.Run(b, "createdb", "-h", "127.0.0.1", "-p", strconv.Itoa(server.Port), "-U", "postgres", "tpcb")
	pgbench(b, server, "-i", "-q", "-s", strconv.Itoa(2*clients))
	reference := func() float64 {
		out := pgbench(b, server, "-c", strconv.Itoa(clients), "-j", "2", "-T", strconv.Itoa(int(benchTime.Seconds())), "-n")
		return tps(b, out)
	}
	for name, open := range map[string]func() *tenantstest.Data{
		"postgres": func() *tenantstest.Data { return server.Postgres(b) },
		"sqlite":   func() *tenantstest.Data { return tenantstest.SQLite(b) },
	} {
		b.Run(name, func(b *testing.B) {
			data := open()
			db := town{data, data.Add(b, "alfa").ID}
			history(b, db)
			for b.Loop() {
				tenantstest.Pairs(b, "tx/s", func() float64 { return commits(b, db) }, reference)
			}
		})
	}
}

// history gives the town some entries, and PostgreSQL the statistics of its
// tables, as pgbench does with its own: a plan made for empty tables stays with
// a connection until they are analysed.
func history(b *testing.B, db town) {
	b.Helper()
	entries := make([]Entry, 2000)
	for i := range entries {
		key := fmt.Sprint("past", i)
		entries[i] = Entry{Key: key, Kind: "bench", EffectiveOn: today, Postings: []Posting{move(Due, CRE, ACC, key, 100)}}
	}
	db.must(b, rules, func(tx *tenants.Tx) error { _, err := PostAll(tx, entries); return err })
	if db.Engine != "postgres" {
		return
	}
	conn, err := pgx.Connect(context.Background(), db.OwnerURL)
	if err == nil {
		_, err = conn.Exec(context.Background(), "analyze")
	}
	if err != nil {
		b.Fatal(err)
	}
	conn.Close(context.Background())
}

var benchKey atomic.Int64

// commits posts from all clients for a while and counts the commits a second.
func commits(b *testing.B, db town) float64 {
	var all sync.WaitGroup
	var done atomic.Int64
	began := time.Now()
	for range clients {
		all.Go(func() {
			for time.Since(began) < benchTime {
				key := fmt.Sprint("k", benchKey.Add(1))
				if err := db.as(rules, func(tx *tenants.Tx) error {
					if _, err := Post(tx, Entry{Key: key, Kind: "bench", EffectiveOn: today, Postings: []Posting{move(Due, CRE, ACC, key, 100)}}); err != nil {
						return err
					}
					if _, err := jobs.Start(tx, jobs.Reconcile, struct{}{}); err != nil {
						return err
					}
					return tx.Audit("bench", key, "")
				}); err != nil {
					b.Error(err)
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	return float64(done.Load()) / time.Since(began).Seconds()
}

func pgbench(b *testing.B, s *tenantstest.Server, args ...string) string {
	b.Helper()
	return s.Run(b, "pgbench", append(args, "-h", "127.0.0.1", "-p", strconv.Itoa(s.Port), "-U", "postgres", "tpcb")...)
}

var tpsLine = regexp.MustCompile(`tps = ([0-9.]+) \(without`)

func tps(b *testing.B, out string) float64 {
	b.Helper()
	m := tpsLine.FindStringSubmatch(out)
	if m == nil {
		b.Fatalf("pgbench said %q", out)
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}
