package price

import (
	"encoding/json"
	"testing"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"github.com/google/go-cmp/cmp"
)

func date(t *testing.T, s string) day.Date {
	t.Helper()
	if s == "" {
		return day.Date{}
	}
	d, err := day.Parse(s)
	if err != nil {
		t.Fatalf("day %q: %v", s, err)
	}
	return d
}

// shown is a quote as a table of a test writes it.
type shown struct {
	Cents       money.Cents
	From, Until string
	Lines       map[string]money.Cents
}

func show(q Quote) shown {
	lines := map[string]money.Cents{}
	for _, l := range q.Lines {
		lines[l.Rule] += l.Cents
	}
	return shown{q.Cents, q.From.String(), q.Until.String(), lines}
}

func TestRoadFine(t *testing.T) {
	// Minimum 42, maximum 173, costs 14.50, notified on Tuesday 10 March 2026.
	parking := Subject{
		Items:   []Item{{Cents: 42_00}, {Cents: 14_50, IsCost: true}},
		Minimum: 42_00, Maximum: 173_00, NotifiedOn: date(t, "2026-03-10"),
	}
	early := shown{29_40 + 14_50, "", "2026-03-16", map[string]money.Cents{"cds_202_early": 29_40, "cost": 14_50}} // the 5th day is a Sunday
	reduced := shown{42_00 + 14_50, "2026-03-17", "2026-05-09", map[string]money.Cents{"cds_202": 42_00, "cost": 14_50}}
	for _, c := range []struct {
		name string
		rule Rule
		edit func(*Subject)
		on   string
		want shown
	}{
		{name: "before the notice", on: "2026-03-01", want: early},
		{name: "day of the notice", on: "2026-03-10", want: early},
		{name: "5th day, a Sunday", on: "2026-03-15", want: early},
		{name: "rolled on", on: "2026-03-16", want: early},
		{name: "6th day after the roll", on: "2026-03-17", want: reduced},
		{name: "60th day", on: "2026-05-09", want: reduced},
		{name: "61st day", on: "2026-05-10", want: shown{86_50 + 14_50, "2026-05-10", "2026-11-09",
			map[string]money.Cents{"cds_203": 86_50, "cost": 14_50}}},
		{name: "after a half-year", on: "2026-11-10", want: shown{86_50 + 8_65 + 14_50, "2026-11-10", "2027-05-09",
			map[string]money.Cents{"cds_203": 86_50, "l689_27": 8_65, "cost": 14_50}}},
		{name: "fractions count", rule: Rule{WholeFractions: true}, on: "2026-05-10", want: shown{86_50 + 8_65 + 14_50, "2026-05-10", "2026-11-09",
			map[string]money.Cents{"cds_203": 86_50, "l689_27": 8_65, "cost": 14_50}}},
		{name: "three half-years", on: "2027-12-01", want: shown{86_50 + 25_95 + 14_50, "2027-11-10", "2028-05-09",
			map[string]money.Cents{"cds_203": 86_50, "l689_27": 25_95, "cost": 14_50}}},
		{name: "handed to the collector", edit: func(s *Subject) { s.HandedOn = date(t, "2027-01-15") }, on: "2029-12-01",
			want: shown{86_50 + 8_65 + 14_50, "2026-11-10", "", map[string]money.Cents{"cds_203": 86_50, "l689_27": 8_65, "cost": 14_50}}},
		{name: "no reduction", rule: Rule{NoEarly: true}, on: "2026-03-11", want: shown{56_50, "", "2026-05-09",
			map[string]money.Cents{"cds_202": 42_00, "cost": 14_50}}},
		{name: "not notified yet", edit: func(s *Subject) { s.NotifiedOn = day.Date{} }, on: "2030-01-01", want: shown{29_40 + 14_50, "", "",
			map[string]money.Cents{"cds_202_early": 29_40, "cost": 14_50}}},
		{name: "suspended for ten days", edit: func(s *Subject) {
			s.Suspensions = []Interval{{date(t, "2026-04-06"), date(t, "2026-04-10")}, {date(t, "2026-04-01"), date(t, "2026-04-07")}}
		}, on: "2026-05-19", want: shown{56_50, "2026-03-17", "2026-05-19", map[string]money.Cents{"cds_202": 42_00, "cost": 14_50}}},
		{name: "open appeal", edit: func(s *Subject) { s.Suspensions = []Interval{{From: date(t, "2026-04-01")}} }, on: "2028-01-01",
			want: shown{56_50, "2026-03-17", "", map[string]money.Cents{"cds_202": 42_00, "cost": 14_50}}},
		{name: "appeal after the term", edit: func(s *Subject) { s.Suspensions = []Interval{{From: date(t, "2026-05-10")}} }, on: "2028-01-01",
			want: shown{86_50 + 14_50, "2026-05-10", "", map[string]money.Cents{"cds_203": 86_50, "cost": 14_50}}},
		{name: "rounding half up", edit: func(s *Subject) { s.Minimum, s.Maximum = 41_55, 173_01 }, on: "2026-03-10",
			want: shown{29_09 + 14_50, "", "2026-03-16", map[string]money.Cents{"cds_202_early": 29_09, "cost": 14_50}}}, // 29.085
	} {
		s := parking
		if c.edit != nil {
			c.edit(&s)
		}
		c.rule.Kind = RoadFine
		got, err := Of(c.rule, s, date(t, c.on))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, show(got)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestLocalFine(t *testing.T) {
	s := Subject{Minimum: 25_00, Maximum: 500_00, NotifiedOn: date(t, "2026-03-10"), Items: []Item{{Cents: 9_50, IsCost: true, Label: "Notifica"}}}
	got, err := Of(Rule{Kind: LocalFine}, s, date(t, "2026-05-09"))
	if err != nil {
		t.Fatal(err)
	}
	want := shown{59_50, "", "2026-05-09", map[string]money.Cents{"l689_16": 50_00, "cost": 9_50}} // twice the minimum
	if diff := cmp.Diff(want, show(got)); diff != "" || got.Undetermined {
		t.Error(got.Undetermined, diff)
	}
	s.Maximum = 100_00
	got, err = Of(Rule{Kind: LocalFine}, s, date(t, "2026-05-10"))
	if err != nil {
		t.Fatal(err)
	}
	want = shown{33_33 + 9_50, "2026-05-10", "", map[string]money.Cents{"l689_16": 33_33, "cost": 9_50}} // a third of the maximum
	if diff := cmp.Diff(want, show(got)); diff != "" || !got.Undetermined {
		t.Error(got.Undetermined, diff)
	}
}

func TestLateTax(t *testing.T) {
	for _, c := range []struct {
		name    string
		due, on string
		cents   money.Cents
		rule    Rule
		want    shown
	}{
		{"on the day", "2025-06-16", "2025-06-16", 1000_00, Rule{}, shown{1000_00, "", "2025-06-16", map[string]money.Cents{"as_due": 1000_00}}},
		{"10 days", "2025-06-16", "2025-06-26", 1000_00, Rule{}, shown{1008_88, "2025-06-26", "2025-06-26",
			map[string]money.Cents{"as_due": 1000_00, "ravvedimento": 8_33, "legal_interest": 55}}},
		{"day 15, where both readings agree", "2025-06-16", "2025-07-01", 1000_00, Rule{}, shown{1013_32, "2025-07-01", "2025-07-01",
			map[string]money.Cents{"as_due": 1000_00, "ravvedimento": 12_50, "legal_interest": 82}}},
		{"60 days", "2025-06-16", "2025-08-15", 1000_00, Rule{}, shown{1017_18, "2025-08-15", "2025-08-15",
			map[string]money.Cents{"as_due": 1000_00, "ravvedimento": 13_89, "legal_interest": 3_29}}},
		{"one year, two rates of interest", "2025-06-16", "2026-06-16", 1000_00, Rule{}, shown{1049_42, "2026-06-16", "2026-06-16",
			map[string]money.Cents{"as_due": 1000_00, "ravvedimento": 31_25, "legal_interest": 18_17}}}, // 198 days at 2%, 167 at 1.6%
		{"two years", "2025-06-16", "2026-06-17", 1000_00, Rule{}, shown{1053_92, "2026-06-17", "2026-06-17",
			map[string]money.Cents{"as_due": 1000_00, "ravvedimento": 35_71, "legal_interest": 18_21}}},
		{"before the reform", "2024-06-17", "2024-06-27", 1000_00, Rule{}, shown{1010_68, "2024-06-27", "2024-06-27",
			map[string]money.Cents{"as_due": 1000_00, "ravvedimento": 10_00, "legal_interest": 68}}},
		{"before the reform, 30 days", "2024-06-17", "2024-07-17", 1000_00, Rule{}, shown{1017_05, "2024-07-17", "2024-07-17",
			map[string]money.Cents{"as_due": 1000_00, "ravvedimento": 15_00, "legal_interest": 2_05}}},
		{"due on a Saturday", "2026-05-16", "2026-05-18", 1000_00, Rule{}, shown{1000_00, "", "2026-05-18", map[string]money.Cents{"as_due": 1000_00}}},
		{"whole euro", "2025-06-16", "2025-06-26", 1000_00, Rule{WholeEuro: true}, shown{1009_00, "2025-06-26", "2025-06-26",
			map[string]money.Cents{"as_due": 1000_00, "ravvedimento": 8_33, "legal_interest": 55, "f24_euro": 12}}},
		{"rates of a regulation", "2025-06-16", "2025-06-26", 1000_00, Rule{Rates: []Rate{{date(t, "2020-01-01"), 500}}}, shown{1009_70, "2025-06-26", "2025-06-26",
			map[string]money.Cents{"as_due": 1000_00, "ravvedimento": 8_33, "legal_interest": 1_37}}},
		{"below the minimum", "2025-06-16", "2025-06-26", 11_99, Rule{Minimum: 12_00}, shown{0, "", "",
			map[string]money.Cents{"as_due": 11_99, "municipal_minimum": -11_99}}},
		{"a price that holds for days", "2025-06-16", "2025-07-10", 1_00, Rule{}, shown{1_01, "2025-07-01", "2025-07-16",
			map[string]money.Cents{"as_due": 1_00, "ravvedimento": 1, "legal_interest": 0}}},
	} {
		c.rule.Kind = LateTax
		got, err := Of(c.rule, Subject{Items: []Item{{Cents: c.cents}}, DueOn: date(t, c.due)}, date(t, c.on))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, show(got)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestFixed(t *testing.T) {
	s := Subject{Items: []Item{{Cents: 10_49}, {Cents: 10_50}, {Cents: 1_35, IsCost: true}}}
	got, err := Of(Rule{Kind: Fixed, WholeEuro: true}, s, date(t, "2026-01-01"))
	if err != nil {
		t.Fatal(err)
	}
	// Each row by itself: 10 and 11; the cost stays as it is.
	want := shown{22_35, "", "", map[string]money.Cents{"as_due": 20_99, "f24_euro": 1, "cost": 1_35}}
	if diff := cmp.Diff(want, show(got)); diff != "" {
		t.Error(diff)
	}
}

func TestRefused(t *testing.T) {
	on := date(t, "2026-01-01")
	fine := Subject{Minimum: 10, Maximum: 20, NotifiedOn: on}
	for name, c := range map[string]struct {
		rule    Rule
		subject Subject
		on      day.Date
		want    string
	}{
		"no kind":              {Rule{}, fine, on, "price.kind"},
		"negative minimum":     {Rule{Kind: Fixed, Minimum: -1}, fine, on, "price.minimum"},
		"rates out of order":   {Rule{Kind: LateTax, Rates: []Rate{{on, 1}, {on, 2}}}, fine, on, "price.rates"},
		"rate without day":     {Rule{Kind: LateTax, Rates: []Rate{{BasisPoints: 2}}}, fine, on, "price.rates"},
		"negative amount":      {Rule{Kind: Fixed}, Subject{Items: []Item{{Cents: -1}}}, on, "price.amount"},
		"huge amount":          {Rule{Kind: Fixed}, Subject{Items: []Item{{Cents: maxPrice}, {Cents: 1}}}, on, "price.amount"},
		"fine without maximum": {Rule{Kind: RoadFine}, Subject{Minimum: 10}, on, "price.maximum"},
		"fine without minimum": {Rule{Kind: LocalFine}, Subject{Maximum: 10}, on, "price.maximum"},
		"tax without due day":  {Rule{Kind: LateTax}, Subject{}, on, "price.due"},
		"no day":               {Rule{Kind: RoadFine}, fine, day.Date{}, "price.on"},
		"far day":              {Rule{Kind: RoadFine}, fine, day.New(9999, 1, 1), "price.on"},
		"far notice":           {Rule{Kind: RoadFine}, Subject{Minimum: 10, Maximum: 20, NotifiedOn: day.New(202, 1, 1)}, on, "price.day"},
		"suspension turned":    {Rule{Kind: RoadFine}, Subject{Minimum: 10, Maximum: 20, Suspensions: []Interval{{on, on.AddDays(-1)}}}, on, "price.suspension"},
	} {
		_, err := Of(c.rule, c.subject, c.on)
		if f := fault.Of(err); f == nil || f.Key != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestRuleAsJSON(t *testing.T) {
	rule := Rule{Kind: LateTax, Minimum: 12_00, WholeEuro: true, Rates: []Rate{{day.New(2026, 1, 1), 160}}}
	text, err := json.Marshal(rule)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"kind":"late_tax","minimum":1200,"whole_euro":true,"rates":[{"from":"2026-01-01","basis_points":160}]}`; string(text) != want {
		t.Errorf("got %s, want %s", text, want)
	}
	var back Rule
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rule, back); diff != "" {
		t.Error(diff)
	}
}
