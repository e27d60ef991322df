package mt

import (
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// block is a message or a fragment of one, as far as it has been read.
type block struct {
	line      int
	statement bool // it has a :20:
	interim   bool // MT942
	begun     bool // its Statement has been told
	ended     bool // its own end was seen
	known     bool // some field is of a statement
	full      bool // too many balances

	id, account, number string
	currency            string
	before, after       []formats.Balance
	opening, closing    *formats.Balance // 60F or 60M, 62F or 62M
	credit, debit       tally            // counted
	moved               money.Cents      // what is booked, in less out
	declared            struct{ credit, debit *tally }

	entry *formats.Entry // told when all its :86: are read
	extra string         // what :61: adds in a second line
	text  text           // of the entry
	notes text           // of the whole statement
}

// text is the lines of one or more :86:, up to what is kept.
type text struct {
	lines []string
	size  int // bytes
}

// tally is how many entries there are and their sum.
type tally struct {
	count int
	cents money.Cents
}

// hand gives a field to the block.
func (m *reader) hand(f field) {
	b := m.block
	k, known := tags[f.tag]
	if !known {
		return
	}
	b.known = true
	if f.tag == "86" {
		m.keep(f)
		return
	}
	m.entryEnds()
	if k == account && b.begun || b.begun && strings.HasPrefix(f.tag, "60") {
		m.Warn(f.line, ":"+f.tag+":", f.lines[0], "etichetta fuori posto: sta dopo i movimenti")
		return
	}
	content := strings.Trim(f.lines[0], blank)
	switch f.tag {
	case "20":
		b.statement, b.id = true, content
	case "21": // answers a request: not kept
	case "25", "25P":
		b.account = content
	case "28", "28C":
		b.number = content
	case "13D":
		b.interim = true
	case "34F":
		b.interim = true
		if b.currency == "" && len(content) >= 3 && currency(content[:3]) {
			b.currency = content[:3]
		}
	case "60F", "60M":
		m.opening(f, content)
	case "61":
		m.begin()
		m.movement(f)
	case "90C", "90D":
		b.interim = true
		m.begin()
		m.declared(f, content)
	default:
		m.begin()
		m.balance(f, content)
	}
}

// keep adds an :86:, which tells the entry at hand or, before the first and
// after the closing balance, the whole statement.
func (m *reader) keep(f field) {
	to := &m.block.notes
	if m.block.entry != nil {
		to = &m.block.text
	}
	if to.size+f.size > mostText {
		m.Warn(f.line, ":86:", "", "testo troppo lungo: il resto non è letto")
		return
	}
	to.lines, to.size = append(to.lines, f.lines...), to.size+f.size
}

// begin tells what stands before the movements: once a block.
func (m *reader) begin() {
	b := m.block
	if b.begun {
		return
	}
	b.begun = true
	m.header(b)
	if !b.statement {
		m.Error(b.line, ":20:", "", "manca l'inizio dell'estratto conto (:20:): non si sa di quale estratto siano i movimenti")
		return
	}
	if b.account == "" {
		m.Error(b.line, ":25:", "", "manca il conto (:25:)")
	}
	if b.currency != "" && b.currency != "EUR" {
		m.Warn(b.line, "divisa", b.currency, "estratto conto in divisa diversa dall'euro")
	}
	s := &formats.Statement{Line: b.line, ID: b.id, Currency: b.currency, Number: b.number, Balances: b.before}
	s.Account, s.Bank = accountOf(b.account, b.currency)
	if b.opening != nil {
		s.From = b.opening.On
		if b.opening.Kind == "60F" {
			s.Opening = &b.opening.Cents
		}
	}
	m.Emit(formats.Event{Statement: s})
}

// header tells which of the two messages this is, once a file.
func (m *reader) header(b *block) {
	if m.told {
		return
	}
	m.told = true
	key := Statement
	if b.interim {
		key = Interim
	}
	m.Emit(formats.Event{Header: &formats.Header{Format: key}})
}

// close ends the block at hand, if any.
func (m *reader) close() {
	b := m.block
	if b == nil {
		return
	}
	m.entryEnds()
	if b.known {
		m.begin()
	}
	m.block = nil
	if !b.statement {
		return
	}
	c := &formats.Closing{Line: m.line, Balances: b.after, Text: unfold(b.notes.lines)}
	if b.closing != nil && b.closing.Kind == "62F" {
		c.Closing = &b.closing.Cents
	}
	m.verify(b)
	if d := b.declared.credit; d != nil {
		c.Credit = &d.cents
	}
	if d := b.declared.debit; d != nil {
		c.Debit = &d.cents
	}
	m.Emit(formats.Event{Closing: c})
}

// accountOf takes the account of :25: apart. An IBAN may be printed in groups,
// and the currency may stand behind any account; before a slash stands the
// bank, which stays in the account too.
func accountOf(s, currency string) (account, bank string) {
	if currency == "" {
		currency = "EUR"
	}
	if rest, ok := strings.CutSuffix(s, currency); ok && rest != "" && (rest[len(rest)-1] == ' ' || digit(rest[len(rest)-1])) {
		s = strings.TrimSpace(rest)
	}
	if joined := strings.ReplaceAll(s, " ", ""); looksIBAN(joined) {
		return joined, ""
	}
	bank, _, slash := strings.Cut(s, "/")
	if !slash {
		bank = ""
	}
	return s, bank
}
