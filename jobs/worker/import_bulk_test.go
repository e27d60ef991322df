package worker_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite"

	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// written are the tables that an import of debts writes, parents first.
var written = []string{"debt", "debt_party", "debt_item", "instalment", "portion", "code", "debt_event",
	"ledger_tx", "ledger_entry", "ledger_balance"}

// bulk is a copy of the rows of a municipality, to be written into another by
// the fastest way that the engine has, with nothing checked but what the
// schema itself does: COPY on PostgreSQL, as the superuser whom the wall does
// not stop; one prepared statement a table on SQLite, all in one transaction.
type bulk struct {
	columns map[string][]string
	rows    map[string][][]any
	write   func(to tenants.ID) error
}

func readBulk(b *testing.B, db *tenantstest.Data, from tenants.ID) *bulk {
	b.Helper()
	copied := &bulk{columns: map[string][]string{}, rows: map[string][][]any{}}
	read, write := copied.readSQLite, copied.writeSQLite
	if db.Engine == "postgres" {
		read, write = copied.readPostgres, copied.writePostgres
	}
	if err := read(db, from); err != nil {
		b.Fatal(err)
	}
	copied.write = func(to tenants.ID) error {
		for _, rows := range copied.rows {
			for _, row := range rows {
				row[0] = int64(to) // tenant_id comes first everywhere
			}
		}
		return write(db, to)
	}
	return copied
}

// took writes the rows and says how long it took.
func (c *bulk) took(b *testing.B, to tenants.ID) time.Duration {
	b.Helper()
	began := time.Now()
	if err := c.write(to); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

func openFile(db *tenantstest.Data, id tenants.ID) (*sql.DB, error) {
	file, err := sql.Open("sqlite", "file:"+filepath.Join(db.Dir, "tenants", fmt.Sprintf("%d.db", id))+
		"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_time_format=sqlite")
	if err == nil {
		file.SetMaxOpenConns(1)
	}
	return file, err
}

func (c *bulk) readSQLite(db *tenantstest.Data, from tenants.ID) error {
	file, err := openFile(db, from)
	if err != nil {
		return err
	}
	defer file.Close()
	for _, table := range written {
		rows, err := file.Query("select * from " + table)
		if err != nil {
			return err
		}
		if c.columns[table], err = rows.Columns(); err != nil {
			return err
		}
		for rows.Next() {
			row := make([]any, len(c.columns[table]))
			into := make([]any, len(row))
			for i := range row {
				into[i] = &row[i]
			}
			if err := rows.Scan(into...); err != nil {
				return err
			}
			c.rows[table] = append(c.rows[table], row)
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (c *bulk) writeSQLite(db *tenantstest.Data, to tenants.ID) error {
	file, err := openFile(db, to)
	if err != nil {
		return err
	}
	defer file.Close()
	tx, err := file.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, table := range written {
		columns := c.columns[table]
		insert, err := tx.Prepare("insert into " + table + " values (?" + strings.Repeat(", ?", len(columns)-1) + ")")
		if err != nil {
			return err
		}
		for _, row := range c.rows[table] {
			if _, err := insert.Exec(row...); err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
		}
		if err := insert.Close(); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (c *bulk) readPostgres(db *tenantstest.Data, from tenants.ID) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, db.OwnerURL)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, table := range written {
		rows, err := conn.Query(ctx, "select * from "+table+" where tenant_id = $1", int64(from))
		if err != nil {
			return err
		}
		var columns []string
		for _, f := range rows.FieldDescriptions() {
			columns = append(columns, f.Name)
		}
		c.columns[table] = columns
		for rows.Next() {
			row, err := rows.Values()
			if err != nil {
				return err
			}
			c.rows[table] = append(c.rows[table], row)
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (c *bulk) writePostgres(db *tenantstest.Data, _ tenants.ID) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, db.OwnerURL)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, table := range written {
			if _, err := tx.CopyFrom(ctx, pgx.Identifier{table}, c.columns[table], pgx.CopyFromRows(c.rows[table])); err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
		}
		return nil
	})
}
