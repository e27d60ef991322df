package mt

import (
	"strings"
	"unicode/utf8"

	"cassacomune/app/codes"
	"cassacomune/app/formats"
)

// Widths at which the banks break a text: a piece that is full goes on in the
// next one as it stands, a shorter one has lost its last blank.
const (
	lineWidth     = 65 // of a line of :86:
	subfieldWidth = 27 // of ?20 to ?29
)

// narrate reads what the :86: of an entry says, in one of three manners, into
// the entry. Without any, the second line of :61: has to do.
func narrate(e *formats.Entry, lines []string, extra string) {
	if len(lines) == 0 {
		e.Text = squeeze(extra)
		return
	}
	var w words
	whole := strings.Join(lines, "")
	if code, sep, ok := structured(whole); ok {
		w = subfields(whole, sep)
		e.BankCode += "/" + code
	} else {
		whole = unfold(lines)
		if w, ok = slashed(whole); !ok {
			w = plussed(whole)
		}
		if w.text == "" {
			w.text = whole
		}
	}
	if w.account == "" && looksIBAN(extra) { // Rabobank: the counterpart's account behind the :61:
		w.account = extra
	}
	e.Text = squeeze(w.text)
	e.PartyName, e.PartyCode, e.PartyIBAN = squeeze(w.name), w.code, w.account
	r := &e.References
	r.EndToEnd, r.Mandate, r.Creditor, r.Structured = given(w.endToEnd), given(w.mandate), w.creditor, w.structured
	e.EndToEnd = r.EndToEnd
	if r.Instruction == "" {
		r.Instruction = given(w.instruction)
	}
}

// words is what a text says under its code words.
type words struct {
	text, name, code, account                            string
	endToEnd, mandate, creditor, instruction, structured string
}

// set keeps the value of a word; the first that says something stands.
func (w *words) set(word, value string) {
	to := w.of(word)
	if to == nil || *to != "" {
		return
	}
	*to = strings.Trim(value, " /")
}

func (w *words) of(word string) *string {
	switch word {
	case "SVWZ", "REMI":
		return &w.text
	case "NAME":
		return &w.name
	case "IBAN", "BBAN":
		return &w.account
	case "EREF":
		return &w.endToEnd
	case "KREF":
		return &w.instruction
	case "MREF", "MARF":
		return &w.mandate
	case "CRED", "CSID":
		return &w.creditor
	case "CDTRREF":
		return &w.structured
	}
	return nil
}

// unfold joins the lines of a text.
func unfold(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	if len(lines) == 1 {
		return strings.TrimSpace(lines[0])
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 && utf8.RuneCountInString(lines[i-1]) < lineWidth {
			b.WriteByte(' ')
		}
		b.WriteString(line)
	}
	return strings.TrimSpace(b.String())
}

// squeeze makes one blank of each run of them.
func squeeze(s string) string {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "  ") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// looksIBAN reports whether s is an IBAN.
func looksIBAN(s string) bool {
	return len(s) >= 15 && letter(s[0]) && letter(s[1]) && codes.CheckIBAN(s) == nil
}
