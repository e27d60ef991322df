package tenants

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
)

// ErrOutsideDoor is the answer to every statement that no door has opened the
// way for: it has no transaction, hence no tenant.
var ErrOutsideDoor = errors.New("tenants: statement outside a door")

// scope says for whom a transaction runs. It travels in the context from a
// door to the connection and nowhere else.
type scope struct {
	tenant   ID // 0: the platform
	readOnly bool
	first    bool // it leaves its transaction to the next
}

type scopeKey struct{}

// engine is what differs between the two databases at the level of a
// connection: how a transaction begins for a scope, which statements a door
// refuses, and how one is put.
type engine interface {
	// begin also answers with what is still to be sent, before anything else.
	begin(ctx context.Context, c driver.Conn, s scope) (tx endable, opening string, err error)
	refuses(query string) error
	exec(ctx context.Context, c driver.Conn, query string, args []driver.NamedValue) (driver.Result, error)
	query(ctx context.Context, c driver.Conn, query string, args []driver.NamedValue) (driver.Rows, error)
	joins() bool // statements may travel in one message
}

// endable is an open transaction: what is appended goes with the commit.
type endable interface {
	commit(appended string) error
	Rollback() error
}

// appendKey marks, in the context, a statement whose answer nobody waits for.
type appendKey struct{}

// guard wraps a driver's connector so that nothing runs outside a door.
type guard struct {
	driver.Connector
	engine engine
}

func (g guard) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := g.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &guardedConn{inner: c, engine: g.engine}, nil
}

// Close closes the connector under it, when it can be closed.
func (g guard) Close() error {
	if c, ok := g.Connector.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

type guardedConn struct {
	inner    driver.Conn
	engine   engine
	open     bool            // a transaction is open
	appended strings.Builder // statements that go with the next, each with its semicolon
	opening  string          // of the transaction, until the database hears of it
}

var (
	_ driver.ConnBeginTx        = (*guardedConn)(nil)
	_ driver.ExecerContext      = (*guardedConn)(nil)
	_ driver.QueryerContext     = (*guardedConn)(nil)
	_ driver.ConnPrepareContext = (*guardedConn)(nil)
	_ driver.SessionResetter    = (*guardedConn)(nil)
	_ driver.Validator          = (*guardedConn)(nil)
)

func (c *guardedConn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	s, ok := ctx.Value(scopeKey{}).(scope)
	if !ok {
		return nil, ErrOutsideDoor
	}
	tx, opening, err := c.engine.begin(ctx, c.inner, s)
	if err != nil {
		return nil, err
	}
	c.open, c.opening = true, opening
	c.appended.Reset()
	c.appended.WriteString(opening)
	return &guardedTx{conn: c, inner: tx}, nil
}

type guardedTx struct {
	conn  *guardedConn
	inner endable
}

func (t *guardedTx) Commit() error {
	t.conn.open = false
	nothing := t.conn.opening != "" && t.conn.appended.Len() == len(t.conn.opening)
	appended := t.conn.take()
	if nothing {
		return nil
	}
	return t.inner.commit(appended)
}

func (t *guardedTx) Rollback() error {
	t.conn.open = false
	unsent := t.conn.opening != ""
	t.conn.take()
	if unsent {
		return nil
	}
	return t.inner.Rollback()
}

// take empties what has been appended.
func (c *guardedConn) take() string {
	text := c.appended.String()
	c.appended.Reset()
	c.opening = ""
	return text
}

func (c *guardedConn) allow(query string) error {
	if !c.open {
		return ErrOutsideDoor
	}
	return c.engine.refuses(query)
}

func (c *guardedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.allow(query); err != nil {
		return nil, err
	}
	if ctx.Value(appendKey{}) != nil && c.engine.joins() && len(args) == 0 {
		c.appended.WriteString(query)
		c.appended.WriteByte(';')
		return driver.ResultNoRows, nil
	}
	if c.appended.Len() > 0 && len(args) == 0 {
		query = c.take() + query
	} else if err := c.flush(ctx); err != nil {
		return nil, err
	}
	return c.engine.exec(ctx, c.inner, query, args)
}

// flush sends what has been appended before a statement that cannot travel
// with it: one whose rows are read, or that has arguments.
func (c *guardedConn) flush(ctx context.Context) error {
	if c.appended.Len() == 0 {
		return nil
	}
	_, err := c.engine.exec(ctx, c.inner, c.take(), nil)
	return err
}

func (c *guardedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.allow(query); err != nil {
		return nil, err
	}
	if err := c.flush(ctx); err != nil {
		return nil, err
	}
	return c.engine.query(ctx, c.inner, query, args)
}

func (c *guardedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.allow(query); err != nil {
		return nil, err
	}
	if err := c.flush(ctx); err != nil {
		return nil, err
	}
	return c.inner.(driver.ConnPrepareContext).PrepareContext(ctx, query)
}

func (c *guardedConn) Prepare(string) (driver.Stmt, error) { return nil, ErrOutsideDoor }
func (c *guardedConn) Begin() (driver.Tx, error)           { return nil, ErrOutsideDoor }
func (c *guardedConn) Close() error                        { return c.inner.Close() }

func (c *guardedConn) ResetSession(ctx context.Context) error {
	if c.open {
		return driver.ErrBadConn
	}
	if r, ok := c.inner.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

func (c *guardedConn) IsValid() bool {
	if c.open {
		return false
	}
	v, ok := c.inner.(driver.Validator)
	return !ok || v.IsValid()
}
