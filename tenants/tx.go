package tenants

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/fault"
)

// Row is embedded first in every model of a municipality: it puts tenant_id
// first in the primary key.
type Row struct {
	TenantID ID `bun:"tenant_id,pk"`
}

func (r *Row) own(t ID) { r.TenantID = t }

// Tx is a transaction of one municipality. It cannot be made but by a door.
// Every query built from it carries the tenant.
type Tx struct {
	Ctx    context.Context
	Tenant ID
	Actor  Actor

	bun   bun.Tx
	db    *DB
	now   time.Time
	after []func()
}

// Now is the one instant of this transaction, in UTC.
func (tx *Tx) Now() time.Time { return tx.now }

// Today is the day of Now in Europe/Rome.
func (tx *Tx) Today() day.Date { return day.Of(tx.now) }

// NewID returns a UUIDv7.
func (tx *Tx) NewID() uuid.UUID { return tx.db.NewID() }

// AfterCommit runs fn once the transaction has been committed, in order.
func (tx *Tx) AfterCommit(fn func()) { tx.after = append(tx.after, fn) }

// Announce tells the queue, after the commit, that a run is due.
func (tx *Tx) Announce(run uuid.UUID) {
	tx.AfterCommit(func() { tx.db.announce(tx.Tenant, run) })
}

// Select begins a query on a model (a pointer to a struct or to a slice),
// limited to the municipality.
func (tx *Tx) Select(model any) *bun.SelectQuery {
	return tx.bun.NewSelect().Model(model).Where("?TableAlias.tenant_id = ?", tx.Tenant)
}

// SelectFrom begins a query on a table (and its alias) for columns that are no
// model; the alias must be the table's own name.
func (tx *Tx) SelectFrom(table string) *bun.SelectQuery {
	return tx.bun.NewSelect().TableExpr("?", bun.Ident(table)).Where("?.tenant_id = ?", bun.Ident(table), tx.Tenant)
}

// Insert begins the insertion of a model or of a slice of them, and makes them
// the municipality's own.
func (tx *Tx) Insert(model any) *bun.InsertQuery {
	tx.adopt(reflect.ValueOf(model))
	return tx.bun.NewInsert().Model(model)
}

// Append runs an insertion and waits for no answer: on PostgreSQL it travels
// in one message with what comes next. What is wrong with it is the answer to
// that, at the latest to the commit.
func (tx *Tx) Append(q *bun.InsertQuery) error {
	_, err := q.Returning("NULL").Exec(context.WithValue(tx.Ctx, appendKey{}, true))
	return err
}

// Update begins the change of a model by its primary key.
func (tx *Tx) Update(model any) *bun.UpdateQuery {
	tx.adopt(reflect.ValueOf(model))
	return tx.bun.NewUpdate().Model(model).Where("?TableAlias.tenant_id = ?", tx.Tenant)
}

// Delete begins the removal of rows.
func (tx *Tx) Delete(model any) *bun.DeleteQuery {
	return tx.bun.NewDelete().Model(model).Where("?TableAlias.tenant_id = ?", tx.Tenant)
}

// Lock makes a selection wait for, and then hold, the rows it finds. On SQLite
// the writer holds the whole file already.
func (tx *Tx) Lock(q *bun.SelectQuery) *bun.SelectQuery {
	if mode := tx.db.store.forUpdate(); mode != "" {
		return q.For(mode)
	}
	return q
}

// One runs a selection of one row by its key; no row is a fault of kind
// NotFound with the given sentence.
func (tx *Tx) One(q *bun.SelectQuery, missing string) error {
	err := q.Limit(1).Scan(tx.ByKey())
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "missing", "%s", missing)
	}
	return err
}

type owned interface{ own(ID) }

func (tx *Tx) adopt(v reflect.Value) {
	for v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Slice {
		v = v.Elem()
	}
	if v.Kind() == reflect.Slice {
		for i := range v.Len() {
			e := v.Index(i)
			if e.Kind() != reflect.Pointer {
				e = e.Addr()
			}
			tx.adopt(e)
		}
		return
	}
	o, ok := v.Interface().(owned)
	if !ok {
		panic(fmt.Sprintf("tenants: %s does not embed tenants.Row", v.Type()))
	}
	o.own(tx.Tenant)
}

// PlatformTx is a transaction over the platform's tables.
type PlatformTx struct {
	bun.Tx
	Ctx context.Context
	db  *DB
	now time.Time
}

// Now is the one instant of this transaction, in UTC.
func (tx *PlatformTx) Now() time.Time { return tx.now }

// NewID returns a UUIDv7.
func (tx *PlatformTx) NewID() uuid.UUID { return tx.db.NewID() }
