package opi

import (
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// movement is one that is being read.
type movement struct {
	entry  formats.Entry
	kind   string // tipo_movimento
	flow   string
	amount *money.Cents
	raw    []string
}

var documents = map[string]bool{
	formats.DocOrder: true, formats.DocWarrant: true, formats.DocProvisionalCredit: true, formats.DocProvisionalDebit: true,
	"ANTICIPAZIONE": true, "GIROCONTO": true, "FONDO DI CASSA": true, "DEFICIT DI CASSA": true,
}

var operations = map[string]bool{"ESEGUITO": true, "STORNATO": true, "REGOLARIZZATO": true, "RIPRISTINATO": true}

// field takes a leaf of the movement.
func (m *movement) field(j *reader, f frame, value string) {
	e := &m.entry
	if j.inside("dati_a_disposizione_BT") || f.name == "dati_a_disposizione_BT" {
		if value != "" {
			m.raw = append(m.raw, f.name+"="+value)
		}
		return
	}
	switch f.name {
	case "identificativo_flusso":
		m.flow = value
	case "numero_movimento":
		e.Movement = bare(value)
	case "tipo_movimento":
		m.kind = value
		if e.Credit = value == "ENTRATA"; !e.Credit && value != "USCITA" {
			j.problem(formats.Error, f.line, f.name, value, "non è ENTRATA né USCITA")
		}
	case "tipo_documento":
		e.Document = value
		if !documents[value] {
			j.problem(formats.Warning, f.line, f.name, value, "tipo di documento non previsto")
		}
	case "tipo_operazione":
		e.Operation = value
		if !operations[value] {
			j.problem(formats.Error, f.line, f.name, value, "tipo di operazione non previsto")
		}
	case "numero_documento":
		e.Number = m.number(j, f, value)
	case "progressivo_documento":
		e.Progressive = m.number(j, f, value)
	case "data_effettiva_sospeso":
		e.EffectiveOn = j.date(f, value)
	case "codice_gestionale_provvisorio":
		e.Siope = value
	case "importo":
		if m.amount = j.amount(f, value); m.amount != nil {
			e.Cents, e.Negative = m.amount.Abs(), *m.amount < 0
		}
	case "numero_bolletta_quietanza":
		if e.Quittance = bare(value); e.Quittance == "0" {
			e.Quittance = ""
		}
	case "data_movimento":
		e.BookedOn = j.date(f, value)
	case "data_valuta_ente":
		e.ValueOn = j.date(f, value)
	case "coordinate":
		e.PartyIBAN = value
	case "codice_riferimento_operazione":
		e.Reference = value
	case "end_to_end_id":
		e.EndToEnd = value
	case "anagrafica_cliente":
		e.PartyName = value
	case "codice_fiscale_cliente":
		e.PartyCode = value
	case "partita_iva_cliente":
		if e.PartyCode == "" {
			e.PartyCode = value
		}
	case "causale":
		e.Text = strings.Join(strings.Fields(value), " ")
	case "numero_sospeso":
		if n := m.number(j, f, value); n != "" && n != "0" {
			e.Closes = append(e.Closes, formats.Provisional{Number: n})
		}
	case "numero_provvisorio":
		if n := len(e.Closes); n > 0 {
			e.Closes[n-1].Number = m.number(j, f, value)
		}
	case "importo_provvisorio":
		if n := len(e.Closes); n > 0 {
			if c := j.amount(f, value); c != nil {
				abs := c.Abs()
				e.Closes[n-1].Cents = &abs
			}
		}
	case "tipo_esecuzione":
		m.execution(j, value)
		m.raw = append(m.raw, f.name+"="+value)
	case "codice_riferimento_interno", "numero_bolletta_quietanza_storno", "importo_ritenute", "importo_bollo", "importo_spese", "importo_commissioni", "data_movimento_siope", "destinazione":
		if value != "" && bare(value) != "0" {
			m.raw = append(m.raw, f.name+"="+value)
		}
	}
}

// execution narrows the version down by values that only some versions have.
func (m *movement) execution(j *reader, value string) {
	switch {
	case j.version != "1.7.1":
	case value == "SEPA INSTANT CREDIT TRANSFER":
		j.version = "1.8"
	case strings.HasPrefix(value, "VAGLIA"):
		j.version = "1.5.1"
	case strings.HasPrefix(value, "REGOLARIZZAZIONE ACCREDITO") || strings.Contains(value, " PER TAB "):
		j.version = "1.6.1"
	}
}

// number reads a document's number, which is an integer: leading zeros do not
// count.
func (m *movement) number(j *reader, f frame, value string) string {
	if !isNumber(value) {
		j.problem(formats.Error, f.line, f.name, value, "non è un numero")
		return value
	}
	return bare(value)
}

func bare(s string) string {
	if t := strings.TrimLeft(s, "0"); t != "" || s == "" {
		return t
	}
	return "0"
}

// finish tells the movement. One without amount, direction or number is a
// problem, not an entry of nothing.
func (m *movement) finish(j *reader) {
	e := m.entry
	for _, need := range []struct {
		name    string
		missing bool
	}{
		{"tipo_movimento", m.kind == ""}, {"tipo_documento", e.Document == ""}, {"tipo_operazione", e.Operation == ""},
		{"numero_documento", e.Number == ""}, {"importo", m.amount == nil}, {"data_movimento", e.BookedOn.IsZero()},
	} {
		if need.missing {
			j.problem(formats.Error, e.Line, need.name, "", "movimento senza "+need.name+" leggibile")
			return
		}
	}
	if m.flow != "" && e.Movement != "" {
		e.Movement = m.flow + "/" + e.Movement
	}
	e.Raw = strings.Join(m.raw, "; ")
	j.emit(formats.Event{Entry: &e})
}
