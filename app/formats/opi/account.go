package opi

import (
	"cassacomune/app/formats"
)

// begin opens a sub-account (conto di evidenza).
func (j *reader) begin() {
	h := &j.head
	j.statement = &formats.Statement{Line: j.scan.Line, ID: h.flow, Currency: "EUR", Year: h.year, From: h.from, To: h.to,
		Bank: h.facts["codice_ABI_BT"], Body: h.facts["codice_ente_BT"], Owner: h.facts["descrizione_ente"], Revision: h.flow}
	j.begun = false
	j.closing = formats.Closing{}
}

// tell tells the statement, once its sub-account is known.
func (j *reader) tell() {
	if j.begun {
		return
	}
	j.begun = true
	if j.statement.Account == "" {
		j.Error(j.scan.Line, "conto_evidenza", "", "conto di evidenza mancante")
	}
	j.Emit(formats.Event{Statement: j.statement})
}

// account takes a leaf of the sub-account.
func (j *reader) account(f frame, value []byte) {
	switch f.name {
	case "conto_evidenza":
		j.statement.Account = string(value)
	case "descrizione_conto_evidenza":
		j.statement.Name = string(value)
	case "saldo_precedente_conto_evidenza":
		j.closing.Opening = j.amount(f, value)
	case "totale_entrate_conto_evidenza":
		j.closing.Credit = j.amount(f, value)
	case "totale_uscite_conto_evidenza":
		j.closing.Debit = j.amount(f, value)
	case "saldo_finale_conto_evidenza":
		j.closing.Closing = j.amount(f, value)
	}
}

func (j *reader) close(line int) {
	j.tell()
	j.closing.Line = line
	closing := j.closing
	j.Emit(formats.Event{Closing: &closing})
	j.statement = nil
}
