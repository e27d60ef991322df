package rh

import (
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/fixed"
)

// mostRaw is how much text of a movement is kept, in bytes. The standard has
// five records 63 a movement.
const mostRaw = 16 << 10

// entry is a movement under way: record 62 and its records 63.
type entry struct {
	formats.Entry
	number      string     // of the movement
	description string     // of record 62
	remittance  fixed.Text // RI1 and RI2
	free        fixed.Text // records without a flag
	raw         strings.Builder
	full        bool // the raw text is
}

// customer lists what columns 78 to 86 call the reference behind them; with
// anything else they begin the description.
var customer = map[string]bool{"NROSUPCBI": true, "PAYORDREF": true, "NRPRATICA": true, "NDISTINTA": true, "RIFESICBI": true}

// movement takes record 62. One that cannot be relied on is told, with what
// could be read of it, and is not booked.
func (f *file) movement(line fixed.Line) {
	a := f.inside(line)
	if a == nil {
		return
	}
	f.entryEnds()
	if a.closed {
		f.Warn(line.Number, "tipo_record", "62", "movimento dopo il saldo finale")
	}
	e := &entry{number: line.Field(11, 13)}
	a.entry = e
	e.Line, e.Currency, e.Booked = line.Number, a.currency, true
	e.Movement = strings.TrimLeft(a.number, "0") + "/" + e.number
	a.movements++
	if n, err := line.Int(11, 13); err != nil || n != (a.movements-1)%999+1 {
		f.Warn(line.Number, "progressivo_movimento", e.number, "i movimenti non sono numerati di seguito da 001")
	}
	e.ValueOn, e.BookedOn = f.on(line, 14, 19, "data_valuta"), f.on(line, 20, 25, "data_contabile")
	f.money(line, e)
	e.Booked = e.Booked && !e.ValueOn.IsZero() && !e.BookedOn.IsZero()
	switch {
	case e.Booked && e.Credit:
		a.moved += e.Cents
	case e.Booked:
		a.moved -= e.Cents
	}
	e.BankCode = line.Field(42, 43)
	if own := line.Field(44, 45); own != "" {
		e.BankCode += "/" + own
	}
	e.References.Cheque, e.Reference = line.Field(46, 61), line.Field(62, 77)
	e.References.Servicer = e.Reference
	if kind := line.Field(78, 86); customer[kind] {
		e.References.Others = []string{strings.TrimSpace(kind + " " + line.Field(87, 120))}
	} else {
		e.description = line.Field(78, 120)
	}
	e.keep(line.Field(78, 120))
}

// money reads sign and amount.
func (f *file) money(line fixed.Line, e *entry) {
	cents, err := f.amount(line, 27, 41)
	if err != nil {
		f.Error(line.Number, "importo", line.Field(27, 41), err.Error())
		e.Booked = false
	}
	e.Cents = cents
	switch line.Raw(26, 26) {
	case "C":
		e.Credit = true
	case "D":
	default:
		f.Error(line.Number, "segno", line.Raw(26, 26), "il segno deve essere C o D")
		e.Booked = false
	}
}

// detail takes record 63: more about the movement whose number it repeats.
func (f *file) detail(line fixed.Line) {
	a := f.inside(line)
	if a == nil {
		return
	}
	e, number := a.entry, line.Field(11, 13)
	if e == nil || e.number != number {
		f.Error(line.Number, "progressivo_movimento", number, "il dettaglio (63) non segue il suo movimento (62)")
		return
	}
	if !e.keep(strings.TrimRight(line.Raw(14, 120), " ")) {
		if !e.full {
			f.Warn(line.Number, "63", "", "dettagli troppo lunghi: il resto non è letto")
		}
		e.full = true
		return
	}
	switch flag := line.Raw(14, 16); flag {
	case "YYY": // who paid, of a credit transfer
		f.orderedOn(line, e)
		first(&e.PartyCode, line.Field(25, 40))
		first(&e.PartyName, line.Field(41, 80))
	case "YY2":
		first(&e.PartyIBAN, line.Field(67, 100))
	case "ID1":
		first(&e.References.Message, given(line.Field(17, 51)))
		first(&e.References.EndToEnd, given(line.Field(52, 86)))
	case "RI1":
		e.remittance.Add(line.Raw(17, 120), 104)
	case "RI2":
		e.remittance.Add(line.Raw(17, 52), 36)
	case "KKK": // the other account of a transfer between two of ours
		first(&e.PartyIBAN, line.Field(17, 39))
	case "ZZ1": // amounts and exchange of a foreign transfer: raw only
	case "ZZ2":
		if e.Credit {
			first(&e.PartyName, line.Field(17, 120))
		}
	case "ZZ3":
		if !e.Credit {
			first(&e.PartyName, line.Field(17, 66))
		}
		e.free.Add(line.Raw(67, 120), 54)
	default:
		e.free.Add(line.Raw(14, 120), 107)
	}
}

func (f *file) orderedOn(line fixed.Line, e *entry) {
	s := line.Field(17, 24)
	if strings.Trim(s, "0") == "" {
		return
	}
	var err error
	if e.OrderedOn, err = fixed.DDMMYYYY(s); err != nil {
		f.Warn(line.Number, "data_ordine", s, err.Error())
	}
}

// keep adds a line to what is kept as it stands; false when there is no room.
func (e *entry) keep(line string) bool {
	if e.raw.Len()+len(line) >= mostRaw {
		return false
	}
	if e.raw.Len() > 0 && line != "" {
		e.raw.WriteByte('\n')
	}
	e.raw.WriteString(line)
	return true
}

// entryEnds tells the movement at hand, if any. Its text is what the payer
// wrote, then the free text; the description of record 62 has to do where
// there is neither.
func (f *file) entryEnds() {
	if f.account == nil || f.account.entry == nil {
		return
	}
	e := f.account.entry
	f.account.entry = nil
	e.Text = fixed.Squeeze(e.remittance.String() + " " + e.free.String())
	if e.Text == "" {
		e.Text = fixed.Squeeze(e.description)
	}
	e.EndToEnd = e.References.EndToEnd
	e.Raw = e.raw.String()
	f.Emit(formats.Event{Entry: &e.Entry})
}

// first keeps the value that stands first.
func first(to *string, value string) {
	if *to == "" {
		*to = value
	}
}

// given returns a reference unless it says that there is none.
func given(reference string) string {
	if reference == "NOTPROVIDED" {
		return ""
	}
	return reference
}
