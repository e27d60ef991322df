// Package mt reads SWIFT's customer statement (estratto conto) MT940 and
// interim report MT942 in the dialects of the banks: with or without the
// envelope of the network, whole messages and fragments, :86: in subfields
// (?20), in words (/EREF/, SVWZ+) or plain. It knows no bank by name.
package mt

import (
	"io"
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/charset"
	"cassacomune/app/formats/internal/fixed"
)

// Keys of the two messages.
const (
	Statement = "mt940"
	Interim   = "mt942"
)

// Limits of what is kept in memory. SWIFT has lines of 65 characters and six
// of them in an :86:; dialects write a whole :86: on one line.
const (
	mostLine     = 16 << 10 // bytes of a line
	mostText     = 16 << 10 // bytes of a field with all its lines, and of all the :86: of an entry
	mostBalances = 1000     // of a statement
)

// Read yields a Statement per :20: block, its Entries (:61: with the :86:
// that follow) and its Closing. The entries of a fragment without :20: stand
// in no statement.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		m := &reader{Teller: formats.NewTeller(yield)}
		for line, err := range fixed.Lines(charset.NewReader(r), mostLine) {
			m.line = line.Number
			if err != nil {
				m.Error(m.line, "file", "", err.Error())
				break
			}
			m.lines(line.Text)
			if m.Stopped {
				return
			}
		}
		m.finish()
	}
}

// reader walks the lines of a file and gathers them into fields.
type reader struct {
	formats.Teller
	line    int
	any     bool   // the file is not empty
	told    bool   // the Header has been
	message string // 940 or 942, as the envelope says; "" without envelope
	opened  int    // line of the envelope that is open; 0: none
	field   field
	block   *block // nil between blocks
}

// lines takes a line of the file. One that still holds carriage returns was
// written by an old Mac, or by two programs in a row.
func (m *reader) lines(text string) {
	for strings.IndexByte(text, '\r') >= 0 && !m.Stopped {
		var first string
		first, text, _ = strings.Cut(text, "\r")
		m.take(first)
	}
	m.take(text)
}

func (m *reader) take(text string) {
	text = strings.TrimLeft(text, frame)
	if strings.IndexByte(text, 0) >= 0 {
		m.Error(m.line, "riga", text, "contiene un byte nullo (NUL): il file è rovinato")
		return
	}
	m.any = m.any || strings.Trim(text, blank) != ""
	if tag, content, ok := cutTag(text); ok {
		m.tag(tag, content, text)
		return
	}
	switch {
	case isEnvelope(text):
		m.envelope(text)
	case m.block == nil: // junk between messages, or the rest of a head
	case isEnd(text):
		m.end(text)
	default:
		m.gather(text)
	}
}

// tag begins a field. Inside a text, a tag that no statement has is text: a
// time that was broken before its colon.
func (m *reader) tag(tag, content, text string) {
	k, known := tags[tag]
	if !known {
		m.Warn(m.line, ":"+tag+":", content, "etichetta sconosciuta")
		if m.block != nil && m.field.tag == "86" {
			m.gather(text)
			return
		}
	}
	if k == head {
		return
	}
	m.flush(tag == "20")
	if tag == "20" {
		m.close()
	}
	if m.block == nil {
		m.block = &block{line: m.line, interim: m.message == "942"}
	}
	m.field = field{tag: tag, line: m.line, lines: append(m.field.lines[:0], content), size: len(content)}
}

// gather adds a line to the field at hand, up to what is kept.
func (m *reader) gather(text string) {
	f := &m.field
	f.dash = isEnd(text)
	if f.cut || f.size+len(text) >= mostText {
		if !f.cut {
			m.Warn(m.line, ":"+f.tag+":", "", "testo troppo lungo: il resto non è letto")
		}
		f.cut = true
		return
	}
	f.lines, f.size = append(f.lines, text), f.size+len(text)+1
}

// flush hands the field at hand over to its block. A dash at the end of a
// field whose block is over was the block's end and not text.
func (m *reader) flush(over bool) {
	f := m.field
	m.field = field{lines: f.lines}
	if f.tag == "" || m.block == nil {
		return
	}
	if over && f.dash && !f.cut {
		f.lines = f.lines[:len(f.lines)-1]
		m.block.ended = true
	}
	m.hand(f)
}

// end takes a line that ends a block: a dash, alone or before what the
// network or a bank adds. A dash inside the :86: of an entry may be text, when
// the closing balance or the envelope's own end is still to come; what follows
// will tell.
func (m *reader) end(text string) {
	b := m.block
	sure := closesEnvelope(text) || m.opened == 0 && b.interim
	if m.field.tag == "86" && b.entry != nil && !sure {
		m.gather(text)
		return
	}
	m.flush(true)
	m.close()
	if m.opened > 0 && !closesEnvelope(text) {
		m.unclosed(true)
	}
	m.opened, m.message = 0, ""
}

// envelope takes a line of the network's head, which may also come in three:
// {1:F01...}{2:I940...}{4:
func (m *reader) envelope(text string) {
	if strings.HasPrefix(text, "{1:") {
		m.over()
		m.opened, m.message = m.line, ""
	}
	if kind := messageOf(text); kind != "" {
		m.message = kind
		if kind != "940" && kind != "942" {
			m.Error(m.line, "{2:", kind, "messaggio SWIFT che non è un MT940 né un MT942")
		}
	}
}

// over ends what is open without its end.
func (m *reader) over() {
	m.flush(true)
	if m.opened > 0 {
		m.unclosed(m.block != nil && m.block.ended)
		m.opened = 0
	}
	m.close()
}

// unclosed tells an envelope without its end; it is only odd where the
// statement inside has ended.
func (m *reader) unclosed(ended bool) {
	say := m.Error
	if ended {
		say = m.Warn
	}
	say(m.opened, "{1:", "", "manca la fine del messaggio SWIFT (-}): il file sembra troncato")
}

func (m *reader) finish() {
	m.over()
	switch {
	case !m.any:
		m.Error(0, "", "", "il file è vuoto")
	case !m.told:
		m.Error(0, "", "", "nel file non c'è nessun estratto conto MT940 o MT942")
	}
}
