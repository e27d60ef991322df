package cbi

import (
	"strings"

	"cassacomune/app/formats/internal/fixed"
)

// mav is the flow of slips that a bank collects.
var mav = &layout{key: MAV, first: "14", records: map[string]record{
	"14": {1, mavFirst},
	"20": {1, func(d *disposal, l fixed.Line) {
		d.batch.account.Name = joined(l, 11, 24, 2)
		d.batch.account.Address = joined(l, 59, 24, 2)
	}},
	"30": {1, func(d *disposal, l fixed.Line) {
		d.payment.Party.Name = joined(l, 11, 30, 2)
		d.payment.Party.Code = l.Field(71, 86)
	}},
	"40": {1, func(d *disposal, l fixed.Line) {
		d.payment.Party.Address = address(l, 70)
		d.keep("completamento_indirizzo", l.Field(71, 98))
		d.keep("codice_paese", l.Field(99, 100))
	}},
	"50": {1, func(d *disposal, l fixed.Line) { d.text.Add(l.Raw(11, 50), 40); d.text.Add(l.Raw(51, 90), 40) }},
	"59": {1, func(d *disposal, l fixed.Line) { d.text.Add(l.Raw(11, 65), 55); d.text.Add(l.Raw(66, 120), 55) }},
	"51": {1, mavNumber},
	"70": {1, func(d *disposal, l fixed.Line) {
		d.keep("record_70", fixed.Squeeze(l.Raw(11, 93)))
		d.keep("tipo_bollettino", l.Field(94, 94))
		d.keep("campo_a_disposizione", l.Field(96, 100))
		d.keep("chiavi_controllo", fixed.Squeeze(l.Raw(101, 120)))
	}},
}}

// mavFirst reads record 14. What comes back names the bank that has collected
// where a request names the creditor's, which then stands further on.
func mavFirst(d *disposal, l fixed.Line) {
	d.begin(l)
	if d.request {
		d.batch.account = account(l, 48, 58)
	} else {
		d.batch.account = account(l, 70, 80)
		d.keep("abi_esattrice", l.Field(48, 52))
		d.keep("cab_esattrice", l.Field(53, 57))
	}
	if code := l.Field(98, 113); code != "" {
		d.payment.References.Others = []string{code}
	}
	d.keep("codice_azienda_sia", l.Field(92, 96))
	d.keep("tipo_codice", l.Field(97, 97))
	d.keep("colonne_114_119", l.Field(114, 119)) // a date in the public sample; not documented
}

// mavNumber reads record 51: the number that the creditor gave, the bank's
// unique code and, in what comes back, what was charged and when.
func mavNumber(d *disposal, l fixed.Line) {
	p := &d.payment
	p.References.EndToEnd, p.References.Servicer = l.Field(11, 20), l.Field(75, 86)
	if d.request {
		return
	}
	if charges := l.Field(87, 91); strings.Trim(charges, "0") != "" {
		var err error
		if p.Charges, err = l.Cents(87, 91); err != nil {
			d.wrong = true
			d.file.Error(l.Number, "spese", charges, err.Error())
		}
	}
	p.ValueOn = d.dateIfAny(l, 92, 97, "valuta_addebito")
	p.PaidOn = d.dateIfAny(l, 110, 115, "data_effettiva_pagamento")
}
