package rh

import (
	"strings"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/fixed"
	"cassacomune/app/money"
)

// mostBalances is how many balances of an account are kept: records 65 have
// five each.
const mostBalances = 1000

// account is the report of an account under way: records 61 to 65 with one
// number.
type account struct {
	line      int
	number    string
	on        day.Date
	currency  string
	opening   *money.Cents
	moved     money.Cents // what is booked, in less out
	movements int
	closed    bool // 64 was seen
	closing   formats.Closing
	entry     *entry // movement under way
}

// opening takes record 61. Its balance is the closing one less the movements,
// so that each report adds up by itself; it need not be yesterday's.
func (f *file) opening(line fixed.Line) {
	f.close()
	f.flow.accounts++
	a := &account{line: line.Number, number: line.Field(4, 10), currency: line.Field(75, 77)}
	f.account = a
	if n, err := line.Int(4, 10); err != nil || n != f.flow.accounts {
		f.Warn(line.Number, "numero_progressivo", a.number, "le rendicontazioni del flusso non sono numerate di seguito da 1")
	}
	a.on = f.on(line, 78, 83, "data_contabile")
	a.opening = f.signed(line, 84, 85, 99, "saldo_iniziale")
	s := &formats.Statement{
		Line: line.Number, ID: f.flow.id, Number: strings.TrimLeft(a.number, "0"), Currency: a.currency, From: a.on,
		Opening: a.opening, Bank: line.Field(53, 57), Body: f.flow.body,
	}
	if f.flow.kind == "RH" {
		s.To = a.on
	}
	if a.opening != nil {
		s.Balances = []formats.Balance{{Kind: "OPBD", On: a.on, Cents: *a.opening, Currency: a.currency}}
	}
	s.Account = f.coordinates(line)
	f.oddities(line)
	f.Emit(formats.Event{Statement: s})
}

// coordinates returns the IBAN, or the national coordinates of a record that
// lacks country and check digits.
func (f *file) coordinates(line fixed.Line) string {
	country, national := line.Field(100, 103), strings.ReplaceAll(line.Raw(52, 74), " ", "")
	if country == "" {
		return national
	}
	if err := codes.CheckIBAN(country + national); err != nil {
		f.Warn(line.Number, "conto", country+national, "le coordinate del conto non formano un IBAN valido")
	}
	return country + national
}

func (f *file) oddities(line fixed.Line) {
	switch cause := line.Field(29, 33); cause {
	case "93001":
	case "93011":
		f.Warn(line.Number, "causale", cause, "trasmissione di recupero: la rendicontazione può essere già arrivata")
	default:
		f.Warn(line.Number, "causale", cause, "causale del saldo iniziale sconosciuta: attese 93001 e 93011")
	}
	if currency := line.Field(75, 77); currency != "EUR" {
		f.Warn(line.Number, "divisa", currency, "rendicontazione in divisa diversa dall'euro")
	}
}

// closing takes record 64: the balance in the books, and the available one.
func (f *file) closing(line fixed.Line) {
	a := f.inside(line)
	if a == nil {
		return
	}
	f.entryEnds()
	if a.closed {
		f.Warn(line.Number, "tipo_record", "64", "secondo saldo finale nella stessa rendicontazione")
	}
	a.closed = true
	on := f.on(line, 14, 19, "data_contabile")
	if f.flow.kind == "RH" && on != a.on {
		f.Warn(line.Number, "data_contabile", line.Field(14, 19), "la data del saldo finale non è quella del saldo iniziale")
	}
	if currency := line.Field(11, 13); currency != a.currency {
		f.Warn(line.Number, "divisa", currency, "la divisa del saldo finale non è quella del saldo iniziale")
	}
	a.closing.Closing = f.signed(line, 20, 21, 35, "saldo_contabile")
	f.balance("CLBD", on, a.closing.Closing)
	if line.Field(36, 51) != "" {
		f.balance("CLAV", on, f.signed(line, 36, 37, 51, "saldo_liquido"))
	}
}

// liquidity takes record 65: up to five available balances of days to come.
func (f *file) liquidity(line fixed.Line) {
	if f.inside(line) == nil {
		return
	}
	f.entryEnds()
	for from := 11; from < width; from += 22 {
		if strings.Trim(line.Raw(from, from+21), " 0,CD") == "" {
			continue
		}
		f.balance("FWAV", f.on(line, from, from+5, "data_liquidita"), f.signed(line, from+6, from+7, from+21, "saldo_liquido"))
	}
}

// balance adds a balance that stands after the movements, under the name that
// ISO 20022 has for it.
func (f *file) balance(kind string, on day.Date, cents *money.Cents) {
	if a := f.account; cents != nil && len(a.closing.Balances) < mostBalances {
		a.closing.Balances = append(a.closing.Balances, formats.Balance{Kind: kind, On: on, Cents: *cents, Currency: a.currency})
	}
}

// inside returns the account at hand, whose number the record must repeat.
func (f *file) inside(line fixed.Line) *account {
	a := f.account
	if a == nil {
		f.Error(line.Number, "tipo_record", line.Field(2, 3), "il record sta fuori da una rendicontazione: manca il saldo iniziale (61)")
		return nil
	}
	if number := line.Field(4, 10); number != a.number {
		f.Error(line.Number, "numero_progressivo", number, "il numero non è quello della rendicontazione, "+a.number)
	}
	return a
}

// close ends the account at hand, if any, and says whether it adds up.
func (f *file) close() {
	f.entryEnds()
	a := f.account
	if a == nil {
		return
	}
	f.account = nil
	if !a.closed {
		f.Error(f.last, "64", "", "manca il saldo finale (64): il file sembra troncato")
	}
	if c := a.closing.Closing; c != nil && a.opening != nil {
		if got := *a.opening + a.moved; got != *c {
			f.Warn(a.line, "equazione", formats.Decimal(*c, a.currency),
				"saldo iniziale e movimenti danno "+formats.Decimal(got, a.currency)+" e non il saldo finale")
		}
	}
	a.closing.Line = f.last
	f.Emit(formats.Event{Closing: &a.closing})
}

// signed reads C or D and an amount; nil, and told, if either is wrong.
func (f *file) signed(line fixed.Line, sign, from, to int, name string) *money.Cents {
	cents, err := f.amount(line, from, to)
	if err != nil {
		f.Error(line.Number, name, line.Field(from, to), err.Error())
		return nil
	}
	switch line.Raw(sign, sign) {
	case "C":
	case "D":
		cents = -cents
	default:
		f.Error(line.Number, name, line.Raw(sign, sign), "il segno deve essere C o D")
		return nil
	}
	return &cents
}

// amount reads fifteen characters with their comma.
func (f *file) amount(line fixed.Line, from, to int) (money.Cents, error) {
	return fixed.Comma(line.Field(from, to), formats.Exponent(f.account.currency))
}
