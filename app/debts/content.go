package debts

import "github.com/google/uuid"

// Content returns what a loaded debt says, ready to be corrected and given
// back whole: instalments that are closed are left out.
func Content(d Debt) New {
	n := New{Type: d.Type, Position: d.Position, Reason: d.Reason, NotifiedOn: d.NotifiedOn, Minimum: d.Minimum, Maximum: d.Maximum,
		Suspensions: d.Suspensions, Fields: d.Fields, Source: d.Source}
	for _, p := range d.Parties {
		n.Parties = append(n.Parties, Party{Role: p.Role, Kind: p.Kind, Code: p.Code, Name: p.Name, Email: p.Email, Address: p.Address})
	}
	keys := map[uuid.UUID]string{}
	for _, it := range d.Items {
		if it.Cents == 0 {
			continue // taken out by an earlier correction
		}
		keys[it.ID] = it.Key
		n.Items = append(n.Items, NewItem{Key: it.Key, Label: it.Label, Cents: it.Cents, IsCost: it.IsCost, Body: it.Body, IBAN: it.IBAN, VAT: it.VAT, Revenue: it.Revenue})
	}
	at := map[string]int{}
	for _, in := range d.Instalments {
		if in.State == InstalmentClosed {
			continue
		}
		one := NewInstalment{Number: in.Number, DueOn: in.DueOn, ValidUntil: in.ValidUntil}
		for _, p := range in.Portions {
			if key := keys[p.ItemID]; key != "" {
				one.Portions = append(one.Portions, NewPortion{key, p.Cents})
			}
		}
		i, ok := at[in.Option]
		if !ok {
			i = len(n.Options)
			at[in.Option], n.Options = i, append(n.Options, NewOption{Key: in.Option})
		}
		n.Options[i].Instalments = append(n.Options[i].Instalments, one)
	}
	return n
}
