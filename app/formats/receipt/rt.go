package receipt

import (
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/leaf"
)

// outcomes of an RT (codiceEsitoPagamento).
var outcomes = map[string]string{"0": "eseguito", "1": "non eseguito", "2": "eseguito in parte", "3": "decorrenza dei termini", "4": "decorrenza dei termini in parte"}

// rtField takes a field of an RT (PagInf_RPT_RT 6.2.0).
func rtField(f *file, n leaf.Node) {
	r := f.receipt
	if n.In("datiSingoloPagamento") {
		singleField(f, n)
		return
	}
	switch n.Name() {
	case "versioneOggetto":
		f.Emit(formats.Event{Header: &formats.Header{Format: RT, Version: n.Text, Name: "versione", Value: n.Text}})
	case "identificativoMessaggioRicevuta":
		r.ID = n.Text
	case "dataOraMessaggioRicevuta":
		f.paid(n)
	case "codiceIdentificativoUnivoco":
		rtSubject(r, n)
	case "anagraficaVersante":
		r.Payer.Name = n.Text
	case "anagraficaPagatore":
		r.Debtor.Name = n.Text
	case "codiceEsitoPagamento":
		if r.Outcome = n.Text; outcomes[n.Text] == "" {
			f.Warn(n.Line, n.Name(), n.Text, "codice esito non previsto")
		} else if n.Text != "0" {
			f.Warn(n.Line, n.Name(), n.Text, "pagamento "+outcomes[n.Text])
		}
	case "importoTotalePagato":
		f.total(n)
	case "identificativoUnivocoVersamento":
		r.Reference = n.Text
	}
}

// rtSubject takes the code of whoever the element stands in.
func rtSubject(r *formats.Receipt, n leaf.Node) {
	switch {
	case n.In("istitutoAttestante"):
		r.PSP = n.Text
	case n.In("enteBeneficiario"):
		r.Receiver = n.Text
	case n.In("soggettoVersante"):
		r.Payer.Code = n.Text
	case n.In("soggettoPagatore"):
		r.Debtor.Code = n.Text
	}
}

func singleField(f *file, n leaf.Node) {
	p := f.part()
	switch n.Name() {
	case "singoloImportoPagato":
		p.Cents = f.cents(n)
	case "identificativoUnivocoRiscossione":
		p.Receipt = n.Text
	case "causaleVersamento":
		p.Text = n.Text
	case "datiSpecificiRiscossione":
		p.Category = n.Text
	case "dataEsitoSingoloPagamento":
		f.paid(n)
	case "commissioniApplicatePSP":
		f.receipt.Fee += f.cents(n)
	}
}
