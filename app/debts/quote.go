package debts

import (
	"cassacomune/app/day"
	"cassacomune/app/fault"
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
		q, err := quote(t, d, in, on)
		if err != nil && !fault.Is(err, fault.Invalid) {
			return nil, err
		}
		all[i] = Payable{Debt: d, Type: t, Instalment: in, Cents: max(0, q.Cents-in.Paid), Lines: q.Lines, Until: q.Until, Why: whyNot(d, in)}
		if err != nil && all[i].Why == "" { // the office left out what the rule needs
			all[i].Why = fault.Of(err).Text
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
