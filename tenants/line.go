package tenants

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync/atomic"

	"github.com/uptrace/bun"
)

// line is where the writers of a SQLite file wait for their turn. They work in
// one transaction, each in a savepoint. Who finds nobody behind him commits; else he
// goes to the end of the line, and whoever comes to a second turn first commits
// for all who have worked since the last commit, so that the disk is waited for
// once for many. Nobody is answered before the commit that holds his work.
type line struct {
	turn    chan struct{} // held by one at a time, in the order of coming
	waiting atomic.Int32
	open    *commit // begun and not ended; touched only in turn
}

func newLine() *line { return &line{turn: make(chan struct{}, 1)} }

// commit is one that several writers share.
type commit struct {
	conn    driver.Conn
	writers int           // whose savepoints stand
	done    chan struct{} // closed when it has ended
	err     error
}

func (c *commit) end(err error) {
	c.err = err
	close(c.done)
}

var errLost = errors.New("tenants: the connection was lost before the commit")

// within runs a transaction in its turn and waits until it is on disk.
func (l *line) within(ctx context.Context, db *bun.DB, s scope, fn func(context.Context, bun.Tx) error) error {
	l.waiting.Add(1)
	select {
	case l.turn <- struct{}{}:
		l.waiting.Add(-1)
	case <-ctx.Done():
		l.waiting.Add(-1)
		return ctx.Err()
	}
	mine, err := l.work(ctx, db, s, fn)
	if err != nil {
		return err
	}
	return l.settle(db, mine)
}

// work is a writer's own turn.
func (l *line) work(ctx context.Context, db *bun.DB, s scope, fn func(context.Context, bun.Tx) error) (mine *commit, err error) {
	defer func() { <-l.turn }()
	defer func() {
		if mine = l.open; mine != nil && (mine.writers == 0 || l.waiting.Load() == 0) {
			l.flush(db)
		}
	}()
	return nil, inScope(context.WithoutCancel(ctx), ctx, db, s, fn)
}

// settle waits for the commit, or makes it.
func (l *line) settle(db *bun.DB, mine *commit) error {
	select {
	case <-mine.done:
		return mine.err
	case l.turn <- struct{}{}:
	}
	defer func() { <-l.turn }()
	if l.open == mine {
		l.flush(db)
	}
	<-mine.done
	return mine.err
}

// flush ends what is open, in turn.
func (l *line) flush(db *bun.DB) {
	c := l.open
	l.open = nil
	c.end(func() error {
		conn, err := db.DB.Conn(context.Background())
		if err != nil {
			return err
		}
		defer conn.Close()
		return conn.Raw(func(under any) error {
			if under.(*guardedConn).inner != c.conn {
				return errLost
			}
			if err := exec(c.conn, "commit"); err != nil {
				return errors.Join(err, exec(c.conn, "rollback"))
			}
			return nil
		})
	}())
}

func exec(c driver.Conn, statement string) error {
	_, err := c.(driver.ExecerContext).ExecContext(context.Background(), statement, nil)
	return err
}

// sharing is the engine of a file's writer.
type sharing struct {
	sqliteEngine
	*line
}

func (e sharing) begin(_ context.Context, c driver.Conn, _ scope) (endable, string, error) {
	if e.open != nil && e.open.conn != c {
		e.open.end(errLost)
		e.open = nil
	}
	if e.open == nil {
		if err := exec(c, "begin immediate"); err != nil {
			return nil, "", err
		}
		e.open = &commit{conn: c, done: make(chan struct{})}
		return first{e.line}, "", nil
	}
	return savepoint{e.line}, "", exec(c, "savepoint turn")
}

// The work of others stands in the same commit, so the end of a context may come
// between statements and not in one: SQLite would undo theirs as well.

func (e sharing) exec(ctx context.Context, c driver.Conn, query string, args []driver.NamedValue) (driver.Result, error) {
	return e.sqliteEngine.exec(context.WithoutCancel(ctx), c, query, args)
}

func (e sharing) query(ctx context.Context, c driver.Conn, query string, args []driver.NamedValue) (driver.Rows, error) {
	return e.sqliteEngine.query(context.WithoutCancel(ctx), c, query, args)
}

// first is the transaction that opens a commit. Nobody else's work is in it yet.
type first struct{ *line }

func (f first) commit(string) error {
	f.open.writers++
	return nil
}

func (f first) Rollback() error {
	err := exec(f.open.conn, "rollback")
	f.open.end(err)
	f.open = nil
	return err
}

// savepoint is one that joins it.
type savepoint struct{ *line }

func (s savepoint) commit(string) error {
	if err := exec(s.open.conn, "release turn"); err != nil {
		return errors.Join(err, s.Rollback())
	}
	s.open.writers++
	return nil
}

// Rollback undoes the one transaction. Where SQLite has undone all of them
// already, which it does when the disk is full, the others must know.
func (s savepoint) Rollback() error {
	err := exec(s.open.conn, "rollback to turn; release turn")
	if err != nil {
		_ = exec(s.open.conn, "rollback") // there may be none any more
		s.open.end(err)
		s.open = nil
	}
	return err
}
