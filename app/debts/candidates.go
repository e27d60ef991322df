package debts

import (
	"strings"

	"github.com/google/uuid"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// Candidates are the instalments that a person may mean by a text, priced on a
// day: the one of a code, whatever its state, else those still to be paid of a
// position, of a fiscal code, or of whoever's name begins so. At the most max
// debts are looked at, due soon first; more says that there are others.
func Candidates(tx *tenants.Tx, text string, on day.Date, max int) (all []Payable, more bool, err error) {
	if text = strings.TrimSpace(text); text == "" {
		return nil, false, nil
	}
	code, err := FindCode(tx, codes.Clean(text))
	if err == nil && code.InstalmentID != uuid.Nil {
		all, err = instalmentsOf(tx, code.DebtID, on, func(in Instalment) bool { return in.ID == code.InstalmentID })
	}
	if err != nil && !fault.Is(err, fault.NotFound) || len(all) > 0 {
		return all, false, err
	}
	for _, f := range []Filter{{Position: text}, {Debtor: text}, {Name: text}} {
		f.State = Unpaid
		found, err := List(tx, f, "scadenza", false, 0, max+1)
		if err != nil {
			return nil, false, err
		}
		for _, d := range found[:min(len(found), max)] {
			some, err := instalmentsOf(tx, d.ID, on, func(in Instalment) bool { return in.State == InstalmentOpen })
			if err != nil {
				return nil, false, err
			}
			all = append(all, some...)
		}
		if len(all) > 0 {
			return all, len(found) > max, nil
		}
	}
	return nil, false, nil
}

// instalmentsOf prices the chosen instalments of a debt that the actor sees.
func instalmentsOf(tx *tenants.Tx, debt uuid.UUID, on day.Date, chosen func(Instalment) bool) (all []Payable, err error) {
	d, err := Load(tx, debt)
	if err != nil {
		return nil, err
	}
	priced, err := Payables(tx, d, on)
	for _, p := range priced {
		if chosen(p.Instalment) {
			all = append(all, p)
		}
	}
	return all, err
}
