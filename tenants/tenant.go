package tenants

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
)

// ID names a municipality everywhere. It is random, so that a town can move
// from one instance to another.
type ID int64

func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }

// The states of a municipality in the registry.
const (
	StatePending = "pending" // registered; its own rows may not be there yet
	StateReady   = "ready"
)

// Tenant (ente creditore) is a municipality as the platform's registry knows
// it. What it has set up for itself is behind its wall, in Settings.
type Tenant struct {
	bun.BaseModel `bun:"table:tenant"`

	ID         ID `bun:"id,pk"`
	Slug       string
	Name       string
	FiscalCode string
	State      string
	CreatedAt  time.Time
}

// Actor is who acts: a citizen, a member of staff, a job. Offices limits a
// clerk to the debt types of some offices; none means all.
type Actor struct {
	ID      uuid.UUID
	Name    string // for the audit; never a fiscal code
	Role    string // as in auth: "citizen", "clerk", "accountant", "administrator", "operator", "system"
	Offices []string
}

// System is the actor of work that no person asked for.
func System(name string) Actor { return Actor{Name: name, Role: "system"} }

// Sees reports whether the actor may see what belongs to an office.
func (a Actor) Sees(office string) bool {
	if len(a.Offices) == 0 {
		return true
	}
	for _, o := range a.Offices {
		if o == office {
			return true
		}
	}
	return false
}

// New is what is needed to register a municipality.
type New struct {
	Slug, Name, FiscalCode string
	Hosts                  []string // exact host names, without port
	Settings               Settings
}

var slugForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

// Add registers a municipality and builds its house: a platform row that is
// pending, the municipality's own rows, then ready. A second call with the
// same slug and fiscal code finishes what a crash left half done.
func (db *DB) Add(ctx context.Context, n New, by Actor) (Tenant, error) {
	if !slugForm.MatchString(n.Slug) {
		return Tenant{}, fault.New(fault.Invalid, "tenant.slug", "Il nome breve %q deve avere solo lettere minuscole, cifre e trattini.", n.Slug).On("slug")
	}
	t := Tenant{ID: newTenantID(), Slug: n.Slug, Name: n.Name, FiscalCode: n.FiscalCode, State: StatePending, CreatedAt: db.Now()}
	err := db.Platform(ctx, func(tx *PlatformTx) error {
		var old Tenant
		err := tx.NewSelect().Model(&old).Where("slug = ?", n.Slug).Scan(ctx)
		switch {
		case err == nil && (old.State != StatePending || old.FiscalCode != n.FiscalCode):
			return fault.New(fault.Conflict, "tenant.slug", "Esiste già un Comune con il nome breve %q.", n.Slug).On("slug")
		case err == nil:
			t = old
		case !errors.Is(err, sql.ErrNoRows):
			return err
		default:
			if _, err := tx.NewInsert().Model(&t).Exec(ctx); err != nil {
				return err
			}
		}
		for _, h := range n.Hosts {
			if err := addHost(tx, h, t.ID); err != nil {
				return err
			}
		}
		return tx.Audit(by, "tenant.add", n.Slug, n.Name)
	})
	if err != nil {
		return Tenant{}, fmt.Errorf("register %s: %w", n.Slug, err)
	}
	if err := db.store.provision(ctx, t.ID); err != nil {
		return Tenant{}, fmt.Errorf("provision %s: %w", n.Slug, err)
	}
	err = db.Within(ctx, t.ID, by, func(tx *Tx) error {
		m := &Municipality{Slug: t.Slug, Name: t.Name, Settings: n.Settings, ChangedAt: tx.Now()}
		_, err := tx.Insert(m).On("CONFLICT DO NOTHING").Exec(ctx)
		return err
	})
	if err != nil {
		return Tenant{}, fmt.Errorf("set up %s: %w", n.Slug, err)
	}
	t.State = StateReady
	return t, db.Platform(ctx, func(tx *PlatformTx) error {
		_, err := tx.NewUpdate().Model(&t).Column("state").WherePK().Exec(ctx)
		return err
	})
}

func addHost(tx *PlatformTx, name string, t ID) error {
	name = strings.ToLower(name)
	var owner ID
	err := tx.NewSelect().TableExpr("host").Column("tenant_id").Where("name = ?", name).Scan(tx.Ctx, &owner)
	if err == nil && owner != t {
		return fault.New(fault.Conflict, "tenant.host", "L'indirizzo %q è già di un altro Comune.", name).On("host")
	}
	if err == nil {
		return nil
	}
	_, err = tx.NewRaw("INSERT INTO host (name, tenant_id) VALUES (?, ?)", name, t).Exec(tx.Ctx)
	return err
}

func newTenantID() ID {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // the system has no random source
	}
	return ID(binary.BigEndian.Uint64(b[:])>>11 + 1) // 53 bits: safe in JSON, never 0
}

// All returns every registered municipality by slug.
func (db *DB) All(ctx context.Context) (all []Tenant, err error) {
	err = db.Platform(ctx, func(tx *PlatformTx) error {
		return tx.NewSelect().Model(&all).OrderExpr("slug").Scan(ctx)
	})
	return all, err
}

// BySlug returns a ready municipality; an unknown slug is NotFound.
func (db *DB) BySlug(ctx context.Context, slug string) (Tenant, error) {
	return db.find(ctx, "slug = ?", slug)
}

// ByHost returns the ready municipality that answers at a host name, compared
// exactly. There is no default: an unknown host is NotFound.
func (db *DB) ByHost(ctx context.Context, host string) (Tenant, error) {
	return db.find(ctx, "id = (SELECT tenant_id FROM host WHERE name = ?)", host)
}

func (db *DB) find(ctx context.Context, where string, arg any) (t Tenant, err error) {
	err = db.Platform(ctx, func(tx *PlatformTx) error {
		return tx.NewSelect().Model(&t).Where(where, arg).Where("state = ?", StateReady).Scan(ctx)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return t, fault.New(fault.NotFound, "tenant", "Comune sconosciuto.")
	}
	return t, err
}

// mustKnow refuses a tenant that the registry does not hold, so that a wrong
// id fails before any query.
func (db *DB) mustKnow(ctx context.Context, t ID) error {
	if _, ok := db.known.Load(t); ok {
		return nil
	}
	err := db.Platform(ctx, func(tx *PlatformTx) error {
		n, err := tx.NewSelect().Model((*Tenant)(nil)).Where("id = ?", t).Count(ctx)
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, "tenant", "Comune sconosciuto.")
		}
		return err
	})
	if err == nil {
		db.known.Store(t, struct{}{})
	}
	return err
}
