package day

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for s, want := range map[string]Date{
		"2026-07-01": New(2026, 7, 1), "01/07/2026": New(2026, 7, 1), "29/02/2024": New(2024, 2, 29),
	} {
		if got, err := Parse(s); err != nil || got != want {
			t.Errorf("Parse(%q): got %v, %v, want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "31/02/2026", "2026-02-29", "1/7/2026", "2026-7-1", "0000-01-01", "01/07/26", "2026-07-01 ", "07/13/2026"} {
		if got, err := Parse(s); err == nil {
			t.Errorf("Parse(%q): got %v, want an error", s, got)
		}
	}
}

func TestRomeDays(t *testing.T) {
	// 23:30 UTC is already the next day in Rome; clocks change on 29 March 2026.
	if got, want := Of(time.Date(2026, 6, 30, 22, 30, 0, 0, time.UTC)), New(2026, 7, 1); got != want {
		t.Errorf("Of: got %v, want %v", got, want)
	}
	change := New(2026, 3, 29)
	if got, want := change.End().Sub(change.Start()), 23*time.Hour; got != want {
		t.Errorf("length of the day of the change: got %v, want %v", got, want)
	}
	if got := Of(change.End().Add(-time.Nanosecond)); got != change {
		t.Errorf("last instant: got %v, want %v", got, change)
	}
}

func TestArithmetic(t *testing.T) {
	d := New(2024, 1, 31)
	if got, want := d.AddMonths(1), New(2024, 2, 29); got != want {
		t.Errorf("AddMonths(1): got %v, want %v", got, want)
	}
	if got, want := d.AddMonths(-2), New(2023, 11, 30); got != want {
		t.Errorf("AddMonths(-2): got %v, want %v", got, want)
	}
	for _, n := range []int{-200_000, -1, 0, 1, 366, 2_000_000} { // over 292 years too
		if got := d.AddDays(n).Sub(d); got != n {
			t.Errorf("AddDays(%d).Sub: got %d", n, got)
		}
	}
	if !d.Before(d.AddDays(1)) || !d.AddDays(1).After(d) || d.Before(d) || !(Date{}).Before(d) || !d.Equal(New(2024, 1, 31)) {
		t.Error("days are out of order")
	}
}

func TestPrintAndStore(t *testing.T) {
	d := New(2026, 7, 1)
	if got := [3]string{d.String(), d.Italian(), d.Long()}; got != [3]string{"2026-07-01", "01/07/2026", "1 luglio 2026"} {
		t.Errorf("got %v", got)
	}
	for _, d := range []Date{New(1, 1, 1), New(999, 12, 31), New(2000, 2, 29), New(9999, 10, 20)} {
		if got, want := d.Italian(), fmt.Sprintf("%02d/%02d/%04d", d.d, d.m, d.y); got != want {
			t.Errorf("Italian = %q, want %q", got, want)
		}
	}
	for _, want := range []Date{d, {}} {
		v, err := want.Value()
		if err != nil {
			t.Fatal(err)
		}
		got := New(1999, 1, 1)
		if err := got.Scan(v); err != nil || got != want {
			t.Errorf("Scan(%v): got %v, %v, want %v", v, got, err, want)
		}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got = New(1999, 1, 1)
		if err := json.Unmarshal(text, &got); err != nil || got != want {
			t.Errorf("Unmarshal(%s): got %v, %v, want %v", text, got, err, want)
		}
	}
	var got Date
	for _, src := range []any{"2026-07-01T00:00:00Z", []byte("2026-07-01"), time.Date(2026, 7, 1, 0, 0, 0, 0, Rome)} {
		if err := got.Scan(src); err != nil || got != d {
			t.Errorf("Scan(%v): got %v, %v", src, got, err)
		}
	}
	if err := got.Scan(7); err == nil {
		t.Error("Scan(7): got no error")
	}
}

func TestHolidays(t *testing.T) {
	for year, want := range map[int]Date{2000: New(2000, 4, 23), 2024: New(2024, 3, 31), 2025: New(2025, 4, 20), 2026: New(2026, 4, 5), 2038: New(2038, 4, 25)} {
		if got := Easter(year); got != want {
			t.Errorf("Easter(%d): got %v, want %v", year, got, want)
		}
	}
	for s, want := range map[string]bool{
		"2026-04-06": true, "2026-04-05": true, "2026-12-08": true, "2026-06-02": true, "2024-10-04": false, "2027-10-04": true,
		"2026-03-10": false, "2026-03-14": false, "2026-03-15": true,
	} {
		d, err := Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.IsHoliday(); got != want {
			t.Errorf("IsHoliday(%s): got %v, want %v", s, got, want)
		}
	}
	if New(2026, 3, 14).IsWorking() || !New(2026, 3, 13).IsWorking() {
		t.Error("a Saturday is no working day, a Friday is")
	}
	if got, want := New(2025, 12, 25).RollHoliday(), New(2025, 12, 27); got != want {
		t.Errorf("RollHoliday: got %v, want %v", got, want)
	}
	if got, want := New(2026, 4, 3).AddWorking(1), New(2026, 4, 7); got != want { // over Easter
		t.Errorf("AddWorking: got %v, want %v", got, want)
	}
}

// TestSettlementDays knows the closing days of TARGET in 2026, which are not
// those of Italy.
func TestSettlementDays(t *testing.T) {
	closed := map[Date]bool{New(2026, 1, 1): true, New(2026, 4, 3): true, New(2026, 4, 6): true, New(2026, 5, 1): true, New(2026, 12, 25): true}
	for d := New(2026, 1, 1); d.Year() == 2026; d = d.AddDays(1) {
		weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
		if got, want := d.IsSettlement(), !weekend && !closed[d]; got != want {
			t.Errorf("%s: got %v, want %v", d, got, want)
		}
	}
	if New(2024, 12, 26).IsSettlement() || !New(2026, 6, 2).IsSettlement() {
		t.Error("26 December is closed, 2 June is not")
	}
}
