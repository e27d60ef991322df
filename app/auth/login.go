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

// proof is who has shown to know a password: the person, the role that they
// act in here, the credential, and the name under which attempts are counted.
type proof struct {
	person     Person
	actor      tenants.Actor
	credential credential
	who        []byte
}

// LogIn opens a session of a member of staff on a host of a municipality. The
// token is always new; whoever calls ends the session that the request came
// with. A password that somebody else issued is answered ErrOneTime.
func LogIn(ctx context.Context, db *tenants.DB, tenant tenants.ID, host, email, password string) (Token, error) {
	p, err := prove(ctx, db, tenant, email, password)
	if err != nil {
		return "", fmt.Errorf("log in: %w", err)
	}
	if !p.credential.own() {
		return "", ErrOneTime
	}
	return enter(ctx, db, tenant, host, p)
}

// prove compares a password. Wrong e-mail, wrong password, one issued too long
// ago, no role here and a disabled person are all ErrWrong, after the same
// work: a hash is computed in each case, and only that of somebody who has a
// role here is compared with what was typed.
func prove(ctx context.Context, db *tenants.DB, tenant tenants.ID, email, password string) (proof, error) {
	email = foldEmail(email)
	who := sha256.Sum256([]byte(email))
	out := proof{who: who[:]}
	var err error
	out.person, out.credential, err = lookUp(ctx, db, "email = ?", email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return out, err
	}
	stored := out.credential.inForce(db.Now())
	if !out.person.DisabledAt.IsZero() {
		stored = ""
	}
	locked := false
	err = db.Within(ctx, tenant, tenants.System("accesso"), func(tx *tenants.Tx) (err error) {
		if locked, err = countAttempt(tx, out.who); err != nil || locked {
			return err
		}
		var member bool
		out.actor, _, member, err = staff(tx, out.person.ID)
		if !member {
			stored = ""
		}
		return err
	})
	if err != nil {
		return out, err
	}
	if locked {
		return out, ErrLocked
	}
	if ok, err := rightPassword(ctx, stored, password); err != nil {
		return out, err
	} else if !ok {
		return out, ErrWrong
	}
	return out, nil
}

// enter opens the session once the password was right.
func enter(ctx context.Context, db *tenants.DB, tenant tenants.ID, host string, p proof) (Token, error) {
	var token Token
	err := db.Within(ctx, tenant, p.actor, func(tx *tenants.Tx) error {
		actor, _, member, err := staff(tx, p.person.ID)
		if err != nil {
			return err
		}
		if !member { // revoked while the hash was computed
			return ErrWrong
		}
		tx.Actor = actor
		if _, err := tx.Delete((*loginFailure)(nil)).Where("who = ?", p.who).Exec(tx.Ctx); err != nil {
			return err
		}
		token, err = open(tx, session{Host: host, Kind: KindStaff, PersonID: p.person.ID})
		if err != nil {
			return err
		}
		return tx.Audit("login", p.person.ID.String(), "")
	})
	if err != nil {
		return "", fmt.Errorf("log in: %w", err)
	}
	// A password changed, or a person disabled, while we were here has ended
	// the sessions that it saw: look again, now that ours can be seen.
	now, c, err := lookUp(ctx, db, "id = ?", p.person.ID)
	if err == nil && now.DisabledAt.IsZero() && c.Hash == p.credential.Hash {
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
