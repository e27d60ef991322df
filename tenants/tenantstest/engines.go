// Package tenantstest opens empty data for tests, on every engine that the
// machine offers: SQLite always, PostgreSQL when CASSACOMUNE_TEST_POSTGRES
// holds the address of a server on which databases and roles may be made. With
// CASSACOMUNE_TEST_STRICT=1 a missing PostgreSQL is a failure, not a skip.
package tenantstest

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"cassacomune/tenants"
)

// Key is the master key of test data.
var Key = []byte("0123456789abcdef0123456789abcdef")

// Clock is a clock that stands still until it is moved.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock starts at an instant.
func NewClock(at time.Time) *Clock { return &Clock{at: at} }

// Now returns the clock's instant.
func (c *Clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

// Move moves the clock by d.
func (c *Clock) Move(d time.Duration) { c.mu.Lock(); c.at = c.at.Add(d); c.mu.Unlock() }

// Set moves the clock to an instant.
func (c *Clock) Set(at time.Time) { c.mu.Lock(); c.at = at; c.mu.Unlock() }

// Start is the instant at which the clocks of tests begin: Monday 2 March
// 2026, 10:00 in Rome.
var Start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// Data is an empty, migrated database with its clock.
type Data struct {
	*tenants.DB
	Clock    *Clock
	Engine   string // "sqlite" or "postgres"
	Dir      string // SQLite: the data folder
	URL      string // PostgreSQL: the application's address
	OwnerURL string // PostgreSQL: the owner's address
}

// Each runs fn as a subtest on every engine.
func Each(t *testing.T, fn func(t *testing.T, db *Data)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t)) })
}

// SQLite opens empty data in a temporary folder.
func SQLite(t testing.TB) *Data {
	t.Helper()
	d := &Data{Clock: NewClock(Start), Engine: "sqlite", Dir: t.TempDir()}
	d.open(t)
	return d
}

// Postgres makes a database of its own for the test, or skips.
func Postgres(t testing.TB) *Data {
	t.Helper()
	admin := os.Getenv("CASSACOMUNE_TEST_POSTGRES")
	if admin == "" {
		if os.Getenv("CASSACOMUNE_TEST_STRICT") == "1" {
			t.Fatal("CASSACOMUNE_TEST_POSTGRES is not set")
		}
		t.Skip("CASSACOMUNE_TEST_POSTGRES is not set: PostgreSQL is not tested")
	}
	return postgresAt(t, admin)
}

func postgresAt(t testing.TB, admin string) *Data {
	t.Helper()
	template := makeTemplate(t, admin)
	name := fmt.Sprintf("cc_%d_%d", os.Getpid(), databases.Add(1))
	execAdmin(t, admin, "create database "+name+" template "+template)
	t.Cleanup(func() { execAdmin(t, admin, "drop database if exists "+name+" with (force)") })
	d := &Data{Clock: NewClock(Start), Engine: "postgres", URL: address(t, admin, appRole, name), OwnerURL: address(t, admin, "", name)}
	d.open(t)
	return d
}

// Reopen opens the same data again, as after a restart.
func (d *Data) Reopen(t testing.TB) *Data {
	t.Helper()
	again := &Data{Clock: d.Clock, Engine: d.Engine, Dir: d.Dir, URL: d.URL, OwnerURL: d.OwnerURL}
	again.open(t)
	return again
}

func (d *Data) open(t testing.TB) {
	t.Helper()
	db, err := tenants.Open(tenants.Config{Dir: d.Dir, URL: d.URL, OwnerURL: d.OwnerURL, Connections: 8,
		Clock: d.Clock.Now, Key: Key, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if d.Engine == "sqlite" { // a PostgreSQL database is cloned from a migrated one
		if err := db.Migrate(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { db.Close() })
	d.DB = db
}

// Add registers a municipality named by its slug, at <slug>.localhost.
func (d *Data) Add(t testing.TB, slug string) tenants.Tenant {
	t.Helper()
	town, err := d.DB.Add(context.Background(), tenants.New{Slug: slug, Name: "Comune di " + slug, FiscalCode: "00000000000",
		Hosts: []string{slug + ".localhost"}, Settings: tenants.Settings{Title: "Comune di " + slug, FiscalCode: "00000000000", Year: 2026,
			Segregation: 1, Postal: tenants.Postal{Account: "12345", Holder: "Comune di " + slug}}}, tenants.System("test"))
	if err != nil {
		t.Fatal(err)
	}
	return town
}

const appRole = "cassacomune_test"

var (
	databases atomic.Int64
	templates sync.Map // address of a server -> *template
)

// template is the migrated database of a server, of which those of tests are
// copies.
type template struct {
	once sync.Once
	name string
}

func makeTemplate(t testing.TB, admin string) string {
	t.Helper()
	at, _ := templates.LoadOrStore(admin, new(template))
	made := at.(*template)
	made.once.Do(func() {
		name := fmt.Sprintf("cc_template_%d", os.Getpid())
		execAdmin(t, admin, "do $$ begin create role "+appRole+" login password 'test' nosuperuser nobypassrls; exception when duplicate_object or unique_violation then null; end $$")
		execAdmin(t, admin, "drop database if exists "+name+" with (force)")
		execAdmin(t, admin, "create database "+name)
		db, err := tenants.Open(tenants.Config{URL: address(t, admin, appRole, name), OwnerURL: address(t, admin, "", name)})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.Migrate(context.Background()); err != nil {
			t.Fatal(err)
		}
		made.name = name
	})
	if made.name == "" {
		t.Fatal("no template database")
	}
	return made.name
}

func address(t testing.TB, admin, role, database string) string {
	t.Helper()
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + database
	if role != "" {
		u.User = url.UserPassword(role, "test")
	}
	return u.String()
}

func execAdmin(t testing.TB, admin, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}
