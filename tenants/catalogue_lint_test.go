package tenants_test

import (
	"database/sql"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite"

	"cassacomune/migrations"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// relation is what the lint needs to know of a table.
type relation struct {
	columns  []string
	primary  []string
	uniques  [][]string
	foreign  []reference
	defaults map[string]string // of the columns that have one
}

type reference struct {
	from, to []string
	table    string
}

// lint names what breaks the rules that hold on both engines.
func lint(schema map[string]relation) (found []string) {
	for _, name := range slices.Sorted(maps.Keys(schema)) {
		t := schema[name]
		for column, value := range t.defaults {
			if strings.Contains(value, "(") {
				found = append(found, fmt.Sprintf("%s.%s: default %s is an expression", name, column, value))
			}
		}
		if slices.Contains(migrations.Platform, name) {
			for _, f := range t.foreign {
				if !slices.Contains(migrations.Platform, f.table) {
					found = append(found, fmt.Sprintf("%s: a platform table refers to %s", name, f.table))
				}
			}
			continue
		}
		if !ledByTenant(t.primary) {
			found = append(found, fmt.Sprintf("%s: primary key %v does not begin with tenant_id", name, t.primary))
		}
		for _, u := range t.uniques {
			if !ledByTenant(u) {
				found = append(found, fmt.Sprintf("%s: unique %v does not begin with tenant_id", name, u))
			}
		}
		for _, f := range t.foreign {
			if !ledByTenant(f.from) || !ledByTenant(f.to) {
				found = append(found, fmt.Sprintf("%s: foreign key %v to %s %v does not begin with tenant_id on both sides", name, f.from, f.table, f.to))
			}
		}
	}
	return found
}

func ledByTenant(columns []string) bool { return len(columns) > 0 && columns[0] == "tenant_id" }

func TestCatalogue(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town := db.Add(t, "alfa")
		for where, schema := range schemas(t, db, town.ID) {
			if where == "tenant" && len(schema) < 30 {
				t.Errorf("%s: only %d tables seen", where, len(schema))
			}
			for _, breach := range lint(schema) {
				t.Errorf("%s: %s", where, breach)
			}
		}
	})
}

// TestCatalogueSeesBreaches plants one breach of each rule.
func TestCatalogueSeesBreaches(t *testing.T) {
	good := func() relation {
		return relation{primary: []string{"tenant_id", "id"}, uniques: [][]string{{"tenant_id", "key"}},
			foreign: []reference{{from: []string{"tenant_id", "a"}, to: []string{"tenant_id", "id"}, table: "a"}}}
	}
	if got := lint(map[string]relation{"debt": good()}); len(got) != 0 {
		t.Fatalf("a good table is refused: %v", got)
	}
	planted := map[string]func(*relation){
		"primary":       func(r *relation) { r.primary = []string{"id", "tenant_id"} },
		"no primary":    func(r *relation) { r.primary = nil },
		"unique":        func(r *relation) { r.uniques[0] = []string{"key"} },
		"foreign from":  func(r *relation) { r.foreign[0].from = []string{"a"} },
		"foreign to":    func(r *relation) { r.foreign[0].to = []string{"id"} },
		"default":       func(r *relation) { r.defaults = map[string]string{"at": "now()"} },
		"second unique": func(r *relation) { r.uniques = append(r.uniques, []string{"a", "tenant_id"}) },
	}
	for name, spoil := range planted {
		r := good()
		spoil(&r)
		if got := lint(map[string]relation{"debt": r}); len(got) != 1 {
			t.Errorf("%s: %v, want one breach", name, got)
		}
	}
	crossing := relation{primary: []string{"id"}, foreign: []reference{{from: []string{"x"}, to: []string{"id"}, table: "debt"}}}
	if got := lint(map[string]relation{"person": crossing}); len(got) != 1 {
		t.Errorf("a platform table that refers to a town's: %v, want one breach", got)
	}
}

// TestEnginesHaveOneSchema compares the columns of both engines, in order.
func TestEnginesHaveOneSchema(t *testing.T) {
	pg := tenantstest.Postgres(t)
	lite := tenantstest.SQLite(t)
	columns := func(db *tenantstest.Data) map[string][]string {
		all := map[string][]string{}
		for _, schema := range schemas(t, db, db.Add(t, "alfa").ID) {
			for name, r := range schema {
				all[name] = r.columns
			}
		}
		return all
	}
	if diff := cmp.Diff(columns(lite), columns(pg)); diff != "" {
		t.Errorf("columns on SQLite (-) and PostgreSQL (+):\n%s", diff)
	}
}

// TestPlatformListIsExact finds every listed platform table, and no other.
func TestPlatformListIsExact(t *testing.T) {
	db := tenantstest.SQLite(t)
	got := slices.Sorted(maps.Keys(schemas(t, db, db.Add(t, "alfa").ID)["platform"]))
	want := slices.Sorted(slices.Values(migrations.Platform))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("migrations.Platform (-) and the platform's file (+):\n%s", diff)
	}
}

// TestFactsExist finds every listed fact table in one of the two schemas.
func TestFactsExist(t *testing.T) {
	db := tenantstest.SQLite(t)
	all := schemas(t, db, db.Add(t, "alfa").ID)
	for _, fact := range migrations.Facts {
		_, platform := all["platform"][fact]
		if _, town := all["tenant"][fact]; !platform && !town {
			t.Errorf("migrations.Facts lists %s, which no migration makes", fact)
		}
	}
}

// TestEachFileChecksItsTenant finds the CHECK on tenant_id in every table of a
// municipality's file.
func TestEachFileChecksItsTenant(t *testing.T) {
	db := tenantstest.SQLite(t)
	town := db.Add(t, "alfa")
	file := openFile(t, filepath.Join(db.Dir, "tenants", town.ID.String()+".db"))
	rows := query(t, file, "select name, sql from sqlite_master where type = 'table' and name not like 'sqlite_%'")
	for _, r := range rows {
		if !slices.Contains(migrations.Platform, r[0]) && !strings.Contains(r[1], "check (tenant_id = "+town.ID.String()+")") {
			t.Errorf("%s accepts the rows of any town", r[0])
		}
	}
}

// schemas reads the tables of a municipality and of the platform.
func schemas(t *testing.T, db *tenantstest.Data, town tenants.ID) map[string]map[string]relation {
	t.Helper()
	if db.Engine == "postgres" {
		all := postgresSchema(t, db.OwnerURL)
		platform := map[string]relation{}
		for name, r := range all {
			if slices.Contains(migrations.Platform, name) {
				platform[name] = r
				delete(all, name)
			}
		}
		return map[string]map[string]relation{"tenant": all, "platform": platform}
	}
	return map[string]map[string]relation{
		"tenant":   sqliteSchema(t, filepath.Join(db.Dir, "tenants", town.String()+".db")),
		"platform": sqliteSchema(t, filepath.Join(db.Dir, "platform.db")),
	}
}

func openFile(t *testing.T, path string) *sql.DB {
	t.Helper()
	file, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

func sqliteSchema(t *testing.T, path string) map[string]relation {
	t.Helper()
	file := openFile(t, path)
	schema := map[string]relation{}
	for _, other := range query(t, file, "select name, type from sqlite_master where type not in ('table', 'index')") {
		t.Errorf("%s is a %s", other[0], other[1])
	}
	for _, name := range query(t, file, "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'") {
		r := relation{defaults: map[string]string{}}
		for _, c := range query(t, file, "select name, coalesce(dflt_value, '') from pragma_table_info(?) order by cid", name[0]) {
			r.columns = append(r.columns, c[0])
			if c[1] != "" {
				r.defaults[c[0]] = c[1]
			}
		}
		for _, c := range query(t, file, "select name from pragma_table_info(?) where pk > 0 order by pk", name[0]) {
			r.primary = append(r.primary, c[0])
		}
		for _, index := range query(t, file, `select name from pragma_index_list(?) where "unique" = 1`, name[0]) {
			var columns []string
			for _, c := range query(t, file, "select coalesce(name, 'expression') from pragma_index_info(?) order by seqno", index[0]) {
				columns = append(columns, c[0])
			}
			r.uniques = append(r.uniques, columns)
		}
		keys := map[string]*reference{}
		for _, k := range query(t, file, `select id, "table", "from", coalesce("to", '') from pragma_foreign_key_list(?) order by id, seq`, name[0]) {
			if keys[k[0]] == nil {
				keys[k[0]] = &reference{table: k[1]}
			}
			keys[k[0]].from, keys[k[0]].to = append(keys[k[0]].from, k[2]), append(keys[k[0]].to, k[3])
		}
		for _, k := range keys {
			r.foreign = append(r.foreign, *k)
		}
		schema[name[0]] = r
	}
	return schema
}

func query(t *testing.T, file *sql.DB, text string, args ...any) (all [][]string) {
	t.Helper()
	rows, err := file.Query(text, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		row, into := make([]string, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func postgresSchema(t *testing.T, address string) map[string]relation {
	t.Helper()
	conn := dial(t, address)
	schema := map[string]relation{}
	for _, c := range collect(t, conn, `select table_name, column_name, coalesce(column_default, '')
		from information_schema.columns join pg_tables on schemaname = table_schema and tablename = table_name
		where table_schema = current_schema() order by table_name, ordinal_position`) {
		r, ok := schema[c[0]]
		if !ok {
			r.defaults = map[string]string{}
		}
		r.columns = append(r.columns, c[1])
		if c[2] != "" {
			r.defaults[c[1]] = c[2]
		}
		schema[c[0]] = r
	}
	for _, i := range collect(t, conn, `select c.relname, indisprimary::text, (select string_agg(pg_get_indexdef(i.indexrelid, k, true), ',' order by k)
		from generate_series(1, i.indnkeyatts) k) from pg_index i join pg_class c on c.oid = i.indrelid
		where indisunique and c.relnamespace = current_schema()::regnamespace`) {
		r := schema[i[0]]
		if columns := strings.Split(i[2], ","); i[1] == "true" {
			r.primary = columns
		} else {
			r.uniques = append(r.uniques, columns)
		}
		schema[i[0]] = r
	}
	const columns = `(select string_agg(attname, ',' order by ord) from unnest(k.%s) with ordinality u(n, ord)
		join pg_attribute a on a.attrelid = k.%s and a.attnum = u.n)`
	for _, k := range collect(t, conn, `select f.relname, g.relname, `+fmt.Sprintf(columns, "conkey", "conrelid")+`, `+fmt.Sprintf(columns, "confkey", "confrelid")+`
		from pg_constraint k join pg_class f on f.oid = conrelid join pg_class g on g.oid = confrelid
		where contype = 'f' and k.connamespace = current_schema()::regnamespace`) {
		r := schema[k[0]]
		r.foreign = append(r.foreign, reference{table: k[1], from: strings.Split(k[2], ","), to: strings.Split(k[3], ",")})
		schema[k[0]] = r
	}
	return schema
}

func dial(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(ctx) })
	return conn
}

func collect(t *testing.T, conn *pgx.Conn, text string, args ...any) [][]string {
	t.Helper()
	rows, err := conn.Query(ctx, text, args...)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]string, error) {
		out, into := make([]string, len(row.FieldDescriptions())), make([]any, len(row.FieldDescriptions()))
		for i := range out {
			into[i] = &out[i]
		}
		return out, row.Scan(into...)
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return all
}
