package cbi

import "cassacomune/app/formats/internal/fixed"

// rid is the flow of direct debits. Its outcomes come back on the same
// records, with another cause: so say the public codes, their layout is by
// analogy.
var rid = &layout{key: RID, first: "10", records: map[string]record{
	"10": {1, ridFirst},
	"16": {1, func(d *disposal, l fixed.Line) {
		if iban := d.iban(l); iban != "" {
			d.batch.account.IBAN = iban
		}
		d.batch.creditor = l.Field(45, 79)
		d.payment.References.Creditor = d.batch.creditor
	}},
	"17": {1, func(d *disposal, l fixed.Line) {
		d.payment.Party.IBAN = d.iban(l)
		d.batch.sequence = l.Field(38, 41)
		d.payment.Sequence = d.batch.sequence
		d.payment.SignedOn = d.dateIfAny(l, 42, 47, "data_firma_mandato")
	}},
	"20": {1, func(d *disposal, l fixed.Line) { d.batch.account.Name = joined(l, 11, 30, 3) }},
	"30": {1, func(d *disposal, l fixed.Line) { d.payment.Party.Name = joined(l, 11, 30, 3) }},
	"40": {1, func(d *disposal, l fixed.Line) { d.payment.Party.Address = address(l, 70) }},
	"50": {1, ridText},
	"60": {5, ridText},
	"70": {1, func(d *disposal, l fixed.Line) {
		d.payment.References.EndToEnd = l.Field(11, 25)
		d.keep("flag_facolta_storno", l.Field(96, 96))
		d.keep("chiavi_controllo", fixed.Squeeze(l.Raw(101, 120)))
	}},
}}

// ridFirst reads record 10. The debtor's code is what the mandate is known by
// at the debtor's bank, together with the SIA code and the kind.
func ridFirst(d *disposal, l fixed.Line) {
	d.begin(l)
	d.batch.account = account(l, 48, 58)
	d.payment.Party.Bank = l.Field(70, 74)
	d.payment.References.Mandate = l.Field(98, 113)
	d.keep("data_decorrenza_garanzia", l.Field(11, 16))
	d.keep("cab_domiciliataria", l.Field(75, 79))
	d.keep("conto_debitore", l.Field(80, 91)) // until 2005
	d.keep("codice_azienda_sia", l.Field(92, 96))
	d.keep("tipo_codice", l.Field(97, 97))
	d.keep("flag_tipo_debitore", l.Field(114, 114))
	if kind, head := l.Field(119, 119), d.file.flow.head.Field(113, 113); kind != head {
		d.file.Warn(l.Number, "tipo_incasso_rid", kind, "il tipo di incasso non è quello del record di testa")
	}
}

func ridText(d *disposal, l fixed.Line) {
	d.text.Add(l.Raw(11, 55), 45)
	d.text.Add(l.Raw(56, 100), 45)
}

// address reads record 40 on one line: street, postcode, town as far as a
// column.
func address(l fixed.Line, to int) string {
	street, town := l.Field(11, 40), fixed.Squeeze(l.Raw(41, 45)+" "+l.Raw(46, to))
	if street == "" || town == "" {
		return street + town
	}
	return fixed.Squeeze(street) + ", " + town
}
