package debts

import (
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/price"
	"cassacomune/tenants"
)

// Payable is an instalment as a payer sees it on a day.
type Payable struct {
	Debt       Debt
	Type       tenants.DebtType
	Instalment Instalment
	Cents      money.Cents // to pay on that day
	Lines      []price.Line
	Until      day.Date // last day on which this price holds; zero: no end
	Code       Code     // by which it was asked, or its first active one
	Why        string   // not payable: the reason, in Italian; "" = payable
	Cause      string   // of it, for the office, where there is more to say
}

// ByCode finds what a code asks for, priced on a day. An unknown code is
// NotFound; a closed one is found, with the reason why it is not payable.
func ByCode(tx *tenants.Tx, code string, on day.Date) (Payable, error) {
	c, err := FindCode(tx, code)
	if err != nil {
		return Payable{}, err
	}
	if c.InstalmentID == uuid.Nil {
		return Payable{}, fault.New(fault.NotFound, "debts.cart", "Il codice è di un carrello, non di un avviso.")
	}
	p, err := PayableOf(tx, c.InstalmentID, on)
	if err != nil {
		return p, err
	}
	p.askedBy(c)
	return p, nil
}

func (p *Payable) askedBy(c Code) {
	p.Code = c
	switch {
	case p.Why != "":
	case c.State == Replaced:
		p.Why = "Questo codice è stato sostituito da un avviso più recente."
	case c.State == Closed:
		p.Why = "Questo codice non è più pagabile: è stata scelta un'altra soluzione di pagamento."
	}
}

// FindCode returns a code of the municipality; an unknown one is NotFound.
func FindCode(tx *tenants.Tx, code string) (c Code, err error) {
	return c, tx.One(tx.Select(&c).Where("code = ?", code), "Nessun avviso con questo codice.")
}

// PayableOf prices an instalment on a day.
func PayableOf(tx *tenants.Tx, instalment uuid.UUID, on day.Date) (p Payable, err error) {
	d, in, err := seeInstalment(tx, instalment, false)
	if err != nil {
		return p, err
	}
	t, err := tx.DebtType(d.Type)
	if err != nil {
		return p, err
	}
	p = Payable{Debt: d, Type: t, Instalment: in}
	for _, c := range in.Codes {
		if c.State == Active {
			p.Code = c
			break
		}
	}
	return p, p.price(on)
}

// price completes a payable with its price on a day. One that cannot be
// priced, or asks for nothing, says why; its money is booked all the same if
// it comes.
func (p *Payable) price(on day.Date) error {
	q, err := quote(p.Type, p.Debt, p.Instalment, on)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	p.Cents, p.Lines, p.Until = max(0, q.Cents-p.Instalment.Paid), q.Lines, q.Until
	p.Why = whyNot(p.Debt, p.Instalment)
	switch {
	case p.Why != "":
	case err != nil: // the office left out what the rule needs
		p.Why, p.Cause = "L'importo non si può calcolare: chiedi all'ufficio.", fault.Of(err).Text
	case q.Undetermined:
		p.Why = "Il termine per pagare in misura ridotta è passato: l'importo sarà indicato in un'ordinanza."
	case p.Cents == 0:
		p.Why = "Non c'è nulla da pagare."
	}
	return nil
}

func whyNot(d Debt, in Instalment) string {
	switch {
	case d.State == Annulled:
		return "L'ufficio ha annullato questo pagamento: non è dovuto nulla."
	case d.State == Paid || in.State == InstalmentPaid:
		return "Risulta già pagato."
	case in.State == InstalmentClosed:
		return "È stata scelta un'altra soluzione di pagamento."
	}
	return ""
}

// quote is the price of a whole instalment on a day. A rule of law prices the
// debt as one; an instalment of a plan has the price that was agreed.
func quote(t tenants.DebtType, d Debt, in Instalment, on day.Date) (price.Quote, error) {
	if agreed(t, in) {
		return price.Quote{Cents: in.Cents, Lines: []price.Line{{Rule: "title", Label: t.Name, Cents: in.Cents}}}, nil
	}
	s := price.Subject{DueOn: in.DueOn, NotifiedOn: d.NotifiedOn, Minimum: d.Minimum, Maximum: d.Maximum, Suspensions: d.Suspensions}
	for _, it := range d.Items {
		s.Items = append(s.Items, price.Item{Label: it.Label, Cents: it.Cents, IsCost: it.IsCost})
	}
	return price.Of(t.Setup.Price, s, on)
}

// agreed reports whether an instalment has its own price, on every day.
func agreed(t tenants.DebtType, in Instalment) bool {
	return t.Setup.Price.Kind == price.Fixed || t.Setup.Price.Kind == "" || in.Option != SingleOption
}

// Load returns a debt with all that belongs to it. A debt of an office that
// the actor does not see, or that is not born, is NotFound.
func Load(tx *tenants.Tx, id uuid.UUID) (d Debt, err error) {
	q := born(tx.Select(&d)).Where("id = ?", id)
	if len(tx.Actor.Offices) > 0 {
		q = q.Where("office IN (?)", bun.List(tx.Actor.Offices))
	}
	if err := tx.One(q, "Posizione non trovata."); err != nil {
		return d, err
	}
	return d, d.fill(tx)
}

func (d *Debt) fill(tx *tenants.Tx) error {
	if err := tx.Select(&d.Parties).Where("debt_id = ?", d.ID).OrderExpr("seq").Scan(tx.ByKey()); err != nil {
		return err
	}
	if err := tx.Select(&d.Items).Where("debt_id = ?", d.ID).OrderExpr("seq").Scan(tx.ByKey()); err != nil {
		return err
	}
	if err := tx.Select(&d.Instalments).Where("debt_id = ?", d.ID).OrderExpr("due_on, option_key, number").Scan(tx.ByKey()); err != nil {
		return err
	}
	if err := tx.Select(&d.Codes).Where("debt_id = ?", d.ID).OrderExpr("issued_at, kind, code").Scan(tx.ByKey()); err != nil {
		return err
	}
	var portions []Portion
	ids := make([]uuid.UUID, len(d.Instalments))
	for i, in := range d.Instalments {
		ids[i] = in.ID
	}
	if len(ids) > 0 {
		if err := tx.Select(&portions).Where("instalment_id IN (?)", bun.List(ids)).OrderExpr("item_id").Scan(tx.ByKey()); err != nil {
			return err
		}
	}
	for i := range d.Instalments {
		in := &d.Instalments[i]
		for _, p := range portions {
			if p.InstalmentID == in.ID {
				in.Portions = append(in.Portions, p)
			}
		}
		for _, c := range d.Codes {
			if c.InstalmentID == in.ID {
				in.Codes = append(in.Codes, c)
			}
		}
	}
	return nil
}

// byInstalment loads the debt of an instalment and holds its row until the
// transaction ends.
func byInstalment(tx *tenants.Tx, id uuid.UUID) (d Debt, in Instalment, err error) {
	return seeInstalment(tx, id, true)
}

// seeInstalment loads the debt of an instalment; looking at a price holds
// nothing.
func seeInstalment(tx *tenants.Tx, id uuid.UUID, hold bool) (d Debt, in Instalment, err error) {
	if err := tx.One(tx.Select(&in).Where("id = ?", id), "Avviso non trovato."); err != nil {
		return d, in, err
	}
	q := tx.Select(&d).Where("id = ?", in.DebtID)
	if hold {
		q = tx.Lock(q)
	}
	if err := tx.One(q, "Posizione non trovata."); err != nil {
		return d, in, err
	}
	if err := d.fill(tx); err != nil {
		return d, in, err
	}
	for _, each := range d.Instalments {
		if each.ID == id {
			in = each
		}
	}
	return d, in, nil
}

// Events returns what has happened to a debt, oldest first.
func Events(tx *tenants.Tx, id uuid.UUID) (all []Event, err error) {
	return all, tx.Select(&all).Where("debt_id = ?", id).OrderExpr("id").Scan(tx.ByKey())
}
