package tenants

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// writers is an embedded municipality, and the line of its writers.
type writers struct {
	*testing.T
	db   *DB
	town ID
	line *line
}

func newWriters(t *testing.T) *writers {
	t.Helper()
	db, err := Open(Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	ctx := context.Background()
	if err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	town, err := db.Add(ctx, New{Slug: "alfa", Name: "Alfa", FiscalCode: "00000000000"}, System("test"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := db.store.tenant(ctx, town.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	return &writers{t, db, town.ID, p.line}
}

func (w *writers) write(ctx context.Context, fn func(*Tx) error) error {
	return w.db.Within(ctx, w.town, System("test"), fn)
}

func mark(object string) func(*Tx) error {
	return func(tx *Tx) error { return tx.Audit("mark", object, "") }
}

func (w *writers) marks() (objects map[string]int) {
	w.Helper()
	var rows []AuditRow
	if err := w.db.Read(context.Background(), w.town, func(tx *Tx) error {
		return tx.Select(&rows).Where("action = 'mark'").Scan(tx.Ctx)
	}); err != nil {
		w.Fatal(err)
	}
	objects = map[string]int{}
	for _, r := range rows {
		objects[r.Object]++
	}
	return objects
}

// together lets all stand in line before the first has its turn, so that they
// share a commit, and returns what each was answered.
func (w *writers) together(ctx context.Context, all ...func(*Tx) error) []error {
	w.Helper()
	w.line.turn <- struct{}{}
	errs := make([]error, len(all))
	var done sync.WaitGroup
	for i, fn := range all {
		done.Go(func() { errs[i] = w.write(ctx, fn) })
		for before := time.Now(); int(w.line.waiting.Load()) <= i; time.Sleep(time.Millisecond) {
			if time.Since(before) > 10*time.Second {
				w.Fatal("nobody stands in line")
			}
		}
	}
	<-w.line.turn
	done.Wait()
	return errs
}

func TestOneOfManyFails(t *testing.T) {
	w := newWriters(t)
	stop := errors.New("stop")
	unwanted := func(object string) func(*Tx) error {
		return func(tx *Tx) error { return errors.Join(mark(object)(tx), stop) }
	}
	for round, all := range [][]func(*Tx) error{
		{mark("a"), unwanted("no"), mark("b")}, {unwanted("no"), mark("c"), mark("d")}, {mark("e"), mark("f"), unwanted("no")}, {unwanted("no"), unwanted("no")},
	} {
		for i, err := range w.together(context.Background(), all...) {
			if err != nil && !errors.Is(err, stop) {
				t.Errorf("round %d, writer %d: %v", round, i, err)
			}
		}
	}
	if got := w.marks(); len(got) != 6 || got["no"] > 0 {
		t.Errorf("kept %v, want a to f", got)
	}
	if w.line.open != nil {
		t.Error("a commit was left open")
	}
}

// TestAllAreUndone has one of three writers make SQLite undo the whole
// transaction, as it does by itself when the disk is full: all must be told,
// and the next writer finds everything in order.
func TestAllAreUndone(t *testing.T) {
	w := newWriters(t)
	errs := w.together(context.Background(), mark("a"), func(tx *Tx) error {
		_, err := tx.bun.ExecContext(tx.Ctx, "insert or rollback into office (tenant_id) values (1)")
		if err == nil {
			t.Error("a row without a tenant of this file was taken")
		}
		return err
	}, mark("b"))
	if errs[0] == nil || errs[1] == nil || errs[2] != nil {
		t.Errorf("answers %v, want the first two refused", errs)
	}
	if got := w.marks(); len(got) != 1 || got["b"] != 1 {
		t.Errorf("kept %v, want b alone", got)
	}
}

// TestContextsEndBetweenStatements has writers give up in line, before and in
// their turn; the others do not notice.
func TestContextsEndBetweenStatements(t *testing.T) {
	var (
		w    *writers
		ctx  context.Context
		errs []error
	)
	for ordered := false; !ordered; { // who stands in line first comes first, as a rule
		w = newWriters(t)
		within, cancel := context.WithCancel(context.Background())
		defer cancel()
		worked := false
		ctx, errs = within, w.together(within, func(tx *Tx) error {
			worked = true
			return mark("a")(tx)
		}, func(tx *Tx) error {
			if ordered = worked; ordered {
				cancel()
			}
			return mark("no")(tx)
		})
	}
	if errs[0] != nil || !errors.Is(errs[1], context.Canceled) {
		t.Errorf("answers %v, want the second cancelled", errs)
	}
	w.line.turn <- struct{}{}
	if err := w.write(ctx, mark("no")); !errors.Is(err, context.Canceled) {
		t.Errorf("a writer who gave up in line was answered %v", err)
	}
	<-w.line.turn
	if err := w.write(context.Background(), mark("b")); err != nil {
		t.Error(err)
	}
	if got := w.marks(); len(got) != 2 || got["no"] > 0 {
		t.Errorf("kept %v, want a and b", got)
	}
}

// TestManyWriters lets many write at once, some of whom fail or panic: what was
// answered well is there after the file is opened again, once each.
func TestManyWriters(t *testing.T) {
	w := newWriters(t)
	var good atomic.Int32
	var all sync.WaitGroup
	for who := range 8 {
		all.Go(func() {
			for i := range 60 {
				defer func() { _ = recover() }()
				name := fmt.Sprintf("%d/%d", who, i)
				err := w.write(context.Background(), func(tx *Tx) error {
					if err := mark(name)(tx); err != nil {
						return err
					}
					switch (who + i) % 5 {
					case 0:
						return errors.New("stop")
					case 1:
						if i == 59 {
							panic("stop")
						}
					}
					return nil
				})
				if err == nil {
					good.Add(1)
				}
			}
		})
	}
	all.Wait()
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(Config{Dir: w.db.store.(*embedded).dir})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	w.db = again
	got := w.marks()
	for object, n := range got {
		if n != 1 {
			t.Errorf("%s was kept %d times", object, n)
		}
	}
	if len(got) != int(good.Load()) || len(got) < 300 {
		t.Errorf("%d rows of %d transactions that were answered well", len(got), good.Load())
	}
}
