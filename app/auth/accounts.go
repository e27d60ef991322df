package auth

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/tenants"
)

// Account is a person as the operator sees one: who they are, how they log in,
// and which municipalities know them; of what they do there nothing.
type Account struct {
	Person
	Password bool      // there is one
	Until    time.Time // it was issued for one use, and is good until then
	Operator bool
	Towns    []tenants.ID
}

// Accounts returns those whose name or e-mail holds a text, by e-mail.
func Accounts(ctx context.Context, db *tenants.DB, text string, offset, limit int) (all []Account, err error) {
	err = db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		var persons []Person
		q := tx.NewSelect().Model(&persons).OrderExpr("email").Offset(int64(offset)).Limit(int64(limit))
		if text != "" {
			like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(text)) + "%"
			q.Where(`email LIKE ? ESCAPE '\' OR lower(name) LIKE ? ESCAPE '\'`, like, like)
		}
		if err := q.Scan(tx.Ctx); err != nil {
			return err
		}
		all, err = accounts(tx, persons)
		return err
	})
	return all, err
}

// AccountOf returns one of Accounts.
func AccountOf(ctx context.Context, db *tenants.DB, id uuid.UUID) (a Account, err error) {
	p, err := PersonOf(ctx, db, id)
	if err != nil {
		return a, err
	}
	err = db.Platform(ctx, func(tx *tenants.PlatformTx) error {
		all, err := accounts(tx, []Person{p})
		if err == nil {
			a = all[0]
		}
		return err
	})
	return a, err
}

func accounts(tx *tenants.PlatformTx, persons []Person) ([]Account, error) {
	all, at, ids := make([]Account, len(persons)), map[uuid.UUID]*Account{}, make([]uuid.UUID, len(persons))
	for i, p := range persons {
		all[i].Person, ids[i] = p, p.ID
		at[p.ID] = &all[i]
	}
	if len(all) == 0 {
		return nil, nil
	}
	var credentials []credential
	if err := tx.NewSelect().Model(&credentials).Where("person_id IN (?)", bun.List(ids)).Scan(tx.Ctx); err != nil {
		return nil, err
	}
	for _, c := range credentials {
		at[c.PersonID].Password, at[c.PersonID].Until = true, c.ExpiresAt
	}
	var operators []operatorGrant
	if err := tx.NewSelect().Model(&operators).Where("person_id IN (?)", bun.List(ids)).Scan(tx.Ctx); err != nil {
		return nil, err
	}
	for _, o := range operators {
		at[o.PersonID].Operator = true
	}
	var hints []membershipHint
	if err := tx.NewSelect().Model(&hints).Where("person_id IN (?)", bun.List(ids)).OrderExpr("tenant_id").Scan(tx.Ctx); err != nil {
		return nil, err
	}
	for _, h := range hints {
		at[h.PersonID].Towns = append(at[h.PersonID].Towns, h.TenantID)
	}
	return all, nil
}
