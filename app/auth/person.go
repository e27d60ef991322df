package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// Person (operatore) is a member of staff, of one municipality or of several.
// What a person may do is a membership, in each municipality's own rows.
type Person struct {
	bun.BaseModel `bun:"table:person"`

	ID         uuid.UUID `bun:"id,pk"`
	Email      string
	Name       string
	CreatedAt  time.Time
	DisabledAt time.Time `bun:",nullzero"`
}

type credential struct {
	bun.BaseModel `bun:"table:credential"`

	PersonID    uuid.UUID `bun:"person_id,pk"`
	Hash        string
	ChangedAt   time.Time
	Failures    int
	LockedUntil time.Time `bun:",nullzero"`
	ExpiresAt   time.Time `bun:",nullzero"` // issued by somebody else: for one use, until then
}

// own reports whether the person chose the password.
func (c credential) own() bool { return c.ExpiresAt.IsZero() }

// inForce is the hash to compare with: none of one that was not used in time.
func (c credential) inForce(now time.Time) string {
	if !c.own() && !now.Before(c.ExpiresAt) {
		return ""
	}
	return c.Hash
}

type membershipHint struct {
	bun.BaseModel `bun:"table:membership_hint"`

	PersonID uuid.UUID  `bun:"person_id,pk"`
	TenantID tenants.ID `bun:"tenant_id,pk"`
}

// CreatePerson registers a member of staff, who can do nothing until a
// password is set and a role granted. An e-mail that is already there is a
// Conflict: FindPerson returns who has it.
func CreatePerson(ctx context.Context, db *tenants.DB, by tenants.Actor, email, name string) (Person, error) {
	email, name = foldEmail(email), strings.TrimSpace(name)
	if a, err := mail.ParseAddress(email); err != nil || a.Address != email || len(email) > 254 || strings.ContainsAny(email, "\r\n") {
		return Person{}, fault.New(fault.Invalid, "auth.email", "L'indirizzo e-mail non è valido.").On("email")
	}
	if name == "" || len(name) > 200 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return Person{}, fault.New(fault.Invalid, "auth.name", "Il nome è obbligatorio, al massimo 200 caratteri.").On("name")
	}
	if !mayManagePeople(by) {
		return Person{}, errManage
	}
	var p Person
	err := db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		p = Person{ID: tx.NewID(), Email: email, Name: name, CreatedAt: tx.Now()}
		result, err := tx.NewInsert().Model(&p).On("CONFLICT (email) DO NOTHING").Exec(tx.Ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.New(fault.Conflict, "auth.email.taken", "Esiste già una persona con questo indirizzo e-mail.").On("email"))
		}
		return tx.Audit(by, "person.create", p.ID.String(), "")
	})
	if err != nil {
		return Person{}, fmt.Errorf("create person: %w", err)
	}
	return p, nil
}

// FindPerson returns who has an e-mail; nobody is NotFound.
func FindPerson(ctx context.Context, db *tenants.DB, email string) (Person, error) {
	p, _, err := lookUp(ctx, db, "email = ?", foldEmail(email))
	return p, err
}

// PersonOf returns a person by id.
func PersonOf(ctx context.Context, db *tenants.DB, id uuid.UUID) (Person, error) {
	p, _, err := lookUp(ctx, db, "id = ?", id)
	return p, err
}

// NamesOf returns how those of these persons are called who exist.
func NamesOf(ctx context.Context, db *tenants.DB, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	names := map[uuid.UUID]string{}
	if len(ids) == 0 {
		return names, nil
	}
	return names, db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		var persons []Person
		err := tx.NewSelect().Model(&persons).Where("id IN (?)", bun.List(ids)).Scan(tx.Ctx)
		for _, p := range persons {
			names[p.ID] = p.Name
		}
		return err
	})
}

// SetPassword gives a person a new password and ends all of their sessions.
// People set their own; only the command line sets another's: whoever else has
// to help Issues one for a single use.
func SetPassword(ctx context.Context, db *tenants.DB, by tenants.Actor, person uuid.UUID, password string) error {
	p, _, err := lookUp(ctx, db, "id = ?", person)
	if err != nil {
		return err
	}
	if own := by.ID == person && by.ID != uuid.Nil; !own && by.Role != "system" {
		return fault.New(fault.Forbidden, "auth.password.other", "Solo la persona stessa può cambiare la propria password.")
	}
	if err := checkPassword(password, p.Email, p.Name); err != nil {
		return err
	}
	hash, err := hashPassword(ctx, password)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	err = db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		if err := putCredential(tx, &credential{PersonID: person, Hash: hash, ChangedAt: tx.Now()}); err != nil {
			return err
		}
		return tx.Audit(by, "person.password", person.String(), "")
	})
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return endEverywhere(ctx, db, by, person, "person.password")
}

// putCredential replaces what a person proves who they are with, and ends the
// operator's sessions that the former one opened.
func putCredential(tx *tenants.PlatformTx, c *credential) error {
	_, err := tx.NewInsert().Model(c).On("CONFLICT (person_id) DO UPDATE").
		Set("hash = EXCLUDED.hash, changed_at = EXCLUDED.changed_at, expires_at = EXCLUDED.expires_at, failures = 0, locked_until = NULL").Exec(tx.Ctx)
	if err != nil {
		return err
	}
	return endOperatorSessions(tx, c.PersonID)
}

// ChangePassword is SetPassword by the person, who proves to know the old one.
func ChangePassword(ctx context.Context, db *tenants.DB, by tenants.Actor, old, password string) error {
	_, c, err := lookUp(ctx, db, "id = ?", by.ID)
	if err != nil {
		return err
	}
	locked, err := reserveGuess(ctx, db, by.ID)
	if err != nil {
		return err
	}
	if ok, err := rightPassword(ctx, c.Hash, old); err != nil {
		return err
	} else if !ok || locked {
		return fault.New(fault.Invalid, "auth.password.old", "La password attuale non è corretta.").On("old")
	}
	return SetPassword(ctx, db, by, by.ID, password)
}

// Disable ends a person's access everywhere, at once.
func Disable(ctx context.Context, db *tenants.DB, by tenants.Actor, person uuid.UUID) error {
	if by.Role != RoleOperator && by.Role != "system" {
		return fault.New(fault.Forbidden, "auth.disable", "Solo il gestore del servizio può disattivare una persona: un Comune ne revoca il ruolo.")
	}
	err := db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		if _, err := tx.NewUpdate().Model((*Person)(nil)).Set("disabled_at = ?", tx.Now()).
			Where("id = ? AND disabled_at IS NULL", person).Exec(tx.Ctx); err != nil {
			return err
		}
		if err := endOperatorSessions(tx, person); err != nil {
			return err
		}
		return tx.Audit(by, "person.disable", person.String(), "")
	})
	if err != nil {
		return fmt.Errorf("disable person: %w", err)
	}
	return endEverywhere(ctx, db, by, person, "person.disable")
}

// Towns are the municipalities in which a person was ever given a role: where
// to look, not what they may do.
func Towns(ctx context.Context, db *tenants.DB, person uuid.UUID) (towns []tenants.ID, err error) {
	err = db.Platform(ctx, func(tx *tenants.PlatformTx) (err error) {
		towns, err = townsOf(tx, person)
		return err
	})
	return towns, err
}

// endEverywhere ends a person's sessions in every town. Where they work the
// register says why, and nothing of the other towns.
func endEverywhere(ctx context.Context, db *tenants.DB, by tenants.Actor, person uuid.UUID, why string) error {
	towns, err := Towns(ctx, db, person)
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	var errs []error
	for _, t := range towns {
		errs = append(errs, db.Within(ctx, t, by, func(tx *tenants.Tx) error {
			if err := endSessions(tx, person); err != nil {
				return err
			}
			if _, _, member, err := staff(tx, person); err != nil || !member {
				return err
			}
			return tx.Audit(why, person.String(), "")
		}))
	}
	return errors.Join(errs...)
}

// lookUp returns a person and the credential, if there is one.
func lookUp(ctx context.Context, db *tenants.DB, where string, arg any) (p Person, c credential, err error) {
	err = db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		err := tx.NewSelect().Model(&p).Where(where, arg).Scan(tx.Ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return errPerson
		}
		if err != nil {
			return err
		}
		err = tx.NewSelect().Model(&c).Where("person_id = ?", p.ID).Scan(tx.Ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return p, c, err
}

func foldEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

var errManage = fault.New(fault.Forbidden, "auth.people", "Solo un amministratore può gestire le persone.")

func mayManagePeople(by tenants.Actor) bool {
	return by.Role == RoleAdministrator || by.Role == RoleOperator || by.Role == "system"
}
