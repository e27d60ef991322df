package delimited

import (
	"strings"
	"unicode/utf8"
)

// Odd returns why a value cannot be what an office meant (a character that no
// text holds, a placeholder that nobody filled), or "".
func Odd(value string) string {
	for i := range len(value) {
		switch c := value[i]; {
		case c == 0:
			return "contiene un byte nullo (NUL): il file non è un testo o è rovinato"
		case c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f:
			return "contiene un carattere di controllo"
		}
	}
	for _, p := range [...][2]string{{"${", "}"}, {"{{", "}}"}} {
		if i := strings.Index(value, p[0]); i >= 0 && strings.Contains(value[i:], p[1]) {
			return "contiene un segnaposto non compilato"
		}
	}
	return ""
}

// Unreadable reports whether the value lost a character when it was decoded.
func Unreadable(value string) bool { return strings.ContainsRune(value, utf8.RuneError) }

// Guard makes a value harmless in a spreadsheet, which would run a cell that
// begins like a formula: an apostrophe goes before it. Unguard takes it away.
func Guard(value string) string {
	if formula(strings.TrimLeft(value, "'")) {
		return "'" + value
	}
	return value
}

// Unguard gives back the value that Guard was given.
func Unguard(value string) string {
	if rest, ok := strings.CutPrefix(value, "'"); ok && formula(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return value
}

func formula(value string) bool {
	return value != "" && strings.IndexByte("=+-@\t\r", value[0]) >= 0
}
