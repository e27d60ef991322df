package tenants_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"cassacomune/migrations"
	"cassacomune/tenants/tenantstest"
)

// TestPostgresWall asks PostgreSQL's catalogue whether the wall stands around
// every table and what the application's role may do.
func TestPostgresWall(t *testing.T) {
	db := tenantstest.Postgres(t)
	db.Add(t, "alfa")
	for _, breach := range wallBreaches(t, dial(t, db.OwnerURL), roleOf(t, db.URL)) {
		t.Error(breach)
	}
}

// TestPostgresWallSeesBreaches plants one hole after the other in a database
// and expects each to be named.
func TestPostgresWallSeesBreaches(t *testing.T) {
	db := tenantstest.Postgres(t)
	conn, role := dial(t, db.OwnerURL), roleOf(t, db.URL)
	planted := map[string]string{
		"no row-level security": "alter table office disable row level security",
		"not forced":            "alter table office no force row level security",
		"no policy":             "drop policy wall on office",
		"a second policy":       "create policy hole on office using (true)",
		"an open policy":        "drop policy wall on office; create policy wall on office using (tenant_id > 0)",
		"no check":              "alter policy wall on office with check (true)",
		"a new table":           "create table stray (tenant_id bigint)",
		"a trigger":             "create function f() returns trigger language plpgsql as 'begin return new; end'; create trigger tr before insert on office for each row execute function f()",
		"a view":                "create view v as select * from office",
		"a materialized view":   "create materialized view v as select * from office",
		"a definer function":    "create function f() returns bigint language sql security definer as 'select count(*) from office'",
		"a rule":                "create rule r as on insert to office do also notify x",
		"an owner":              "alter table office owner to " + role,
		"update of a fact":      "grant update on audit to " + role,
		"column of a fact":      "grant update (detail) on audit to " + role,
		"truncate":              "grant truncate on office to public",
		"a child table":         "create table office_2 () inherits (office)",
		"create in the schema":  "grant create on schema public to " + role,
	}
	for name, hole := range planted {
		if _, err := conn.Exec(ctx, "begin; "+hole); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := wallBreaches(t, conn, role); len(got) == 0 {
			t.Errorf("%s was not noticed", name)
		}
		if _, err := conn.Exec(ctx, "rollback"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Exec(ctx, "create view v with (security_invoker = true) as select * from office"); err != nil {
		t.Fatal(err)
	}
	if got := wallBreaches(t, conn, role); len(got) != 0 {
		t.Errorf("a view that runs with the rights of who asks is refused: %v", got)
	}
}

// wallBreaches names every hole in the wall of a database.
func wallBreaches(t *testing.T, conn *pgx.Conn, role string) (found []string) {
	t.Helper()
	say := func(format string, rows [][]string) {
		for _, r := range rows {
			args := make([]any, len(r))
			for i := range r {
				args[i] = r[i]
			}
			found = append(found, fmt.Sprintf(format, args...))
		}
	}
	const here = " relnamespace = current_schema()::regnamespace "
	say("%s is not behind forced row-level security", collect(t, conn, `select relname from pg_class
		where`+here+`and relkind in ('r', 'p') and relname <> all ($1) and not (relrowsecurity and relforcerowsecurity)`, migrations.Platform))
	say("%s has the policies %s", collect(t, conn, `select relname, coalesce(string_agg(polname, ' '), 'none') from pg_class left join pg_policy on polrelid = pg_class.oid
		where`+here+`and relkind in ('r', 'p') and relname <> all ($1) group by 1 having count(*) <> 1 or min(polname) is distinct from 'wall'`, migrations.Platform))
	const own = "(tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)"
	say("the policy of %s is %s, check %s", collect(t, conn, `select relname, coalesce(pg_get_expr(polqual, polrelid), 'none'), coalesce(pg_get_expr(polwithcheck, polrelid), 'none')
		from pg_policy join pg_class on polrelid = pg_class.oid where`+here+`and
		(polcmd <> '*' or polroles <> '{0}' or pg_get_expr(polqual, polrelid) is distinct from $1 or pg_get_expr(polwithcheck, polrelid) is distinct from $1)`, own))
	say("%s has the trigger %s", collect(t, conn, `select relname, tgname from pg_trigger join pg_class on tgrelid = pg_class.oid where`+here+`and not tgisinternal`))
	say("%s has the rule %s", collect(t, conn, `select relname, rulename from pg_rewrite join pg_class on ev_class = pg_class.oid where`+here+`and rulename <> '_RETURN'`))
	say("%s inherits from another table", collect(t, conn, `select relname from pg_inherits join pg_class on inhrelid = pg_class.oid where`+here))
	say("the view %s runs with its owner's rights", collect(t, conn, `select relname from pg_class
		where`+here+`and relkind = 'v' and not coalesce('security_invoker=true' = any (reloptions), false)`))
	say("%s is of kind %s", collect(t, conn, `select relname, relkind::text from pg_class where`+here+`and relkind not in ('r', 'i', 'v')`))
	say("the function %s runs with its owner's rights", collect(t, conn, `select proname from pg_proc where prosecdef and pronamespace = current_schema()::regnamespace`))
	say("%s belongs to the application", collect(t, conn, `select relname from pg_class where relowner = $1::text::regrole`, role))
	say("the role %s may bypass the wall", collect(t, conn, `select rolname from pg_roles where rolname = $1 and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)`, role))
	say("the application is a member of %s", collect(t, conn, `select r.rolname from pg_auth_members join pg_roles r on r.oid = roleid where member = $1::text::regrole`, role))
	say("the application may create in the schema %s", collect(t, conn, `select current_schema()::text where has_schema_privilege($1, current_schema(), 'create')`, role))
	say("the application may truncate, or hang triggers on, %s", collect(t, conn, `select relname from pg_class
		where`+here+`and relkind = 'r' and has_table_privilege($1, pg_class.oid, 'truncate, trigger, references')`, role))
	readOnly := append(slices.Clone(migrations.Facts), "schema_migration")
	say("the application may change the fact %s", collect(t, conn, `select relname from pg_class where`+here+`and relkind = 'r' and relname = any ($2)
		and (has_any_column_privilege($1, pg_class.oid, 'update') or has_table_privilege($1, pg_class.oid, 'delete'))`, role, readOnly))
	say("the application may not read %s", collect(t, conn, `select relname from pg_class where`+here+`and relkind = 'r' and not has_table_privilege($1, pg_class.oid, 'select')`, role))
	return found
}

func roleOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || strings.ContainsAny(u.User.Username(), `" `) {
		t.Fatalf("%s: %v", address, err)
	}
	return u.User.Username()
}
