package pain

import (
	"strings"

	"cassacomune/app/formats"
)

// party writes somebody: name and, where given, an identifier that in Italy is
// the tax agency's.
func (o *out) party(name string, p formats.Party) {
	o.begin(name)
	o.leaf(fold(p.Name), "Nm")
	if p.Code != "" {
		kind := "PrvtId"
		if p.Kind == "organisation" {
			kind = "OrgId"
		}
		o.begin("Id", kind, "Othr")
		o.leaf(p.Code, "Id")
		o.leaf("ADE", "Issr")
		o.end()
	}
	o.end()
}

// ultimate writes the party behind another, where there is one.
func (o *out) ultimate(name string, p formats.Party) {
	if p.Name != "" {
		o.party(name, p)
	}
}

// ownBank writes the bank of the account that the message is about: the ABI
// in the forms of CBI; else what is known, or that nothing is.
func (o *out) ownBank(name string, p formats.Party) {
	if o.form.cbi() {
		o.leaf(abi(p), name, "FinInstnId", "ClrSysMmbId", "MmbId")
		return
	}
	o.bank(name, p.Bank)
	if p.Bank == "" {
		o.leaf("NOTPROVIDED", name, "FinInstnId", "Othr", "Id")
	}
}

// bank writes a bank by its BIC or its ABI.
func (o *out) bank(name, code string) {
	switch {
	case isABI(code):
		o.begin(name, "FinInstnId", "ClrSysMmbId")
		o.leaf("ITNCC", "ClrSysId", "Cd")
		o.leaf(code, "MmbId")
		o.end()
	case o.form.recent():
		o.leaf(code, name, "FinInstnId", "BICFI")
	default:
		o.leaf(code, name, "FinInstnId", "BIC")
	}
}

// abi returns the five digits of an Italian bank: as given, or as they stand in
// the account's number.
func abi(p formats.Party) string {
	if isABI(p.Bank) {
		return p.Bank
	}
	if len(p.IBAN) == 27 && (p.IBAN[:2] == "IT" || p.IBAN[:2] == "SM") {
		return p.IBAN[5:10]
	}
	return ""
}

func isABI(code string) bool { return len(code) == 5 && strings.Trim(code, "0123456789") == "" }

// scheme writes a creditor's identifier.
func (o *out) scheme(id string) {
	o.begin("Id", "PrvtId", "Othr")
	o.leaf(id, "Id")
	o.leaf("SEPA", "SchmeNm", "Prtry")
	o.end()
}

// remittance writes what a payment is for: words, or a creditor reference.
func (o *out) remittance(text, reference string) {
	o.leaf(fold(text), "RmtInf", "Ustrd")
	if reference == "" {
		return
	}
	o.begin("RmtInf", "Strd", "CdtrRefInf")
	o.begin("Tp")
	o.leaf("SCOR", "CdOrPrtry", "Cd")
	o.leaf("ISO", "Issr")
	o.end()
	o.leaf(reference, "Ref")
	o.end()
}
