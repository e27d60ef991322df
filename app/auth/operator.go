package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
	"cassacomune/tenants"
)

type operatorGrant struct {
	bun.BaseModel `bun:"table:operator_grant"`

	PersonID  uuid.UUID `bun:"person_id,pk"`
	GrantedAt time.Time
}

type operatorSession struct {
	bun.BaseModel `bun:"table:operator_session"`

	ID        []byte `bun:"id,pk"`
	PersonID  uuid.UUID
	Host      string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

// GrantOperator makes a person an operator (gestore) of the instance. Only
// another operator, or the command line, may.
func GrantOperator(ctx context.Context, db *tenants.DB, by tenants.Actor, person uuid.UUID) error {
	if by.Role != RoleOperator && by.Role != "system" {
		return fault.New(fault.Forbidden, "auth.operator", "Solo il gestore del servizio può nominare un gestore.")
	}
	if _, _, err := lookUp(ctx, db, "id = ?", person); err != nil {
		return err
	}
	return db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		g := &operatorGrant{PersonID: person, GrantedAt: tx.Now()}
		if _, err := tx.NewInsert().Model(g).On("CONFLICT DO NOTHING").Exec(tx.Ctx); err != nil {
			return err
		}
		return tx.Audit(by, "operator.grant", person.String(), "")
	})
}

// RevokeOperator takes the grant back and ends the sessions.
func RevokeOperator(ctx context.Context, db *tenants.DB, by tenants.Actor, person uuid.UUID) error {
	if by.Role != RoleOperator && by.Role != "system" {
		return fault.New(fault.Forbidden, "auth.operator", "Solo il gestore del servizio può revocare un gestore.")
	}
	return db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		if _, err := tx.NewDelete().Model((*operatorGrant)(nil)).Where("person_id = ?", person).Exec(tx.Ctx); err != nil {
			return err
		}
		if err := endOperatorSessions(tx, person); err != nil {
			return err
		}
		return tx.Audit(by, "operator.revoke", person.String(), "")
	})
}

// LogInOperator opens a session on the bare host, which is no municipality's.
// A locked account answers as a wrong password does.
func LogInOperator(ctx context.Context, db *tenants.DB, host, email, password string) (Token, error) {
	p, err := proveOperator(ctx, db, email, password)
	if err != nil {
		return "", fmt.Errorf("log in operator: %w", err)
	}
	if !p.credential.own() {
		return "", ErrOneTime
	}
	return enterOperator(ctx, db, host, p)
}

func proveOperator(ctx context.Context, db *tenants.DB, email, password string) (out proof, err error) {
	out.person, out.credential, err = lookUp(ctx, db, "email = ?", foldEmail(email))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return out, err
	}
	out.actor = tenants.Actor{ID: out.person.ID, Name: out.person.Name, Role: RoleOperator}
	granted, err := isOperator(ctx, db, out.person)
	if err != nil {
		return out, err
	}
	locked, err := reserveGuess(ctx, db, out.person.ID)
	if err != nil {
		return out, err
	}
	stored := out.credential.inForce(db.Now())
	if !granted || locked {
		stored = ""
	}
	if ok, err := rightPassword(ctx, stored, password); err != nil {
		return out, err
	} else if !ok {
		return out, ErrWrong
	}
	return out, nil
}

// enterOperator opens the session once the password was right.
func enterOperator(ctx context.Context, db *tenants.DB, host string, p proof) (Token, error) {
	token := newToken(0)
	err := db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		result, err := tx.NewUpdate().Model((*credential)(nil)).Set("failures = 0, locked_until = NULL").
			Where("person_id = ? AND hash = ?", p.person.ID, p.credential.Hash).Exec(tx.Ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 { // changed meanwhile
			return errors.Join(err, ErrWrong)
		}
		id := token.id()
		s := &operatorSession{ID: id[:], PersonID: p.person.ID, Host: host, CreatedAt: tx.Now(), SeenAt: tx.Now(), ExpiresAt: tx.Now().Add(Absolute)}
		if _, err := tx.NewInsert().Model(s).Exec(tx.Ctx); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*operatorSession)(nil)).Where("expires_at <= ?", tx.Now()).Exec(tx.Ctx); err != nil {
			return err
		}
		return tx.Audit(p.actor, "login", p.person.ID.String(), "")
	})
	if err != nil {
		return "", fmt.Errorf("log in operator: %w", err)
	}
	return token, nil
}

func isOperator(ctx context.Context, db *tenants.DB, p Person) (ok bool, err error) {
	err = db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		n, err := tx.NewSelect().Model((*operatorGrant)(nil)).Where("person_id = ?", p.ID).Count(tx.Ctx)
		ok = n == 1 && p.DisabledAt.IsZero()
		return err
	})
	return ok, err
}

// reserveGuess counts an attempt against a person's password before it is
// compared, and reports whether the account is locked.
func reserveGuess(ctx context.Context, db *tenants.DB, person uuid.UUID) (locked bool, err error) {
	err = db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		result, err := tx.NewUpdate().Model((*credential)(nil)).
			Set("failures = CASE WHEN locked_until IS NULL THEN failures + 1 ELSE 1 END, locked_until = NULL").
			Where("person_id = ?", person).Where("locked_until IS NULL OR locked_until <= ?", tx.Now()).Exec(tx.Ctx)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if locked = n == 0; locked || err != nil {
			return err
		}
		_, err = tx.NewUpdate().Model((*credential)(nil)).Set("locked_until = ?", tx.Now().Add(lockTime)).
			Where("person_id = ? AND failures >= ?", person, attempts).Exec(tx.Ctx)
		return err
	})
	return locked, err
}

// ResumeOperator returns the operator's session of a token; a refusal is
// ErrNoSession. On another host the session is ended.
func ResumeOperator(ctx context.Context, db *tenants.DB, host string, token Token) (Session, error) {
	home, ok := token.home()
	if !ok {
		return Session{}, ErrNoSession
	}
	if home != 0 {
		return Session{}, errors.Join(ErrNoSession, betray(ctx, db, home, token))
	}
	id := token.id()
	var s operatorSession
	var p Person
	err := db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		err := tx.NewSelect().Model(&s).Where("id = ?", id[:]).
			Where("EXISTS (SELECT 1 FROM operator_grant AS g WHERE g.person_id = ?TableAlias.person_id)").Scan(tx.Ctx)
		if err != nil {
			return err
		}
		return tx.NewSelect().Model(&p).Where("id = ? AND disabled_at IS NULL", s.PersonID).Scan(tx.Ctx)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, ErrNoSession
	}
	if err != nil {
		return Session{}, fmt.Errorf("resume operator: %w", err)
	}
	if s.Host != host {
		return Session{}, errors.Join(ErrNoSession, LogOutOperator(ctx, db, token))
	}
	now := db.Now()
	if !now.Before(s.ExpiresAt) || !now.Before(s.SeenAt.Add(IdleStaff)) {
		return Session{}, errors.Join(ErrNoSession, LogOutOperator(ctx, db, token))
	}
	if !now.Before(s.SeenAt.Add(touch)) {
		if err := db.Platform(ctx, func(tx *tenants.PlatformTx) error {
			_, err := tx.NewUpdate().Model(&s).Set("seen_at = ?", tx.Now()).WherePK().Exec(tx.Ctx)
			return err
		}); err != nil {
			return Session{}, fmt.Errorf("resume operator: %w", err)
		}
	}
	return Session{ID: id, Kind: KindOperator, Host: host, Roles: []string{RoleOperator},
		Actor: tenants.Actor{ID: p.ID, Name: p.Name, Role: RoleOperator}}, nil
}

// LogOutOperator ends an operator's session. One that is not there is no error.
func LogOutOperator(ctx context.Context, db *tenants.DB, token Token) error {
	id := token.id()
	return db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		_, err := tx.NewDelete().Model((*operatorSession)(nil)).Where("id = ?", id[:]).Exec(tx.Ctx)
		return err
	})
}

func endOperatorSessions(tx *tenants.PlatformTx, person uuid.UUID) error {
	_, err := tx.NewDelete().Model((*operatorSession)(nil)).Where("person_id = ?", person).Exec(tx.Ctx)
	return err
}
