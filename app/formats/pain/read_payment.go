package pain

import (
	"strings"

	"cassacomune/app/formats"
)

// payment reads one payment of an order. One without an amount that can be
// read is a problem, not a payment of nothing.
func (r *reader) payment(collecting bool, batch *tally) {
	p := &formats.Payment{Line: r.scan.Line}
	other := "Cdtr"
	if collecting {
		other = "Dbtr"
	}
	told := false // what is wrong with the amount
	var scheme string
	for at := r.scan.Depth(); r.child(at); {
		switch name := r.scan.Name; name {
		case "PmtId":
			r.identifiers(&p.References)
		case "PmtTpInf":
			r.paymentType(&scheme, &p.Sequence)
		case "Amt", "InstdAmt":
			told = !r.money(p)
		case "DrctDbtTx":
			r.directDebit(p)
		case "Purp":
			r.set(&p.Purpose)
		case "RmtInf":
			r.remittance(p)
		case other:
			r.party(&p.Party)
		case other + "Acct":
			r.account(&p.Party)
		case other + "Agt":
			p.Party.Bank = r.bank()
		case "Ultmt" + other:
			r.party(&p.Ultimate)
		}
	}
	if r.Stopped {
		return
	}
	p.Raw = strings.Join(kept("LclInstrm", scheme), "")
	batch.add(p)
	r.message.tally.add(p)
	if p.Stated {
		r.Emit(formats.Event{Payment: p})
	} else if !told {
		r.Error(p.Line, "InstdAmt", "", "operazione senza importo")
	}
}

func (r *reader) identifiers(refs *formats.References) {
	for at := r.scan.Depth(); r.child(at); {
		switch r.scan.Name {
		case "InstrId":
			r.reference(&refs.Instruction)
		case "EndToEndId":
			r.reference(&refs.EndToEnd)
		case "UETR":
			r.set(&refs.UETR)
		}
	}
}

// money reads the amount of a payment: InstdAmt, alone or inside Amt, or the
// equivalent amount (EqvtAmt) of a payment in another currency. It is false
// where something about it has been told as an error.
func (r *reader) money(p *formats.Payment) bool {
	if len(r.scan.Attrs) > 0 || r.scan.Name == "InstdAmt" {
		return r.exact(p)
	}
	right := true
	for at := r.scan.Depth(); r.child(at); {
		switch r.scan.Name {
		case "InstdAmt", "EqvtAmt", "Amt":
			right = r.money(p) && right
		}
	}
	return right
}

func (r *reader) exact(p *formats.Payment) bool {
	line, name := r.scan.Line, r.scan.Name
	cents, currency, ok := r.amount()
	switch {
	case !ok:
		return false
	case p.Stated:
		r.Error(line, name, formats.Decimal(cents, currency), "elemento ripetuto")
		return false
	case currency != "EUR":
		r.Warn(line, name, currency, "valuta diversa dall'euro")
	}
	p.Cents, p.Currency, p.Stated = cents, currency, true
	return true
}

// directDebit reads what only a collection has.
func (r *reader) directDebit(p *formats.Payment) {
	for at := r.scan.Depth(); r.child(at); {
		switch r.scan.Name {
		case "MndtRltdInf":
			r.mandate(p)
		case "CdtrSchmeId":
			r.scheme(&p.References.Creditor)
		}
	}
}

// mandate reads the mandate. Answers of newer versions hold it one level
// deeper.
func (r *reader) mandate(p *formats.Payment) {
	for at := r.scan.Depth(); r.child(at); {
		switch r.scan.Name {
		case "DrctDbtMndt":
			r.mandate(p)
		case "MndtId":
			r.set(&p.References.Mandate)
		case "DtOfSgntr":
			p.SignedOn = r.date()
		case "AmdmntInfDtls":
			p.Amendment = r.amendment()
		}
	}
}

// otherBank stands for the bank that a debtor has left: same mandate, new
// debtor agent. It may stand in the place of the bank or of the account.
const otherBank = "SMNDA"

func (r *reader) amendment() *formats.Amendment {
	var a formats.Amendment
	var bank string
	for at := r.scan.Depth(); r.child(at); {
		switch r.scan.Name {
		case "OrgnlMndtId":
			r.set(&a.Mandate)
		case "OrgnlCdtrSchmeId":
			var creditor formats.Party
			r.party(&creditor)
			a.Creditor, a.CreditorName = creditor.Code, creditor.Name
		case "OrgnlDbtrAcct":
			r.set(&a.IBAN)
		case "OrgnlDbtrAgt":
			bank = r.bank()
		}
	}
	if a.OtherBank = bank == otherBank || a.IBAN == otherBank; a.IBAN == otherBank {
		a.IBAN = ""
	}
	return &a
}
