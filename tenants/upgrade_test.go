package tenants_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cassacomune/app/collections"
	"cassacomune/app/debts"
	"cassacomune/app/trace"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// The month of a small town as the program wrote it before migration 0100: a
// debt followed to its regularised order, an import with a row refused, a
// collection that nobody knows, and three spontaneous payments that were due
// from the cart on (at the bank's, on a slip, left behind). before0100Digest is
// what that program's check --digest said of it.
const (
	before0100       = "testdata/before_0100.gz"
	before0100Digest = "7d658768f8f8a6e73b1b92dfb8c4e7afa371f4f94e0644b58527312a4cb4f471"
)

// TestUpgrade restores a backup of the previous schema into that schema,
// migrates, and goes on working with what is there.
func TestUpgrade(t *testing.T) {
	written, err := os.ReadFile(before0100)
	if err != nil {
		t.Fatal(err)
	}
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		migrateNow := tenants.MigrateBefore(t, "platform/0002_one_time.sql", "tenant/0100_unborn.sql")
		db = older(t, db)
		before, err := db.Restore(ctx, bytes.NewReader(written))
		if err != nil {
			t.Fatal(err)
		}
		town, err := db.BySlug(ctx, "alfa")
		if err != nil {
			t.Fatal(err)
		}
		if defined(t, db, town.ID, "cart_line_debt") != "" || strings.Contains(defined(t, db, town.ID, "ledger_void_once"), "where") {
			t.Fatal("the schema is not the previous one")
		}
		migrateNow()
		for range 2 {
			if err := db.Migrate(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if defined(t, db, town.ID, "cart_line_debt") == "" || !strings.Contains(defined(t, db, town.ID, "ledger_void_once"), "where") {
			t.Error("the migrations were not applied")
		}
		after, err := db.Dump(ctx, io.Discard)
		if err != nil || after.Rows != before.Rows {
			t.Errorf("%d rows after, %v; want all %d", after.Rows, err, before.Rows)
		}
		check(t, db, town.ID, before0100Digest)
		pay(t, db, town.ID, "SP-BOLLETTINO")
		check(t, db, town.ID, "")
	})
}

// older takes an empty database back to the schema of the program as it is.
func older(t *testing.T, db *tenantstest.Data) *tenantstest.Data {
	t.Helper()
	if db.Engine == "sqlite" {
		return tenantstest.SQLite(t)
	}
	if _, err := dial(t, db.OwnerURL).Exec(ctx, "drop schema public cascade; create schema public; grant usage on schema public to public"); err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	return db
}

// defined is how an index of a municipality was made, "" for none; one that
// belongs to a constraint on SQLite has no words of its own.
func defined(t *testing.T, db *tenantstest.Data, id tenants.ID, index string) string {
	t.Helper()
	var rows [][]string
	if db.Engine == "sqlite" {
		file := openFile(t, filepath.Join(db.Dir, "tenants", id.String()+".db"))
		rows = query(t, file, "select sql from sqlite_master where type = 'index' and name = ?", index)
	} else {
		rows = collect(t, dial(t, db.OwnerURL), "select indexdef from pg_indexes where schemaname = current_schema() and indexname = $1", index)
	}
	if len(rows) == 0 {
		return ""
	}
	return strings.ToLower(rows[0][0])
}

// check wants every invariant to hold, and the digest where one is known.
func check(t *testing.T, db *tenantstest.Data, id tenants.ID, digest string) {
	t.Helper()
	if err := db.Read(ctx, id, func(tx *tenants.Tx) error {
		breaches, err := trace.Check(tx)
		for _, b := range breaches {
			t.Errorf("check: %s", b)
		}
		if err != nil {
			return err
		}
		got, err := trace.Digest(tx)
		if digest != "" && got != digest {
			t.Errorf("digest = %s, want %s as before", got, digest)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// pay books the slip of a debt that was there before.
func pay(t *testing.T, db *tenantstest.Data, id tenants.ID, position string) {
	t.Helper()
	if err := db.Within(ctx, id, tenants.System("test"), func(tx *tenants.Tx) error {
		found, err := debts.List(tx, debts.Filter{Position: position}, "", false, 0, 1)
		if err != nil {
			return err
		}
		d, err := debts.Load(tx, found[0].ID)
		if err != nil {
			return err
		}
		if _, _, err := collections.Book(tx, collections.New{Channel: "slip", Key: "dopo", Code: d.Codes[0].Code, Cents: d.Cents, PaidOn: tx.Today(), Source: "test"}); err != nil {
			return err
		}
		d, err = debts.Load(tx, d.ID)
		if d.State != debts.Paid {
			t.Errorf("%s is %s, want paid", position, d.State)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
