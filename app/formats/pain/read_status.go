package pain

import (
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// answer reads what an answer says about one payment. The payment itself is
// repeated as far as the bank does so.
func (r *reader) answer(collecting bool) {
	p := &formats.Payment{Line: r.scan.Line}
	var raw []string
	var debtor, creditor sides
	for at := r.scan.Depth(); r.child(at); {
		switch name := r.scan.Name; name {
		case "OrgnlInstrId":
			r.reference(&p.References.Instruction)
		case "OrgnlEndToEndId":
			r.reference(&p.References.EndToEnd)
		case "OrgnlTxId":
			r.set(&p.References.Transaction)
		case "OrgnlUETR":
			r.set(&p.References.UETR)
		case "AcctSvcrRef":
			r.set(&p.References.Servicer)
		case "TxSts":
			r.set(&p.Status)
		case "StsRsnInf":
			r.reason(&p.Reasons, &p.ReasonText)
		case "ChrgsInf":
			p.Charges += r.charges()
		case "OrgnlTxRef":
			raw = append(raw, r.repeated(p, &debtor, &creditor)...)
		case "StsId", "AccptncDtTm", "ClrSysRef":
			raw = append(raw, kept(name, r.value())...)
		}
	}
	if r.Stopped {
		return
	}
	other := creditor
	if collecting || p.References.Mandate != "" {
		other = debtor
	}
	p.Party, p.Ultimate, p.Raw = other.party, other.ultimate, strings.Join(raw, "; ")
	r.Emit(formats.Event{Payment: p})
}

// sides of a payment that an answer repeats: which one is the other side is
// known at the end.
type sides struct{ party, ultimate formats.Party }

// repeated reads the payment that an answer repeats, and returns what of it
// has no place of its own.
func (r *reader) repeated(p *formats.Payment, debtor, creditor *sides) (raw []string) {
	for at := r.scan.Depth(); r.child(at); {
		switch name := r.scan.Name; name {
		case "Amt":
			r.money(p)
		case "ReqdColltnDt", "ReqdExctnDt":
			p.On = r.date()
		case "IntrBkSttlmDt":
			p.ValueOn = r.date()
		case "CdtrSchmeId":
			r.scheme(&p.References.Creditor)
		case "MndtRltdInf":
			r.mandate(p)
		case "RmtInf":
			r.remittance(p)
		case "Purp":
			r.set(&p.Purpose)
		case "Dbtr":
			r.party(&debtor.party)
		case "DbtrAcct":
			r.account(&debtor.party)
		case "DbtrAgt":
			debtor.party.Bank = r.bank()
		case "UltmtDbtr":
			r.party(&debtor.ultimate)
		case "Cdtr":
			r.party(&creditor.party)
		case "CdtrAcct":
			r.account(&creditor.party)
		case "CdtrAgt":
			creditor.party.Bank = r.bank()
		case "UltmtCdtr":
			r.party(&creditor.ultimate)
		case "PmtTpInf":
			var scheme, sequence string
			r.paymentType(&scheme, &sequence)
			raw = append(raw, kept("LclInstrm", scheme)...)
			raw = append(raw, kept("SeqTp", sequence)...)
		}
	}
	return raw
}

// kept is a value that has no place of its own, as Raw holds it.
func kept(name, value string) []string {
	if value == "" {
		return nil
	}
	return []string{name + "=" + value}
}

// charges reads what a bank charges for the payment; CBI tells several.
func (r *reader) charges() (cents money.Cents) {
	for at := r.scan.Depth(); r.child(at); {
		if r.scan.Name != "Amt" {
			continue
		}
		line := r.scan.Line
		c, currency, ok := r.amount()
		if ok && currency != "EUR" {
			r.Warn(line, "ChrgsInf", currency, "spese in una valuta diversa dall'euro: non lette")
			continue
		}
		cents += c
	}
	return cents
}
