package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// OneTime is how long a password that somebody else issued can be used, and it
// is good for one thing: choosing one's own.
const OneTime = 24 * time.Hour

// ErrOneTime answers a log-in with a password that was issued: Choose it is.
var ErrOneTime = fault.New(fault.Forbidden, "auth.onetime", "Questa password vale una volta sola: serve a scegliere la tua.")

var (
	errSelf = fault.New(fault.Conflict, "auth.onetime.self", "Una password nuova per te la assegna un altro: la tua la cambi con «Password», in alto a destra.")
	errIs   = fault.New(fault.Conflict, "auth.onetime.own", "Hai già scelto la tua password: accedi con quella.")
	errSame = fault.New(fault.Invalid, "auth.password.same", "La password deve essere diversa da quella che hai ricevuto.").On("password")
	errGone = fault.New(fault.Conflict, "auth.disabled", "La persona è disattivata: non può avere una password.")

	// ErrShared answers an administrator over a person whom another
	// municipality, or the instance, knows too.
	ErrShared = fault.New(fault.Conflict, "auth.onetime.shared", "Questa persona non è solo di questo Comune: la password la sostituisce chi gestisce il servizio.")
	// ErrElsewhere answers a role for a person whom only others know.
	ErrElsewhere = fault.New(fault.Conflict, "auth.person.elsewhere", "Questo indirizzo è di una persona di un altro Comune: chiedi a chi gestisce il servizio di ammetterla anche qui, poi assegna il ruolo.").On("email")
)

// Issue (password provvisoria) puts a password for one use in the place of a
// person's own, ends all of their sessions, and returns it this once. The
// administrator of a municipality may, for who works there and was never known
// to another municipality, nor to the instance; the operator and the command
// line, for anybody. Nobody may for themselves: an open session is no proof.
func Issue(ctx context.Context, db *tenants.DB, by tenants.Actor, tenant tenants.ID, person uuid.UUID) (string, error) {
	if !mayManagePeople(by) {
		return "", errManage
	}
	if by.ID == person && by.ID != uuid.Nil {
		return "", errSelf
	}
	if by.Role == RoleAdministrator {
		if err := worksHere(ctx, db, tenant, person); err != nil {
			return "", err
		}
	}
	return replaceByOneTime(ctx, db, by, person, func(tx *tenants.PlatformTx) (bool, error) {
		if by.Role != RoleAdministrator {
			return true, nil
		}
		alone, err := belongsTo(tx, person, tenant)
		if err == nil && !alone {
			err = ErrShared
		}
		return true, err
	})
}

// Admit lets a municipality, besides those that know a person already, give
// them roles. Who was one municipality's alone gets a password for one use, so
// that nobody there holds the one that now opens another's door; then, and if
// there was no password at all, it is returned. Only the operator and the
// command line, who know who the person is, may.
func Admit(ctx context.Context, db *tenants.DB, by tenants.Actor, tenant tenants.ID, person uuid.UUID) (string, error) {
	if by.Role != RoleOperator && by.Role != "system" {
		return "", errManage
	}
	return replaceByOneTime(ctx, db, by, person, func(tx *tenants.PlatformTx) (bool, error) {
		before, err := townsOf(tx, person)
		if err != nil {
			return false, err
		}
		further, err := addTown(tx, person, tenant)
		if err == nil && further {
			err = tx.Audit(by, "person.admit", person.String(), tenant.String())
		}
		if err != nil || further && len(before) == 1 {
			return true, err
		}
		n, err := tx.NewSelect().Model((*credential)(nil)).Where("person_id = ?", person).Count(tx.Ctx)
		return n == 0, err
	})
}

// replaceByOneTime asks, with the person locked, whether a password is to be
// issued, and issues it.
func replaceByOneTime(ctx context.Context, db *tenants.DB, by tenants.Actor, person uuid.UUID, wanted func(*tenants.PlatformTx) (bool, error)) (string, error) {
	text := strings.ToLower(rand.Text()) // 100 bits of it, easy to read aloud
	password := text[:5] + "-" + text[5:10] + "-" + text[10:15] + "-" + text[15:20]
	hash, err := hashPassword(ctx, password)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	issued := false
	err = db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		p, err := lockPerson(tx, person)
		if err != nil {
			return err
		}
		if !p.DisabledAt.IsZero() {
			return errGone
		}
		if issued, err = wanted(tx); err != nil || !issued {
			return err
		}
		c := &credential{PersonID: person, Hash: hash, ChangedAt: tx.Now(), ExpiresAt: tx.Now().Add(OneTime)}
		if err := putCredential(tx, c); err != nil {
			return err
		}
		return tx.Audit(by, "person.onetime", person.String(), "")
	})
	if err != nil || !issued {
		return "", err
	}
	if err := endEverywhere(ctx, db, by, person, "person.onetime"); err != nil {
		return "", err
	}
	return password, nil
}

// Choose is the log-in of who was given a password for one use and now chooses
// their own. It counts as an attempt, as any log-in does.
func Choose(ctx context.Context, db *tenants.DB, tenant tenants.ID, host, email, given, password string) (Token, error) {
	if err := checkChoice(email, given, password); err != nil {
		return "", err
	}
	p, err := prove(ctx, db, tenant, email, given)
	if err != nil {
		return "", fmt.Errorf("choose password: %w", err)
	}
	if err := choose(ctx, db, &p, password); err != nil {
		return "", fmt.Errorf("choose password: %w", err)
	}
	return enter(ctx, db, tenant, host, p)
}

// ChooseOperator is Choose on the operator's side.
func ChooseOperator(ctx context.Context, db *tenants.DB, host, email, given, password string) (Token, error) {
	if err := checkChoice(email, given, password); err != nil {
		return "", err
	}
	p, err := proveOperator(ctx, db, email, given)
	if err != nil {
		return "", fmt.Errorf("choose password: %w", err)
	}
	if err := choose(ctx, db, &p, password); err != nil {
		return "", fmt.Errorf("choose password: %w", err)
	}
	return enterOperator(ctx, db, host, p)
}

// checkChoice refuses a bad password before an attempt is counted.
func checkChoice(email, given, password string) error {
	if password == given {
		return errSame
	}
	return checkPassword(password, foldEmail(email), "")
}

// choose puts the person's own password in the place of the issued one, if it
// is there still: of two uses at once one is too late.
func choose(ctx context.Context, db *tenants.DB, p *proof, password string) error {
	if p.credential.own() {
		return errIs
	}
	if err := checkPassword(password, p.person.Email, p.person.Name); err != nil {
		return err
	}
	hash, err := hashPassword(ctx, password)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	err = db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		result, err := tx.NewUpdate().Model((*credential)(nil)).
			Set("hash = ?, changed_at = ?, expires_at = NULL, failures = 0, locked_until = NULL", hash, tx.Now()).
			Where("person_id = ? AND hash = ?", p.person.ID, p.credential.Hash).Exec(tx.Ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrWrong)
		}
		return tx.Audit(p.actor, "person.password", p.person.ID.String(), "")
	})
	if err != nil {
		return err
	}
	p.credential = credential{PersonID: p.person.ID, Hash: hash}
	return endEverywhere(ctx, db, p.actor, p.person.ID, "person.password")
}
