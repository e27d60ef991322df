package paper

import (
	"cmp"
	"time"

	"github.com/google/uuid"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/documents"
	"cassacomune/app/money"
	"cassacomune/app/payments"
	"cassacomune/tenants"
)

// Receipt is the step that says what stands on a receipt (ricevuta). Channel
// is how it was paid, in words.
func Receipt(tx *tenants.Tx, p collections.Proof, channel string) (documents.Receipt, error) {
	town, err := tx.Municipality()
	if err != nil {
		return documents.Receipt{}, err
	}
	c := p.Collection
	r := documents.Receipt{Created: p.Receipt.IssuedAt, Number: p.Receipt.Number, PaidAt: paidAt(c), Payer: documents.Party{Name: c.Payer},
		Amount: c.Cents, Channel: channel, Transaction: c.ProviderID, Code: cmp.Or(c.Code, c.Key), Secondary: secondary(town.Settings)}
	if c.CartID != uuid.Nil {
		cart, err := payments.CartByID(tx, c.CartID)
		if err != nil {
			return r, err
		}
		if cart.PayerName != "" {
			r.Payer = documents.Party{Name: cart.PayerName, Code: cart.PayerCode}
		}
	}
	offices, err := receiptItems(tx, &r, c)
	if err != nil {
		return r, err
	}
	office, err := officeOf(tx, offices, r.Secondary)
	r.Issuer = issuer(town.Settings, office)
	return r, err
}

// paidAt is the instant at which the channel told us, when it told us on the
// payer's own day; else only the day is known.
func paidAt(c collections.Collection) time.Time {
	if day.Of(c.KnownAt) == c.PaidOn {
		return c.KnownAt
	}
	return c.PaidOn.Start()
}

// receiptItems puts together what was paid on the same notice.
func receiptItems(tx *tenants.Tx, r *documents.Receipt, c collections.Collection) (offices []string, err error) {
	at := map[uuid.UUID]int{}
	loose := money.Cents(0)
	for _, l := range c.Lines {
		if l.InstalmentID == uuid.Nil {
			loose += l.Cents
			continue
		}
		i, ok := at[l.InstalmentID]
		if !ok {
			p, err := debts.PayableOf(tx, l.InstalmentID, c.PaidOn)
			if err != nil {
				return nil, err
			}
			i = len(r.Items)
			at[l.InstalmentID] = i
			r.Items = append(r.Items, documents.Item{Text: p.Debt.Reason, Secondary: p.Type.NameDE, Code: noticeOf(p.Instalment), DueOn: p.Instalment.DueOn})
			offices = append(offices, p.Debt.Office)
		}
		r.Items[i].Amount += l.Cents
	}
	if loose > 0 {
		r.Items = append(r.Items, documents.Item{Text: "Pagamento da attribuire", Secondary: "Noch zuzuordnende Zahlung", Amount: loose})
	}
	return offices, nil
}

// noticeOf is the notice number of an instalment, active or not.
func noticeOf(in debts.Instalment) string {
	for _, c := range in.Codes {
		if c.Kind == debts.NoticeCode {
			return c.Code
		}
	}
	return ""
}
