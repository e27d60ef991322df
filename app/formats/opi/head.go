package opi

import (
	"strconv"

	"cassacomune/app/formats"
)

// amounts of the tail; the overall balances and the totals of the year.
var totals = map[string]bool{
	"saldo_complessivo_precedente": true, "totale_complessivo_entrate": true, "totale_complessivo_uscite": true, "saldo_complessivo_finale": true,
	"fondo_di_cassa": true, "totale_reversali_riscosse": true, "totale_sospesi_entrata": true, "totale_entrate": true,
	"deficit_di_cassa": true, "totale_mandati_pagati": true, "totale_sospesi_uscita": true, "totale_uscite": true, "saldo_esercizio": true,
	"disponibilita": true,
}

// fact reads an element of head or tail. The version is known by its
// elements, because the journal has no namespace: OIL has no header of its
// own, 1.4 tells a period where later versions tell a day.
func (j *reader) fact(f frame, value string) {
	name := f.name
	depth := len(j.path) + 1
	switch name {
	case "codice_ABI_BT":
		j.format, j.version = Journal, "1.7.1"
		if depth == 2 {
			j.format, j.version = OILJournal, "3.02"
		}
		if len(value) != 5 || !isNumber(value) {
			j.problem(formats.Error, f.line, name, value, "non sono cinque cifre")
		}
	case "identificativo_flusso":
		name = "identificativo_flusso_BT"
	case "esercizio":
		year, err := strconv.Atoi(value)
		if err != nil || year < 1999 || year > 2099 {
			j.problem(formats.Error, f.line, name, value, "esercizio fuori dagli anni 1999-2099")
		}
		j.year = year
	case "pagina", "pagine_totali":
		n, err := strconv.Atoi(value)
		total, errTotal := strconv.Atoi(j.facts["pagine_totali"])
		page, errPage := strconv.Atoi(j.facts["pagina"])
		if err != nil || n < 1 || name == "pagina" && errTotal == nil && n > total || name == "pagine_totali" && errPage == nil && page > n {
			j.problem(formats.Error, f.line, name, value, "pagina inesistente")
		}
	case "data_riferimento_GdC":
		j.from = j.date(f, value)
		j.to = j.from
	case "data_inizio_periodo_riferimento":
		if j.format == Journal {
			j.version = "1.4"
		}
		j.from = j.date(f, value)
	case "data_fine_periodo_riferimento":
		j.to = j.date(f, value)
	case "codice_ente_BT", "codice_ente", "codice_fiscale_ente", "descrizione_ente", "identificativo_flusso_BT", "data_ora_creazione_flusso", "riferimento_ente":
	default:
		if !totals[name] {
			return
		}
		c := j.amount(f, value)
		if c == nil {
			return
		}
		value = c.Decimal()
	}
	if value == "" {
		j.problem(formats.Error, f.line, name, "", "valore mancante")
		return
	}
	j.facts[name] = value
	j.emit(formats.Event{Header: &formats.Header{Format: j.format, Version: j.version, Name: name, Value: value}})
}

func isNumber(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
