package tenants

import (
	"context"
	"database/sql/driver"
)

// mostKept is how many prepared statements a connection of SQLite keeps.
const mostKept = 64

// keeper is a connection of SQLite that keeps what it has prepared: every
// statement whose values can be lifted from it. Where a plan looks at a value, to
// choose an index with a condition, SQLite itself prepares again for another.
type keeper struct {
	sqliteConn
	kept  map[string]*kept
	turns int
}

// sqliteConn is what a connection of the driver can do.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// kept is a prepared statement. While its rows are being read it is busy, and
// the same question is put without it.
type kept struct {
	sqliteStmt
	busy bool
	used int // the turn of its last use
}

type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func (k *keeper) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, values := k.statement(ctx, query, args)
	if s == nil {
		return k.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := s.QueryContext(ctx, values)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return keptRows{rows.(sqliteRows), s}, nil
}

func (k *keeper) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, values := k.statement(ctx, query, args)
	if s == nil {
		return k.sqliteConn.ExecContext(ctx, query, args)
	}
	return s.ExecContext(ctx, values)
}

func (k *keeper) Close() error {
	for _, s := range k.kept {
		s.Close()
	}
	return k.sqliteConn.Close()
}

// statement is the prepared form of a query, with its values; nil where there
// is none to be kept, or it is busy.
func (k *keeper) statement(ctx context.Context, query string, args []driver.NamedValue) (*kept, []driver.NamedValue) {
	text, lifted, ok := lift(query)
	if !ok || len(args) > 0 {
		return nil, nil
	}
	k.turns++
	s := k.kept[text]
	switch {
	case s == nil:
		prepared, err := k.PrepareContext(ctx, text)
		if err != nil {
			return nil, nil // the query itself will tell
		}
		k.makeRoom()
		s = &kept{sqliteStmt: prepared.(sqliteStmt)}
		k.kept[text] = s
	case s.busy:
		return nil, nil
	}
	s.used = k.turns
	values := make([]driver.NamedValue, len(lifted))
	for i, v := range lifted {
		values[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return s, values
}

// makeRoom closes the statement that was longest not used, when there are too
// many.
func (k *keeper) makeRoom() {
	if len(k.kept) < mostKept {
		return
	}
	oldest := ""
	for text, s := range k.kept {
		if !s.busy && (oldest == "" || s.used < k.kept[oldest].used) {
			oldest = text
		}
	}
	if oldest != "" {
		k.kept[oldest].Close()
		delete(k.kept, oldest)
	}
}

// keptRows are the answer of a kept statement, which is free again when they
// are closed.
type keptRows struct {
	sqliteRows
	of *kept
}

type sqliteRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeScanType
}

func (r keptRows) Close() error {
	r.of.busy = false
	return r.sqliteRows.Close()
}
