package paper

import (
	"fmt"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/documents"
	"cassacomune/app/fault"
	"cassacomune/app/payments"
	"cassacomune/tenants"
)

// CartSlip is the step that says what stands on the one slip (bollettino) of a
// cart. It names who pays, and never a debtor: who holds the cart may know no
// more than the notice numbers. It is to be paid by the first due date still to
// come, and while its price holds.
func CartSlip(tx *tenants.Tx, c payments.Cart) (documents.Slip, error) {
	code, err := payments.SlipOf(tx, c.ID)
	if err != nil {
		return documents.Slip{}, err
	}
	s := documents.Slip{Created: code.IssuedAt, Code: code.Code, Amount: c.Total(), DueOn: c.WaitingUntil, Debtor: documents.Party{Name: c.PayerName, Code: c.PayerCode}}
	var offices []string
	for _, l := range c.Lines {
		p := l.Payable
		s.Items = append(s.Items, documents.Item{Text: p.Type.Name, Secondary: p.Type.NameDE, Code: noticeOf(p.Instalment), DueOn: p.Instalment.DueOn, Amount: l.Cents})
		if due := p.Instalment.DueOn; !due.IsZero() && !due.Before(day.Of(code.IssuedAt)) && due.Before(s.DueOn) {
			s.DueOn = due
		}
		offices = append(offices, p.Debt.Office)
	}
	reason, german := fmt.Sprintf("Pagamento di %d avvisi", len(c.Lines)), fmt.Sprintf("Zahlung von %d Bescheiden", len(c.Lines))
	if len(c.Lines) == 1 {
		t := c.Lines[0].Payable.Type
		reason, german = t.Name, t.NameDE
	}
	s.Reason = reason
	return s, finish(tx, &s, german, offices)
}

// InstalmentSlip is the step that says what stands on the slip of one
// instalment, addressed to its debtor, at the price of a day. It is to be paid
// while that price holds, if it ends before the due date does.
func InstalmentSlip(tx *tenants.Tx, p debts.Payable) (documents.Slip, error) {
	if p.Why != "" {
		return documents.Slip{}, fault.New(fault.Conflict, "paper.unpayable", "%s", strings.TrimSpace(p.Why+" "+p.Cause))
	}
	due := p.Instalment.DueOn
	if !p.Until.IsZero() && (due.IsZero() || p.Until.Before(due)) {
		due = p.Until
	}
	s := documents.Slip{Amount: p.Cents, DueOn: due, Reason: p.Debt.Reason,
		Items: []documents.Item{{Text: p.Debt.Reason, Secondary: p.Type.NameDE, Code: noticeOf(p.Instalment), DueOn: due, Amount: p.Cents}}}
	for _, c := range p.Instalment.Codes {
		if c.Kind == debts.SlipCode && c.State == debts.Active {
			s.Code, s.Created = c.Code, c.IssuedAt
		}
	}
	if s.Code == "" {
		return s, fault.New(fault.Conflict, "paper.slip", "Il Comune non ha un conto corrente postale per i bollettini.")
	}
	s.Debtor = documents.Party{Name: p.Debt.DebtorName, Code: p.Debt.DebtorCode}
	if len(p.Debt.Parties) > 0 && p.Debt.Parties[0].Address != "" {
		s.Debtor.Address = addressLines(p.Debt.Parties[0].Address)
	}
	return s, finish(tx, &s, "", []string{p.Debt.Office})
}

// addressLines cuts an address of one line at its commas; what is over three
// lines stays on the third.
func addressLines(address string) (lines []string) {
	for _, part := range strings.SplitN(address, ",", 3) {
		lines = append(lines, strings.TrimSpace(part))
	}
	return lines
}

// finish adds what every slip of the town has, and the reason in the second
// language, where it is in our words.
func finish(tx *tenants.Tx, s *documents.Slip, german string, offices []string) error {
	town, err := tx.Municipality()
	if err != nil {
		return err
	}
	s.Secondary = secondary(town.Settings)
	office, err := officeOf(tx, offices, s.Secondary)
	if err != nil {
		return err
	}
	postal := town.Settings.Postal
	s.Issuer, s.Reason = issuer(town.Settings, office), inBoth(s.Reason, german, s.Secondary)
	s.Account, s.Holder, s.IBAN, s.Authorisation = postal.Account, postal.Holder, postal.IBAN, postal.Authorisation
	return nil
}
