// Package tenants holds a municipality (ente creditore), its set-up, and the
// only doors to the data. There is no way to a row but through a door, and no
// door opens without saying for whom:
//
//	db.Read(ctx, tenant, fn)           queries of one municipality
//	db.Within(ctx, tenant, actor, fn)  a transaction of one municipality
//	db.Platform(ctx, fn)               the closed list of platform tables
//	db.AcrossAll(ctx, purpose, fn)     each municipality in turn, for the few
//
// On PostgreSQL all municipalities share a database behind forced row-level
// security; on SQLite each has a file. Code outside this package and
// migrations never knows which.
package tenants

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Config says where the data is. Exactly one of URL and Dir is set.
type Config struct {
	URL         string // PostgreSQL, as the application's role
	OwnerURL    string // PostgreSQL, as the owner; for Migrate only
	Dir         string // folder of the SQLite files
	Connections int    // PostgreSQL; default 16
	Clock       func() time.Time
	Random      io.Reader // of ids; nil: the system's. Secrets never come from here.
	Log         *slog.Logger
	Key         []byte // 32 bytes; seals the secrets of the channels

	// Announce is told of each run whose row has been committed; see package jobs.
	Announce func(ID, uuid.UUID)
}

func (c Config) connections() int {
	if c.Connections > 0 {
		return c.Connections
	}
	return 16
}

// store is one of the two engines.
type store interface {
	platform(ctx context.Context, readOnly bool) (pool, error)
	tenant(ctx context.Context, t ID, readOnly bool) (pool, error)
	provision(ctx context.Context, t ID) error
	migrate(ctx context.Context, tenants []ID) error // nil: the platform
	forUpdate() string
	close() error
}

// DB is the application's data behind its doors. It is safe for concurrent use.
type DB struct {
	store    store
	clock    func() time.Time
	random   io.Reader
	log      *slog.Logger
	key      []byte
	announce func(ID, uuid.UUID)
	known    sync.Map // ID -> struct{}: tenants seen in the registry
	sequence atomic.Uint32
}

// Open connects to the data; it changes nothing in it.
func Open(cfg Config) (*DB, error) {
	db := &DB{clock: cfg.Clock, random: cfg.Random, log: cfg.Log, key: cfg.Key, announce: cfg.Announce}
	if db.clock == nil {
		db.clock = time.Now
	}
	if db.random == nil {
		db.random = rand.Reader
	}
	if db.announce == nil {
		db.announce = func(ID, uuid.UUID) {}
	}
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	var err error
	switch {
	case (cfg.URL == "") == (cfg.Dir == ""):
		return nil, errors.New("open data: give either a database address or a data folder")
	case cfg.URL != "":
		if !strings.HasPrefix(cfg.URL, "postgres://") && !strings.HasPrefix(cfg.URL, "postgresql://") {
			return nil, errors.New("open data: the database address must begin with postgres://")
		}
		db.store, err = openPostgres(cfg)
	default:
		db.store, err = openEmbedded(cfg)
	}
	if err != nil {
		return nil, err
	}
	return db, nil
}

// Close closes all connections.
func (db *DB) Close() error { return db.store.close() }

// Now is the clock's instant in UTC, cut to the microsecond that both engines
// keep.
func (db *DB) Now() time.Time { return db.clock().UTC().Truncate(time.Microsecond) }

// Log is where the rooms write what an operator should see; never personal data.
func (db *DB) Log() *slog.Logger { return db.log }

// Read runs queries of one municipality. Writing is refused by the engine.
func (db *DB) Read(ctx context.Context, tenant ID, fn func(*Tx) error) error {
	return db.door(ctx, scope{tenant: tenant, readOnly: true}, Actor{}, fn)
}

// Within runs a transaction of one municipality on behalf of an actor. When fn
// returns an error nothing is kept; what AfterCommit was given runs once the
// commit has succeeded.
func (db *DB) Within(ctx context.Context, tenant ID, actor Actor, fn func(*Tx) error) error {
	if actor.Role == "" {
		return errors.New("tenants: a transaction needs an actor")
	}
	return db.door(ctx, scope{tenant: tenant}, actor, fn)
}

func (db *DB) door(ctx context.Context, s scope, actor Actor, fn func(*Tx) error) error {
	if s.tenant == 0 {
		return ErrNoTenant
	}
	if err := db.mustKnow(ctx, s.tenant); err != nil {
		return err
	}
	pool, err := db.store.tenant(ctx, s.tenant, s.readOnly)
	if err != nil {
		return err
	}
	tx := &Tx{Tenant: s.tenant, Actor: actor, db: db, now: db.Now()}
	if err := pool.within(ctx, s, func(ctx context.Context, b bun.Tx) error {
		tx.Ctx, tx.bun = ctx, b
		return fn(tx)
	}); err != nil {
		return err
	}
	for _, after := range tx.after {
		after()
	}
	return nil
}

// ErrNoTenant is a programmer's mistake: a door was called without saying for
// whom.
var ErrNoTenant = errors.New("tenants: no tenant")

// Platform runs a transaction over the platform's tables. No municipality's
// row can be reached in it.
func (db *DB) Platform(ctx context.Context, fn func(*PlatformTx) error) error {
	pool, err := db.store.platform(ctx, false)
	if err != nil {
		return err
	}
	return pool.within(ctx, scope{}, func(ctx context.Context, b bun.Tx) error {
		return fn(&PlatformTx{Ctx: ctx, Tx: b, db: db, now: db.Now()})
	})
}

// AcrossAll calls fn for each ready municipality in turn, in the order of
// their slugs. It is for the sweeper, check, migrate and metrics; purpose is
// logged. One municipality's error does not stop the others.
func (db *DB) AcrossAll(ctx context.Context, purpose string, fn func(Tenant) error) error {
	all, err := db.All(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", purpose, err)
	}
	var errs []error
	for _, t := range all {
		if t.State != StateReady {
			continue
		}
		if err := fn(t); err != nil {
			errs = append(errs, fmt.Errorf("%s of %s: %w", purpose, t.Slug, err))
		}
	}
	return errors.Join(errs...)
}

// pool is the connections behind a door.
type pool struct {
	*bun.DB
	line *line // in which they wait who share commits; nil: each commits by himself
}

func (p pool) within(ctx context.Context, s scope, fn func(context.Context, bun.Tx) error) error {
	if p.line != nil {
		return p.line.within(ctx, p.DB, s, fn)
	}
	return inScope(ctx, ctx, p.DB, s, fn)
}

// inScope runs a transaction that lives as long as life does.
func inScope(life, ctx context.Context, db *bun.DB, s scope, fn func(context.Context, bun.Tx) error) (err error) {
	tx, err := beginOrJoin(life, db, s)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			tx.Rollback()
		}
	}()
	if err := fn(ctx, tx); err != nil {
		return err
	}
	done = true
	return commitOrLeave(life, tx, s)
}

// NewID returns a UUIDv7 made of the clock and the random source: ids sort by
// the time at which they were made.
func (db *DB) NewID() uuid.UUID {
	var id uuid.UUID
	if _, err := io.ReadFull(db.random, id[:]); err != nil {
		panic(err) // there is no random source: nothing may go on
	}
	ms := uint64(db.clock().UnixMilli())
	binary.BigEndian.PutUint32(id[0:], uint32(ms>>16))
	binary.BigEndian.PutUint16(id[4:], uint16(ms))
	binary.BigEndian.PutUint16(id[6:], 0x7000|uint16(db.sequence.Add(1)&0x0fff))
	id[8] = id[8]&0x3f | 0x80
	return id
}
