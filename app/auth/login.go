package auth

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// After this many attempts without a success, an e-mail is refused in a
// municipality until the time has passed since the first of them.
const (
	attempts = 5
	lockTime = 15 * time.Minute
)

// The two refusals of a log-in. Neither says whether the e-mail is known: the
// count runs for any e-mail that somebody types.
var (
	ErrWrong  = fault.New(fault.Forbidden, "auth.wrong", "E-mail o password non corretti.")
	ErrLocked = fault.New(fault.TooMany, "auth.locked", "Troppi tentativi: riprovare tra quindici minuti.")
)

type loginFailure struct {
	bun.BaseModel `bun:"table:login_failure"`
	tenants.Row

	Who      []byte `bun:"who,pk"`
	Failures int
	Since    time.Time
}

// LogIn opens a session of a member of staff on a host of a municipality. The
// token is always new; whoever calls ends the session that the request came
// with. Wrong e-mail, wrong password, no role here and a disabled person are
// all ErrWrong, after the same work: a hash is computed in each case, and only
// that of somebody who has a role here is compared with what was typed.
func LogIn(ctx context.Context, db *tenants.DB, tenant tenants.ID, host, email, password string) (Token, error) {
	email = foldEmail(email)
	p, c, err := lookUp(ctx, db, "email = ?", email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", fmt.Errorf("log in: %w", err)
	}
	stored := c.Hash
	if !p.DisabledAt.IsZero() {
		stored = ""
	}
	who := sha256.Sum256([]byte(email))
	locked := false
	err = db.Within(ctx, tenant, tenants.System("accesso"), func(tx *tenants.Tx) (err error) {
		if locked, err = countAttempt(tx, who[:]); err != nil || locked {
			return err
		}
		_, _, member, err := staff(tx, p.ID)
		if !member {
			stored = ""
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("log in: %w", err)
	}
	if locked {
		return "", ErrLocked
	}
	if ok, err := rightPassword(ctx, stored, password); err != nil {
		return "", fmt.Errorf("log in: %w", err)
	} else if !ok {
		return "", ErrWrong
	}
	return enter(ctx, db, tenant, host, p, c, who[:])
}

// enter opens the session once the password was right.
func enter(ctx context.Context, db *tenants.DB, tenant tenants.ID, host string, p Person, c credential, who []byte) (Token, error) {
	by := tenants.Actor{ID: p.ID, Name: p.Name, Role: "system"}
	var token Token
	err := db.Within(ctx, tenant, by, func(tx *tenants.Tx) error {
		actor, _, member, err := staff(tx, p.ID)
		if err != nil {
			return err
		}
		if !member { // revoked while the hash was computed
			return ErrWrong
		}
		tx.Actor = actor
		if _, err := tx.Delete((*loginFailure)(nil)).Where("who = ?", who).Exec(tx.Ctx); err != nil {
			return err
		}
		token, err = open(tx, session{Host: host, Kind: KindStaff, PersonID: p.ID})
		if err != nil {
			return err
		}
		return tx.Audit("login", p.ID.String(), "")
	})
	if err != nil {
		return "", fmt.Errorf("log in: %w", err)
	}
	// A password changed, or a person disabled, while we were here has ended
	// the sessions that it saw: look again, now that ours can be seen.
	now, d, err := lookUp(ctx, db, "id = ?", p.ID)
	if err == nil && now.DisabledAt.IsZero() && d.Hash == c.Hash {
		return token, nil
	}
	return "", errors.Join(ErrWrong, err, LogOut(ctx, db, tenant, token))
}

// countAttempt counts before the password is compared, so that many attempts
// at once count too, and reports whether this one comes too late. What it
// counts is cleared by a success.
func countAttempt(tx *tenants.Tx, who []byte) (locked bool, err error) {
	f := &loginFailure{Who: who, Failures: 1, Since: tx.Now()}
	start := tx.Now().Add(-lockTime)
	_, err = tx.Insert(f).On("CONFLICT (tenant_id, who) DO UPDATE").
		Set("failures = CASE WHEN ?TableAlias.since <= ? THEN 1 ELSE ?TableAlias.failures + 1 END", start).
		Set("since = CASE WHEN ?TableAlias.since <= ? THEN EXCLUDED.since ELSE ?TableAlias.since END", start).
		Exec(tx.Ctx)
	if err != nil {
		return false, err
	}
	var now loginFailure
	err = tx.Select(&now).Where("who = ?", who).Scan(tx.Ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil && now.Failures == attempts+1 {
		err = tx.Audit("login.locked", "", "")
	}
	return now.Failures > attempts, err
}
