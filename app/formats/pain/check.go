package pain

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// Lengths of SEPA, shorter than those of ISO 20022.
const (
	longestCode = 35
	longestName = 70
	longestText = 140
)

// most is the highest amount of one payment.
const most money.Cents = 99_999_999_999

// checker gathers what forbids a message, and what will be written otherwise
// than given.
type checker struct {
	form      Form
	found     []formats.Problem
	place     int // of the payment at hand in the message; 0 for what is said once
	batches   map[string]bool
	endToEnds map[string]bool
	instructs map[string]bool
}

func newChecker(form Form) *checker {
	return &checker{form: form, batches: map[string]bool{}, endToEnds: map[string]bool{}, instructs: map[string]bool{}}
}

func (c *checker) add(severity formats.Severity, field, value, reason string, args ...any) {
	c.found = append(c.found, formats.Problem{Line: c.place, Field: field, Value: value, Reason: fmt.Sprintf(reason, args...), Severity: severity})
}

func (c *checker) refuse(field, value, reason string, args ...any) {
	c.add(formats.Error, field, value, reason, args...)
}

// code checks an identifier: it comes back with answers and statements, so it
// is never changed on the way. It neither begins nor ends with a slash, nor
// holds two in a row (EPC130-08).
func (c *checker) code(field, value string) {
	switch {
	case value == "":
		c.refuse(field, "", "manca")
	case len(value) > longestCode:
		c.refuse(field, value, "più di %d caratteri", longestCode)
	case strings.IndexFunc(value, func(r rune) bool { return !allowed(r) }) >= 0:
		c.refuse(field, value, "contiene caratteri che la SEPA non ammette")
	case strings.TrimSpace(value) != value:
		c.refuse(field, value, "comincia o finisce con uno spazio")
	case value[0] == '/' || value[len(value)-1] == '/' || strings.Contains(value, "//"):
		c.refuse(field, value, "comincia o finisce con una barra, o ne contiene due di seguito")
	case value == "NOTPROVIDED":
		c.refuse(field, value, "non è un identificativo")
	}
}

// unique checks an identifier and that it stands once in the message.
func (c *checker) unique(seen map[string]bool, field, value string) {
	c.code(field, value)
	if value != "" && seen[value] {
		c.refuse(field, value, "è ripetuto nel messaggio")
	}
	seen[value] = true
}

// words checks a free text, and tells how it will be written.
func (c *checker) words(field, value string, longest int) {
	written := fold(value)
	switch i := strings.IndexFunc(written, func(r rune) bool { return !allowed(r) }); {
	case i >= 0:
		r, _ := utf8.DecodeRuneInString(written[i:])
		c.refuse(field, value, "il carattere %q non è ammesso dalla SEPA", r)
	case len(written) > longest:
		c.refuse(field, value, "più di %d caratteri", longest)
	case written != value:
		c.add(formats.Warning, field, value, "scritto %q", written)
	}
}

func (c *checker) name(field, value string) {
	if strings.TrimSpace(value) == "" {
		c.refuse(field, value, "manca il nome")
		return
	}
	c.words(field, value, longestName)
}

// cuc is the code that CBI gives to a customer (codice univoco CBI).
var cuc = regexp.MustCompile(`^[A-Z0-9]{8}$`)

func (c *checker) initiator(p formats.Party) {
	c.name("InitgPty/Nm", p.Name)
	switch {
	case c.form.cbi() && !cuc.MatchString(p.Code):
		c.refuse("InitgPty/Id", p.Code, "serve il CUC del mittente, otto lettere e cifre")
	case p.Code != "":
		c.code("InitgPty/Id", p.Code)
	}
}

// party checks somebody who may have an identifier.
func (c *checker) party(field string, p formats.Party) {
	c.name(field+"/Nm", p.Name)
	if p.Code == "" {
		return
	}
	c.code(field+"/Id", p.Code)
	if p.Kind != "person" && p.Kind != "organisation" {
		c.refuse(field+"/Id", p.Code, "non è detto se è di una persona o di un'organizzazione")
	}
}

func (c *checker) ultimate(field string, p formats.Party) {
	if p.Name != "" || p.Code != "" {
		c.party(field, p)
	}
}

func (c *checker) iban(field, iban string) {
	if iban == "" {
		c.refuse(field, "", "manca l'IBAN")
	} else if err := codes.CheckIBAN(iban); err != nil {
		c.refuse(field, iban, "%s", reason(err))
	}
}

// reason makes a clause of a sentence.
func reason(err error) string { return strings.TrimSuffix(err.Error(), ".") }

// Patterns of a BIC: that of 2019 takes digits among the bank's letters.
var (
	oldBIC = regexp.MustCompile(`^[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?$`)
	newBIC = regexp.MustCompile(`^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$`)
)

func (c *checker) bic(field, bank string) {
	pattern := oldBIC
	if c.form.recent() {
		pattern = newBIC
	}
	if !pattern.MatchString(bank) {
		c.refuse(field, bank, "non è un BIC")
	}
}

// ownBank checks the bank of the account that the message is about. The forms
// of CBI want its ABI, the same that the account's number says.
func (c *checker) ownBank(field string, p formats.Party) {
	inside := abi(formats.Party{IBAN: p.IBAN})
	switch {
	case isABI(p.Bank) && inside != "" && inside != p.Bank:
		c.refuse(field, p.Bank, "non è l'ABI dell'IBAN, %s", inside)
	case p.Bank != "" && !isABI(p.Bank):
		c.bic(field, p.Bank)
	}
	if c.form.cbi() && abi(p) == "" {
		c.refuse(field, p.Bank, "serve l'ABI della banca")
	}
}

// otherBank checks the bank of the other side, which the forms of CBI want by
// its BIC or not at all.
func (c *checker) otherBank(field, bank string) {
	if bank != "" && (c.form.cbi() || !isABI(bank)) {
		c.bic(field, bank)
	}
}

func (c *checker) amount(cents money.Cents) {
	if cents < 1 || cents > most {
		c.refuse("InstdAmt", cents.Decimal(), "non sta fra 0,01 e %s", most.Comma())
	}
}

// day checks when a batch falls due.
func (c *checker) day(field string, on, created day.Date) {
	switch {
	case on.IsZero():
		c.refuse(field, "", "manca la data")
	case on.Before(created):
		c.refuse(field, on.String(), "precede la data del messaggio, %s", created.Italian())
	case !on.IsSettlement():
		c.add(formats.Warning, field, on.String(), "il sistema dei pagamenti è chiuso: la banca sposta al giorno dopo")
	}
}

func (c *checker) booking(how string) {
	if how != "" && how != "batch" && how != "single" {
		c.refuse("BtchBookg", how, "non previsto")
	}
}

// purposes are four letters of an external list of ISO 20022.
var purposes = regexp.MustCompile(`^[A-Z]{4}$`)

func (c *checker) remittance(purpose, text, reference string) {
	if purpose != "" && !purposes.MatchString(purpose) {
		c.refuse("Purp", purpose, "non sono quattro lettere maiuscole")
	}
	c.words("Ustrd", text, longestText)
	if reference == "" {
		return
	}
	if err := codes.CheckRF(reference); err != nil {
		c.refuse("Ref", reference, "%s", reason(err))
	}
	if text != "" {
		c.refuse("Ref", reference, "una causale e un riferimento insieme non si possono scrivere")
	}
}
