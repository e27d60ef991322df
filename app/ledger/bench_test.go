package ledger_test

import (
	"fmt"
	"testing"

	. "cassacomune/app/ledger"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

func benchmarkEach(b *testing.B, fn func(b *testing.B, db town)) {
	for name, open := range map[string]func(testing.TB) *tenantstest.Data{"sqlite": tenantstest.SQLite, "postgres": tenantstest.Postgres} {
		b.Run(name, func(b *testing.B) {
			data := open(b)
			fn(b, town{data, data.Add(b, "alfa").ID})
		})
	}
}

// BenchmarkPostAll is an importer: a thousand entries in one commit.
func BenchmarkPostAll(b *testing.B) {
	benchmarkEach(b, func(b *testing.B, db town) {
		for round := 0; b.Loop(); round++ {
			entries := make([]Entry, 1000)
			for i := range entries {
				key := fmt.Sprint(round, "/", i)
				entries[i] = Entry{Key: key, Kind: "bench", EffectiveOn: today, Postings: []Posting{move(Due, CRE, ACC, key, 100)}}
			}
			db.must(b, rules, func(tx *tenants.Tx) error { _, err := PostAll(tx, entries); return err })
		}
		b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "rows/s")
	})
}
