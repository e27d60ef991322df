package opi

import (
	"bytes"
	"fmt"
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/fixed"
	"cassacomune/app/money"
)

// Limits of one movement, so that memory stays flat whatever it holds.
const (
	maxClosed = 1000     // provisionals, as in the schemas
	maxRaw    = 64 << 10 // bytes that are kept as they stand
)

// movement is the one that is being read; it serves again for the next.
type movement struct {
	entry  *formats.Entry
	kind   bool // tipo_movimento has been read
	flow   string
	vat    string
	amount *money.Cents
	raw    []byte
}

func (m *movement) begin(line int) {
	*m = movement{entry: &formats.Entry{Line: line, Booked: true, Currency: "EUR"}, raw: m.raw[:0]}
}

// documents and operations are the words of all versions.
var (
	documents = words(formats.DocOrder, formats.DocWarrant, formats.DocProvisionalCredit, formats.DocProvisionalDebit,
		"ANTICIPAZIONE", "GIROCONTO", "FONDO DI CASSA", "DEFICIT DI CASSA")
	operations = words("ESEGUITO", "STORNATO", "REGOLARIZZATO", "RIPRISTINATO")
)

func words(list ...string) map[string]string {
	m := make(map[string]string, len(list))
	for _, w := range list {
		m[w] = w
	}
	return m
}

// field takes a leaf of the movement. What has no field in an entry is kept in
// Raw under its own name.
func (m *movement) field(j *reader, f frame, value []byte) {
	e := m.entry
	switch {
	case len(value) == 0:
		return
	case j.bank > 0:
		m.keep(j, f, value)
		return
	}
	switch f.name {
	case "identificativo_flusso":
		m.flow = string(value)
	case "numero_movimento":
		e.Movement = bare(value)
	case "tipo_movimento":
		e.Credit = string(value) == "ENTRATA"
		if m.kind = e.Credit || string(value) == "USCITA"; !m.kind {
			j.Error(f.line, f.name, string(value), "non è ENTRATA né USCITA")
		}
	case "tipo_documento":
		e.Document = word(j, f, value, documents, "tipo di documento non previsto")
	case "tipo_operazione":
		e.Operation = word(j, f, value, operations, "tipo di operazione non previsto")
	case "numero_documento":
		e.Number = number(j, f, value)
	case "progressivo_documento":
		e.Progressive = number(j, f, value)
	case "data_effettiva_sospeso":
		e.EffectiveOn = j.date(f, value)
	case "codice_gestionale_provvisorio":
		e.Siope = string(value)
	case "importo":
		if m.amount = j.amount(f, value); m.amount != nil {
			e.Cents, e.Negative = m.amount.Abs(), *m.amount < 0
		}
	case "numero_bolletta_quietanza":
		if n := bare(value); n != "0" {
			e.Quittance = n
		}
	case "data_movimento":
		e.BookedOn = j.date(f, value)
	case "data_valuta_ente":
		e.ValueOn = j.date(f, value)
	case "tipo_esecuzione":
		m.execution(j, f, value)
	case "coordinate":
		e.PartyIBAN = string(value)
	case "codice_riferimento_operazione":
		e.Reference = string(value)
		e.References.Transaction = e.Reference
	case "end_to_end_id":
		if string(value) != "NOTPROVIDED" {
			e.EndToEnd = string(value)
			e.References.EndToEnd = e.EndToEnd
		}
	case "codice_riferimento_interno":
		e.References.Servicer = string(value)
	case "anagrafica_cliente":
		e.PartyName = string(value)
	case "codice_fiscale_cliente":
		e.PartyCode = string(value)
	case "partita_iva_cliente":
		m.vat = string(value)
	case "causale":
		e.Text = unfolded(value)
	case "numero_sospeso": // to 1.4: one, without an amount
		if n := number(j, f, value); n != "0" {
			e.Closes = append(e.Closes, formats.Provisional{Number: n})
		}
	case "numero_provvisorio":
		if n := len(e.Closes); n > 0 {
			e.Closes[n-1].Number = number(j, f, value)
		}
	case "importo_provvisorio":
		if n := len(e.Closes); n > 0 {
			if c := j.amount(f, value); c != nil {
				abs := c.Abs()
				e.Closes[n-1].Cents = &abs
			}
		}
	default:
		if len(bytes.Trim(value, "0.")) > 0 {
			m.keep(j, f, value)
		}
	}
}

// close begins a provisional that the movement closes.
func (m *movement) close(j *reader) {
	if len(m.entry.Closes) == maxClosed {
		j.Error(j.scan.Line, "sospeso", "", fmt.Sprintf("un movimento chiude al massimo %d provvisori", maxClosed))
		j.Stopped = true
		return
	}
	m.entry.Closes = append(m.entry.Closes, formats.Provisional{})
}

// keep adds a value to Raw.
func (m *movement) keep(j *reader, f frame, value []byte) {
	if len(m.raw)+len(f.name)+len(value)+len("; =") > maxRaw {
		j.strange(f, "", "dati del movimento oltre 64 KB: non sono tenuti tutti")
		return
	}
	if len(m.raw) > 0 {
		m.raw = append(m.raw, "; "...)
	}
	m.raw = append(append(append(m.raw, f.name...), '='), value...)
}

// word returns a word of a list, warning of one that is not in it.
func word(j *reader, f frame, value []byte, list map[string]string, reason string) string {
	w, ok := list[string(value)]
	if !ok {
		w = string(value)
		j.strange(f, w, reason)
	}
	return w
}

// execution keeps how the money moves (tipo_esecuzione), in Raw too, where the
// importers look for it; and lets it tell the version.
func (m *movement) execution(j *reader, f frame, value []byte) {
	way, ok := executions[string(value)]
	if !ok {
		way = execution{word: string(value)}
		j.strange(f, way.word, "tipo di esecuzione non previsto")
	}
	m.entry.BankCode = way.word
	m.keep(j, f, value)
	j.head.narrow(way.version)
}

// number reads a document's number, which is an integer: leading zeros do not
// count.
func number(j *reader, f frame, value []byte) string {
	if s := string(value); !fixed.Digits(s) {
		j.Error(f.line, f.name, s, "non è un numero")
		return s
	}
	return bare(value)
}

func bare(digits []byte) string {
	if t := bytes.TrimLeft(digits, "0"); len(t) > 0 || len(digits) == 0 {
		return string(t)
	}
	return "0"
}

// unfolded joins the lines of a text.
func unfolded(text []byte) string {
	for i, c := range text {
		if c < ' ' || c == ' ' && i > 0 && text[i-1] == ' ' {
			return strings.Join(strings.Fields(string(text)), " ")
		}
	}
	return string(text)
}

// finish tells the movement. One without amount, direction or number is a
// problem, not an entry of nothing.
func (m *movement) finish(j *reader) {
	e := m.entry
	for _, need := range [...]struct {
		name    string
		missing bool
	}{
		{"tipo_movimento", !m.kind}, {"tipo_documento", e.Document == ""}, {"tipo_operazione", e.Operation == ""},
		{"numero_documento", e.Number == ""}, {"importo", m.amount == nil}, {"data_movimento", e.BookedOn.IsZero()},
	} {
		if need.missing {
			j.Error(e.Line, need.name, "", "movimento senza "+need.name+" leggibile")
			return
		}
	}
	for _, p := range e.Closes {
		if p.Number == "" {
			j.Error(e.Line, "numero_provvisorio", "", "provvisorio senza numero leggibile")
			return
		}
	}
	if m.flow != "" && e.Movement != "" {
		e.Movement = m.flow + "/" + e.Movement
	}
	if e.PartyCode == "" {
		e.PartyCode = m.vat
	} else if m.vat != "" && m.vat != e.PartyCode {
		m.keep(j, frame{name: "partita_iva_cliente", line: e.Line}, []byte(m.vat))
	}
	e.Raw = string(m.raw)
	j.Emit(formats.Event{Entry: e})
}
