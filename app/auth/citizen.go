package auth

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/tenants"
)

// Citizen (cittadino) is who came through the identity provider, as this
// municipality knows them. The same fiscal code may come by two providers, or
// by SPID and CIE of one: each is a row, and the debts are found by the code.
type Citizen struct {
	bun.BaseModel `bun:"table:citizen"`
	tenants.Row

	ID         uuid.UUID `bun:"id,pk"`
	Issuer     string
	Subject    string
	FiscalCode string
	GivenName  string
	FamilyName string
	Email      string
	Level      string
	CreatedAt  time.Time
	SeenAt     time.Time
}

// Name is how the pages greet.
func (c Citizen) Name() string {
	if c.GivenName == "" {
		return c.FamilyName
	}
	if c.FamilyName == "" {
		return c.GivenName
	}
	return c.GivenName + " " + c.FamilyName
}

// actor names a citizen by the row, never by name or fiscal code: the audit
// outlives the data of the person.
func (c Citizen) actor() tenants.Actor {
	return tenants.Actor{ID: c.ID, Name: "cittadino " + c.ID.String(), Role: RoleCitizen}
}

// welcome keeps what the provider said of a citizen, new or known.
func welcome(tx *tenants.Tx, c *Citizen) error {
	c.ID, c.CreatedAt, c.SeenAt = tx.NewID(), tx.Now(), tx.Now()
	_, err := tx.Insert(c).On("CONFLICT (tenant_id, issuer, subject) DO UPDATE").
		Set("fiscal_code = EXCLUDED.fiscal_code, given_name = EXCLUDED.given_name, family_name = EXCLUDED.family_name").
		Set("email = EXCLUDED.email, level = EXCLUDED.level, seen_at = EXCLUDED.seen_at").Exec(tx.Ctx)
	if err != nil {
		return fmt.Errorf("keep citizen: %w", err)
	}
	issuer, subject := c.Issuer, c.Subject
	*c = Citizen{}
	return tx.One(tx.Select(c).Where("issuer = ? AND subject = ?", issuer, subject), "Cittadino sconosciuto.")
}
