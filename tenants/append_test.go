package tenants_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// TestAppend has rows travel with what follows them: seen by the next query,
// kept by the commit, lost with a rollback, and never left on the connection.
func TestAppend(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		one := oneConnection(t, db)
		a, b := db.Add(t, "alfa"), db.Add(t, "beta")
		mark := func(tx *tenants.Tx, id uuid.UUID, object string) error {
			return tx.Append(tx.Insert(&tenants.AuditRow{ID: id, At: tx.Now(), Action: "mark", Object: object}))
		}
		marks := func(tx *tenants.Tx) int {
			n, err := tx.Select((*tenants.AuditRow)(nil)).Where("action = 'mark'").Count(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return int(n)
		}
		count := func(town tenants.Tenant, want int, when string) {
			t.Helper()
			if err := one.Read(ctx, town.ID, func(tx *tenants.Tx) error {
				if got := marks(tx); got != want {
					t.Errorf("%s: %s has %d rows, want %d", when, town.Slug, got, want)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		within := func(town tenants.Tenant, fn func(*tenants.Tx) error) error {
			return one.Within(ctx, town.ID, by, fn)
		}
		first := db.NewID()
		if err := within(a, func(tx *tenants.Tx) error {
			if err := errors.Join(mark(tx, first, "1"), mark(tx, tx.NewID(), "it's; two")); err != nil {
				return err
			}
			if got := marks(tx); got != 2 {
				t.Errorf("a query after the rows sees %d of them, want 2", got)
			}
			return mark(tx, tx.NewID(), "3")
		}); err != nil {
			t.Fatal(err)
		}
		count(a, 3, "after the commit")

		stop := errors.New("stop")
		if err := within(a, func(tx *tenants.Tx) error { return errors.Join(mark(tx, tx.NewID(), "4"), stop) }); !errors.Is(err, stop) {
			t.Errorf("a transaction that gives up = %v", err)
		}
		if err := within(b, func(tx *tenants.Tx) error { return tx.Audit("other", "x", "") }); err != nil {
			t.Error(err)
		}
		count(a, 3, "after a rollback")
		count(b, 0, "on the same connection")

		if err := within(a, func(tx *tenants.Tx) error { // the same id again: refused by the commit at the latest
			if err := mark(tx, tx.NewID(), "5"); err != nil {
				return err
			}
			return mark(tx, first, "again")
		}); err == nil {
			t.Error("a row that may not be was committed")
		}
		count(a, 3, "after a commit that failed")
		if err := within(a, func(tx *tenants.Tx) error {
			if err := mark(tx, first, "again"); err != nil {
				return err
			}
			_, err := tx.Insert(&tenants.AuditRow{ID: tx.NewID(), At: tx.Now(), Action: "mark"}).Exec(ctx)
			if err == nil {
				t.Error("the statement after a row that may not be succeeded")
			}
			return err
		}); err == nil {
			t.Error("a transaction with a row that may not be succeeded")
		}
		count(a, 3, "after a statement that failed")
		if err := one.Read(ctx, a.ID, func(tx *tenants.Tx) error { return mark(tx, tx.NewID(), "6") }); err == nil {
			t.Error("a row was appended through the door for reading")
		}
		count(a, 3, "in the end")
	})
}

// oneConnection opens the same data through a single connection.
func oneConnection(t *testing.T, data *tenantstest.Data) *tenants.DB {
	t.Helper()
	one, err := tenants.Open(tenants.Config{Dir: data.Dir, URL: data.URL, OwnerURL: data.OwnerURL, Connections: 1, Clock: data.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { one.Close() })
	return one
}
