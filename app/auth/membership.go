package auth

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// Membership (incarico) is a person's role in a municipality, limited to some
// offices or, with none, to no one in particular.
type Membership struct {
	bun.BaseModel `bun:"table:membership"`
	tenants.Row

	ID        uuid.UUID `bun:"id,pk"`
	PersonID  uuid.UUID
	Name      string
	Email     string
	Role      string
	Offices   []string `bun:",type:text"`
	GrantedBy string
	GrantedAt time.Time
	RevokedBy string    `bun:",nullzero"`
	RevokedAt time.Time `bun:",nullzero"`
}

// Grant gives a person a role in a municipality; granted again, with other
// offices, it replaces the former grant. The operator may name administrators
// only: everybody else is the municipality's own choice. Whom only others know
// the operator Admits first.
func Grant(ctx context.Context, db *tenants.DB, tenant tenants.ID, by tenants.Actor, person uuid.UUID, role string, offices []string) error {
	if !slices.Contains(StaffRoles, role) {
		return fault.New(fault.Invalid, "auth.role", "Il ruolo %q non esiste.", role).On("role")
	}
	if !mayManagePeople(by) || by.Role == RoleOperator && role != RoleAdministrator {
		return errManage
	}
	p, _, err := lookUp(ctx, db, "id = ?", person)
	if err != nil {
		return fmt.Errorf("grant role: %w", err)
	}
	// The hint first: one without a grant does no harm, a grant without it
	// would be overlooked when the person is disabled.
	if err := meet(ctx, db, by, person, tenant); err != nil {
		return fmt.Errorf("grant role: %w", err)
	}
	err = db.Within(ctx, tenant, by, func(tx *tenants.Tx) error {
		active, err := lockMembers(tx)
		if err != nil {
			return err
		}
		offices = slices.Compact(slices.Sorted(slices.Values(offices)))
		for _, m := range active {
			if m.PersonID != person || m.Role != role {
				continue
			}
			if slices.Equal(m.Offices, offices) {
				return nil
			}
			if err := revoke(tx, m); err != nil {
				return err
			}
		}
		m := &Membership{ID: tx.NewID(), PersonID: person, Name: p.Name, Email: p.Email, Role: role,
			Offices: append([]string{}, offices...), GrantedBy: by.Name, GrantedAt: tx.Now()}
		if _, err := tx.Insert(m).Exec(tx.Ctx); err != nil {
			return err
		}
		return tx.Audit("member.grant", person.String(), role)
	})
	if err != nil {
		return fmt.Errorf("grant role: %w", err)
	}
	return nil
}

// Revoke takes a role from a person, at once: the next request of an open
// session no longer has it, and with the last role the sessions end. The last
// administrator stays.
func Revoke(ctx context.Context, db *tenants.DB, tenant tenants.ID, by tenants.Actor, person uuid.UUID, role string) error {
	if !mayManagePeople(by) {
		return errManage
	}
	err := db.Within(ctx, tenant, by, func(tx *tenants.Tx) error {
		active, err := lockMembers(tx)
		if err != nil {
			return err
		}
		var found *Membership
		others, administrators := 0, 0
		for _, m := range active {
			switch {
			case m.PersonID == person && m.Role == role:
				found = m
			case m.PersonID == person:
				others++
			}
			if m.Role == RoleAdministrator {
				administrators++
			}
		}
		if found == nil {
			return fault.New(fault.NotFound, "auth.member", "La persona non ha questo ruolo.")
		}
		if role == RoleAdministrator && administrators == 1 {
			return fault.New(fault.Conflict, "auth.member.last", "È l'unico amministratore del Comune: nominarne prima un altro.")
		}
		if err := revoke(tx, found); err != nil {
			return err
		}
		if others == 0 {
			if err := endSessions(tx, person); err != nil {
				return err
			}
		}
		return tx.Audit("member.revoke", person.String(), role)
	})
	if err != nil {
		return fmt.Errorf("revoke role: %w", err)
	}
	return nil
}

// Members returns the roles that are in force, by name.
func Members(tx *tenants.Tx) (all []Membership, err error) {
	return all, tx.Select(&all).Where("revoked_at IS NULL").OrderExpr("name, person_id, role").Scan(tx.Ctx)
}

// lockMembers returns the roles in force, and makes others who would change
// them wait. The municipality's row is the lock: a new role has no row yet.
func lockMembers(tx *tenants.Tx) (all []*Membership, err error) {
	var m tenants.Municipality
	if err := tx.One(tx.Lock(tx.Select(&m)), "Comune non configurato."); err != nil {
		return nil, err
	}
	return all, tx.Select(&all).Where("revoked_at IS NULL").OrderExpr("id").Scan(tx.Ctx)
}

func revoke(tx *tenants.Tx, m *Membership) error {
	m.RevokedBy, m.RevokedAt = tx.Actor.Name, tx.Now()
	_, err := tx.Update(m).Column("revoked_by", "revoked_at").WherePK().Exec(tx.Ctx)
	return err
}

// staff returns the actor and the roles of a person in this municipality, as
// they are in force now; no role is ok false.
func staff(tx *tenants.Tx, person uuid.UUID) (a tenants.Actor, roles []string, ok bool, err error) {
	var held []Membership
	if err := tx.Select(&held).Where("person_id = ? AND revoked_at IS NULL", person).OrderExpr("id").Scan(tx.Ctx); err != nil {
		return a, nil, false, err
	}
	a, roles = inForce(person, held)
	return a, roles, len(roles) > 0, nil
}

// inForce is what the memberships that a person holds come to, in the order in
// which they were granted. None is no role.
func inForce(person uuid.UUID, held []Membership) (a tenants.Actor, roles []string) {
	if len(held) == 0 {
		return a, nil
	}
	a = tenants.Actor{ID: person, Name: held[len(held)-1].Name}
	for _, role := range StaffRoles {
		if slices.ContainsFunc(held, func(m Membership) bool { return m.Role == role }) {
			roles = append(roles, role)
		}
	}
	a.Role = roles[0]
	for _, m := range held {
		if len(m.Offices) == 0 { // one role without limits has none
			a.Offices = nil
			break
		}
		a.Offices = append(a.Offices, m.Offices...)
	}
	a.Offices = slices.Compact(slices.Sorted(slices.Values(a.Offices)))
	return a, roles
}
