package f24

import (
	"maps"
	"slices"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/fixed"
	"cassacomune/app/money"
)

// payment reads G1, a row of a delegation (versamento).
func (f *file) payment(r *row) {
	split, paid := r.date(13, 20, "data_ripartizione"), r.transfer(23, 30)
	debit, credit := r.cents(96, 110, "importo_debito"), r.cents(111, 125, "importo_credito")
	tax := &formats.F24{
		Code: r.Field(79, 82), Kind: r.Field(260, 260), Municipality: r.Field(75, 78), Instalment: r.Field(84, 87),
		Year: r.number(88, 91, "anno_riferimento"), Debit: debit, Credit: credit,
		Late: r.flag(126), Changed: r.flag(127), Advance: r.flag(128), Balance: r.flag(129),
		Properties: r.number(130, 132, "num_fabbricati"), Deduction: r.cents(134, 148, "detrazione"),
		SecondCode: r.Field(261, 276), SecondRole: r.Field(277, 278), Operation: r.Field(279, 296),
		Delegation: r.Field(31, 36) + "/" + r.Field(37, 38), Collector: r.Field(39, 43),
		Flags: strings.TrimSpace(r.Raw(66, 66) + r.Raw(83, 83) + r.Raw(92, 92) + r.Raw(133, 133)),
	}
	paidOn := r.date(67, 74, "data_riscossione")
	r.currency(93, 95)
	if r.broken {
		return
	}
	f.split(split, r.Field(21, 22), paid, tax.Municipality)
	line := &formats.Line{
		Line: r.Number, Code: tax.Operation, Gross: debit - credit, PaidOn: paidOn, CreditedOn: paid, Tax: tax,
		Key:   f.flow.ID + " " + tax.Collector + " " + paidOn.String() + " " + tax.Delegation,
		Payer: formats.Party{Code: r.Field(50, 65), Name: strings.TrimSpace(r.Field(149, 187) + " " + r.Field(204, 223))},
	}
	f.net(tax.Kind).paid += line.Gross
	f.Emit(formats.Event{Line: line})
}

// ordered reads G2, a transfer to the municipality (accredito disposto).
func (f *file) ordered(r *row) {
	f.moved(r, "importo_accredito", formats.Settlement{Kind: "G2", State: r.Field(38, 38),
		Code: r.Field(61, 61), Order: strings.Trim(r.Field(62, 69)+"/"+r.Field(70, 71), "/")})
}

// recovered reads G3, an earlier negative balance that is taken back now.
func (f *file) recovered(r *row) {
	f.moved(r, "importo_recupero", formats.Settlement{Kind: "G3", State: r.Field(80, 82),
		Code: r.Field(79, 79), Order: r.Field(61, 66) + "/" + r.Field(67, 70), Raw: r.Field(83, 282)})
}

// advanced reads G4, money of the State in advance.
func (f *file) advanced(r *row) {
	f.moved(r, "importo_anticipazione", formats.Settlement{Kind: "G4", Code: r.Field(61, 61)})
}

// moved tells what a row says of the money of a split, and counts it.
func (f *file) moved(r *row, amount string, s formats.Settlement) {
	split := r.date(13, 20, "data_ripartizione")
	s.Line, s.On, s.Cents = r.Number, r.transfer(23, 30), r.cents(46, 60, amount)
	r.currency(43, 45)
	if r.broken {
		return
	}
	f.split(split, r.Field(21, 22), s.On, r.Field(39, 42))
	switch n := f.net(s.Code); s.Kind {
	case "G2":
		n.ordered += s.Cents
	case "G3":
		n.recovered += s.Cents
	case "G4":
		n.advanced += s.Cents
	}
	f.Emit(formats.Event{Settlement: &s})
}

// credited reads G5, which names the credit that a split became: CRO, day and
// account. It belongs to a split of its own, told in Order.
func (f *file) credited(r *row) {
	s := &formats.Settlement{Line: r.Number, Kind: "G5", On: r.date(72, 79, "data_accreditamento"), Cents: r.cents(46, 60, "importo_accredito"), State: r.Field(38, 38),
		Code: r.Field(98, 98), Order: r.Field(80, 87) + "-" + r.Field(88, 89), Reference: r.Field(61, 71), Account: r.Field(99, 132), Raw: r.Field(156, 200)}
	if s.Account == "" {
		s.Account = strings.TrimSpace(r.Field(133, 135) + " " + r.Field(136, 141))
	}
	r.currency(43, 45)
	if !r.broken {
		f.Emit(formats.Event{Settlement: s})
	}
}

// revoked reads G9, a delegation taken back or restored. It belongs to an
// earlier split, told in Order.
func (f *file) revoked(r *row) {
	debit, credit := r.cents(106, 120, "importo_debito"), r.cents(121, 135, "importo_credito")
	s := &formats.Settlement{Line: r.Number, Kind: "G9", On: r.date(137, 144, "data_operazione"), Cents: debit - credit, State: r.Field(136, 136),
		Code: r.Field(145, 145), Order: r.Field(39, 46) + "-" + r.Field(47, 48), Reference: r.Field(67, 82),
		Raw: strings.Join([]string{r.Field(57, 61), r.Field(83, 90), r.Field(91, 94), r.Field(95, 98), r.Field(99, 102)}, " ")}
	r.currency(103, 105)
	if !r.broken {
		f.Emit(formats.Event{Settlement: s})
	}
}

// date reads a day written YYYYMMDD.
func (r *row) date(from, to int, field string) day.Date {
	d, err := date(r.Line, from, to)
	if err != nil {
		r.fault(field, r.Field(from, to), err.Error())
	}
	return d
}

// transfer reads the day of the transfer, which nines leave open.
func (r *row) transfer(from, to int) day.Date {
	if strings.Trim(r.Field(from, to), "9") == "" {
		return day.Date{}
	}
	return r.date(from, to, "data_bonifico")
}

func date(l fixed.Line, from, to int) (day.Date, error) {
	s := l.Raw(from, to)
	if len(s) != 8 || !fixed.Digits(s) {
		return day.Date{}, day.ErrFormat
	}
	return day.Parse(s[:4] + "-" + s[4:6] + "-" + s[6:])
}

// cents reads an amount; a blank one, beyond the end of a shortened row, is
// zero.
func (r *row) cents(from, to int, field string) money.Cents {
	if r.Field(from, to) == "" {
		return 0
	}
	c, err := r.Cents(from, to)
	if err != nil {
		r.fault(field, r.Field(from, to), err.Error())
	}
	return c
}

func (r *row) number(from, to int, field string) int {
	if r.Field(from, to) == "" {
		return 0
	}
	n, err := r.Int(from, to)
	if err != nil {
		r.fault(field, r.Field(from, to), err.Error())
	}
	return n
}

func (r *row) flag(at int) bool { return r.Raw(at, at) == "1" }

func (r *row) currency(from, to int) {
	if c := r.Field(from, to); c != "" && c != "EUR" {
		r.file.Warn(r.Number, "valuta", c, "valuta diversa dall'euro")
	}
}

func (r *row) fault(field, value, reason string) {
	r.broken = true
	r.file.Error(r.Number, field, value, reason)
}

func sortedKeys(m map[string]*net) []string { return slices.Sorted(maps.Keys(m)) }
