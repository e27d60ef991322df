package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// How long a session lives without a request, and at most.
const (
	IdleStaff   = 30 * time.Minute
	IdleCitizen = 30 * time.Minute
	Absolute    = 12 * time.Hour

	// touch is how old "seen" may grow before a request writes it anew: most
	// requests write nothing.
	touch = time.Minute
	// keep is how long an ended session is kept for the audit.
	keep = 30 * 24 * time.Hour
)

type session struct {
	bun.BaseModel `bun:"table:session"`
	tenants.Row

	ID        []byte `bun:"id,pk"`
	Host      string
	Kind      Kind
	PersonID  uuid.UUID `bun:",nullzero"`
	CitizenID uuid.UUID `bun:",nullzero"`
	CreatedAt time.Time
	SeenAt    time.Time
	IdleUntil time.Time
	ExpiresAt time.Time
	RevokedAt time.Time `bun:",nullzero"`
}

func (s session) idle() time.Duration {
	if s.Kind == KindCitizen {
		return IdleCitizen
	}
	return IdleStaff
}

func (s session) live(now time.Time) bool {
	return s.RevokedAt.IsZero() && now.Before(s.IdleUntil) && now.Before(s.ExpiresAt)
}

// open writes a new session and returns its token.
func open(tx *tenants.Tx, s session) (Token, error) {
	token := newToken(tx.Tenant)
	id := token.id()
	s.ID, s.CreatedAt, s.SeenAt = id[:], tx.Now(), tx.Now()
	s.IdleUntil, s.ExpiresAt = tx.Now().Add(s.idle()), tx.Now().Add(Absolute)
	if _, err := tx.Insert(&s).Exec(tx.Ctx); err != nil {
		return "", fmt.Errorf("open session: %w", err)
	}
	return token, nil
}

// Resume returns the session of a token. One that is shown on another host or
// to another municipality than its own has been copied: it is refused, and
// revoked where it belongs. Every refusal is ErrNoSession. The roles are read
// anew each time.
func Resume(ctx context.Context, db *tenants.DB, tenant tenants.ID, host string, token Token) (Session, error) {
	home, ok := token.home()
	if !ok {
		return Session{}, ErrNoSession
	}
	if home != tenant {
		return Session{}, errors.Join(ErrNoSession, betray(ctx, db, home, token))
	}
	var row session
	var found Session
	err := db.ReadFirst(ctx, tenant, func(tx *tenants.Tx) (err error) {
		row, found, err = resume(tx, host, token)
		return err
	})
	if errors.Is(err, errOtherHost) {
		return Session{}, errors.Join(ErrNoSession, betray(ctx, db, home, token))
	}
	if err != nil || row.SeenAt.Add(touch).After(db.Now()) {
		return found, err
	}
	return found, seen(ctx, db, tenant, found.Actor, row)
}

var errOtherHost = errors.New("auth: session of another host")

// shown is a session with a role that its person holds now, if any: the join
// has a line for each.
type shown struct {
	session
	Role    string
	Offices []string `bun:",type:text"`
	Name    string
}

func resume(tx *tenants.Tx, host string, token Token) (row session, s Session, err error) {
	id := token.id()
	var lines []shown
	err = tx.SelectFrom("session").
		ColumnExpr("session.kind, session.host, session.person_id, session.citizen_id, session.seen_at, session.idle_until, session.expires_at, session.revoked_at").
		ColumnExpr("coalesce(m.role, '') AS role, coalesce(m.offices, '[]') AS offices, coalesce(m.name, '') AS name").
		Join("LEFT JOIN membership AS m ON m.tenant_id = session.tenant_id AND m.person_id = session.person_id AND m.revoked_at IS NULL").
		Where("session.id = ?", id[:]).OrderExpr("m.id").Scan(tx.ByKey(), &lines)
	if err != nil {
		return row, s, err
	}
	if len(lines) == 0 {
		return row, s, ErrNoSession
	}
	row = lines[0].session
	row.ID = id[:]
	if !row.live(tx.Now()) {
		return row, s, ErrNoSession
	}
	if row.Host != host {
		return row, s, errOtherHost
	}
	s = Session{ID: id, Kind: row.Kind, Tenant: tx.Tenant, Host: row.Host}
	if row.Kind == KindCitizen {
		c := &Citizen{}
		if err := tx.One(tx.Select(c).Where("id = ?", row.CitizenID), ErrNoSession.Text); err != nil {
			return row, Session{}, err
		}
		s.Actor, s.Roles, s.Citizen = c.actor(), []string{RoleCitizen}, c
		return row, s, nil
	}
	var held []Membership
	for _, l := range lines {
		if l.Role != "" {
			held = append(held, Membership{Role: l.Role, Offices: l.Offices, Name: l.Name})
		}
	}
	if s.Actor, s.Roles = inForce(row.PersonID, held); len(s.Roles) == 0 {
		return row, Session{}, ErrNoSession
	}
	return row, s, nil
}

// seen moves the idle limit, unless the session ended meanwhile.
func seen(ctx context.Context, db *tenants.DB, tenant tenants.ID, by tenants.Actor, row session) error {
	return db.Within(ctx, tenant, by, func(tx *tenants.Tx) error {
		row.SeenAt, row.IdleUntil = tx.Now(), tx.Now().Add(row.idle())
		_, err := tx.Update(&row).Column("seen_at", "idle_until").WherePK().Where("revoked_at IS NULL").Exec(tx.Ctx)
		return err
	})
}

// betray revokes a session that was shown where it does not belong.
func betray(ctx context.Context, db *tenants.DB, home tenants.ID, token Token) error {
	if home == 0 {
		return LogOutOperator(ctx, db, token)
	}
	err := end(ctx, db, home, token, "session.stolen")
	if fault.Is(err, fault.NotFound) { // a municipality that somebody made up
		return nil
	}
	return err
}

// LogOut ends a session of a municipality. One that is not there is no error.
func LogOut(ctx context.Context, db *tenants.DB, tenant tenants.ID, token Token) error {
	if home, ok := token.home(); !ok || home != tenant {
		return nil
	}
	return end(ctx, db, tenant, token, "logout")
}

func end(ctx context.Context, db *tenants.DB, tenant tenants.ID, token Token, action string) error {
	id := token.id()
	live := int64(0)
	err := db.Read(ctx, tenant, func(tx *tenants.Tx) (err error) {
		live, err = tx.Select((*session)(nil)).Where("id = ? AND revoked_at IS NULL", id[:]).Count(tx.Ctx)
		return err
	})
	if err != nil || live == 0 { // an invented token costs no writing
		return err
	}
	return db.Within(ctx, tenant, tenants.System("accesso"), func(tx *tenants.Tx) error {
		result, err := tx.Update(&session{}).Set("revoked_at = ?", tx.Now()).
			Where("id = ? AND revoked_at IS NULL", id[:]).Exec(tx.Ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return tx.Audit(action, "", "")
	})
}

func endSessions(tx *tenants.Tx, person uuid.UUID) error {
	_, err := tx.Update(&session{}).Set("revoked_at = ?", tx.Now()).
		Where("person_id = ? AND revoked_at IS NULL", person).Exec(tx.Ctx)
	return err
}

// Sweep removes what time has emptied: log-ins never finished, counts of old
// attempts, sessions ended long ago. It is for the sweeper.
func Sweep(tx *tenants.Tx) error {
	if _, err := tx.Delete((*oidcState)(nil)).Where("expires_at <= ?", tx.Now()).Exec(tx.Ctx); err != nil {
		return fmt.Errorf("sweep log-ins: %w", err)
	}
	if _, err := tx.Delete((*loginFailure)(nil)).Where("since <= ?", tx.Now().Add(-lockTime)).Exec(tx.Ctx); err != nil {
		return fmt.Errorf("sweep attempts: %w", err)
	}
	if _, err := tx.Delete((*session)(nil)).Where("expires_at <= ?", tx.Now().Add(-keep)).Exec(tx.Ctx); err != nil {
		return fmt.Errorf("sweep sessions: %w", err)
	}
	return nil
}
