package receipt

import (
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/leaf"
)

// nodeField takes a field of a receipt of the node (paForNode.xsd, ctReceipt
// and ctReceiptV2).
func nodeField(f *file, n leaf.Node) {
	r := f.receipt
	switch {
	case n.In("transfer"):
		transferField(f, n)
		return
	case n.In("debtor"):
		subject(&r.Debtor, n)
		return
	case n.In("payer"):
		subject(&r.Payer, n)
		return
	case n.In("metadata"):
		return
	}
	switch n.Name() {
	case "receiptId":
		r.ID = n.Text
	case "noticeNumber":
		r.Notice = n.Text
	case "fiscalCode":
		r.Receiver = n.Text
	case "outcome":
		if r.Outcome = n.Text; n.Text != "OK" {
			f.Warn(n.Line, n.Name(), n.Text, "esito diverso da OK: il pagamento non è provato")
		}
	case "creditorReferenceId":
		r.Reference = n.Text
	case "paymentAmount":
		f.total(n)
	case "description":
		r.Text = n.Text
	case "idPSP":
		r.PSP = n.Text
	case "idChannel":
		r.Channel = n.Text
	case "fee":
		r.Fee = f.cents(n)
	case "paymentDateTime":
		f.paid(n)
	case "standIn":
		r.StandIn = n.Text == "true" || n.Text == "1"
	}
}

func transferField(f *file, n leaf.Node) {
	p := f.part()
	switch n.Name() {
	case "idTransfer":
		p.Index = f.index(n)
	case "transferAmount":
		p.Cents = f.cents(n)
	case "fiscalCodePA":
		p.Receiver = n.Text
	case "IBAN":
		p.IBAN = n.Text
	case "remittanceInformation":
		p.Text = n.Text
	case "transferCategory":
		p.Category = n.Text
	}
}

func subject(p *formats.Party, n leaf.Node) {
	switch n.Name() {
	case "entityUniqueIdentifierValue":
		p.Code = n.Text
	case "fullName":
		p.Name = n.Text
	}
}
