package mt

import (
	"strings"
	"unicode/utf8"
)

// structured reports whether a text is in subfields, as German and Polish
// banks write it (DFÜ-Abkommen, annex 3): three digits for the kind of
// transaction, then a separator of the bank's choice before each number of two
// digits: 166?00GUTSCHRIFT?20EREF+...
func structured(s string) (code string, sep byte, ok bool) {
	s = strings.TrimLeft(s, " ")
	if len(s) < 6 || !digit(s[0]) || !digit(s[1]) || !digit(s[2]) || !digit(s[4]) || !digit(s[5]) {
		return "", 0, false
	}
	if sep = s[3]; strings.IndexByte("?>~^|<@$", sep) < 0 {
		return "", 0, false
	}
	return s[:3], sep, true
}

// subfields takes such a text apart: 20 to 29 and 60 to 63 the payment's text,
// 31 the other side's account, 32 and 33 its name, 38 its IBAN. A separator
// before another number is text.
func subfields(s string, sep byte) (w words) {
	var text strings.Builder
	var bank, account, iban string
	text.Grow(len(s))
	number, s := "", strings.TrimLeft(s, " ")[3:]
	for s != "" {
		number, s = s[1:3], s[3:]
		value := s
		if end := nextSubfield(s, sep); end >= 0 {
			value, s = s[:end], s[end:]
		} else {
			s = ""
		}
		switch {
		case number == "30":
			bank = strings.TrimSpace(value)
		case number == "31":
			account = strings.TrimSpace(value)
		case number == "38":
			iban = strings.TrimSpace(value)
		case number == "32", number == "33":
			w.name = piece(w.name, value)
		case number[0] == '2', number[0] == '6':
			addPiece(&text, value)
		}
	}
	w.account = account
	switch {
	case iban != "":
		w.account = iban
	case account != "" && bank != "" && digit(bank[0]): // national: bank code and number
		w.account = bank + "/" + account
	}
	said := plussed(text.String())
	said.name, said.code = w.name, w.code
	if w.account != "" {
		said.account = w.account
	}
	if said.text == "" {
		said.text = text.String()
	}
	return said
}

// nextSubfield finds the separator before the next known number.
func nextSubfield(s string, sep byte) int {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], sep)
		if i < 0 || from+i+3 > len(s) {
			return -1
		}
		i += from
		if knownSubfield(s[i+1], s[i+2]) {
			return i
		}
		from = i + 1
	}
}

func knownSubfield(a, b byte) bool {
	switch a {
	case '0', '1':
		return b == '0'
	case '2':
		return digit(b)
	case '3':
		return b >= '0' && b <= '8'
	case '6':
		return b >= '0' && b <= '3'
	case '7':
		return b == '0' || b == '1'
	}
	return false
}

// addPiece joins a subfield to the text so far. A code word begins a new word
// whatever stands before it.
func addPiece(text *strings.Builder, value string) {
	if text.Len() > 0 && startsWord(value) {
		text.WriteByte(' ')
	}
	text.WriteString(value)
	if utf8.RuneCountInString(value) < subfieldWidth {
		text.WriteByte(' ')
	}
}

func piece(name, value string) string {
	if name == "" || utf8.RuneCountInString(name) >= subfieldWidth {
		return name + value
	}
	return name + " " + value
}
