package opi

import (
	"fmt"
	"strconv"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/fixed"
)

// head holds what head and tail of the journal have said so far.
type head struct {
	format, version string
	facts           map[string]string // of kept
	flow            string            // identificativo del flusso
	year            int
	from, to        day.Date
	page, pages     int
}

func newHead() head { return head{format: Journal, facts: map[string]string{}} }

// kept are the facts that later elements need, or that must be there.
var kept = map[string]bool{"codice_ABI_BT": true, "codice_ente_BT": true, "descrizione_ente": true, "identificativo_flusso_BT": true, "esercizio": true}

// totals are the amounts of the tail: overall balances, totals of the year,
// liquidity.
var totals = map[string]bool{
	"saldo_complessivo_precedente": true, "totale_complessivo_entrate": true, "totale_complessivo_uscite": true, "saldo_complessivo_finale": true,
	"fondo_di_cassa": true, "totale_reversali_riscosse": true, "totale_sospesi_entrata": true, "totale_entrate": true,
	"deficit_di_cassa": true, "totale_mandati_pagati": true, "totale_sospesi_uscita": true, "totale_uscite": true, "saldo_esercizio": true,
	"saldo_conti_correnti": true, "saldo_conti_BI": true, "totale_conti": true,
	"vincoli_conti_correnti": true, "vincoli_conti_BI": true, "totale_vincoli": true,
	"svincoli_conti_correnti": true, "svincoli_conti_BI": true, "totale_svincoli": true,
	"anticipazione_accordata": true, "anticipazione_utilizzata": true, "totale_somme_bloccate_riservate": true, "disponibilita": true,
}

// fact reads a leaf of head or tail and tells it, known to a schema or not.
func (j *reader) fact(f frame, value string) {
	h, name := &j.head, f.name
	if name == "identificativo_flusso" { // OIL
		name = "identificativo_flusso_BT"
	}
	if value == "" {
		if kept[name] || totals[name] {
			j.Error(f.line, name, "", "valore mancante")
		}
		return
	}
	switch name {
	case "codice_ABI_BT":
		h.recognise(len(j.open) == 1)
		if len(value) != 5 || !fixed.Digits(value) {
			j.Error(f.line, name, value, "non sono cinque cifre")
		}
	case "identificativo_flusso_BT":
		h.flow = value
	case "esercizio":
		year, err := strconv.Atoi(value)
		if err != nil || year < 1999 || year > 2099 {
			j.Error(f.line, name, value, "esercizio fuori dagli anni 1999-2099")
		}
		h.year = year
	case "pagina":
		h.page = j.page(f, value)
	case "pagine_totali":
		h.pages = j.page(f, value)
	case "data_riferimento_GdC":
		h.from = j.date(f, []byte(value))
		h.to = h.from
	case "data_inizio_periodo_riferimento":
		h.ofPeriod()
		h.from = j.date(f, []byte(value))
	case "data_fine_periodo_riferimento":
		h.to = j.date(f, []byte(value))
	default:
		if totals[name] {
			c := j.amount(f, []byte(value))
			if c == nil {
				return
			}
			value = c.Decimal()
		}
	}
	if kept[name] {
		h.facts[name] = value
	}
	j.Emit(formats.Event{Header: &formats.Header{Format: h.format, Version: h.version, Name: name, Value: value}})
}

// page reads the number of a page or of all pages.
func (j *reader) page(f frame, value string) int {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		j.Error(f.line, f.name, value, "pagina inesistente")
		return 0
	}
	return n
}

// pages tells a journal of which this file is only a part.
func (j *reader) pages() {
	switch h := &j.head; {
	case h.page == 0 || h.pages == 0:
	case h.page > h.pages:
		j.Error(0, "pagina", strconv.Itoa(h.page), fmt.Sprintf("pagina inesistente: il giornale ne ha %d", h.pages))
	case h.pages > 1:
		j.Warn(0, "pagina", strconv.Itoa(h.page), fmt.Sprintf("il giornale ha %d pagine e questo file ne è una: servono anche le altre", h.pages))
	}
}

// lacks tells which facts a journal must have and this one has not.
func (j *reader) lacks() {
	for _, name := range []string{"esercizio", "codice_ABI_BT", "codice_ente_BT", "identificativo_flusso_BT"} {
		if _, ok := j.head.facts[name]; !ok {
			j.Error(0, name, "", "elemento mancante")
		}
	}
}
