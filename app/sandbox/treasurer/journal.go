package treasurer

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
)

// Journal (giornale di cassa) closes a day and writes its file: every movement
// of it, or of days before that no journal has told. Asked again it returns
// the same bytes. A day before the last journal is a conflict.
func (t *Treasurer) Journal(on day.Date) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if done, ok := t.journals[on]; ok {
		return slices.Clone(done), nil
	}
	if on.Before(t.last) {
		return nil, fault.New(fault.Conflict, "treasurer.closed", "Il giorno %s è già chiuso.", on.Italian())
	}
	if on.Year() > t.year && len(t.waiting) == 0 {
		t.begin(on.Year(), t.now.balance())
	}
	if on.Year() != t.year {
		return nil, refuse("il giorno %s non è dell'esercizio %d", on.Italian(), t.year)
	}
	told := make([]entry, 0, len(t.waiting))
	var later []entry
	for _, e := range t.waiting {
		if e.on.After(on) {
			later = append(later, e)
		} else {
			told = append(told, e)
		}
	}
	w := &writer{}
	t.sequence++
	t.file(w, on, told)
	t.waiting, t.last = later, on
	t.journals[on] = w.Bytes()
	return slices.Clone(w.Bytes()), nil
}

// Name is the usual name of a day's file.
func (t *Treasurer) Name(on day.Date) string {
	return "giornale-" + strings.ReplaceAll(on.String(), "-", "") + ".xml"
}

func (t *Treasurer) file(w *writer, on day.Date, told []entry) {
	w.WriteString(xml.Header)
	w.open("flusso_giornale_di_cassa")
	t.head(w, on)
	before := t.reported.balance()
	w.open("informazioni_conto_evidenza")
	w.text("conto_evidenza", "0000001")
	w.text("descrizione_conto_evidenza", "CONTO DI TESORERIA")
	var in, out money.Cents
	for _, e := range told {
		t.movementOf(w, e)
		in, out = t.tell(e, in, out)
	}
	for _, scope := range []string{"conto_evidenza", "complessivo"} {
		names := []string{"saldo_precedente_", "totale_entrate_", "totale_uscite_", "saldo_finale_"}
		if scope == "complessivo" {
			w.close("informazioni_conto_evidenza")
			names = []string{"saldo_complessivo_precedente", "totale_complessivo_entrate", "totale_complessivo_uscite", "saldo_complessivo_finale"}
			scope = ""
		}
		for i, v := range []money.Cents{before, in, out, before + in - out} {
			w.cents(names[i]+scope, v)
		}
	}
	t.tail(w)
	w.WriteString(dummySignature)
	w.close("flusso_giornale_di_cassa")
}

func (t *Treasurer) head(w *writer, on day.Date) {
	c := t.config
	w.open("testata_messaggio")
	w.text("codice_ABI_BT", c.ABI)
	w.text("data_ora_creazione_flusso", c.Clock().In(day.Rome).Format("2006-01-02T15:04:05"))
	w.text("codice_ente", c.IPA)
	w.text("descrizione_ente", c.Body)
	w.text("codice_istat_ente", c.ISTAT)
	w.text("codice_fiscale_ente", c.FiscalCode)
	w.text("codice_tramite_ente", "A2A-00000000")
	w.text("codice_tramite_BT", "A2A-00000001")
	w.text("codice_ente_BT", c.BodyCode)
	w.close("testata_messaggio")
	w.text("identificativo_flusso_BT", fmt.Sprintf("GDC-%s%010d#001#001", strings.ReplaceAll(on.String(), "-", ""), t.sequence))
	w.text("pagina", "1")
	w.text("pagine_totali", "1")
	w.text("esercizio", strconv.Itoa(t.year))
	w.text("data_riferimento_GdC", on.String())
}

func (t *Treasurer) movementOf(w *writer, e entry) {
	w.open("movimento_conto_evidenza")
	w.text("identificativo_flusso", fmt.Sprintf("%d%09d", t.year, e.movement))
	w.text("numero_movimento", fmt.Sprintf("%07d", e.movement))
	w.text("tipo_movimento", map[bool]string{true: "ENTRATA", false: "USCITA"}[e.in])
	w.text("tipo_documento", e.document)
	w.text("tipo_operazione", e.operation)
	w.text("numero_documento", fmt.Sprintf("%07d", e.number))
	if e.siope != "" {
		w.open("sospeso_da_regolarizzare")
		w.text("data_effettiva_sospeso", e.on.String())
		w.text("codice_gestionale_provvisorio", e.siope)
		w.close("sospeso_da_regolarizzare")
	}
	w.text("progressivo_documento", fmt.Sprintf("%07d", e.progressive))
	w.cents("importo", e.cents)
	if e.operation == "STORNATO" {
		w.text("numero_bolletta_quietanza_storno", fmt.Sprintf("%07d", e.quittance))
	} else {
		w.text("numero_bolletta_quietanza", fmt.Sprintf("%07d", e.quittance))
	}
	for _, name := range []string{"data_movimento", "data_movimento_siope", "data_valuta_ente"} {
		w.text(name, e.on.String())
	}
	w.text("tipo_esecuzione", e.execution)
	w.optional("coordinate", e.party.IBAN)
	w.optional("codice_riferimento_operazione", e.reference)
	w.optional("end_to_end_id", e.endToEnd)
	w.text("destinazione", "LIBERA")
	w.text("assoggettamento_bollo", "ESENTE BOLLO")
	w.text("assoggettamento_spese", "ESENTE SPESE")
	w.open("cliente")
	w.text("anagrafica_cliente", e.party.Name)
	w.optional("codice_fiscale_cliente", e.party.FiscalCode)
	w.close("cliente")
	w.text("causale", e.text)
	for _, c := range e.closes {
		w.open("sospeso")
		w.text("numero_provvisorio", strconv.FormatInt(c.Number, 10))
		w.cents("importo_provvisorio", c.Cents)
		w.close("sospeso")
	}
	w.close("movimento_conto_evidenza")
}

// tell moves the totals that the journal reports by one movement, and returns
// what came in and went out by the end of it.
func (t *Treasurer) tell(e entry, in, out money.Cents) (money.Cents, money.Cents) {
	v := e.cents
	switch e.document + " " + e.operation {
	case "SOSPESO ENTRATA ESEGUITO":
		t.reported.credits += v
		return in + v, out
	case "SOSPESO ENTRATA STORNATO":
		t.reported.credits -= v
		return in - v, out
	case "SOSPESO USCITA ESEGUITO":
		t.reported.debits += v
		return in, out + v
	case "REVERSALE REGOLARIZZATO":
		t.reported.orders += v
		t.reported.credits -= v
	case "REVERSALE ESEGUITO":
		t.reported.orders += v
		return in + v, out
	case "MANDATO ESEGUITO":
		t.reported.warrants += v
		return in, out + v
	}
	return in, out
}

func (t *Treasurer) tail(w *writer) {
	r := t.reported
	w.open("totali_esercizio")
	w.cents("fondo_di_cassa", r.fund)
	w.cents("totale_reversali_riscosse", r.orders)
	w.cents("totale_sospesi_entrata", r.credits)
	w.cents("totale_entrate", r.fund+r.orders+r.credits)
	w.cents("deficit_di_cassa", 0)
	w.cents("totale_mandati_pagati", r.warrants)
	w.cents("totale_sospesi_uscita", r.debits)
	w.cents("totale_uscite", r.warrants+r.debits)
	w.cents("saldo_esercizio", r.balance())
	w.close("totali_esercizio")
	w.open("totali_disponibilita_liquide")
	w.cents("saldo_conti_correnti", 0)
	w.cents("totale_conti", r.balance())
	w.cents("anticipazione_accordata", 0)
	w.cents("anticipazione_utilizzata", 0)
	w.cents("disponibilita", r.balance())
	w.close("totali_disponibilita_liquide")
}

// writer writes elements one a line.
type writer struct{ bytes.Buffer }

func (w *writer) open(name string)  { w.WriteString("<" + name + ">\n") }
func (w *writer) close(name string) { w.WriteString("</" + name + ">\n") }

func (w *writer) text(name, value string) {
	w.WriteString("<" + name + ">")
	_ = xml.EscapeText(w, []byte(value)) // a buffer takes everything
	w.WriteString("</" + name + ">\n")
}

func (w *writer) optional(name, value string) {
	if value != "" {
		w.text(name, value)
	}
}

func (w *writer) cents(name string, v money.Cents) {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	w.text(name, fmt.Sprintf("%s%d.%02d", sign, v/100, v%100))
}

// dummySignature fills the place that the schema wants filled. It signs
// nothing and says so: the texts in base64 read "firma fittizia".
const dummySignature = `<!-- Firma fittizia di un ambiente di prova: non firma nulla. -->
<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="firma-fittizia">
<ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2006/12/xml-c14n11"/>
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
<ds:Reference URI="">
<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
<ds:DigestValue>ZmlybWEgZml0dGl6aWE=</ds:DigestValue>
</ds:Reference>
</ds:SignedInfo>
<ds:SignatureValue>ZmlybWEgZml0dGl6aWE=</ds:SignatureValue>
</ds:Signature>
`
