package tenants_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"cassacomune/app/fault"
	"cassacomune/app/price"
	"cassacomune/jobs"
	"cassacomune/migrations"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

var by = tenants.System("test")

// marked adds two towns, each with an office, a debt type, a run and a file of
// its own.
func marked(t *testing.T, db *tenantstest.Data) (a, b tenants.Tenant) {
	t.Helper()
	a, b = db.Add(t, "alfa"), db.Add(t, "beta")
	for _, town := range []tenants.Tenant{a, b} {
		within(t, db, town, func(tx *tenants.Tx) error {
			if _, err := tx.PutBlob([]byte("file of " + town.Slug)); err != nil {
				return err
			}
			return errors.Join(tx.SaveOffice(tenants.Office{Code: "office-" + town.Slug, Name: "mark-" + town.Slug}), tx.Audit("mark", town.Slug, ""))
		})
	}
	return a, b
}

func within(t *testing.T, db *tenantstest.Data, town tenants.Tenant, fn func(*tenants.Tx) error) {
	t.Helper()
	if err := db.Within(ctx, town.ID, by, fn); err != nil {
		t.Fatal(err)
	}
}

// TestNoTenantNoRows connects to PostgreSQL as the application, beside every
// door: without a tenant each walled table is empty, whatever was asked
// before, and with one only its own rows are there.
func TestNoTenantNoRows(t *testing.T) {
	db := tenantstest.Postgres(t)
	a, _ := marked(t, db)
	conn := dial(t, db.URL)
	tables := collect(t, conn, "select tablename from pg_tables where schemaname = current_schema() and tablename <> all ($1)", migrations.Platform)
	if len(tables) < 30 {
		t.Fatalf("only %d tables", len(tables))
	}
	for _, setting := range []string{"", "select set_config('app.tenant', '', false)", "begin; select set_config('app.tenant', '" + a.ID.String() + "', true); commit"} {
		if _, err := conn.Exec(ctx, setting); err != nil {
			t.Fatal(err)
		}
		for _, table := range tables {
			if got := collect(t, conn, "select count(*)::text from "+table[0])[0][0]; got != "0" {
				t.Errorf("after %q: %s rows of %s without a tenant", setting, got, table[0])
			}
		}
	}
	if _, err := conn.Exec(ctx, "select set_config('app.tenant', '"+a.ID.String()+"', false)"); err != nil {
		t.Fatal(err)
	}
	got := collect(t, conn, "select name from office")
	if len(got) != 1 || got[0][0] != "mark-alfa" {
		t.Errorf("as alfa, offices without a filter = %v, want its own", got)
	}
	for _, text := range []string{
		"insert into office (tenant_id, code, name) values (1, 'x', 'x')",
		"update office set tenant_id = 1",
		"set row_security = off; select * from office",
		"set role postgres",
		"alter table office disable row level security",
		"copy office to program 'cat'",
		"truncate office",
		"delete from audit",
		"create table stray (id int)",
	} {
		if _, err := conn.Exec(ctx, text); err == nil {
			t.Errorf("the application's role may: %s", text)
		}
	}
}

// TestForgottenFilter selects through a door with conditions that would let
// every row through.
func TestForgottenFilter(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		a, b := marked(t, db)
		for _, town := range []tenants.Tenant{a, b} {
			var offices []tenants.Office
			var names []string
			if err := db.Read(ctx, town.ID, func(tx *tenants.Tx) error {
				return errors.Join(
					tx.Select(&offices).WhereOr("1 = 1").Scan(ctx),
					tx.SelectFrom("office").Column("name").WhereOr("1 = 1").Scan(ctx, &names))
			}); err != nil {
				t.Fatal(err)
			}
			if len(offices) != 1 || offices[0].Name != "mark-"+town.Slug || len(names) != 1 || names[0] != "mark-"+town.Slug {
				t.Errorf("%s sees %v and %v", town.Slug, offices, names)
			}
			within(t, db, town, func(tx *tenants.Tx) error {
				_, err := tx.Update(&tenants.Office{Name: "changed-" + town.Slug}).Column("name").WhereOr("1 = 1").Exec(ctx)
				return err
			})
			if other := officeNames(t, db, map[tenants.ID]tenants.Tenant{a.ID: b, b.ID: a}[town.ID]); strings.Contains(other, "changed-"+town.Slug) {
				t.Errorf("an update without a filter reached the other town: %s", other)
			}
		}
		within(t, db, a, func(tx *tenants.Tx) error {
			_, err := tx.Delete((*tenants.Office)(nil)).WhereOr("1 = 1").Exec(ctx)
			return err
		})
		if got := officeNames(t, db, b); got != "changed-beta" {
			t.Errorf("after alfa deleted everything, beta has %q", got)
		}
	})
}

func officeNames(t *testing.T, db *tenantstest.Data, town tenants.Tenant) string {
	t.Helper()
	var names []string
	if err := db.Read(ctx, town.ID, func(tx *tenants.Tx) error {
		return tx.SelectFrom("office").Column("name").OrderExpr("name").Scan(ctx, &names)
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, " ")
}

// TestForeignTenantIDIsReplaced writes rows that say they are another town's.
func TestForeignTenantIDIsReplaced(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		a, b := marked(t, db)
		theirs := tenants.Row{TenantID: b.ID}
		within(t, db, a, func(tx *tenants.Tx) error {
			one := &tenants.Office{Row: theirs, Code: "planted", Name: "planted"}
			many := []tenants.Office{{Row: theirs, Code: "planted-2", Name: "planted"}}
			_, err := tx.Insert(one).Exec(ctx)
			_, err2 := tx.Insert(&many).Exec(ctx)
			_, err3 := tx.Update(&tenants.Office{Row: theirs, Code: "office-beta", Name: "planted"}).WherePK().Exec(ctx)
			return errors.Join(err, err2, err3)
		})
		if got := officeNames(t, db, b); got != "mark-beta" {
			t.Errorf("beta's offices = %q", got)
		}
		if got := officeNames(t, db, a); got != "mark-alfa planted planted" {
			t.Errorf("alfa's offices = %q", got)
		}
		err := db.Within(ctx, a.ID, by, func(tx *tenants.Tx) error {
			_, err := tx.Update(&tenants.Office{}).Set("tenant_id = ?", b.ID).Where("code = 'office-alfa'").Exec(ctx)
			return err
		})
		if err == nil {
			t.Error("a row was moved to another town")
		}
	})
}

// TestForeignParent hangs a row on another town's row: the keys carry the
// tenant, so that it is not there.
func TestForeignParent(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		a, _ := marked(t, db)
		setup := tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}
		err := db.Within(ctx, a.ID, by, func(tx *tenants.Tx) error {
			return tx.SaveDebtType(tenants.DebtType{Code: "x", Office: "office-beta", Name: "x", Setup: setup})
		})
		if err == nil {
			t.Error("a debt type of alfa hangs on an office of beta")
		}
		within(t, db, a, func(tx *tenants.Tx) error {
			return tx.SaveDebtType(tenants.DebtType{Code: "x", Office: "office-alfa", Name: "x", Setup: setup})
		})
	})
}

// TestForeignIDAnswersAsUnknown asks for another town's rows by their exact
// names: the answer is the one for a name that was never given.
func TestForeignIDAnswersAsUnknown(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		a, b := marked(t, db)
		var theirs jobs.Run
		var file tenants.Blob
		within(t, db, b, func(tx *tenants.Tx) (err error) {
			if theirs, err = jobs.Start(tx, jobs.Import, nil); err != nil {
				return err
			}
			file, err = tx.PutBlob([]byte("only beta's"))
			return err
		})
		ask := func(run uuid.UUID, sum, office string) (answers []string) {
			say := func(err error) { answers = append(answers, fmt.Sprint(err)) }
			if err := db.Within(ctx, a.ID, by, func(tx *tenants.Tx) error {
				_, err := jobs.Find(tx, run)
				say(err)
				_, ok, err := jobs.Claim(tx, run, "w")
				say(errors.Join(err, fmt.Errorf("claimed: %v", ok)))
				say(jobs.Cancel(tx, run))
				_, err = tx.DebtType(office)
				say(err)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			_, err := db.OpenBlob(ctx, a.ID, sum)
			say(err)
			return answers
		}
		got := ask(theirs.ID, file.SHA256, "office-beta")
		want := ask(uuid.New(), strings.Repeat("0", 64), "never")
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("question %d: %q for another town's, %q for an unknown one", i, got[i], want[i])
			}
		}
	})
}

// TestSwappedMessage gives the worker's claim a message whose town and run do
// not belong together, both ways, and one without a town.
func TestSwappedMessage(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		a, b := marked(t, db)
		runs := map[tenants.ID]uuid.UUID{}
		for _, town := range []tenants.Tenant{a, b} {
			within(t, db, town, func(tx *tenants.Tx) error {
				r, err := jobs.Start(tx, jobs.Reconcile, nil)
				runs[town.ID] = r.ID
				return err
			})
		}
		for _, m := range []jobs.Message{{Tenant: a.ID, Run: runs[b.ID]}, {Tenant: b.ID, Run: runs[a.ID]}} {
			if err := db.Within(ctx, m.Tenant, by, func(tx *tenants.Tx) error {
				if _, ok, err := jobs.Claim(tx, m.Run, "w"); ok || err != nil {
					t.Errorf("a swapped message claimed: %v, %v", ok, err)
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
		}
		for town, run := range runs {
			if err := db.Read(ctx, town, func(tx *tenants.Tx) error {
				r, err := jobs.Find(tx, run)
				if r.State != jobs.Queued || r.Attempt != 0 {
					t.Errorf("after the swap the run is %s, attempt %d", r.State, r.Attempt)
				}
				return err
			}); err != nil {
				t.Error(err)
			}
		}
		if err := db.Within(ctx, 0, by, func(*tenants.Tx) error { t.Error("opened"); return nil }); !errors.Is(err, tenants.ErrNoTenant) {
			t.Errorf("a message without a town: %v, want ErrNoTenant", err)
		}
	})
}

// TestOneConnectionTwoTowns gives both towns one connection, interleaves them,
// and lets transactions end by commit, error, panic and a failed statement.
func TestOneConnectionTwoTowns(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, data *tenantstest.Data) {
		a, b := marked(t, data)
		one := oneConnection(t, data)
		ends := []func(tx *tenants.Tx) error{
			func(*tenants.Tx) error { return nil },
			func(*tenants.Tx) error { return errors.New("refused") },
			func(*tenants.Tx) error { panic("between") },
			func(tx *tenants.Tx) error { // a failed statement whose error is swallowed
				_ = tx.SelectFrom("no_such_table").Column("x").Scan(ctx)
				return nil
			},
		}
		kept := map[tenants.ID]int{}
		for round := range 40 {
			for i, town := range []tenants.Tenant{a, b} {
				end := (round + i) % len(ends)
				err := func() (err error) {
					defer func() {
						if p := recover(); p != nil {
							err = fmt.Errorf("panic: %v", p)
						}
					}()
					return one.Within(ctx, town.ID, by, func(tx *tenants.Tx) error {
						var offices []tenants.Office
						asked := []context.Context{ctx, tx.ByKey()}[round%2] // planned anew, planned once for both
						if err := tx.Select(&offices).WhereOr("1 = 1").Scan(asked); err != nil {
							return err
						}
						if len(offices) != 1 || offices[0].Name != "mark-"+town.Slug {
							t.Fatalf("round %d: %s sees %v", round, town.Slug, offices)
						}
						if err := tx.Audit("round", fmt.Sprint(round), ""); err != nil {
							return err
						}
						return ends[end](tx)
					})
				}()
				if err == nil {
					kept[town.ID]++
				} else if end == 0 {
					t.Fatalf("round %d of %s: %v", round, town.Slug, err)
				}
			}
			if err := one.Platform(ctx, func(tx *tenants.PlatformTx) error {
				if data.Engine == "sqlite" {
					return nil // the platform's file has no such table
				}
				n, err := tx.NewSelect().TableExpr("office").Count(ctx)
				if n != 0 {
					t.Errorf("round %d: %d offices are seen from the platform", round, n)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		for _, town := range []tenants.Tenant{a, b} {
			var rows []tenants.AuditRow
			if err := one.Read(ctx, town.ID, func(tx *tenants.Tx) error { return tx.Select(&rows).Where("action = 'round'").Scan(ctx) }); err != nil {
				t.Fatal(err)
			}
			if len(rows) != kept[town.ID] || kept[town.ID] < 10 {
				t.Errorf("%s kept %d rows of %d committed rounds", town.Slug, len(rows), kept[town.ID])
			}
		}
	})
}

// TestNothingRunsOutsideADoor reaches the pools themselves.
func TestNothingRunsOutsideADoor(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		a, _ := marked(t, db)
		for _, id := range []tenants.ID{0, a.ID} {
			for _, readOnly := range []bool{true, false} {
				pool, err := db.Pool(ctx, id, readOnly)
				if err != nil {
					t.Fatal(err)
				}
				refused := func(how string, err error) {
					t.Helper()
					if !errors.Is(err, tenants.ErrOutsideDoor) {
						t.Errorf("%s of tenant %d: %v, want ErrOutsideDoor", how, id, err)
					}
				}
				_, err = pool.ExecContext(ctx, "select 1")
				refused("exec", err)
				_, err = pool.QueryContext(ctx, "select 1")
				refused("query", err)
				refused("row", pool.QueryRowContext(ctx, "select 1").Scan(new(int)))
				_, err = pool.PrepareContext(ctx, "select 1")
				refused("prepare", err)
				_, err = pool.BeginTx(ctx, nil)
				refused("begin", err)
				_, err = pool.DB.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
				refused("begin below bun", err)
				refused("model", pool.NewSelect().Model(&[]tenants.Office{}).Scan(ctx))
				conn, err := pool.Conn(ctx)
				if err != nil {
					t.Fatal(err)
				}
				_, err = conn.ExecContext(ctx, "select 1")
				refused("a connection of one's own", err)
				conn.Close()
			}
		}
	})
}

// TestTxDoesNotOutliveItsDoor keeps a transaction's handle and uses it later.
func TestTxDoesNotOutliveItsDoor(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		a, _ := marked(t, db)
		var kept *tenants.Tx
		within(t, db, a, func(tx *tenants.Tx) error { kept = tx; return nil })
		if err := kept.Audit("late", "x", ""); err == nil {
			t.Error("a transaction was used after its end")
		}
	})
}

// TestFactsCannotBeReached tries what a careless or clever statement might.
func TestFactsCannotBeReached(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		by := tenants.System("test")
		if err := db.Platform(ctx, func(tx *tenants.PlatformTx) error { return tx.Audit(by, "mark", "x", "") }); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{
			"delete from platform_audit",
			"DELETE FROM \"platform_audit\"",
			"delete from main.platform_audit",
			"delete from public.platform_audit",
			"delete from [platform_audit]",
			"delete from `platform_audit`",
			"update platform_audit set actor = 'x'",
			"/* note */ update platform_audit set actor = 'x'",
			"select 1; delete from platform_audit",
			"insert or replace into platform_audit select * from platform_audit",
			"insert into platform_audit select * from platform_audit where true on conflict (id) do update set actor = 'x'",
			"with x as (select 1) insert into platform_audit select * from platform_audit where true on conflict (id) do update set actor = 'x'",
			"with x as (select 1) delete from platform_audit",
			"drop table platform_audit",
			"alter table platform_audit rename to y",
			"create trigger x after insert on platform_audit begin delete from platform_audit; end",
			"attach database ':memory:' as x",
			"select 1; attach database ':memory:' as x",
			"pragma query_only = 0",
			"vacuum into '/tmp/never'",
			"commit",
			"rollback",
			"select 1; commit",
			"begin",
		} {
			err := db.Platform(ctx, func(tx *tenants.PlatformTx) error {
				_, err := tx.ExecContext(ctx, text)
				return err
			})
			if err == nil {
				t.Errorf("allowed: %s", text)
			}
		}
		n := int64(0)
		if err := db.Platform(ctx, func(tx *tenants.PlatformTx) (err error) {
			n, err = tx.NewSelect().TableExpr("platform_audit").Where("actor = 'system test' AND action = 'mark'").Count(ctx)
			return err
		}); err != nil || n != 1 {
			t.Errorf("after the attempts %d facts, %v; want 1", n, err)
		}
	})
}

// TestUnknownFileIsNotMade opens a registered town whose file is gone: it is
// unknown, and no empty file takes its place.
func TestUnknownFileIsNotMade(t *testing.T) {
	db := tenantstest.SQLite(t)
	town := db.Add(t, "alfa")
	again, err := tenants.Open(tenants.Config{Dir: filepath.Join(t.TempDir(), "empty")})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := again.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	if err := again.Read(ctx, town.ID, func(*tenants.Tx) error { return nil }); !fault.Is(err, fault.NotFound) {
		t.Errorf("another instance's town: %v, want NotFound", err)
	}
}

func TestMightyRolesAreRefused(t *testing.T) {
	data := tenantstest.Postgres(t)
	if _, err := tenants.Open(tenants.Config{URL: data.OwnerURL}); err == nil {
		t.Error("the application may connect as the owner of the tables, for whom there is no wall")
	}
}
