package pain

import (
	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/formats"
)

var sequences = map[string]bool{"FRST": true, "RCUR": true, "OOFF": true, "FNAL": true}

// checkDebits tells what forbids a request to collect: the rules of SEPA and,
// for the form of CBI, those of its layout STIN-ST-001 that public exporters
// quote.
func checkDebits(form Form, d formats.DirectDebits) []formats.Problem {
	c := newChecker(form)
	c.code("MsgId", d.ID)
	if d.CreatedAt.IsZero() {
		c.refuse("CreDtTm", "", "manca la data")
	}
	c.initiator(d.Initiator)
	if services[d.Scheme] == "" {
		c.refuse("LclInstrm", d.Scheme, "lo schema è CORE o B2B, uno per messaggio")
	}
	if len(d.Batches) == 0 {
		c.refuse("PmtInf", "", "il messaggio non contiene addebiti")
	}
	bank, place := "", 0
	for _, b := range d.Batches {
		c.place = 0
		c.debitBatch(b, day.Of(d.CreatedAt))
		if own := abi(b.Creditor); bank == "" {
			bank = own
		} else if form.cbi() && own != bank {
			c.refuse("CdtrAgt", own, "una sola banca per messaggio: la prima è %s", bank)
		}
		for _, p := range b.Debits {
			place++
			c.place = place
			c.debit(b, p)
		}
	}
	return c.found
}

func (c *checker) debitBatch(b formats.DebitBatch, created day.Date) {
	c.unique(c.batches, "PmtInfId", b.ID)
	if !sequences[b.Sequence] {
		c.refuse("SeqTp", b.Sequence, "la sequenza è FRST, RCUR, OOFF o FNAL")
	}
	c.day("ReqdColltnDt", b.On, created)
	c.booking(b.Booking)
	c.party("Cdtr", b.Creditor)
	c.iban("CdtrAcct", b.Creditor.IBAN)
	c.ownBank("CdtrAgt", b.Creditor)
	c.creditor("CdtrSchmeId", b.CreditorID)
	if len(b.Debits) == 0 {
		c.refuse("PmtInf", b.ID, "la sottodistinta non contiene addebiti")
	}
}

func (c *checker) creditor(field, id string) {
	if err := codes.CheckCreditorID(id); err != nil {
		c.refuse(field, id, "%s", reason(err))
	}
}

func (c *checker) debit(b formats.DebitBatch, p formats.Debit) {
	c.unique(c.endToEnds, "EndToEndId", p.EndToEnd)
	if id := instruction(c.form, p.Instruction, c.place); id != "" {
		c.unique(c.instructs, "InstrId", id)
	}
	c.amount(p.Cents)
	c.code("MndtId", p.Mandate.ID)
	switch signed := p.Mandate.SignedOn; {
	case signed.IsZero():
		c.refuse("DtOfSgntr", "", "manca la data di firma del mandato")
	case signed.After(b.On):
		c.refuse("DtOfSgntr", signed.String(), "segue la scadenza dell'addebito, %s", b.On.Italian())
	}
	if p.Mandate.Amendment != nil {
		c.amendment(b.Sequence, *p.Mandate.Amendment)
	}
	c.party("Dbtr", p.Debtor)
	c.iban("DbtrAcct", p.Debtor.IBAN)
	c.otherBank("DbtrAgt", p.Debtor.Bank)
	c.ultimate("UltmtDbtr", p.Ultimate)
	c.remittance(p.Purpose, p.Text, p.Reference)
}

// amendment checks what changed in a mandate. One whose account has moved to
// another bank starts a new sequence.
func (c *checker) amendment(sequence string, a formats.Amendment) {
	if a == (formats.Amendment{}) {
		c.refuse("AmdmntInfDtls", "", "non è detto che cosa è cambiato nel mandato")
	}
	if a.Mandate != "" {
		c.code("OrgnlMndtId", a.Mandate)
	}
	if a.Creditor != "" {
		c.creditor("OrgnlCdtrSchmeId", a.Creditor)
	}
	c.words("OrgnlCdtrSchmeId/Nm", a.CreditorName, longestName)
	if a.IBAN != "" {
		c.iban("OrgnlDbtrAcct", a.IBAN)
	}
	if !a.OtherBank {
		return
	}
	if a.IBAN != "" {
		c.refuse("OrgnlDbtrAgt", otherBank, "di un conto presso un'altra banca non si dice l'IBAN")
	}
	if sequence != "FRST" {
		c.refuse("SeqTp", sequence, "dopo un cambio di banca la sequenza è FRST")
	}
}
