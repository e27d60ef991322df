package main

import (
	"context"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"cassacomune/app/accounting"
	"cassacomune/app/trace"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// dice is a random source that gives every data the same ids, and with them
// the same codes of payments.
type dice struct {
	mu sync.Mutex
	of *rand.ChaCha8
}

func newDice() *dice { return &dice{of: rand.NewChaCha8([32]byte{20: 1})} }

func (d *dice) Read(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.of.Read(p)
}

// TestTheSeededMonthHasOneDigest seeds the demo's towns with all their past on
// both engines: debts of every state, cards, slips, files, matches, orders
// exported and regularised. What check --digest prints is the same.
func TestTheSeededMonthHasOneDigest(t *testing.T) {
	if testing.Short() {
		t.Skip("seeding the demo's past is not short")
	}
	digests := map[string]string{}
	tenantstest.Each(t, func(t *testing.T, data *tenantstest.Data) {
		ctx := context.Background()
		s := newSeeding(t, ctx, data, place{"127.0.0.1", "1"}, io.Discard)
		orders := map[accounting.OrderState]int{}
		must(t, s.db.AcrossAll(ctx, "test", func(town tenants.Tenant) error {
			return s.db.Read(ctx, town.ID, func(tx *tenants.Tx) error {
				sum, err := trace.Digest(tx)
				digests[data.Engine] += town.Slug + " " + sum + "\n"
				if err != nil {
					return err
				}
				all, err := accounting.Orders(tx, "")
				for _, o := range all {
					orders[o.State]++
				}
				return err
			})
		}))
		if orders[accounting.Regularised] == 0 || strings.Count(digests[data.Engine], "\n") != 2 {
			t.Errorf("orders %v, digests %q: not the month that this test means", orders, digests[data.Engine])
		}
	})
	if pg, ok := digests["postgres"]; ok && pg != digests["sqlite"] {
		t.Errorf("SQLite\n%sPostgreSQL\n%s", digests["sqlite"], pg)
	}
}
