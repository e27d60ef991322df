package p4pa

import (
	"fmt"
	"strconv"
	"strings"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/delimited"
	"cassacomune/app/money"
)

// mostCents is the highest amount of a row.
const mostCents money.Cents = 999_999_999_99

// actions on an instalment: insert, change, annul.
var actions = map[string]string{"I": formats.Load, "M": formats.Change, "A": formats.Annul}

// options are the kinds of payment options, by our names for them: the whole
// at once, in instalments, a payment on account, the whole reduced.
var options = map[string]string{
	"SINGLE_INSTALLMENT": "unica", "INSTALLMENTS": "rate", "DOWN_PAYMENT": "acconto", "REDUCED_SINGLE_INSTALLMENT": "ridotta",
}

// reading is one row under way.
type reading struct {
	file  *file
	row   delimited.Row
	wrong bool
}

// debts reads the row: an instalment, an item for each that gets a part of it.
func (r *reading) debts() []formats.DebtRow {
	r.sound()
	d := formats.DebtRow{Line: r.row.Line, Raw: r.row.Raw, Unit: r.need(cUnit), DebtType: r.need(cDebtType), Reason: r.text(cReason), Instalment: 1}
	d.Body = r.body()
	d.Action = r.action()
	r.repeated(d.Unit)
	// An annulment takes back its own instalment, of which the debt may have
	// others: the instalment's key stands for the debt's.
	d.Position = d.Unit
	if d.Action == formats.Annul {
		return []formats.DebtRow{d}
	}
	if position := r.text(cPosition); position != "" {
		d.Position = position
	}
	if r.yes(cDraft) {
		r.problem(cDraft, r.text(cDraft), "è una bozza: non è ancora un dovuto", formats.Error)
	}
	r.need(cReason)
	d.DueOn, d.NotifiedOn = r.date(cDueOn), r.date(cNotifiedOn)
	r.date(cValidFrom)
	r.debtor(&d)
	d.Notice = r.notice()
	d.Option = r.option()
	d.Instalment = r.file.number(d.Position, d.Option)
	return r.items(d)
}

func (r *reading) action() string {
	code := strings.ToUpper(r.need(cAction))
	action, ok := actions[code]
	switch {
	case !ok && code != "":
		r.problem(cAction, code, "atteso I, M oppure A", formats.Error)
	case action == formats.Change && r.text(cPosition) != "" && !r.file.changes:
		r.file.changes = true
		r.problem(cAction, code, "per p4pa M cambia la sola rata della riga; qui vale la posizione intera: il file deve portarne tutte le righe", formats.Warning)
	}
	return action
}

// repeated tells an instalment that stood in an earlier row.
func (r *reading) repeated(unit string) {
	if unit == "" {
		return
	}
	if first, known := r.file.seen.Put(unit, r.row.Line); known {
		r.problem(cUnit, unit, fmt.Sprintf("IUD già presente alla riga %d", first), formats.Error)
	}
}

// body is whose debts they are: the first beneficiary, where the row names it.
// The versions before 2.0 never do.
func (r *reading) body() string {
	c := transferAt(1, tBody)
	code := codes.Clean(r.text(c))
	if code != "" && (len(code) != 11 || strings.Trim(code, "0123456789") != "") {
		r.problem(c, code, "atteso il codice fiscale dell'ente, di 11 cifre", formats.Error)
	}
	return code
}

func (r *reading) debtor(d *formats.DebtRow) {
	switch kind := strings.ToUpper(r.text(cKind)); kind {
	case "F":
		d.DebtorKind = "person"
	case "G":
		d.DebtorKind = "organisation"
	default:
		r.problem(cKind, kind, "atteso F oppure G", formats.Error)
	}
	d.DebtorName, d.DebtorEmail, d.DebtorAddress = r.text(cName), r.text(cEmail), r.address()
	switch code := codes.Clean(r.text(cCode)); {
	case code == "ANONIMO":
	default:
		d.DebtorCode = code
		if err := codes.CheckFiscalCode(code); code != "" && err != nil {
			r.problem(cCode, code, err.Error(), formats.Warning)
		}
	}
	if d.DebtorCode == "" && d.DebtorName == "" {
		r.problem(cCode, "", "serve il codice fiscale o il nome del debitore", formats.Error)
	}
}

func (r *reading) address() string {
	return formats.Address(r.text(cStreet), r.text(cCivic), r.text(cPostCode), r.text(cTown), r.text(cProvince), r.text(cNation))
}

// notice makes the notice number of the file's IUV. The platform's notices
// have auxiliary digit 3, whose IUV has 17 digits.
func (r *reading) notice() string {
	iuv := codes.Clean(r.text(cIUV))
	if iuv == "" {
		return ""
	}
	notice := "3" + iuv
	switch err := codes.CheckNotice(notice); {
	case codes.WrongCheck(err):
		r.problem(cIUV, iuv, err.Error(), formats.Warning)
	case err != nil:
		r.problem(cIUV, iuv, "non è uno IUV di 17 cifre: il numero di avviso non si può dire", formats.Warning)
		return ""
	}
	return notice
}

// option names the row's payment option; the first needs no index, others of a
// debt are told apart by theirs.
func (r *reading) option() string {
	kind, index := strings.ToUpper(r.text(cOptionType)), r.number(cOptionIndex, 1, 99)
	if kind == "" {
		kind = "SINGLE_INSTALLMENT"
	}
	name, ok := options[kind]
	if !ok {
		r.problem(cOptionType, kind, "tipo di soluzione sconosciuto", formats.Error)
	}
	if index > 1 {
		name += "-" + strconv.Itoa(index)
	}
	return name
}

// number reads a small number, or takes its default.
func (r *reading) number(c, absent, most int) int {
	s := r.text(c)
	if s == "" {
		return absent
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > most || s[0] == '+' {
		r.problem(c, s, fmt.Sprintf("atteso un numero da 1 a %d", most), formats.Error)
		return absent
	}
	return n
}

func (r *reading) date(c int) day.Date {
	s := r.text(c)
	if s == "" {
		return day.Date{}
	}
	d, err := day.Parse(s)
	if err != nil {
		r.problem(c, s, err.Error()+": attesa aaaa-mm-gg", formats.Error)
	}
	return d
}

func (r *reading) amount(c int) money.Cents {
	s := r.need(c)
	if s == "" {
		return 0
	}
	n, err := money.ParseDecimal(s)
	switch {
	case err != nil:
		r.problem(c, s, err.Error(), formats.Error)
	case n <= 0:
		r.problem(c, s, "l'importo deve essere maggiore di zero", formats.Error)
	case n > mostCents:
		r.problem(c, s, "importo oltre 999.999.999,99 €", formats.Error)
	default:
		return n
	}
	return 0
}

// yes reads a flag; absent is no.
func (r *reading) yes(c int) bool {
	switch s := strings.ToLower(r.text(c)); s {
	case "true", "1", "yes", "y", "t", "on":
		return true
	case "", "false", "0", "no", "n", "f", "off":
	default:
		r.problem(c, s, "atteso true oppure false", formats.Error)
	}
	return false
}

func (r *reading) iban(c int) string {
	iban := codes.Clean(r.text(c))
	if iban == "" {
		return ""
	}
	if err := codes.CheckIBAN(iban); err != nil {
		r.problem(c, iban, err.Error(), formats.Error)
	}
	return iban
}

func (r *reading) need(c int) string {
	s := r.text(c)
	if s == "" {
		r.problem(c, "", "valore obbligatorio mancante", formats.Error)
	}
	return s
}

// text is the value of a column, "" where the file has no such column.
func (r *reading) text(c int) string {
	place := r.file.header.places[c]
	if place == 0 {
		return ""
	}
	return strings.TrimSpace(r.row.Fields[place-1])
}

// sound tells what is wrong with the values as texts. One is a program's own
// settings, in JSON.
func (r *reading) sound() {
	for i, value := range r.row.Fields {
		if i+1 == r.file.header.places[cConfig] {
			continue
		}
		if reason := delimited.Odd(value); reason != "" {
			r.named(r.file.header.names[i], value, reason, formats.Error)
		}
		if delimited.Unreadable(value) {
			r.named(r.file.header.names[i], value, "un carattere non è leggibile: verificare la codifica del file", formats.Warning)
		}
	}
}

func (r *reading) problem(c int, value, reason string, s formats.Severity) {
	r.named(r.file.header.name(c), value, reason, s)
}

func (r *reading) named(field, value, reason string, s formats.Severity) {
	r.wrong = r.wrong || s == formats.Error
	r.file.Problem(s, r.row.Line, field, value, reason)
}
