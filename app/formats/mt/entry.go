package mt

import (
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/fixed"
)

// movement takes a :61:, which stays at hand until its :86: are read:
//
//	2601050105CR12,50NTRFNONREF//0123456789
//
// value date, day of entry without its year, direction, third letter of the
// currency, amount, type, reference of the owner, // reference of the bank; a
// second line says more. Types are four characters, whatever the bank makes
// of the letters. An entry that cannot be relied on is told, with what could
// be read of it, and is not booked.
func (m *reader) movement(f field) {
	b := m.block
	e := &formats.Entry{Line: f.line, Currency: b.currency, Booked: true}
	b.entry, b.text = e, text{lines: b.text.lines[:0]}
	b.extra = unfold(f.lines[1:])
	if err := readMovement(e, strings.TrimRight(f.lines[0], blank)); err != nil {
		m.Error(f.line, ":61:", err.value, err.reason)
		e.Booked = false
	}
	b.count(e)
}

// count adds an entry to the sums of the block.
func (b *block) count(e *formats.Entry) {
	to, signed := &b.debit, -e.Cents
	if e.Credit {
		to, signed = &b.credit, e.Cents
	}
	to.count, to.cents = to.count+1, to.cents+e.Cents
	if e.Booked {
		b.moved += signed
	}
}

// refusal is why a :61: cannot be read.
type refusal struct{ value, reason string }

func readMovement(e *formats.Entry, s string) *refusal {
	if len(s) < 6 {
		return &refusal{s, "movimento non leggibile"}
	}
	var err error
	value, rest := s[:6], strings.TrimLeft(s[6:], " ")
	entered, rest := cutEntryDate(rest)
	rest = cutMark(e, rest)
	if rest == "" {
		return &refusal{s, "movimento non leggibile: manca il segno (C, D, RC, RD, EC, ED)"}
	}
	if rest, err = cutAmount(e, rest); err != nil {
		return &refusal{s, "importo: " + err.Error()}
	}
	cutReferences(e, rest)
	if e.ValueOn, err = fixed.YYMMDD(value); err != nil {
		return &refusal{value, "data valuta: " + err.Error()}
	}
	if e.BookedOn, err = bookedOn(entered, e.ValueOn); err != nil {
		return &refusal{entered, "data contabile: " + err.Error()}
	}
	return nil
}

// bookedOn is the day of entry in the year nearest to the value date, or the
// value date where the bank gives none.
func bookedOn(entered string, value day.Date) (day.Date, error) {
	if entered == "" {
		return value, nil
	}
	return fixed.MMDD(entered, value)
}

// cutEntryDate takes four digits off, if they are there.
func cutEntryDate(s string) (entered, rest string) {
	if len(s) >= 4 && fixed.Digits(s[:4]) {
		return s[:4], strings.TrimLeft(s[4:], " ")
	}
	return "", s
}

// cutMark takes the direction and the letter of the currency off; rest is
// empty if there is none. R undoes an entry, so that its money goes the other
// way; E announces one (MT942).
func cutMark(e *formats.Entry, s string) (rest string) {
	mark := 0
	if s != "" && (s[0] == 'R' || s[0] == 'E') {
		mark = 1
	}
	if len(s) < mark+2 || s[mark] != 'C' && s[mark] != 'D' {
		return ""
	}
	e.Credit = s[mark] == 'C'
	switch s[:mark] {
	case "R":
		e.Reversal, e.Credit = true, !e.Credit
	case "E":
		e.Booked, e.Status = false, s[:mark+1]
	}
	if rest = s[mark+1:]; letter(rest[0]) {
		rest = rest[1:]
	}
	return rest
}

func cutAmount(e *formats.Entry, s string) (rest string, err error) {
	n := 0
	for n < len(s) && (digit(s[n]) || s[n] == ',' || s[n] == '.' || s[n] == '-') {
		n++
	}
	e.Cents, err = fixed.Comma(s[:n], formats.Exponent(e.Currency))
	return strings.TrimLeft(s[n:], " "), err
}

// cutReferences takes the type and the two references apart. The owner's may
// only point into the :86: (KREF+), or be longer than SWIFT's 16 characters.
func cutReferences(e *formats.Entry, s string) {
	e.BankCode = strings.TrimSpace(s[:min(4, len(s))])
	owner, bank, _ := strings.Cut(s[min(4, len(s)):], "//")
	owner = strings.TrimSpace(owner)
	e.References.Servicer = given(strings.TrimSpace(bank))
	e.Reference = e.References.Servicer
	switch {
	case pointers[owner]:
	case e.BankCode == "NCHK":
		e.References.Cheque = given(owner)
	default:
		e.References.Instruction = given(owner)
	}
}

// pointers are words that stand for a reference which the :86: gives.
var pointers = map[string]bool{"KREF": true, "KREF+": true, "EREF": true, "EREF+": true, "MARF": true, "MREF+": true, "PREF": true, "N": true}

// given returns a reference unless it says that there is none.
func given(reference string) string {
	if reference == "NONREF" || reference == "NOTPROVIDED" {
		return ""
	}
	return reference
}

// entryEnds tells the entry at hand.
func (m *reader) entryEnds() {
	b := m.block
	e := b.entry
	if e == nil {
		return
	}
	b.entry = nil
	lines := b.text.lines
	e.Raw = b.extra
	if len(lines) > 0 {
		e.Raw = strings.TrimSpace(b.extra + "\n" + strings.Join(lines, "\n"))
	}
	narrate(e, lines, b.extra)
	m.Emit(formats.Event{Entry: e})
}
