package tenants

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite"

	"cassacomune/app/fault"
	"cassacomune/migrations"
)

// embedded keeps the platform in one SQLite file and every municipality in a
// file of its own. Each file has one writer, which takes the lock at once, and
// a few readers that can only query.
type embedded struct {
	dir   string
	mu    sync.Mutex
	files map[ID]*file // 0 is the platform
}

type file struct{ write, read pool }

func openEmbedded(cfg Config) (*embedded, error) {
	if err := os.MkdirAll(filepath.Join(cfg.Dir, "tenants"), 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	return &embedded{dir: cfg.Dir, files: map[ID]*file{}}, nil
}

func (e *embedded) path(t ID) string {
	if t == 0 {
		return filepath.Join(e.dir, "platform.db")
	}
	return filepath.Join(e.dir, "tenants", fmt.Sprintf("%d.db", t))
}

func (e *embedded) platform(ctx context.Context, readOnly bool) (pool, error) {
	return e.open(ctx, 0, readOnly, true)
}

func (e *embedded) tenant(ctx context.Context, t ID, readOnly bool) (pool, error) {
	return e.open(ctx, t, readOnly, false)
}

// open returns the writer or the readers of a file. A municipality that has no
// file is unknown: there is nothing to fall back on.
func (e *embedded) open(_ context.Context, t ID, readOnly, create bool) (pool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f, ok := e.files[t]
	if !ok {
		if _, err := os.Stat(e.path(t)); errors.Is(err, fs.ErrNotExist) && !create {
			return pool{}, fault.New(fault.NotFound, "tenant", "Comune sconosciuto.")
		}
		writers := newLine()
		f = &file{
			write: pool{connectSQLite(e.path(t), 1, "_pragma=temp_store(MEMORY)&_pragma=wal_autocheckpoint(4000)", sharing{line: writers}), writers},
			read:  pool{DB: connectSQLite(e.path(t), 4, "_pragma=query_only(1)", sqliteEngine{})},
		}
		e.files[t] = f
	}
	if readOnly {
		return f.read, nil
	}
	return f.write, nil
}

func connectSQLite(path string, connections int, options string, e engine) *bun.DB {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + options +
		"&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_time_format=sqlite"
	db := sql.OpenDB(guard{keeping{sqliteConnector{dsn}}, e})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return bun.NewDB(db, sqlitedialect.New())
}

type sqliteConnector struct{ dsn string }

var sqliteDriver = &sqlite.Driver{}

func (c sqliteConnector) Connect(context.Context) (driver.Conn, error) {
	return sqliteDriver.Open(c.dsn)
}
func (c sqliteConnector) Driver() driver.Driver { return sqliteDriver }

// keeping connects with a keeper of statements.
type keeping struct{ sqliteConnector }

func (c keeping) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.sqliteConnector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keeper{sqliteConn: conn.(sqliteConn), kept: map[string]*kept{}}, nil
}

func (e *embedded) provision(ctx context.Context, t ID) error {
	if _, err := e.open(ctx, t, false, true); err != nil {
		return err
	}
	return e.migrateFile(ctx, t, migrations.ForTenant)
}

func (e *embedded) migrate(ctx context.Context, all []ID) error {
	if all == nil {
		return e.migrateFile(ctx, 0, migrations.ForPlatform)
	}
	for _, t := range all {
		if err := e.migrateFile(ctx, t, migrations.ForTenant); err != nil {
			return err
		}
	}
	return nil
}

func (e *embedded) migrateFile(ctx context.Context, t ID, set migrations.Set) error {
	dsn := "file:" + (&url.URL{Path: e.path(t)}).EscapedPath() + "?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)"
	db := sql.OpenDB(sqliteConnector{dsn})
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("open %s: %w", filepath.Base(e.path(t)), err)
	}
	defer tx.Rollback()
	run := func(ctx context.Context, text string) error {
		_, err := tx.ExecContext(ctx, text)
		return err
	}
	applied := func(ctx context.Context) (names []string, err error) {
		rows, err := tx.QueryContext(ctx, "select name from schema_migration")
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var n string
			if err := rows.Scan(&n); err != nil {
				return nil, err
			}
			names = append(names, n)
		}
		return names, rows.Err()
	}
	if err := applyMigrations(ctx, set, "sqlite", int64(t), run, applied); err != nil {
		return err
	}
	return tx.Commit()
}

func (e *embedded) close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	var errs []error
	for _, f := range e.files {
		errs = append(errs, f.read.Close(), f.write.Close())
	}
	e.files = map[ID]*file{}
	return errors.Join(errs...)
}

func (e *embedded) forUpdate() string { return "" } // the one writer holds the file

// sqliteEngine stands in for PostgreSQL's grants: it refuses to change facts
// and to leave the file.
type sqliteEngine struct{}

func (sqliteEngine) begin(ctx context.Context, c driver.Conn, s scope) (endable, string, error) {
	tx, err := c.(driver.ConnBeginTx).BeginTx(ctx, driver.TxOptions{})
	return sqliteTx{tx}, "", err
}

func (sqliteEngine) joins() bool { return false } // there is no way to save

type sqliteTx struct{ driver.Tx }

func (t sqliteTx) commit(string) error { return t.Commit() }

func (sqliteEngine) refuses(query string) error {
	bones, several := bonesOf(query)
	if err := oneStatement(bones, several); err != nil {
		return err
	}
	return sparesFacts(bones)
}

func (sqliteEngine) query(ctx context.Context, c driver.Conn, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (sqliteEngine) exec(ctx context.Context, c driver.Conn, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.(driver.ExecerContext).ExecContext(ctx, query, args)
}
