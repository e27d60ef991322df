package tabular

import (
	"strconv"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// A row of both tables is a provisional credit (provvisorio di entrata) that
// the Treasurer has opened. What a minus sign would mean neither says.
const noMinus = "importo non positivo: il tracciato non dice che cosa voglia dire"

// short is the table of 7 columns.
var short = layout{
	columns: []column{{"ESERCIZIO", true}, {"N.PROVV.", true}, {"DATA ESEC.", true}, {"ANAGRAFICA CLIENTE", true},
		{"DESCRIZIONE CAUSALE", true}, {"IMPORTO PROVVISORIO", true}, {"VALUTA ENTE", false}},
	least: 5,
	entry: func(l *line) (account, formats.Entry) {
		e := formats.Entry{Credit: true, Document: formats.DocProvisionalCredit, Operation: "ESEGUITO", Progressive: "0",
			Number: l.number("N.PROVV."), BookedOn: l.date("DATA ESEC."), ValueOn: l.date("VALUTA ENTE"),
			PartyName: l.text("ANAGRAFICA CLIENTE"), Text: unfolded(l.text("DESCRIZIONE CAUSALE")), Cents: l.amount("IMPORTO PROVVISORIO", "EUR")}
		if e.Cents <= 0 && !l.wrong {
			l.bad("IMPORTO PROVVISORIO", l.text("IMPORTO PROVVISORIO"), noMinus)
		}
		return account{currency: "EUR", year: l.year("ESERCIZIO")}, e
	},
}

// long is the table of 41 columns.
var long = layout{
	columns: []column{{"annoBolletta", true}, {"codBolletta", true}, {"codEnteBT", false}, {"codIstatEnte", false},
		{"enteIpaCode", true}, {"iuf", false}, {"iuv", false}, {"codConto", false}, {"codIdDominio", false}, {"codTipoMovimento", false},
		{"codCausale", false}, {"causale", false}, {"importoCentesimi", true}, {"dataBolletta", true}, {"dataRicezione", false},
		{"annoDocumento", false}, {"codDocumento", false}, {"codBollo", false}, {"pspCognome", true}, {"pspNome", false},
		{"pspIndirizzo", false}, {"pspCodicePostale", false}, {"pspCitta", false}, {"pspCf", false}, {"pspPiva", false},
		{"codAbi", false}, {"codCab", false}, {"codIban", false}, {"codContoAnagrafica", false}, {"aeProvvisorio", false},
		{"codProvvisorio", false}, {"codTipoConto", false}, {"codProcesso", false}, {"codPgEsecuzione", false}, {"codPgTrasferimento", false},
		{"numPgProcesso", false}, {"dataValutaRegione", false}, {"flgRegolarizzata", true}, {"dataEffettivaSospeso", false},
		{"codGestionaleProvvisorio", false}, {"endToEndId", false}},
	least: 10,
	entry: func(l *line) (account, formats.Entry) {
		e := formats.Entry{Credit: true, Document: formats.DocProvisionalCredit, Operation: l.regularised(), Progressive: "0",
			Quittance: l.number("codBolletta"), BookedOn: l.date("dataBolletta"), ValueOn: l.date("dataValutaRegione"),
			EffectiveOn: l.date("dataEffettivaSospeso"), Siope: l.text("codGestionaleProvvisorio"), Text: unfolded(l.text("causale")),
			PartyName: unfolded(l.text("pspCognome") + " " + l.text("pspNome")), PartyCode: l.text("pspCf"), PartyIBAN: l.text("codIban"),
			BankCode: l.text("codCausale"), EndToEnd: l.text("endToEndId"), Cents: l.cents("importoCentesimi")}
		e.References = formats.References{EndToEnd: e.EndToEnd, Structured: l.text("iuv")}
		if flow := l.text("iuf"); flow != "" {
			e.References.Others = []string{flow}
		}
		if e.PartyCode == "" {
			e.PartyCode = l.text("pspPiva")
		} else {
			l.keep("pspPiva")
		}
		year := l.year("annoBolletta")
		if e.Number = l.number("codProvvisorio"); e.Number == "" {
			e.Number = e.Quittance
		} else if l.text("aeProvvisorio") != "" {
			l.keep("annoBolletta")
			year = l.year("aeProvvisorio")
		}
		l.keep("iuf", "iuv", "codIstatEnte", "enteIpaCode", "codIdDominio", "codTipoMovimento", "dataRicezione", "annoDocumento", "codDocumento", "codBollo",
			"pspIndirizzo", "pspCodicePostale", "pspCitta", "codAbi", "codCab", "codContoAnagrafica", "codTipoConto", "codProcesso",
			"codPgEsecuzione", "codPgTrasferimento", "numPgProcesso")
		return account{number: l.text("codConto"), body: l.text("codEnteBT"), currency: "EUR", year: year}, e
	},
}

// regularised reads the flag that says whether an order has taken the credit.
func (l *line) regularised() string {
	switch v := l.text("flgRegolarizzata"); v {
	case "Y", "y":
		return "REGOLARIZZATO"
	case "N", "n", "":
	default:
		l.bad("flgRegolarizzata", v, "non è Y né N")
	}
	return "ESEGUITO"
}

// cents reads an amount that is written in cents.
func (l *line) cents(name string) money.Cents {
	v := l.text(name)
	n, err := strconv.ParseInt(v, 10, 64)
	switch {
	case v == "":
	case err != nil:
		l.bad(name, v, "non è un numero intero di centesimi")
	case n <= 0 || n > 999_999_999_999_99:
		l.bad(name, v, noMinus)
	}
	return money.Cents(n)
}
