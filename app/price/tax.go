package price

import (
	"fmt"
	"slices"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/money"
)

// asDue prices a debt that time does not change.
func asDue(rule Rule, s Subject) Quote {
	if q, below := belowMinimum(rule, s); below {
		return q
	}
	return s.quote(day.Date{}, day.Date{}, append([]Line{s.principalLine()}, differences(rule, s.rows())...)...)
}

// belowMinimum prices at nothing what the municipality's regulation does not
// ask for; the difference bears its name.
func belowMinimum(rule Rule, s Subject) (Quote, bool) {
	due := s.principal()
	if due == 0 || due >= rule.Minimum {
		return Quote{}, false
	}
	less := Line{"municipal_minimum", "Non dovuto: sotto l'importo minimo del regolamento comunale", -due}
	return s.quote(day.Date{}, day.Date{}, s.principalLine(), less), true
}

func (s Subject) rows() (rows []money.Cents) {
	for _, it := range s.Items {
		if !it.IsCost {
			rows = append(rows, it.Cents)
		}
	}
	return rows
}

// lateTax prices a self-assessed tax: as due until its day, then with the
// penalty of the voluntary regularisation (ravvedimento operoso, art. 13 of
// decree 472 of 1997) and the legal interest of each day of delay.
func lateTax(rule Rule, s Subject, on day.Date) Quote {
	if q, below := belowMinimum(rule, s); below {
		return q
	}
	due := nextWorking(s.DueOn)
	if !on.After(due) {
		q := asDue(rule, s)
		q.Until = due
		return q
	}
	lines := lateLines(rule, s, due, on)
	// The price is looked for on the neighbouring days of the same year; the
	// rates of interest change with the year.
	first, last := on, on
	for first.AddDays(-1).After(due) && first.AddDays(-1).Year() == on.Year() && slices.Equal(lines, lateLines(rule, s, due, first.AddDays(-1))) {
		first = first.AddDays(-1)
	}
	for last.AddDays(1).Year() == on.Year() && slices.Equal(lines, lateLines(rule, s, due, last.AddDays(1))) {
		last = last.AddDays(1)
	}
	return s.quote(first, last, lines...)
}

func lateLines(rule Rule, s Subject, due, on day.Date) []Line {
	days := s.elapsed(due, on)
	tier := tierOf(s.DueOn, due, days)
	weighted := s.weightedDays(rule.Rates, due, on)
	penalty, interest := money.Cents(0), money.Cents(0)
	rows := s.rows()
	for i, c := range rows {
		p, n := tier.of(c, days), halfUp(int64(c)*weighted, basisPoints*yearDays)
		penalty, interest, rows[i] = penalty+p, interest+n, c+p+n
	}
	lines := []Line{
		s.principalLine(),
		{"ravvedimento", "Sanzione ridotta per ravvedimento, " + tier.label, penalty},
		{"legal_interest", "Interessi legali", interest},
	}
	return append(lines, differences(rule, rows)...)
}

// nextWorking moves a payment of tax that falls on a Saturday or a holiday to
// the next working day (decree-law 70 of 2011, art. 7, c. 2, l).
func nextWorking(d day.Date) day.Date {
	for !d.IsWorking() {
		d = d.AddDays(1)
	}
	return d
}

// tier is a step of the regularisation: penalty = tax * num / den, times the
// days of delay where it grows by day.
type tier struct {
	days, months int // its last day, counted from the due day
	num, den     int64
	byDay        bool
	label        string
}

func (t tier) of(c money.Cents, days int) money.Cents {
	if t.byDay {
		return halfUp(int64(c)*t.num*int64(days), t.den)
	}
	return halfUp(int64(c)*t.num, t.den)
}

// ravvedimento holds the steps by the day of the breach. The base penalty is
// 30%, since 1 September 2024 25% (decree 87 of 2024); it is halved within 90
// days, and within 14 days is a fifteenth of that for each day. Then it is
// reduced to a tenth, ninth, eighth, seventh and sixth. Sources differ about
// day 15, where both readings give the same sum.
var ravvedimento = []struct {
	from  day.Date
	tiers []tier
}{
	{day.New(2016, time.January, 1), tiersOf(30)},
	{day.New(2024, time.September, 1), tiersOf(25)},
}

func tiersOf(percent int64) []tier {
	return []tier{
		{days: 14, num: percent, den: 100 * 2 * 15 * 10, byDay: true, label: "entro 14 giorni"},
		{days: 30, num: percent, den: 100 * 2 * 10, label: "entro 30 giorni"},
		{days: 90, num: percent, den: 100 * 2 * 9, label: "entro 90 giorni"},
		{months: 12, num: percent, den: 100 * 8, label: "entro un anno"},
		{months: 24, num: percent, den: 100 * 7, label: "entro due anni"},
		{num: percent, den: 100 * 6, label: "oltre due anni"},
	}
}

// tierOf returns the step for a delay of so many days after the due day.
func tierOf(breach, due day.Date, days int) tier {
	table := ravvedimento[0].tiers
	for _, dated := range ravvedimento {
		if !breach.Before(dated.from) {
			table = dated.tiers
		}
	}
	for _, t := range table {
		limit := t.days
		if t.months > 0 {
			limit = due.AddMonths(t.months).Sub(due)
		}
		if limit > 0 && days <= limit {
			return t
		}
	}
	return table[len(table)-1]
}

// Rate is a yearly rate of interest in basis points (1% is 100), from a day
// until the next row of its table.
type Rate struct {
	From        day.Date `json:"from"`
	BasisPoints int      `json:"basis_points"`
}

// String prints the rate, "1,25%".
func (r Rate) String() string { return fmt.Sprintf("%d,%02d%%", r.BasisPoints/100, r.BasisPoints%100) }

const (
	basisPoints    = 10_000
	maxBasisPoints = 2_000
	yearDays       = 365 // simple interest on the civil year
)

// legalRates is the legal rate of interest (saggio degli interessi legali,
// art. 1284 of the Civil Code), as the Ministry's decrees set it each year; the
// last is that of 10 December 2025 (Gazzetta Ufficiale 289 of 13 December 2025).
var legalRates = []Rate{
	{day.New(2016, 1, 1), 20}, {day.New(2017, 1, 1), 10}, {day.New(2018, 1, 1), 30}, {day.New(2019, 1, 1), 80},
	{day.New(2020, 1, 1), 5}, {day.New(2021, 1, 1), 1}, {day.New(2022, 1, 1), 125}, {day.New(2023, 1, 1), 500},
	{day.New(2024, 1, 1), 250}, {day.New(2025, 1, 1), 200}, {day.New(2026, 1, 1), 160},
}

// weightedDays sums the days of delay, each times the rate of its day, so that
// interest is rounded once. Suspended days bear none. Days before the first
// row bear its rate.
func (s Subject) weightedDays(rates []Rate, due, on day.Date) (sum int64) {
	if len(rates) == 0 {
		rates = legalRates
	}
	start := due
	for i, r := range rates {
		end := on
		if i+1 < len(rates) && rates[i+1].From.AddDays(-1).Before(on) {
			end = rates[i+1].From.AddDays(-1)
		}
		if end.After(start) {
			sum += int64(r.BasisPoints) * int64(s.elapsed(start, end))
			start = end
		}
	}
	return sum
}
