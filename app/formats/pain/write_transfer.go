package pain

import (
	"io"

	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// WriteTransfers writes an order to pay in one of the three forms of pain.001,
// checked and told as WriteDebits does.
func WriteTransfers(w io.Writer, form Form, t formats.CreditTransfers) ([]formats.Problem, error) {
	if !form.pays() {
		return nil, fault.New(fault.Invalid, "pain.form", "%s non è un tracciato di bonifici", form)
	}
	found := checkTransfers(form, t)
	if err := formats.Refused(found, "pain.refused"); err != nil {
		return found, err
	}
	o := newOut(w, form)
	space := o.envelope("")
	payments, sum := total(t.Batches, transferTotals)
	o.head(space, t.ID, t.CreatedAt, payments, sum, t.Initiator)
	place := 0
	for _, b := range t.Batches {
		o.transfers(space, b, &place)
	}
	return found, o.close()
}

func transferTotals(b formats.TransferBatch) (n int, sum money.Cents) {
	for _, p := range b.Transfers {
		sum += p.Cents
	}
	return len(b.Transfers), sum
}

func (o *out) transfers(space string, b formats.TransferBatch, place *int) {
	o.beginIn(space, "PmtInf")
	o.leaf(b.ID, "PmtInfId")
	o.leaf("TRF", "PmtMtd")
	o.booking(b.Booking)
	o.totals(transferTotals(b))
	o.leaf("SEPA", "PmtTpInf", "SvcLvl", "Cd")
	if o.form.recent() {
		o.leaf(b.On.String(), "ReqdExctnDt", "Dt")
	} else {
		o.leaf(b.On.String(), "ReqdExctnDt")
	}
	o.party("Dbtr", b.Debtor)
	o.leaf(b.Debtor.IBAN, "DbtrAcct", "Id", "IBAN")
	o.ownBank("DbtrAgt", b.Debtor)
	o.leaf("SLEV", "ChrgBr")
	for _, p := range b.Transfers {
		*place++
		o.transfer(p, *place)
	}
	o.end()
}

func (o *out) transfer(p formats.Transfer, place int) {
	o.begin("CdtTrfTxInf")
	o.identifiers(p.Instruction, p.EndToEnd, place)
	o.leaf(p.Cents.Decimal(), "Amt", euro)
	o.bank("CdtrAgt", p.Creditor.Bank)
	o.party("Cdtr", p.Creditor)
	o.leaf(p.Creditor.IBAN, "CdtrAcct", "Id", "IBAN")
	o.ultimate("UltmtCdtr", p.Ultimate)
	o.leaf(p.Purpose, "Purp", "Cd")
	o.remittance(p.Text, p.Reference)
	o.end()
}
