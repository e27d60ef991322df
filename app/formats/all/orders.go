package all

import (
	"io"

	"cassacomune/app/formats"
	"cassacomune/app/formats/opi"
)

// JournalCheck answers the control equations of a cash journal from its
// events.
type JournalCheck = opi.Check

// WriteOrders writes proposed collection orders as a draft in the OPI layout.
func WriteOrders(w io.Writer, d formats.OrderDraft) error {
	draft := opi.Draft{Year: d.Year}
	for _, o := range d.Orders {
		order := opi.Order{Year: d.Year, On: o.On, Cents: o.Cents, EvidenceAccount: o.EvidenceAccount, Chapter: o.BudgetCode,
			ChapterName: o.BudgetName, Article: o.Article, ResidueYear: o.ResidueYear}
		for i, p := range o.Payers {
			kind := opi.Regularisation
			if p.Compensation {
				kind = opi.Compensation
			}
			order.Payers = append(order.Payers, opi.Payer{Progressive: i + 1, Cents: p.Cents, Kind: kind, Siope: p.Siope, EconomicCode: p.EconomicCode,
				Name: p.Name, TaxCode: p.TaxCode, Causale: p.Causale, Provisionals: p.Provisionals})
		}
		draft.Orders = append(draft.Orders, order)
	}
	return opi.WriteReversali(w, draft)
}
