package cbi

import (
	"io"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// Slips is a request to collect by slips that the creditor's bank prints and
// sends to the debtors, or takes back (MAV, pagamento mediante avviso).
type Slips struct {
	ID        string // nome supporto, unique in its day
	CreatedOn day.Date
	Sender    string        // SIA code
	Creditor  formats.Party // name up to 48 characters, address on a line, Italian IBAN to credit
	Slips     []Slip
}

// Slip is one of them.
type Slip struct {
	Number                 string // ours, up to 10 characters: comes back with the outcome
	Recall                 bool   // takes an earlier one back
	On                     day.Date
	Cents                  money.Cents
	Customer               string // the debtor's code at the creditor's, up to 16 characters
	Debtor                 string // name, up to 60 characters
	DebtorCode             string // codice fiscale
	Street, PostCode, Town string // town with its province, up to 25 characters
	Text                   string // causale, up to 110 characters
	Kind                   string // "" P postal, B bank
}

// WriteMAV writes a flow of MAV, a historical format. Problems are as those of
// WriteRID.
func WriteMAV(w io.Writer, s Slips) ([]formats.Problem, error) {
	found := checkMAV(s)
	if err := formats.Refused(found, "cbi.refused"); err != nil {
		return found, err
	}
	o := newOut(w, "IM", s.Sender, s.Creditor.IBAN[5:10], s.CreatedOn, s.ID)
	o.write(o.head)
	for _, slip := range s.Slips {
		o.disposal(slip.Cents, !slip.Recall)
		o.slip(s, slip)
	}
	return found, o.close()
}

// slip writes the records of one. The text stands in record 50, in 59 if it is
// longer.
func (o *out) slip(s Slips, slip Slip) {
	cause, sign := "07000", "-"
	if slip.Recall {
		cause, sign = "07100", "+"
	}
	r := o.record("14")
	r.day(23, slip.On)
	r.put(29, cause)
	r.number(34, 13, int64(slip.Cents))
	r.put(47, sign)
	r.account(48, 58, s.Creditor.IBAN)
	r.put(92, s.Sender)
	r.put(97, "4") // the code is a customer's
	r.put(98, slip.Customer)
	r.put(120, "E")
	o.write(r)
	r = o.record("20")
	r.pieces(11, 24, pieces(s.Creditor.Name, 24))
	r.pieces(59, 24, pieces(s.Creditor.Address, 24))
	o.write(r)
	r = o.record("30")
	r.pieces(11, 30, pieces(slip.Debtor, 30))
	r.put(71, slip.DebtorCode)
	o.write(r)
	r = o.record("40")
	r.put(11, plain(slip.Street))
	r.put(41, slip.PostCode)
	r.put(46, plain(slip.Town))
	o.write(r)
	kind, width := "50", 40
	if len(plain(slip.Text)) > 2*width {
		kind, width = "59", 55
	}
	r = o.record(kind)
	r.pieces(11, width, pieces(slip.Text, width))
	o.write(r)
	r = o.record("51")
	r.put(11, slip.Number)
	o.write(r)
	r = o.record("70")
	r.put(94, slip.Kind)
	o.write(r)
}

func checkMAV(s Slips) []formats.Problem {
	c := newChecker()
	c.sender(s.Sender, s.ID, s.CreatedOn)
	c.name("creditore", s.Creditor.Name, 48)
	c.words("indirizzo_creditore", s.Creditor.Address, 48)
	c.iban("conto", s.Creditor.IBAN)
	c.placeless("codice_fiscale_creditore", s.Creditor.Code)
	if len(s.Slips) == 0 {
		c.refuse("numero_disposizioni", "0", "il flusso non contiene bollettini")
	}
	for i, slip := range s.Slips {
		c.place = i + 1
		c.slip(s, slip)
	}
	return c.found
}

func (c *checker) slip(s Slips, slip Slip) {
	c.reference("numero_disposizione", slip.Number, 10)
	c.amount(slip.Cents)
	if slip.Recall {
		c.day("data_scadenza", slip.On)
	} else {
		c.due(slip.On, s.CreatedOn)
	}
	c.code("codice_cliente", slip.Customer, 16)
	c.name("debitore", slip.Debtor, 60)
	if slip.DebtorCode != "" {
		c.code("codice_fiscale", slip.DebtorCode, 16)
	}
	c.name("indirizzo", slip.Street, 30)
	c.code("cap", slip.PostCode, 5)
	c.name("comune", slip.Town, 25)
	c.words("causale", slip.Text, 110)
	c.oneOf("tipo_bollettino", slip.Kind, "PB")
}
