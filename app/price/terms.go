package price

import (
	"slices"

	"cassacomune/app/day"
	"cassacomune/app/fault"
)

// merge puts suspensions in order and joins those that touch.
func merge(in []Interval) ([]Interval, error) {
	var out []Interval
	sorted := slices.Clone(in)
	slices.SortFunc(sorted, func(a, b Interval) int { return a.From.Compare(b.From) })
	for _, iv := range sorted {
		if iv.From.IsZero() || !iv.Until.IsZero() && iv.Until.Before(iv.From) {
			return nil, fault.New(fault.Invalid, "price.suspension", "Una sospensione deve avere un inizio, e la fine non può precederlo.")
		}
		last := len(out) - 1
		switch {
		case last < 0 || !out[last].Until.IsZero() && iv.From.After(out[last].Until.AddDays(1)):
			out = append(out, iv)
		case out[last].Until.IsZero():
		case iv.Until.IsZero() || iv.Until.After(out[last].Until):
			out[last].Until = iv.Until
		}
	}
	return out, nil
}

// elapsed counts the days after start up to and including on, without the
// suspended ones. The day on which a term starts is not counted (art. 2963 of
// the Civil Code).
func (s Subject) elapsed(start, on day.Date) int {
	n := max(on.Sub(start), 0)
	for _, iv := range s.Suspensions {
		from, until := iv.From, iv.Until
		if !from.After(start) {
			from = start.AddDays(1)
		}
		if until.IsZero() || until.After(on) {
			until = on
		}
		n -= max(until.Sub(from)+1, 0)
	}
	return n
}

// term returns the last day of a term of so many days from start, on which
// just that many have elapsed. It is zero when an open suspension stops it.
func (s Subject) term(start day.Date, days int) day.Date {
	end := start.AddDays(days)
	for _, iv := range s.Suspensions {
		if iv.From.After(end) {
			break
		}
		if iv.Until.IsZero() {
			return day.Date{}
		}
		from := iv.From
		if !from.After(start) {
			from = start.AddDays(1)
		}
		end = end.AddDays(max(iv.Until.Sub(from)+1, 0))
	}
	return end
}

// termRolled is term with its last day moved on when it is a holiday, or a
// suspended day after one.
func (s Subject) termRolled(start day.Date, days int) day.Date {
	end := s.term(start, days)
	for !end.IsZero() && end.IsHoliday() {
		end = s.term(end, 1)
	}
	return end
}

// within reports whether on is not after a last day; a zero one never comes.
func within(on, last day.Date) bool { return last.IsZero() || !on.After(last) }
