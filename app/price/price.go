// Package price says what is payable on a day for a debt: a pure function of a
// rule, of what is due and of the day, over dated tables of law. It reads no
// clock and no row, and it books nothing: what is due by title changes only by
// a posting, when an option with another price is paid or by an act.
//
// Everything is whole cents. Each place that must round names its rounding.
package price

import (
	"slices"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
)

// Kind names the law that a price follows.
type Kind string

// The kinds of rule.
const (
	Fixed     Kind = "fixed"      // as due, on every day
	RoadFine  Kind = "road_fine"  // Codice della Strada, art. 202 and 203
	LocalFine Kind = "local_fine" // law 689 of 1981, art. 16
	LateTax   Kind = "late_tax"   // self-assessed tax with ravvedimento operoso
)

// Rule is the price rule (regola di prezzo) of a debt type, stored with it as
// JSON. The zero fields are the plain reading of the law.
type Rule struct {
	Kind Kind `json:"kind"`

	// NoEarly excludes the reduction of 30% within five days: confiscation or
	// suspension of the licence goes with the breach, or reduced payment is
	// not allowed.
	NoEarly bool `json:"no_early,omitempty"`

	// WholeFractions counts a half-year that has begun as a whole one in the
	// surcharge of art. 27 of law 689 of 1981. Practice differs, so that the
	// municipality decides.
	WholeFractions bool `json:"whole_fractions,omitempty"`

	// Minimum is the amount below which the municipality's regulation asks
	// for nothing (importo minimo); zero when there is none. Fixed and LateTax.
	Minimum money.Cents `json:"minimum,omitempty"`

	// WholeEuro rounds each item to the euro, as each row of an F24 is. Fixed
	// and LateTax.
	WholeEuro bool `json:"whole_euro,omitempty"`

	// Rates replaces the table of the legal rate of interest (art. 1284 of
	// the Civil Code), for a regulation that adds points to it. LateTax.
	Rates []Rate `json:"rates,omitempty"`
}

// Check refuses a rule that cannot be followed.
func (r Rule) Check() error {
	if !slices.Contains([]Kind{Fixed, RoadFine, LocalFine, LateTax}, r.Kind) {
		return fault.New(fault.Invalid, "price.kind", "La regola di prezzo «%s» non esiste.", r.Kind).On("kind")
	}
	if r.Minimum < 0 {
		return fault.New(fault.Invalid, "price.minimum", "L'importo minimo non può essere negativo.").On("minimum")
	}
	for i, rate := range r.Rates {
		if rate.From.IsZero() || rate.BasisPoints < 0 || rate.BasisPoints > maxBasisPoints || i > 0 && !r.Rates[i-1].From.Before(rate.From) {
			return fault.New(fault.Invalid, "price.rates", "I tassi devono avere una data d'inizio, in ordine, e stare fra 0 e 20%%.").On("rates")
		}
	}
	return nil
}

// Subject is what a price is asked for.
type Subject struct {
	Items       []Item
	DueOn       day.Date    // last day to pay without delay; taxes
	NotifiedOn  day.Date    // contestation or notification; fines. Zero: not yet, no term runs
	Minimum     money.Cents // of the fine, by law (minimo edittale); zero: the items that are no costs
	Maximum     money.Cents // of the fine, by law (massimo edittale)
	HandedOn    day.Date    // handed to the collector: the surcharge of art. 27 stops growing
	Suspensions []Interval  // days on which no term runs: appeal, suspension by an act
}

// Item is an amount due. Costs (spese di notifica e di procedimento) are never
// reduced, increased or rounded.
type Item struct {
	Label  string // as printed; costs only
	Cents  money.Cents
	IsCost bool
}

// Interval is a run of days, both ends included. A zero Until has no end.
type Interval struct {
	From  day.Date `json:"from"`
	Until day.Date `json:"until"`
}

// Quote is the price on a day.
type Quote struct {
	Cents money.Cents // the sum of the lines
	Lines []Line

	// From and Until are the first and last day, in Europe/Rome, of the
	// interval around the day in which this price holds. A zero From means
	// since ever, a zero Until for ever. Neighbouring intervals may have the
	// same price.
	From, Until day.Date

	// Undetermined says that the reduced payment is over and the amount waits
	// for an act (ordinanza-ingiunzione); Cents is then the last known price.
	Undetermined bool
}

// Line is a part of a price and the rule of law that it follows.
type Line struct {
	Rule  string // stable name, "cds_202"; differences close under DIF of it
	Label string // Italian, for the payer
	Cents money.Cents
}

// Holds reports whether the quote's price holds on that day.
func (q Quote) Holds(on day.Date) bool {
	return !on.Before(q.From) && (q.Until.IsZero() || !on.After(q.Until))
}

// maxPrice keeps every product of the rules within 64 bits: a billion euro.
const maxPrice money.Cents = 100_000_000_000

// Of returns the price of the subject on a day under a rule.
func Of(rule Rule, subject Subject, on day.Date) (Quote, error) {
	if err := rule.Check(); err != nil {
		return Quote{}, err
	}
	s, err := subject.checked(rule)
	if err != nil {
		return Quote{}, err
	}
	if !usual(on) {
		return Quote{}, fault.New(fault.Invalid, "price.on", "Il giorno per cui si chiede il prezzo manca o non è plausibile.")
	}
	var q Quote
	switch rule.Kind {
	case RoadFine:
		q = roadFine(rule, s, on)
	case LocalFine:
		q = localFine(s, on)
	case LateTax:
		q = lateTax(rule, s, on)
	default:
		q = asDue(rule, s)
	}
	for _, l := range q.Lines {
		q.Cents += l.Cents
	}
	return q, nil
}

// Schedule returns the prices from one day to another, both included, as
// intervals without gap or overlap. The first may begin before, the last end
// after.
func Schedule(rule Rule, subject Subject, from, until day.Date) ([]Quote, error) {
	var quotes []Quote
	for on := from; !on.After(until); {
		q, err := Of(rule, subject, on)
		if err != nil {
			return nil, err
		}
		quotes = append(quotes, q)
		if q.Until.IsZero() {
			break
		}
		on = q.Until.AddDays(1)
	}
	return quotes, nil
}

// checked returns the subject ready for the rules: suspensions in order and
// merged, the minimum filled in.
func (s Subject) checked(rule Rule) (Subject, error) {
	total := money.Cents(0)
	for _, it := range s.Items {
		total += min(it.Cents, maxPrice)
		if it.Cents < 0 || it.Cents > maxPrice || total > maxPrice {
			return s, fault.New(fault.Invalid, "price.amount", "Gli importi devono stare fra zero e %s.", maxPrice)
		}
	}
	if rule.Kind == RoadFine || rule.Kind == LocalFine {
		if s.Minimum == 0 {
			s.Minimum = s.principal()
		}
		if s.Minimum <= 0 || s.Maximum < s.Minimum || s.Maximum > maxPrice {
			return s, fault.New(fault.Invalid, "price.maximum", "Servono il minimo e il massimo della sanzione, il secondo non inferiore al primo.")
		}
	}
	if rule.Kind == LateTax && s.DueOn.Before(ravvedimento[0].from) {
		return s, fault.New(fault.Invalid, "price.due", "Serve la scadenza, non prima del %s.", ravvedimento[0].from.Italian())
	}
	for _, d := range s.days() {
		if !d.IsZero() && !usual(d) {
			return s, fault.New(fault.Invalid, "price.day", "La data %s non è plausibile.", d.Italian())
		}
	}
	merged, err := merge(s.Suspensions)
	s.Suspensions = merged
	return s, err
}

// usual reports whether a day is near enough to be meant; it bounds every loop
// and product of the rules.
func usual(d day.Date) bool { return d.Year() >= 1900 && d.Year() <= 2100 }

func (s Subject) days() []day.Date {
	days := []day.Date{s.DueOn, s.NotifiedOn, s.HandedOn}
	for _, iv := range s.Suspensions {
		days = append(days, iv.From, iv.Until)
	}
	return days
}

// principal is the sum of the items that are no costs.
func (s Subject) principal() (total money.Cents) {
	for _, it := range s.Items {
		if !it.IsCost {
			total += it.Cents
		}
	}
	return total
}

// costs are the lines that every price carries unchanged.
func (s Subject) costs() (lines []Line) {
	for _, it := range s.Items {
		if it.IsCost {
			label := it.Label
			if label == "" {
				label = "Spese di notifica e di procedimento"
			}
			lines = append(lines, Line{"cost", label, it.Cents})
		}
	}
	return lines
}
