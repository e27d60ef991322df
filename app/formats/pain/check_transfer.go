package pain

import (
	"cassacomune/app/day"
	"cassacomune/app/formats"
)

// checkTransfers tells what forbids an order to pay: the rules of SEPA and, for
// the form of CBI, those of its schema.
func checkTransfers(form Form, t formats.CreditTransfers) []formats.Problem {
	c := newChecker(form)
	c.code("MsgId", t.ID)
	if t.CreatedAt.IsZero() {
		c.refuse("CreDtTm", "", "manca la data")
	}
	c.initiator(t.Initiator)
	switch {
	case len(t.Batches) == 0:
		c.refuse("PmtInf", "", "il messaggio non contiene bonifici")
	case form.cbi() && len(t.Batches) > 1:
		c.refuse("PmtInf", "", "il tracciato CBI porta una sola distinta per messaggio, non %d", len(t.Batches))
	}
	place := 0
	for _, b := range t.Batches {
		c.place = 0
		c.transferBatch(b, day.Of(t.CreatedAt))
		for _, p := range b.Transfers {
			place++
			c.place = place
			c.transfer(p)
		}
	}
	return c.found
}

func (c *checker) transferBatch(b formats.TransferBatch, created day.Date) {
	c.unique(c.batches, "PmtInfId", b.ID)
	c.day("ReqdExctnDt", b.On, created)
	c.booking(b.Booking)
	c.party("Dbtr", b.Debtor)
	if c.form.cbi() && b.Debtor.Code != "" && b.Debtor.Kind == "person" {
		c.refuse("Dbtr/Id", b.Debtor.Code, "il tracciato CBI ammette solo il codice di un'organizzazione")
	}
	c.iban("DbtrAcct", b.Debtor.IBAN)
	c.ownBank("DbtrAgt", b.Debtor)
	if len(b.Transfers) == 0 {
		c.refuse("PmtInf", b.ID, "la distinta non contiene bonifici")
	}
}

func (c *checker) transfer(p formats.Transfer) {
	c.unique(c.endToEnds, "EndToEndId", p.EndToEnd)
	if id := instruction(c.form, p.Instruction, c.place); id != "" {
		c.unique(c.instructs, "InstrId", id)
	}
	c.amount(p.Cents)
	c.party("Cdtr", p.Creditor)
	c.iban("CdtrAcct", p.Creditor.IBAN)
	c.otherBank("CdtrAgt", p.Creditor.Bank)
	c.ultimate("UltmtCdtr", p.Ultimate)
	c.remittance(p.Purpose, p.Text, p.Reference)
}
