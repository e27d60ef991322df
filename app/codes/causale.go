package codes

import (
	"regexp"
	"strings"
)

// Naming says how a remittance text names a code.
type Naming string

// The ways of naming.
const (
	NamesFlow    Naming = "flow"    // /PUR/LGPE-RIVERSAMENTO/URI/: a batch of many payments
	NamesPayment Naming = "payment" // /RFB/ or /RFS/, or a creditor reference: one payment
	NamesCode    Naming = "code"    // 18 digits with the right check: a notice number or a slip code
)

// Mention is a code that a remittance text (causale) names.
type Mention struct {
	Naming Naming
	Code   string // blanks taken out; "" where the text ends before it
	Amount string // of one payment, as it stands: "45.56"
	Whole  bool   // false: cut or torn, good for a proposal and never for a match
}

// gap stands between the parts of a marker: slashes of the EACT rules, and the
// dots, blanks and colons that banks make of them.
const gap = `[\s/.:]+`

// torn lets a blank in after each character of a word: texts are wrapped at
// any column.
func torn(word string) string {
	return strings.Join(strings.Split(word, ""), `\s?`)
}

// The markers of pagoPA's transfers (SACI, chapter on the transfer of funds).
var (
	flowMark    = regexp.MustCompile(`(?i)` + torn("LGPE") + `\s?-\s?` + torn("RIVERSAMENTO") + gap + `(?:TXT` + gap + `\d` + gap + `)?` + torn("URI") + `[\s/.:]?\s?`)
	paymentMark = regexp.MustCompile(`(?i)(?:^|[^a-z0-9])RF[SB]` + gap)
	wordIUV     = regexp.MustCompile(`(?i)(?:^|[^a-z0-9])IUV[\s/.:]*`)
	amountAfter = regexp.MustCompile(`^/\s?(\d{1,9}\.\d{2})(?:$|[^\d])`)
	references  = regexp.MustCompile(`(?:^|[^A-Za-z0-9])(RF\d\d[A-Za-z0-9]{1,21})(?:$|[^A-Za-z0-9])`)
	recordMark  = regexp.MustCompile(`/(?:ZZ\d|RI\d|YY\d|YYY|ID\d)/`) // between the records of a bank's text, inside a code that goes on
	eighteen    = regexp.MustCompile(`(?:^|\D)([0-3]\d{17})(?:$|\D)`)
)

// Mentions finds the codes that a remittance text names, in the order flows,
// payments, codes; each once. Texts are damaged in many ways: slashes become
// dots or blanks, blanks tear markers and codes, a second copy is cut.
func Mentions(text string) []Mention {
	var found mentions
	for _, at := range flowMark.FindAllStringIndex(text, -1) {
		code, whole := flowID(text[at[1]:])
		found.add(Mention{Naming: NamesFlow, Code: code, Whole: whole})
	}
	for _, mark := range []*regexp.Regexp{paymentMark, wordIUV} {
		for _, at := range mark.FindAllStringIndex(text, -1) {
			if m, ok := payment(text[at[1]:]); ok {
				found.add(m)
			}
		}
	}
	for _, m := range references.FindAllStringSubmatch(text, -1) {
		if code := strings.ToUpper(m[1]); CheckRF(code) == nil {
			found.add(Mention{Naming: NamesPayment, Code: code, Whole: true})
		}
	}
	for _, m := range eighteen.FindAllStringSubmatch(text, -1) {
		if mod93(m[1][:16]) == m[1][16:] {
			found.add(Mention{Naming: NamesCode, Code: m[1], Whole: true})
		}
	}
	return found
}

type mentions []Mention

// add keeps a mention unless a fuller copy of it is there.
func (f *mentions) add(m Mention) {
	for i, o := range *f {
		if o.Naming != m.Naming {
			continue
		}
		switch {
		case strings.EqualFold(o.Code, m.Code), !m.Whole && strings.HasPrefix(o.Code, m.Code):
			return
		case !o.Whole && strings.HasPrefix(m.Code, o.Code):
			(*f)[i] = m
			return
		}
	}
	*f = append(*f, m)
}

// maxFlowID is the length of a flow id in pagoPA's schema.
const maxFlowID = 35

// flowID reads a flow id: date, PSP, a dash, free text. Blanks are taken out
// of the date and from behind it, where lines were wrapped; elsewhere a blank
// ends the id.
func flowID(rest string) (code string, whole bool) {
	date, n := wrapped(rest, "dddd-dd-dd")
	if len(date) < len("dddd-dd-dd") {
		if date != "" && n == len(date) && !idByte(next(rest, n)) || date == "" && run(rest) == "" {
			return date, false // a date that was cut, or nothing
		}
		id := run(rest)
		return id, len(id) >= 16 // an id of another make, long enough to mean something
	}
	for next(rest, n) == ' ' {
		n++
	}
	body := run(rest[n:])
	body = body[:min(len(body), maxFlowID-len(date))]
	return date + body, strings.Contains(strings.Trim(body, "-"), "-") || strings.HasPrefix(body, "-") && len(body) > 2
}

// wrapped reads as much of a form (d: a digit) as stands at the beginning of
// the text, passing over single blanks; n is how much of the text it took.
func wrapped(text, form string) (read string, n int) {
	for _, want := range []byte(form) {
		at := n
		if read != "" && next(text, at) == ' ' {
			at++
		}
		c := next(text, at)
		if want == 'd' && !isDigit(c) || want != 'd' && c != want {
			break
		}
		read, n = read+string(c), at+1
	}
	return read, n
}

// next is the byte at i, or 0 behind the end.
func next(s string, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return 0
}

func idByte(c byte) bool {
	return isDigit(c) || isLetter(c&^0x20) || c == '-' || c == '_'
}

// run is the longest beginning of the text that may stand in a flow id.
func run(s string) string {
	for i := range len(s) {
		if !idByte(s[i]) {
			return s[:i]
		}
	}
	return s
}

// payment reads the code of one payment behind its marker, and its amount. A
// creditor reference (RF) is often printed in groups of four.
func payment(rest string) (Mention, bool) {
	code, n := "", 0
	grouped := strings.HasPrefix(strings.ToUpper(rest), "RF")
	for ; n < len(rest) && len(code) < 25; n++ {
		c := rest[n]
		switch {
		case isDigit(c), isLetter(c &^ 0x20):
			code += strings.ToUpper(string(c))
			continue
		case c == ' ' && grouped && (isDigit(next(rest, n+1)) || next(rest, n+1) == 0):
			continue
		}
		break
	}
	m := Mention{Naming: NamesPayment, Code: code, Whole: grouped || digits(code) && len(code) >= 15 && len(code) <= 18}
	if a := amountAfter.FindStringSubmatch(rest[min(n, len(rest)):]); a != nil {
		m.Amount = a[1]
	}
	return m, len(code) >= 5 && (grouped || strings.ContainsAny(code, "0123456789"))
}
