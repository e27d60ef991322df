package debts

import (
	"cassacomune/app/day"
	"cassacomune/tenants"
)

// Payables prices every instalment of a loaded debt on a day. One that cannot
// be priced says why.
func Payables(tx *tenants.Tx, d Debt, on day.Date) ([]Payable, error) {
	t, err := tx.DebtType(d.Type)
	if err != nil {
		return nil, err
	}
	all := make([]Payable, len(d.Instalments))
	for i, in := range d.Instalments {
		all[i] = Payable{Debt: d, Type: t, Instalment: in}
		if err := all[i].price(on); err != nil {
			return nil, err
		}
		for _, c := range in.Codes {
			if c.State == Active {
				all[i].Code = c
				break
			}
		}
	}
	return all, nil
}
