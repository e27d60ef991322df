package payments

import (
	"fmt"

	"github.com/google/uuid"

	"cassacomune/app/codes"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// IssueSlip gives a cart one slip code for all its lines, and fixes the prices
// that the paper will show. A cart that has one keeps it.
func IssueSlip(tx *tenants.Tx, c *Cart) error {
	if len(c.Lines) == 0 {
		return fault.New(fault.Invalid, "cart.empty", "Il carrello è vuoto.")
	}
	var held Cart // two clicks at once wait here for each other
	if err := tx.One(tx.Lock(tx.Select(&held).Where("id = ?", c.ID)), "Carrello non trovato."); err != nil {
		return err
	}
	for i := range c.Lines {
		l := &c.Lines[i]
		if l.Payable.Why != "" {
			return fault.New(fault.Conflict, "cart.unpayable", "Un avviso del carrello non si può più pagare. %s", l.Payable.Why)
		}
		l.Cents = l.Payable.Cents
		if _, err := tx.Update(l).Column("cents").WherePK().Exec(tx.Ctx); err != nil {
			return err
		}
	}
	_, err := SlipOf(tx, c.ID)
	if err == nil || !fault.Is(err, fault.NotFound) {
		return err
	}
	n, err := debts.NextNumber(tx, "code")
	if err != nil {
		return err
	}
	slip, err := codes.NewSlip(fmt.Sprintf("%02d%014d", tx.Today().Year()%100, n))
	if err != nil {
		return fmt.Errorf("issue slip code: %w", err)
	}
	row := debts.Code{Code: slip, Kind: debts.SlipCode, CartID: c.ID, State: debts.Active, IssuedAt: tx.Now()}
	_, err = tx.Insert(&row).Exec(tx.Ctx)
	return err
}

// SlipOf returns the slip code of a cart.
func SlipOf(tx *tenants.Tx, cart uuid.UUID) (c debts.Code, err error) {
	return c, tx.One(tx.Select(&c).Where("cart_id = ?", cart).Where("kind = ?", debts.SlipCode), "Il carrello non ha un bollettino.")
}
