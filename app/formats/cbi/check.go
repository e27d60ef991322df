package cbi

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// Limits of the fields for amounts and counts.
const (
	mostCents     money.Cents = 9_999_999_999_999
	mostSum       money.Cents = 999_999_999_999_999
	mostDisposals             = 9_999_999
)

// plain brings a text to the characters of ASCII: accents fall, runs of blanks
// become one. One that has no plain form stays, for the check to refuse.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s))
	return strings.Join(strings.Fields(s), " ")
}

func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// checker gathers what forbids a flow, and what will be written otherwise than
// given or not at all. Fields have the names of the layout.
type checker struct {
	found []formats.Problem
	place int // of the disposal at hand in the flow; 0 for what is said once
	sum   money.Cents
	seen  map[string]bool // own references
	told  map[string]bool // fields without a place, said once
}

func newChecker() *checker {
	return &checker{seen: map[string]bool{}, told: map[string]bool{}}
}

func (c *checker) add(s formats.Severity, field, value, reason string, args ...any) {
	c.found = append(c.found, formats.Problem{Line: c.place, Field: field, Value: value, Reason: fmt.Sprintf(reason, args...), Severity: s})
}

func (c *checker) refuse(field, value, reason string, args ...any) {
	c.add(formats.Error, field, value, reason, args...)
}

// placeless tells, once, of a field that the layout has no place for.
func (c *checker) placeless(field, value string) {
	if value != "" && !c.told[field] {
		c.told[field] = true
		c.add(formats.Warning, field, value, "non ha posto nel tracciato: non si scrive")
	}
}

// code checks a value that is never changed on the way, since it comes back.
func (c *checker) code(field, value string, most int) {
	switch {
	case value == "":
		c.refuse(field, "", "manca")
	case len(value) > most:
		c.refuse(field, value, "più di %d caratteri", most)
	case !printable(value) || plain(value) != value:
		c.refuse(field, value, "contiene caratteri o spazi che il tracciato non ammette")
	}
}

// reference checks our own reference, which has to be the only such.
func (c *checker) reference(field, value string, most int) {
	c.code(field, value, most)
	if value != "" && c.seen[value] {
		c.refuse(field, value, "è ripetuto nel flusso")
	}
	c.seen[value] = true
}

// words checks a text, and tells how it will be written.
func (c *checker) words(field, value string, most int) {
	written := plain(value)
	switch {
	case !printable(written):
		c.refuse(field, value, "contiene caratteri che il tracciato non ammette")
	case len(written) > most:
		c.refuse(field, value, "più di %d caratteri", most)
	case written != value:
		c.add(formats.Warning, field, value, "scritto %q", written)
	}
}

func (c *checker) name(field, value string, most int) {
	if strings.TrimSpace(value) == "" {
		c.refuse(field, value, "manca")
		return
	}
	c.words(field, value, most)
}

var sia = regexp.MustCompile(`^[A-Z0-9]{5}$`)

// sender checks head and foot: who sends, when, under which name.
func (c *checker) sender(code, name string, created day.Date) {
	if !sia.MatchString(code) {
		c.refuse("mittente_sia", code, "serve il codice SIA del mittente, cinque lettere e cifre")
	}
	c.code("nome_supporto", name, 20)
	c.day("data_creazione", created)
}

// day checks a day that is there: years are written with two digits.
func (c *checker) day(field string, on day.Date) {
	switch {
	case on.IsZero():
		c.refuse(field, "", "manca la data")
	case on.Year() < 1980 || on.Year() > 2079:
		c.refuse(field, on.String(), "l'anno non sta in due cifre")
	}
}

// due checks the day on which a collection falls due.
func (c *checker) due(on, created day.Date) {
	c.day("data_scadenza", on)
	if !on.IsZero() && on.Before(created) {
		c.refuse("data_scadenza", on.String(), "precede la data del flusso, %s", created.Italian())
	}
}

// iban checks an account: national coordinates are of Italy and San Marino.
func (c *checker) iban(field, iban string) bool {
	if err := codes.CheckIBAN(iban); err != nil {
		c.refuse(field, iban, "%s", clause(err))
		return false
	}
	if iban[:2] != "IT" && iban[:2] != "SM" {
		c.refuse(field, iban, "il tracciato porta soltanto conti italiani")
		return false
	}
	return true
}

// clause makes a part of a sentence out of a sentence.
func clause(err error) string { return strings.TrimSuffix(err.Error(), ".") }

func (c *checker) oneOf(field, value, allowed string) {
	if value != "" && (len(value) != 1 || !strings.Contains(allowed, value)) {
		c.refuse(field, value, "non previsto")
	}
}

// amount checks an amount, and that the totals fit.
func (c *checker) amount(cents money.Cents) {
	if cents < 1 || cents > mostCents {
		c.refuse("importo", cents.Decimal(), "non sta fra 0,01 e %s", mostCents.Comma())
		return
	}
	if c.sum += cents; c.sum > mostSum {
		c.refuse("totale", c.sum.Decimal(), "il totale non sta in quindici cifre")
		c.sum = 0
	}
	if c.place > mostDisposals {
		c.refuse("numero_disposizioni", fmt.Sprint(c.place), "il numero di disposizioni non sta in sette cifre")
	}
}
