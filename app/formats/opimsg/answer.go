package opimsg

import (
	"slices"
	"strconv"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/fixed"
	"cassacomune/app/money"
)

// maxAnswer is how many bytes of values, with their names, an answer may have.
const maxAnswer = 256 << 10

// reasons are the elements that say why: errors and warnings.
var reasons = map[string]bool{"errore": true, "warning": true, "lista_errori": true}

// reason is one of them that is being read.
type reason struct {
	warning                     bool
	code, text, element, payers string
}

// answer is an outcome that is being read.
type answer struct {
	outcome formats.Outcome
	journal string // identificativo_flusso_BT
	seen    map[string]bool
	raw     []string
	texts   []string
	reason  *reason // nil outside one
	broken  bool    // has an error
	size    int
}

func newAnswer(line int, kind string) *answer {
	return &answer{outcome: formats.Outcome{Line: line, Kind: kind}, seen: map[string]bool{}}
}

// statuses are the words of the schemas: of flows, orders and warrants.
var statuses = []string{"OK", "KO", "WARNING",
	"ACQUISITO", "NON ACQUISITO", "VARIATO", "NON VARIATO", "ANNULLATO", "NON ANNULLATO", "SOSTITUITO", "NON SOSTITUITO",
	"RISCOSSO", "PAGATO", "STORNATO", "REGOLARIZZATO", "NON REGOLARIZZATO", "NON ESEGUIBILE"}

// field takes a leaf of an answer, or of one of its reasons.
func (m *message) field(e element, value string) {
	a := m.answer
	m.grow(e, len(value))
	if a.reason != nil {
		a.reason.field(e.name, value)
		return
	}
	if a.seen[e.name] {
		m.Error(e.line, e.name, value, "elemento ripetuto")
		return
	}
	a.seen[e.name] = true
	o := &a.outcome
	switch e.name {
	case "identificativo_flusso":
		if o.Kind == "flusso" {
			o.Subject = value
		} else {
			a.keep(e.name, value)
		}
	case "identificativo_flusso_BT":
		a.journal = value
	case "esercizio":
		year, err := strconv.Atoi(value)
		if err != nil || year < 1999 || year > 2099 {
			m.Error(e.line, e.name, value, "esercizio fuori dagli anni 1999-2099")
			return
		}
		o.Year = year
	case "numero_reversale", "numero_mandato":
		o.Subject = m.number(e, value)
	case "progressivo_versante", "progressivo_beneficiario":
		o.Progressive = m.number(e, value)
	case "importo":
		cents, err := money.ParseDecimal(value)
		if err != nil {
			m.Error(e.line, e.name, value, err.Error())
		}
		o.Cents = cents
	case "stato_flusso", "esito_operazione":
		o.Status = value
		if !slices.Contains(statuses, value) {
			m.Warn(e.line, e.name, value, "esito non previsto")
		}
	case "data_ora_esito_operazione":
		o.On = m.date(e, value)
		a.keep(e.name, value)
	default: // data_reversale, data_mandato, and what a schema to come may add
		a.keep(e.name, value)
	}
}

// grow counts what an answer holds, and stops at one that does not end.
func (m *message) grow(e element, bytes int) {
	if m.answer.size += len(e.name) + bytes; m.answer.size > maxAnswer {
		m.Error(e.line, e.name, "", "esito con troppi valori")
		m.Stopped = true
	}
}

func (m *message) number(e element, value string) string {
	if !fixed.Digits(value) {
		m.Error(e.line, e.name, value, "non è un numero")
		return ""
	}
	if bare := strings.TrimLeft(value, "0"); bare != "" {
		return bare
	}
	return "0"
}

// date takes the day of an instant, as the sender's clock has it.
func (m *message) date(e element, value string) day.Date {
	d, err := day.Parse(value[:min(len(value), len("2026-03-10"))])
	if err != nil || len(value) > 10 && value[10] != 'T' {
		m.Error(e.line, e.name, value, day.ErrFormat.Error())
		return day.Date{}
	}
	return d
}

func (a *answer) keep(name, value string) { a.raw = append(a.raw, name+"="+value) }

func (r *reason) field(name, value string) {
	switch name {
	case "codice", "codice_errore":
		r.code = value
	case "descrizione":
		r.text = strings.Join(strings.Fields(value), " ")
	case "elemento":
		r.element = value
	case "progressivo_versante", "progressivo_beneficiario":
		r.payers = value
	default:
		r.text += " " + name + "=" + value
	}
}

// close adds a reason to the answer: the code of an error to its codes, and a
// line to its text.
func (a *answer) close() {
	r := a.reason
	a.reason = nil
	if r.code != "" && !r.warning {
		a.outcome.Codes = append(a.outcome.Codes, r.code)
	}
	text := strings.TrimSpace(r.code + " " + r.text)
	if r.warning {
		text = "avviso " + text
	}
	if r.payers != "" {
		text += ", progressivo " + r.payers
	}
	if r.element != "" {
		text += ", elemento " + r.element
	}
	a.texts = append(a.texts, text)
}

// tell tells the answer. One that names nothing is a problem.
func (m *message) tell() {
	a := m.answer
	m.answer, m.told = nil, true
	o := a.outcome
	switch m.key {
	case Receipt:
		o.Status = "RICEZIONE"
	case Refusal:
		o.Status = "RIFIUTO"
	}
	o.Text, o.Raw = strings.Join(a.texts, "\n"), strings.Join(a.raw, "; ")
	switch { // SIOPE+ acknowledges the Treasurer's journals too
	case m.key == Ack && o.Subject == "":
		o.Kind, o.Subject = "giornale", a.journal
	case a.journal != "":
		o.Raw = strings.TrimSuffix("identificativo_flusso_BT="+a.journal+"; "+o.Raw, "; ")
	}
	switch {
	case a.broken:
	case o.Subject == "":
		m.Error(o.Line, o.Kind, "", "esito senza numero o identificativo leggibile")
	case o.Status == "":
		m.Error(o.Line, "esito", "", "esito mancante")
	default:
		m.Emit(formats.Event{Outcome: &o})
	}
}
