package tenants_test

import (
	"context"
	"strings"
	"testing"

	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// TestPlansOfQueriesByKeyAreKept asks the same by key, with texts that would
// break a statement, and counts what the server keeps of it.
func TestPlansOfQueriesByKeyAreKept(t *testing.T) {
	data := tenantstest.Postgres(t)
	town := data.Add(t, "alfa")
	names := []string{"D'Aré", `a"b`, `\`, "$1", "--", "''"}
	if err := data.Within(ctx, town.ID, by, func(tx *tenants.Tx) error {
		for _, name := range names {
			if err := tx.SaveOffice(tenants.Office{Code: name, Name: name}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[string]int{"": 1, "default_query_exec_mode=exec": 0} {
		mark := "?"
		if strings.Contains(data.URL, "?") {
			mark = "&"
		}
		db, err := tenants.Open(tenants.Config{URL: data.URL + mark + mode, Connections: 1, Clock: data.Clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		kept := 0
		if err := db.Read(ctx, town.ID, func(tx *tenants.Tx) error {
			for _, ctx := range []context.Context{tx.ByKey(), tx.Ctx, tx.ByKey()} {
				for _, name := range names {
					var o tenants.Office
					if err := tx.Select(&o).Where("code = ?", name).Scan(ctx); err != nil || o.Name != name {
						t.Errorf("office %q = %q, %v", name, o.Name, err)
					}
				}
			}
			return tx.SelectFrom("municipality").ColumnExpr("(SELECT count(*) FROM pg_prepared_statements)").Scan(ctx, &kept)
		}); err != nil {
			t.Fatal(err)
		}
		if kept != want {
			t.Errorf("with %q the server keeps %d plans, want %d", mode, kept, want)
		}
	}
}
