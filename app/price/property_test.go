package price

import (
	"math/rand/v2"
	"testing"

	"cassacomune/app/day"
	"cassacomune/app/money"
	"github.com/google/go-cmp/cmp"
)

// drawn makes a rule and a subject that the rules accept.
func drawn(r *rand.Rand) (Rule, Subject) {
	kinds := []Kind{Fixed, RoadFine, LocalFine, LateTax}
	rule := Rule{Kind: kinds[r.IntN(len(kinds))], NoEarly: r.IntN(4) == 0, WholeFractions: r.IntN(2) == 0, WholeEuro: r.IntN(3) == 0}
	if r.IntN(4) == 0 {
		rule.Minimum = 12_00
	}
	start := day.New(2022, 1, 1).AddDays(r.IntN(1500))
	s := Subject{NotifiedOn: start, DueOn: start, Minimum: money.Cents(1 + r.IntN(500_00))}
	s.Maximum = s.Minimum * money.Cents(2+r.IntN(4))
	for range 1 + r.IntN(3) {
		s.Items = append(s.Items, Item{Cents: money.Cents(r.IntN(1000_00)), IsCost: r.IntN(3) == 0})
	}
	for range r.IntN(3) {
		from := start.AddDays(r.IntN(300) - 20)
		s.Suspensions = append(s.Suspensions, Interval{from, from.AddDays(r.IntN(60))})
	}
	if r.IntN(4) == 0 {
		s.HandedOn = start.AddDays(r.IntN(900))
	}
	return rule, s
}

func TestScheduleProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 2026))
	for i := range 50 {
		rule, s := drawn(r)
		from, until := s.NotifiedOn.AddDays(-3), s.NotifiedOn.AddDays(800)
		schedule, err := Schedule(rule, s, from, until)
		if err != nil {
			t.Fatal(err)
		}
		costs := money.Cents(0)
		for _, it := range s.Items {
			if it.IsCost {
				costs += it.Cents
			}
		}
		on := from
		for k, q := range schedule {
			if k > 0 && q.From != schedule[k-1].Until.AddDays(1) {
				t.Fatalf("case %d: gap or overlap: %v ends, %v begins", i, schedule[k-1].Until, q.From)
			}
			if got := show(q).Lines["cost"]; got != costs {
				t.Fatalf("case %d: got costs %d, want %d", i, got, costs)
			}
			if k > 0 && (rule.Kind == RoadFine || rule.Kind == LocalFine) && q.Cents < schedule[k-1].Cents {
				t.Fatalf("case %d: the fine falls from %d to %d on %v", i, schedule[k-1].Cents, q.Cents, q.From)
			}
			for ; !on.After(until) && q.Holds(on); on = on.AddDays(1) {
				got, err := Of(rule, s, on)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(q, got); diff != "" {
					t.Fatalf("case %d, %+v %+v: the price on %v is not that of its interval: %s", i, rule, s, on, diff)
				}
			}
		}
		if on != until.AddDays(1) {
			t.Fatalf("case %d: the schedule covers %v to %v, want to %v", i, from, on.AddDays(-1), until)
		}
	}
}

// TestTermsByCounting compares the arithmetic of terms with counting day after
// day, which is slow and plain.
func TestTermsByCounting(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		_, s := drawn(r)
		s, err := s.checked(Rule{Kind: Fixed})
		if err != nil {
			t.Fatal(err)
		}
		suspended := func(d day.Date) bool {
			for _, iv := range s.Suspensions {
				if !d.Before(iv.From) && !d.After(iv.Until) {
					return true
				}
			}
			return false
		}
		want := 0
		for d := s.NotifiedOn; want < 70; {
			if d = d.AddDays(1); !suspended(d) {
				want++
				if got := s.term(s.NotifiedOn, want); got != d {
					t.Fatalf("term of %d days from %v with %v: got %v, want %v", want, s.NotifiedOn, s.Suspensions, got, d)
				}
			}
			if got := s.elapsed(s.NotifiedOn, d); got != want {
				t.Fatalf("elapsed from %v to %v with %v: got %d, want %d", s.NotifiedOn, d, s.Suspensions, got, want)
			}
		}
	}
}
