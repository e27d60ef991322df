package pain

import (
	"fmt"
	"io"

	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// WriteDebits writes a request to collect in one of the three forms of
// pain.008. Everything is checked before the first byte: the problems found
// are returned, and if one is an error nothing is written. A Problem's Line is
// the payment's place in the message, 0 for what is said once. Its warnings say
// what was written otherwise than given.
func WriteDebits(w io.Writer, form Form, d formats.DirectDebits) ([]formats.Problem, error) {
	if !form.collects() {
		return nil, fault.New(fault.Invalid, "pain.form", "%s non è un tracciato di addebiti diretti", form)
	}
	found := checkDebits(form, d)
	if err := formats.Refused(found, "pain.refused"); err != nil {
		return found, err
	}
	o := newOut(w, form)
	space := o.envelope(d.Scheme)
	payments, sum := total(d.Batches, debitTotals)
	o.head(space, d.ID, d.CreatedAt, payments, sum, d.Initiator)
	place := 0
	for _, b := range d.Batches {
		o.debits(space, d.Scheme, b, &place)
	}
	return found, o.close()
}

func debitTotals(b formats.DebitBatch) (n int, sum money.Cents) {
	for _, p := range b.Debits {
		sum += p.Cents
	}
	return len(b.Debits), sum
}

func (o *out) debits(space, scheme string, b formats.DebitBatch, place *int) {
	o.beginIn(space, "PmtInf")
	o.leaf(b.ID, "PmtInfId")
	o.leaf("DD", "PmtMtd")
	o.booking(b.Booking)
	o.totals(debitTotals(b))
	o.begin("PmtTpInf")
	o.leaf("SEPA", "SvcLvl", "Cd")
	o.leaf(scheme, "LclInstrm", "Cd")
	o.leaf(b.Sequence, "SeqTp")
	o.end()
	o.leaf(b.On.String(), "ReqdColltnDt")
	o.party("Cdtr", b.Creditor)
	o.leaf(b.Creditor.IBAN, "CdtrAcct", "Id", "IBAN")
	o.ownBank("CdtrAgt", b.Creditor)
	o.leaf("SLEV", "ChrgBr")
	o.begin("CdtrSchmeId")
	o.scheme(b.CreditorID)
	o.end()
	for _, p := range b.Debits {
		*place++
		o.debit(p, *place)
	}
	o.end()
}

func (o *out) debit(p formats.Debit, place int) {
	o.begin("DrctDbtTxInf")
	o.identifiers(p.Instruction, p.EndToEnd, place)
	o.leaf(p.Cents.Decimal(), euro)
	o.begin("DrctDbtTx", "MndtRltdInf")
	o.leaf(p.Mandate.ID, "MndtId")
	o.leaf(p.Mandate.SignedOn.String(), "DtOfSgntr")
	o.leaf(fmt.Sprint(p.Mandate.Amendment != nil), "AmdmntInd")
	if p.Mandate.Amendment != nil {
		o.amendment(*p.Mandate.Amendment)
	}
	o.end()
	if p.Debtor.Bank == "" && !o.form.cbi() { // ISO wants the element, whatever is known
		o.leaf("NOTPROVIDED", "DbtrAgt", "FinInstnId", "Othr", "Id")
	} else {
		o.bank("DbtrAgt", p.Debtor.Bank)
	}
	o.party("Dbtr", p.Debtor)
	o.leaf(p.Debtor.IBAN, "DbtrAcct", "Id", "IBAN")
	o.ultimate("UltmtDbtr", p.Ultimate)
	o.leaf(p.Purpose, "Purp", "Cd")
	o.remittance(p.Text, p.Reference)
	o.end()
}

func (o *out) amendment(a formats.Amendment) {
	o.begin("AmdmntInfDtls")
	o.leaf(a.Mandate, "OrgnlMndtId")
	if a.Creditor != "" || a.CreditorName != "" {
		o.begin("OrgnlCdtrSchmeId")
		o.leaf(fold(a.CreditorName), "Nm")
		if a.Creditor != "" {
			o.scheme(a.Creditor)
		}
		o.end()
	}
	o.leaf(a.IBAN, "OrgnlDbtrAcct", "Id", "IBAN")
	if a.OtherBank {
		o.leaf(otherBank, "OrgnlDbtrAgt", "FinInstnId", "Othr", "Id")
	}
	o.end()
}
