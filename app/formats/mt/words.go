package mt

import "strings"

// plussed reads the SEPA code words that stand in a text before a plus
// (EREF+..., SVWZ+...: DFÜ-Abkommen, annex 3). What stands before the first is
// text if no word says it is.
func plussed(s string) (w words) {
	first, at := -1, 0 // at: where the value of the word at hand begins
	word := ""
	for i := 0; i < len(s); {
		plus := strings.IndexByte(s[i:], '+')
		if plus < 0 {
			break
		}
		i += plus + 1
		next := wordBefore(s, i-1)
		if next == "" {
			continue
		}
		begin := i - 1 - len(next)
		if first < 0 {
			first = begin
		} else {
			w.set(word, s[at:begin])
		}
		word, at = next, i
	}
	if first >= 0 {
		w.set(word, s[at:])
		if w.text == "" {
			w.text = strings.TrimSpace(s[:first])
		}
	}
	return w
}

// wordBefore returns the code word that ends where the plus stands: at the
// text's begin, after a blank, or right after another word.
func wordBefore(s string, plus int) string {
	for _, n := range [...]int{4, 3} {
		if begin := plus - n; begin >= 0 && plussedWords[s[begin:plus]] && (begin == 0 || s[begin-1] == ' ' || s[begin-1] == '+') {
			return s[begin:plus]
		}
	}
	return ""
}

func startsWord(s string) bool {
	plus := strings.IndexByte(s[:min(len(s), 5)], '+')
	return plus > 0 && plussedWords[s[:plus]]
}

var plussedWords = map[string]bool{
	"EREF": true, "KREF": true, "MREF": true, "CRED": true, "DEBT": true, "SVWZ": true, "IBAN": true, "BIC": true,
	"ABWA": true, "ABWE": true, "COAM": true, "OAMT": true, "BREF": true, "RREF": true, "RTRN": true, "PURP": true,
	"MDAT": true,
}

// slashed reads code words between slashes (/EREF/.../REMI/...: SWIFT's rules
// for :86:, and Dutch banks). A value may hold slashes; it ends where a known
// word begins. One word in the middle of a text makes no structure.
func slashed(s string) (w words, ok bool) {
	found, at, word := 0, 0, ""
	for i := 0; i < len(s); {
		slash := strings.IndexByte(s[i:], '/')
		if slash < 0 {
			break
		}
		i += slash
		next := wordAfter(s, i)
		if next == "" {
			i++
			continue
		}
		if found == 0 && i > 0 {
			return words{}, false
		}
		w.slash(word, s[min(at, i):i])
		found++
		word, i = next, i+len(next)+1 // on the second slash, which may begin the next word
		at = i + 1
	}
	if found > 0 {
		w.slash(word, s[min(at, len(s)):])
	}
	return w, found > 0
}

// slash keeps the value of a word between slashes.
func (w *words) slash(word, value string) {
	switch word {
	case "REMI":
		w.remittance(value)
	case "CNTP": // account/BIC/name/city
		parts := strings.SplitN(value, "/", 4)
		w.set("IBAN", parts[0])
		if len(parts) > 2 {
			w.set("NAME", parts[2])
		}
	case "ORDP", "BENM":
		if id, ok := strings.CutPrefix(value, "/ID/"); ok {
			w.code = strings.Trim(id, " /")
		}
	default:
		w.set(word, value)
	}
}

// remittance is free text, with USTD// before it at some banks, or a
// structured reference: STRD/CUR/...
func (w *words) remittance(value string) {
	value = strings.Trim(value, " /")
	if text, ok := strings.CutPrefix(value, "USTD//"); ok {
		value = text
	}
	if reference, ok := strings.CutPrefix(value, "STRD/"); ok {
		_, value, _ = strings.Cut(reference, "/")
		w.structured = value
	}
	w.set("REMI", value)
}

// wordAfter returns the code word that stands between the slash and another.
func wordAfter(s string, slash int) string {
	rest := s[slash+1:]
	end := strings.IndexByte(rest[:min(len(rest), 10)], '/')
	if end < 3 || !slashedWords[rest[:end]] {
		return ""
	}
	return rest[:end]
}

var slashedWords = map[string]bool{
	"EREF": true, "KREF": true, "MREF": true, "MARF": true, "CRED": true, "CSID": true, "SVWZ": true, "REMI": true,
	"NAME": true, "IBAN": true, "BBAN": true, "BIC": true, "TRTP": true, "ORDP": true, "BENM": true, "ADDR": true,
	"ISDT": true, "CNTP": true, "PURP": true, "RTRN": true, "ULTB": true, "ULTD": true, "TRCD": true, "PREF": true,
	"CDTRREF": true, "CDTRREFTP": true, "ACCW": true, "IREF": true, "SVCL": true,
}
