package tenants

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"cassacomune/migrations"
)

// postgres keeps all municipalities in one database, each behind forced
// row-level security. The role of the application owns nothing.
type postgres struct {
	db       *bun.DB
	appRole  string
	ownerURL string
}

func openPostgres(cfg Config) (*postgres, error) {
	conf, err := pgx.ParseConfig(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	// bun writes arguments into the text: a statement cache would prepare each
	// text anew and pay a second round trip. What is worth it says so (ByKey),
	// unless the address asks for another mode: some poolers cannot keep
	// statements.
	engine := pgEngine{keeps: conf.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement}
	conf.DefaultQueryExecMode = pgx.QueryExecModeExec
	conf.RuntimeParams["timezone"] = "UTC"
	if err := refuseMighty(conf); err != nil {
		return nil, err
	}
	pool := sql.OpenDB(guard{stdlib.GetConnector(*conf), engine})
	pool.SetMaxOpenConns(cfg.connections())
	pool.SetMaxIdleConns(cfg.connections())
	owner := cfg.OwnerURL
	if owner == "" {
		owner = cfg.URL
	}
	return &postgres{db: bun.NewDB(pool, pgdialect.New()), appRole: conf.User, ownerURL: owner}, nil
}

func (p *postgres) platform(context.Context, bool) (pool, error) { return pool{DB: p.db}, nil }

func (p *postgres) tenant(context.Context, ID, bool) (pool, error) { return pool{DB: p.db}, nil }

func (p *postgres) provision(context.Context, ID) error { return nil }

func (p *postgres) close() error { return p.db.Close() }

func (p *postgres) forUpdate() string { return "UPDATE" }

// migrate runs both sets as the owner, under an advisory lock, and then builds
// the wall around every table.
func (p *postgres) migrate(ctx context.Context, _ []ID) error {
	conn, err := pgx.Connect(ctx, p.ownerURL)
	if err != nil {
		return fmt.Errorf("connect as owner: %w", err)
	}
	defer conn.Close(ctx)
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(20070617)"); err != nil {
			return fmt.Errorf("lock migrations: %w", err)
		}
		run := func(ctx context.Context, sql string) error {
			_, err := tx.Exec(ctx, sql)
			return err
		}
		applied := func(ctx context.Context) ([]string, error) {
			rows, err := tx.Query(ctx, "select name from schema_migration")
			if err != nil {
				return nil, err
			}
			return pgx.CollectRows(rows, pgx.RowTo[string])
		}
		for _, set := range []migrations.Set{migrations.ForPlatform, migrations.ForTenant} {
			if err := applyMigrations(ctx, set, "pg", 0, run, applied); err != nil {
				return err
			}
		}
		return p.wall(ctx, tx)
	})
}

// wall forces row-level security on every table but the platform's, and
// grants the application what each table allows: facts are only inserted.
func (p *postgres) wall(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, "select tablename from pg_tables where schemaname = current_schema() order by 1")
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	role := pgx.Identifier{p.appRole}.Sanitize()
	for _, t := range tables {
		name := pgx.Identifier{t}.Sanitize()
		may := "select, insert, update, delete"
		if slices.Contains(migrations.Facts, t) {
			may = "select, insert"
		}
		if t == "schema_migration" {
			may = "select"
		}
		text := fmt.Sprintf("revoke all on %s from %s; grant %s on %s to %s;", name, role, may, name, role)
		if !slices.Contains(migrations.Platform, t) {
			const own = "tenant_id = nullif(current_setting('app.tenant', true), '')::bigint"
			text += fmt.Sprintf(`alter table %[1]s enable row level security; alter table %[1]s force row level security;
				drop policy if exists wall on %[1]s; create policy wall on %[1]s using (%[2]s) with check (%[2]s)`, name, own)
		}
		if _, err := tx.Exec(ctx, text); err != nil {
			return fmt.Errorf("wall around %s: %w", t, err)
		}
	}
	return nil
}

// refuseMighty keeps the application from connecting as a role for which there
// is no wall: a superuser, one that bypasses row-level security, or the owner
// of the tables.
func refuseMighty(conf *pgx.ConnConfig) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, conf)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(ctx)
	var mighty, owner bool
	err = conn.QueryRow(ctx, `select rolsuper or rolbypassrls, exists (select 1 from pg_tables where tableowner = current_user and schemaname = current_schema())
		from pg_roles where rolname = current_user`).Scan(&mighty, &owner)
	if err != nil {
		return fmt.Errorf("rights of the database's role: %w", err)
	}
	if mighty || owner {
		return errors.New("open data: the role of --database is a superuser, bypasses row-level security or owns the tables; give the application a role of its own, and the owner's address as --owner")
	}
	return nil
}

// pgEngine begins a transaction and sets its tenant in the message of the first
// statement, when that reads no rows, or in one before it.
type pgEngine struct {
	keeps bool // the plans of the queries by key
}

func (pgEngine) begin(ctx context.Context, c driver.Conn, s scope) (endable, string, error) {
	conn := c.(*stdlib.Conn).Conn()
	mode := ""
	if s.readOnly {
		mode = " isolation level repeatable read read only" // a page sees one moment
	}
	tenant := ""
	if s.tenant != 0 {
		tenant = strconv.FormatInt(int64(s.tenant), 10)
	}
	return &pgTx{ctx: context.WithoutCancel(ctx), conn: conn}, "begin" + mode + "; set local app.tenant = '" + tenant + "';", nil
}

// refuses leaves the facts to the grants. The tenant is the door's to choose.
func (pgEngine) refuses(query string) error {
	bones, several := bonesOf(query)
	if strings.Contains(bones, "set_config") {
		return errLeaves
	}
	return oneStatement(bones, several)
}

func (e pgEngine) query(ctx context.Context, c driver.Conn, query string, args []driver.NamedValue) (driver.Rows, error) {
	if e.keeps && ctx.Value(byKey{}) != nil {
		if text, values, ok := lift(query); ok {
			query, args = text, []driver.NamedValue{{Ordinal: 1, Value: pgx.QueryExecModeCacheStatement}}
			for i, v := range values {
				args = append(args, driver.NamedValue{Ordinal: i + 2, Value: fmt.Sprint(v)})
			}
		}
	}
	return c.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (pgEngine) exec(ctx context.Context, c driver.Conn, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (pgEngine) joins() bool { return true }

type pgTx struct {
	ctx  context.Context
	conn *pgx.Conn
}

// errRolledBack is a COMMIT that PostgreSQL answered with ROLLBACK: a
// statement of the transaction had failed and its error was swallowed.
var errRolledBack = errors.New("tenants: the transaction had failed and was rolled back")

func (t *pgTx) commit(appended string) error {
	results, err := t.conn.PgConn().Exec(t.ctx, appended+"commit").ReadAll()
	if err != nil { // of what was appended, or of the commit: nothing is kept
		return errors.Join(err, t.Rollback())
	}
	if len(results) == 0 || results[len(results)-1].CommandTag.String() != "COMMIT" {
		return errRolledBack
	}
	return nil
}

func (t *pgTx) Rollback() error {
	_, err := t.conn.PgConn().Exec(t.ctx, "rollback").ReadAll()
	return err
}
