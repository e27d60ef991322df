package price

import (
	"fmt"

	"cassacomune/app/day"
	"cassacomune/app/money"
)

// Days that fines may be paid at a reduced price.
const (
	earlyDays   = 5
	reducedDays = 60
)

// roadFine prices a breach of the Codice della Strada: the minimum less 30%
// within five days of contestation or notification and the minimum within 60
// (art. 202), then half of the maximum (art. 203, c. 3), then a tenth of it
// more for each half-year (art. 27 of law 689 of 1981).
func roadFine(rule Rule, s Subject, on day.Date) Quote {
	early := Line{"cds_202_early", "Sanzione ridotta del 30% entro 5 giorni (art. 202 del Codice della Strada)", halfUp(int64(s.Minimum)*70, 100)}
	reduced := Line{"cds_202", "Sanzione in misura ridotta entro 60 giorni (art. 202 del Codice della Strada)", s.Minimum}
	if s.NotifiedOn.IsZero() {
		if rule.NoEarly {
			return s.quote(day.Date{}, day.Date{}, reduced)
		}
		return s.quote(day.Date{}, day.Date{}, early)
	}
	from := day.Date{}
	if !rule.NoEarly {
		last := s.termRolled(s.NotifiedOn, earlyDays)
		if within(on, last) {
			return s.quote(from, last, early)
		}
		from = last.AddDays(1)
	}
	last := s.termRolled(s.NotifiedOn, reducedDays)
	if within(on, last) {
		return s.quote(from, last, reduced)
	}
	full := Line{"cds_203", "Metà del massimo, dopo 60 giorni (art. 203, c. 3, del Codice della Strada)", halfUp(int64(s.Maximum), 2)}
	halfYears, from, until := s.halfYears(rule, last, on)
	if halfYears == 0 {
		return s.quote(from, until, full)
	}
	label := fmt.Sprintf("Maggiorazione di un decimo per ogni semestre: %d (art. 27 della legge 689 del 1981)", halfYears)
	return s.quote(from, until, full, Line{"l689_27", label, halfUp(int64(full.Cents)*int64(halfYears), 10)})
}

// halfYears counts the half-years after the last day of the term, and returns
// the interval in which the count is the same.
func (s Subject) halfYears(rule Rule, last, on day.Date) (count int, from, until day.Date) {
	from = last.AddDays(1)
	for {
		until = s.term(last, last.AddMonths(6*(count+1)).Sub(last))
		handed := !s.HandedOn.IsZero() && within(s.HandedOn, until)
		if handed {
			until = day.Date{}
		}
		if within(on, until) {
			break
		}
		count++
		from = until.AddDays(1)
	}
	// Handed over before the sum was even due for a surcharge: none is born.
	if rule.WholeFractions && (s.HandedOn.IsZero() || s.HandedOn.After(last)) {
		count++
	}
	return count, from, until
}

// localFine prices a breach of a municipal regulation: within 60 days the
// lower of twice the minimum and a third of the maximum (law 689 of 1981, art.
// 16). After that an act must set the amount.
func localFine(s Subject, on day.Date) Quote {
	sum := min(2*s.Minimum, halfUp(int64(s.Maximum), 3))
	line := Line{"l689_16", "Sanzione in misura ridotta entro 60 giorni (art. 16 della legge 689 del 1981)", sum}
	if s.NotifiedOn.IsZero() {
		return s.quote(day.Date{}, day.Date{}, line)
	}
	last := s.termRolled(s.NotifiedOn, reducedDays)
	if within(on, last) {
		return s.quote(day.Date{}, last, line)
	}
	line.Label = "Sanzione: termine per la misura ridotta scaduto, importo in attesa di ordinanza-ingiunzione"
	q := s.quote(last.AddDays(1), day.Date{}, line)
	q.Undetermined = true
	return q
}

// quote adds the costs to the lines of a rule.
func (s Subject) quote(from, until day.Date, lines ...Line) Quote {
	return Quote{Lines: append(lines, s.costs()...), From: from, Until: until}
}

// principalLine is what is due by title.
func (s Subject) principalLine() Line {
	return Line{Rule: "as_due", Label: "Importo dovuto", Cents: s.principal()}
}

// differences returns the line of the whole euro, over sums that each stand on
// a row of their own.
func differences(rule Rule, rows []money.Cents) (lines []Line) {
	if !rule.WholeEuro {
		return nil
	}
	difference := money.Cents(0)
	for _, c := range rows {
		difference += wholeEuro(c) - c
	}
	if difference == 0 {
		return nil
	}
	return []Line{{"f24_euro", "Arrotondamento all'euro (art. 1, c. 166, della legge 296 del 2006)", difference}}
}
