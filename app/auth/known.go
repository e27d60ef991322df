package auth

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/google/uuid"

	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// errPerson answers an id that nobody has.
var errPerson = fault.New(fault.NotFound, "auth.person", "Persona sconosciuta.")

// lockPerson returns a person, and makes others wait who would change the
// password or the towns that it opens.
func lockPerson(tx *tenants.PlatformTx, id uuid.UUID) (p Person, err error) {
	err = tx.NewUpdate().Model(&p).Set("name = name").Where("id = ?", id).Returning("*").Scan(tx.Ctx)
	if errors.Is(err, sql.ErrNoRows) {
		err = errPerson
	}
	return p, err
}

// townsOf are the municipalities that know a person: where a role was ever
// given, or may be given because of Admit.
func townsOf(tx *tenants.PlatformTx, person uuid.UUID) (towns []tenants.ID, err error) {
	return towns, tx.NewSelect().Model((*membershipHint)(nil)).Column("tenant_id").Where("person_id = ?", person).
		OrderExpr("tenant_id").Scan(tx.Ctx, &towns)
}

// addTown makes a person known to a municipality; it reports whether they were
// not.
func addTown(tx *tenants.PlatformTx, person uuid.UUID, tenant tenants.ID) (added bool, err error) {
	result, err := tx.NewInsert().Model(&membershipHint{PersonID: person, TenantID: tenant}).On("CONFLICT DO NOTHING").Exec(tx.Ctx)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// meet is addTown for who is no other municipality's: a password chosen under
// the eyes of one must not open the door of another, unless the operator
// admits the person. The command line is not asked.
func meet(ctx context.Context, db *tenants.DB, by tenants.Actor, person uuid.UUID, tenant tenants.ID) error {
	return db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		if _, err := lockPerson(tx, person); err != nil {
			return err
		}
		towns, err := townsOf(tx, person)
		if err != nil {
			return err
		}
		if by.Role != "system" && len(towns) > 0 && !slices.Contains(towns, tenant) {
			return ErrElsewhere
		}
		_, err = addTown(tx, person, tenant)
		return err
	})
}

// belongsTo reports whether a person was never known to anybody but one
// municipality.
func belongsTo(tx *tenants.PlatformTx, person uuid.UUID, tenant tenants.ID) (bool, error) {
	operators, err := tx.NewSelect().Model((*operatorGrant)(nil)).Where("person_id = ?", person).Count(tx.Ctx)
	if err != nil {
		return false, err
	}
	towns, err := townsOf(tx, person)
	return operators == 0 && len(towns) == 1 && towns[0] == tenant, err
}

// worksHere answers NotFound for who has no role in the municipality, known to
// others or not.
func worksHere(ctx context.Context, db *tenants.DB, tenant tenants.ID, person uuid.UUID) error {
	return db.Read(ctx, tenant, func(tx *tenants.Tx) error {
		_, _, member, err := staff(tx, person)
		if err == nil && !member {
			err = fault.New(fault.NotFound, "auth.member", "La persona non ha un ruolo in questo Comune.")
		}
		return err
	})
}
