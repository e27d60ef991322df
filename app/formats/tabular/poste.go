package tabular

import (
	"io"
	"strings"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/charset"
	"cassacomune/app/formats/internal/delimited"
	"cassacomune/app/money"
)

// The columns of the statement of a postal account; the others are kept as
// they stand.
const (
	posteBooked = 0
	posteValue  = 1
	posteReason = 2
	posteDebit  = 5
	posteCredit = 6
	posteText   = 8
)

// SniffPoste reports whether a file that begins like this is the statement of
// a postal account: its first line holds the IBAN as the second value.
func SniffPoste(head []byte) bool {
	_, ok := posteIBAN(strings.Split(charset.FirstLine(head), ";"))
	return ok
}

func posteIBAN(first []string) (string, bool) {
	if len(first) < 2 {
		return "", false
	}
	iban := codes.Clean(strings.Trim(strings.TrimSpace(first[1]), `"`))
	_, postal := codes.PostalAccount(iban)
	return iban, postal
}

// ReadPoste yields one Statement, of the account named in the first line, and
// an Entry for each row.
func ReadPoste(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		p := &poste{Teller: formats.NewTeller(yield)}
		for r, err := range rowsOf(charset.NewReader(r), ';') {
			p.last = r.line
			if !r.ended && err == nil {
				p.Warn(r.line, "", "", unended)
			}
			switch {
			case err != nil:
				p.Error(r.line, "file", r.raw, err.Error())
				p.Stopped = p.Stopped || err != delimited.ErrAfterQuote
			case r.blank():
			case !p.begun:
				p.begin(r)
			default:
				p.row(r)
			}
			if p.Stopped {
				return
			}
		}
		if !p.begun {
			p.Error(0, "file", "", "il file è vuoto: manca anche la riga con l'IBAN")
			return
		}
		p.Emit(formats.Event{Closing: &formats.Closing{Line: p.last}})
	}
}

// poste is a reading under way.
type poste struct {
	formats.Teller
	begun bool
	rows  int
	last  int
}

func (p *poste) begin(r row) {
	var first []string
	for _, c := range r.cells {
		first = append(first, c.Text)
	}
	iban, ok := posteIBAN(first)
	if !ok {
		p.Error(r.line, "file", r.raw, "nella prima riga manca l'IBAN di un conto postale")
		p.Stopped = true
		return
	}
	p.begun = true
	p.Emit(formats.Event{Header: &formats.Header{Name: "intestazione", Value: r.raw}})
	p.Emit(formats.Event{Statement: &formats.Statement{Line: r.line, Account: iban, Currency: "EUR"}})
}

// row reads a movement. Names of columns may stand above the first.
func (p *poste) row(r row) {
	cell := func(i int) string {
		if i < len(r.cells) {
			return r.cells[i].Text
		}
		return ""
	}
	booked, err := day.Parse(cell(posteBooked))
	if err != nil && p.rows == 0 && !strings.ContainsAny(cell(posteBooked), "0123456789") {
		return
	}
	p.rows++
	wrong := false
	bad := func(field, value, reason string) {
		wrong = true
		p.Error(r.line, field, value, reason)
	}
	if reason := delimited.Odd(r.raw); reason != "" {
		bad("", r.raw, reason)
	}
	if len(r.cells) <= posteText {
		bad("", r.raw, "riga incompleta: attesi almeno nove valori")
		return
	}
	if err != nil {
		bad("data contabile", cell(posteBooked), err.Error())
	}
	e := formats.Entry{Line: r.line, Currency: "EUR", Booked: true, BookedOn: booked, BankCode: cell(posteReason), Text: unfolded(cell(posteText))}
	if v := cell(posteValue); v != "" {
		if e.ValueOn, err = day.Parse(v); err != nil {
			bad("data valuta", v, err.Error())
		}
	}
	side, value := "importo accredito", cell(posteCredit)
	e.Credit = value != ""
	switch debit := cell(posteDebit); {
	case debit != "" && e.Credit:
		bad("importo", debit+" "+value, "la riga ha un addebito e un accredito")
	case debit == "" && !e.Credit:
		bad("importo", "", "la riga non ha né addebito né accredito")
	case debit != "":
		side, value = "importo addebito", debit
	}
	if e.Cents, err = money.Parse(value); err != nil && value != "" {
		bad(side, value, err.Error())
	}
	if e.Negative = e.Cents < 0; e.Negative && e.Credit {
		bad(side, value, "accredito negativo")
	}
	if wrong {
		return
	}
	e.Cents = e.Cents.Abs()
	e.Raw = r.raw
	p.Emit(formats.Event{Entry: &e})
}
