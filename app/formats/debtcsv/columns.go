package debtcsv

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/delimited"
	"cassacomune/app/money"
)

// The columns, in the order in which Write puts them.
const (
	cBody = iota
	cAction
	cDebtType
	cPosition
	cOption
	cInstalment
	cDueOn
	cCents
	cReason
	cDebtorKind
	cDebtorCode
	cDebtorName
	cDebtorEmail
	cDebtorAddress
	cNotifiedOn
	cMinimum
	cMaximum
	cItem
	cIsCost
	cBeneficiary
	cIBAN
	cAssessmentYear
	cAssessmentNumber
	cChapter
	cVAT
	cNotice
)

var columns = []struct {
	name     string
	required bool // the column must be there
	most     int  // characters
}{
	cBody:             {"ente", true, 16},
	cAction:           {"azione", false, 10},
	cDebtType:         {"tipo_dovuto", true, 80},
	cPosition:         {"codice_posizione", true, 80},
	cOption:           {"opzione", false, 40},
	cInstalment:       {"rata", false, 3},
	cDueOn:            {"scadenza", false, 10},
	cCents:            {"importo", true, 20},
	cReason:           {"causale", false, 1000},
	cDebtorKind:       {"debitore_tipo", false, 40},
	cDebtorCode:       {"debitore_codice", false, 35},
	cDebtorName:       {"debitore_nome", false, 200},
	cDebtorEmail:      {"debitore_email", false, 254},
	cDebtorAddress:    {"debitore_indirizzo", false, 500},
	cNotifiedOn:       {"data_notifica", false, 10},
	cMinimum:          {"importo_minimo", false, 20},
	cMaximum:          {"importo_massimo", false, 20},
	cItem:             {"voce", false, 80},
	cIsCost:           {"spesa", false, 10},
	cBeneficiary:      {"beneficiario", false, 16},
	cIBAN:             {"iban", false, 50},
	cAssessmentYear:   {"anno_accertamento", false, 4},
	cAssessmentNumber: {"numero_accertamento", false, 80},
	cChapter:          {"capitolo", false, 80},
	cVAT:              {"iva", false, 10},
	cNotice:           {"numero_avviso", false, 30},
}

var byName = func() map[string]int {
	m := map[string]int{}
	for i, c := range columns {
		m[c.name] = i
	}
	return m
}()

// mostCents is the highest amount that a payment notice can carry.
const mostCents = money.Cents(999_999_999_99)

var (
	vat   = regexp.MustCompile(`^(\d{1,2}(,\d{1,2})?|N[1-7](\.\d)?)$`)
	year  = regexp.MustCompile(`^(19|20)\d\d$`)
	email = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
)

// cells reads the values of one row.
type cells struct {
	file  *file
	row   delimited.Row
	wrong bool // an error was told
}

func (c *cells) debt() formats.DebtRow {
	d := formats.DebtRow{
		Line:        c.row.Line,
		Action:      c.oneOf(cAction, map[string]string{"": formats.Load, "carica": formats.Load, "modifica": formats.Change, "annulla": formats.Annul}, "carica, modifica o annulla"),
		DebtType:    c.need(cDebtType),
		Position:    c.need(cPosition),
		Option:      c.text(cOption),
		Instalment:  c.instalment(),
		DueOn:       c.date(cDueOn),
		Reason:      c.text(cReason),
		DebtorKind:  c.oneOf(cDebtorKind, kinds, "persona (F) oppure organizzazione (G)"),
		NotifiedOn:  c.date(cNotifiedOn),
		Minimum:     c.amount(cMinimum),
		Maximum:     c.amount(cMaximum),
		Item:        c.text(cItem),
		IsCost:      c.oneOf(cIsCost, map[string]string{"": "", "no": "", "n": "", "si": "y", "sì": "y", "s": "y"}, "si oppure no") == "y",
		DebtorName:  c.text(cDebtorName),
		DebtorEmail: c.text(cDebtorEmail), DebtorAddress: c.text(cDebtorAddress),
		AssessmentNumber: c.text(cAssessmentNumber),
		Chapter:          c.text(cChapter),
		Raw:              c.row.Raw,
	}
	d.Body = c.body()
	d.Cents = c.due(d.Action)
	d.DebtorCode = c.debtor(d)
	d.Beneficiary = c.beneficiary(d.Body)
	d.IBAN = c.code(cIBAN, codes.CheckIBAN, formats.Error)
	d.Notice = c.notice()
	d.VAT = strings.ToUpper(c.matching(cVAT, vat, "atteso un'aliquota (22, 10, 4...) o una natura (N1, N2.1...)"))
	d.AssessmentYear, _ = strconv.Atoi(c.matching(cAssessmentYear, year, "atteso un anno di quattro cifre"))
	if d.DebtorEmail != "" && !email.MatchString(d.DebtorEmail) {
		c.problem(cDebtorEmail, d.DebtorEmail, "non sembra un indirizzo di posta elettronica", formats.Warning)
	}
	if d.Maximum > 0 && d.Minimum > d.Maximum {
		c.problem(cMinimum, c.text(cMinimum), "l'importo minimo supera il massimo", formats.Error)
	}
	return d
}

var kinds = map[string]string{
	"": "", "f": "person", "persona": "person", "persona fisica": "person",
	"g": "organisation", "organizzazione": "organisation", "persona giuridica": "organisation",
}

func (c *cells) body() string {
	s := codes.Clean(c.need(cBody))
	if len(s) == 11 && strings.Trim(s, "0123456789") == "" || s == "" {
		return s
	}
	c.problem(cBody, s, "atteso il codice fiscale del Comune, di 11 cifre", formats.Error)
	return s
}

// due is the amount of the row. Who annuls need not repeat it.
func (c *cells) due(action string) money.Cents {
	n, ok := c.amountAt(cCents)
	if ok && n == 0 && action != formats.Annul {
		reason := "l'importo deve essere maggiore di zero"
		if c.text(cCents) == "" {
			reason = money.ErrEmpty.Error()
		}
		c.problem(cCents, c.text(cCents), reason, formats.Error)
	}
	return n
}

func (c *cells) debtor(d formats.DebtRow) string {
	s := c.code(cDebtorCode, codes.CheckFiscalCode, formats.Warning)
	if s == "" && d.DebtorName == "" && d.Action != formats.Annul {
		c.problem(cDebtorCode, "", "serve il codice fiscale o il nome del debitore", formats.Error)
	}
	return s
}

func (c *cells) beneficiary(body string) string {
	s := c.code(cBeneficiary, codes.CheckFiscalCode, formats.Error)
	if s == body {
		return "" // the municipality itself
	}
	return s
}

func (c *cells) notice() string {
	s := codes.Clean(c.text(cNotice))
	if s == "" {
		return ""
	}
	if err := codes.CheckNotice(s); codes.WrongCheck(err) {
		c.problem(cNotice, s, err.Error(), formats.Warning)
	} else if err != nil {
		c.problem(cNotice, s, err.Error(), formats.Error)
	}
	return s
}

func (c *cells) code(column int, check func(string) error, s formats.Severity) string {
	code := codes.Clean(c.text(column))
	if code == "" {
		return ""
	}
	if err := check(code); err != nil {
		c.problem(column, code, err.Error(), s)
	}
	return code
}

func (c *cells) instalment() int {
	s := c.text(cInstalment)
	if s == "" {
		return 1
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || s[0] == '+' {
		c.problem(cInstalment, s, "atteso il numero della rata, da 1 a 999", formats.Error)
		return 1
	}
	return n
}

func (c *cells) date(column int) day.Date {
	s := c.text(column)
	if s == "" {
		return day.Date{}
	}
	d, err := day.Parse(s)
	if err != nil {
		c.problem(column, s, err.Error()+": attesa gg/mm/aaaa o aaaa-mm-gg", formats.Error)
	}
	return d
}

func (c *cells) amount(column int) money.Cents {
	n, _ := c.amountAt(column)
	return n
}

// amountAt says also whether the amount was right; an absent one is right.
func (c *cells) amountAt(column int) (money.Cents, bool) {
	s := c.text(column)
	if s == "" {
		return 0, true
	}
	n, err := parseAmount(s)
	switch {
	case err != nil:
		c.problem(column, s, err.Error(), formats.Error)
	case n < 0:
		c.problem(column, s, "importo negativo", formats.Error)
	case n > mostCents:
		c.problem(column, s, "importo oltre 999.999.999,99 €", formats.Error)
	default:
		return n, true
	}
	return 0, false
}

// parseAmount refuses three figures after the comma even when they are zeros:
// "12,000" may be twelve thousand of somebody.
func parseAmount(s string) (money.Cents, error) {
	if _, frac, ok := strings.Cut(s, ","); ok && len(frac) > 2 && strings.Trim(frac, "0123456789") == "" {
		return 0, money.ErrDecimals
	}
	return money.Parse(s)
}

func (c *cells) oneOf(column int, values map[string]string, expected string) string {
	s := c.text(column)
	v, ok := values[strings.ToLower(s)]
	if !ok {
		c.problem(column, s, "valore non previsto: atteso "+expected, formats.Error)
	}
	return v
}

func (c *cells) matching(column int, want *regexp.Regexp, reason string) string {
	s := strings.ToUpper(c.text(column))
	if s != "" && !want.MatchString(s) {
		c.problem(column, s, reason, formats.Error)
		return ""
	}
	return s
}

func (c *cells) need(column int) string {
	s := c.text(column)
	if s == "" {
		c.problem(column, "", "valore obbligatorio mancante", formats.Error)
	}
	return s
}

// text is the value of a column, "" where the file has no such column.
func (c *cells) text(column int) string {
	place := c.file.places[column]
	if place < 0 {
		return ""
	}
	return delimited.Unguard(strings.TrimSpace(c.row.Fields[place]))
}

// sound tells what is wrong with the values of the row as texts.
func (c *cells) sound() {
	for column, place := range c.file.places {
		if place < 0 {
			continue
		}
		s := c.text(column)
		if reason := delimited.Odd(s); reason != "" {
			c.problem(column, s, reason, formats.Error)
		}
		if delimited.Unreadable(s) {
			c.problem(column, s, "un carattere non è leggibile: verificare la codifica del file", formats.Warning)
		}
		if most := columns[column].most; len([]rune(s)) > most {
			c.problem(column, s, fmt.Sprintf("valore troppo lungo: al massimo %d caratteri", most), formats.Error)
		}
	}
}

func (c *cells) problem(column int, value, reason string, s formats.Severity) {
	c.wrong = c.wrong || s == formats.Error
	c.file.Problem(s, c.row.Line, columns[column].name, value, reason)
}
