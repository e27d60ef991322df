package camt

import "cassacomune/app/formats"

// referenceFields are the keys that a detail may be known by.
var referenceFields = []field{
	{"Ntry/TxDtls/Refs/MsgId", refer(func(k *formats.References) *string { return &k.Message })},
	{"Ntry/TxDtls/Refs/AcctSvcrRef", refer(func(k *formats.References) *string { return &k.Servicer })},
	{"Ntry/TxDtls/Refs/PmtInfId", refer(func(k *formats.References) *string { return &k.Batch })},
	{"Ntry/TxDtls/Refs/InstrId", refer(func(k *formats.References) *string { return &k.Instruction })},
	{"Ntry/TxDtls/Refs/EndToEndId", refer(func(k *formats.References) *string { return &k.EndToEnd })},
	{"Ntry/TxDtls/Refs/UETR", refer(func(k *formats.References) *string { return &k.UETR })},
	{"Ntry/TxDtls/Refs/MndtId", refer(func(k *formats.References) *string { return &k.Mandate })},
	{"Ntry/TxDtls/Refs/ChqNb", refer(func(k *formats.References) *string { return &k.Cheque })},
	{"Ntry/TxDtls/Refs/TxId|ClrSysRef", refer(func(k *formats.References) *string { return &k.Transaction })},
	{"Ntry/TxDtls/Refs/AcctOwnrTxId|AcctSvcrTxId|MktInfrstrctrTxId|PrcgId", (*reader).otherReference},
	{"Ntry/TxDtls/Refs/Prtry/Ref", (*reader).otherReference},
	{"Ntry/TxDtls/RmtInf/Strd/CdtrRefInf/Ref|CdtrRef", refer(func(k *formats.References) *string { return &k.Structured })},
	{"Ntry/TxDtls/RmtInf/Strd/RfrdDocInf/Nb|RfrdDocNb", (*reader).otherReference},
}

// maxOthers is how many further references of a detail are kept.
const maxOthers = 100

// refer keeps a reference in its place, or among the others where the place
// is taken.
func refer(place func(*formats.References) *string) func(*reader, []byte) {
	return func(r *reader, b []byte) {
		if at := place(&r.detail.References); *at == "" {
			*at = reference(b)
			return
		}
		r.otherReference(b)
	}
}

func (r *reader) otherReference(b []byte) {
	k := &r.detail.References
	if key := reference(b); key != "" && len(k.Others) < maxOthers {
		k.Others = append(k.Others, key)
	}
}

// partyFields are those of a party of the detail: name, identifiers, account
// and bank.
func partyFields(name string, party func(*detail) *formats.Party) []field {
	pty, account, agent := "Ntry/TxDtls/RltdPties/"+name, "Ntry/TxDtls/RltdPties/"+name+"Acct", "Ntry/TxDtls/RltdAgts/"+name+"Agt"
	iban := func(r *reader, b []byte) { keep(&party(&r.detail).IBAN, plain(b)) }
	code := func(r *reader, b []byte) { keep(&party(&r.detail).Code, plain(b)) }
	bank := func(r *reader, b []byte) { keep(&party(&r.detail).Bank, r.word(b)) }
	return []field{
		{pty + "/Nm", func(r *reader, b []byte) { keep(&party(&r.detail).Name, plain(b)) }},
		{pty + "/Id/Othr/Id", func(r *reader, b []byte) {
			r.detail.id = plain(b)
			keep(&party(&r.detail).Code, r.detail.id)
		}},
		{pty + "/Id/BICOrBEI|AnyBIC|LEI", code},
		{pty + "/Id/Othr/Issr", func(r *reader, b []byte) {
			if r.word(b) == taxAgency {
				party(&r.detail).Code = r.detail.id
			}
		}},
		{pty + "/Id/Othr/SchmeNm/Cd|Prtry", func(r *reader, b []byte) {
			if name == "Cdtr" && r.word(b) == "SEPA" {
				r.detail.References.Creditor = r.detail.id
			}
		}},
		{account + "/Id/IBAN", iban},
		{account + "/Id/Othr/Id", iban},
		{agent + "/BIC|BICFI|AnyBIC", bank},
		{agent + "/ClrSysMmbId/MmbId", bank},
	}
}

// taxAgency issues the codice fiscale, in the words of CBI.
const taxAgency = "ADE"
