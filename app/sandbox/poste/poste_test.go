package poste

import (
	"os"
	"strings"
	"testing"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/shared"
)

const goodSlip = "240704900900004256"

func newBank() *Bank {
	return New(func() time.Time { return time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC) })
}

// TestFlow holds the rows to lines typed by hand from the layout's columns.
func TestFlow(t *testing.T) {
	b := newBank()
	on := day.New(2026, 7, 2)
	for _, err := range []error{
		b.Pay(goodSlip, "12345", 13550, day.Date{}),
		b.Pay("025257650095110900", "001007214826", 12067, on), // another account
		b.Take(Slip{Kind: TD123, Account: "12345", Cents: 1500, PaidOn: on}),
		b.Pay(goodSlip, "12345", 100, on.AddDays(1)), // later
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := b.Flow("12345", on)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		pad("007000010000001000000012345260701896000001355005511109226070224070490090000" + "4256DIN"),
		pad("007000029999999000000012345260702123000000150005511109" + "2260702" + strings.Repeat(" ", 18) + "DIN"),
		pad("4000000012345260702" + strings.Repeat(" ", 14) + "999" + "00000002000000015050" + "00000001000000013550" + "00000001000000001500"),
	}, "")
	if string(got.Bytes) != want {
		t.Errorf("flow =\n%swant\n%s", got.Bytes, want)
	}
	if got.Count != 2 || got.Cents != 15050 || got.Reference != "000000012345-20260702" {
		t.Errorf("flow = %+v", got)
	}
	if err := b.Pay(goodSlip, "12345", 900, on); err != nil {
		t.Fatal(err)
	}
	again, err := b.Flow("12345", on)
	if err != nil || string(again.Bytes) != want {
		t.Errorf("second close of the day differs: %v\n%s", err, again.Bytes)
	}
	next, err := b.Flow("12345", on.AddDays(1))
	if err != nil || next.Count != 2 || next.Cents != 1000 {
		t.Errorf("next day = %+v, %v", next, err)
	}
	if empty, err := b.Flow("12345", on.AddDays(2)); err != nil || empty.Bytes != nil {
		t.Errorf("empty day = %+v, %v", empty, err)
	}
	if _, err := b.Flow("12345", on); err != nil {
		t.Errorf("a closed day asked again: %v", err)
	}
	if _, err := b.Flow("12345", on.AddDays(-1)); err == nil {
		t.Error("a day before the last close was reported")
	}
}

func pad(s string) string { return s + strings.Repeat(" ", 200-len(s)) + "\r\n" }

// TestSampleColumns reads the public sample with the columns written here.
func TestSampleColumns(t *testing.T) {
	data, err := os.ReadFile(shared.Path(t, "corpora", "legacy", "poste-200-telematici.txt"))
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSuffix(string(data), "\r\n"), "\r\n")
	b := newBank()
	on := day.New(2017, 10, 6)
	sample := rows[0]
	code := sample[61:79]
	if err := b.Pay(code, sample[15:27], 1500, day.New(2017, 10, 4)); err != nil {
		t.Logf("sample code has no check digits of ours: %v", err)
		if err = b.Take(Slip{Kind: TD123, Account: sample[15:27], Cents: 1500, PaidOn: day.New(2017, 10, 4)}); err != nil {
			t.Fatal(err)
		}
	}
	f, err := b.Flow(sample[15:27], on)
	if err != nil {
		t.Fatal(err)
	}
	mine := strings.Split(string(f.Bytes), "\r\n")
	for _, column := range [][2]int{{15, 33}, {36, 46}, {54, 61}} { // account and day, amount, currency and credit
		if got, want := mine[0][column[0]:column[1]], sample[column[0]:column[1]]; got != want {
			t.Errorf("columns %v = %q, sample %q", column, got, want)
		}
	}
	if got, want := mine[1][:56], rows[1][:56]; got != want {
		t.Errorf("summary = %q, sample %q", got, want)
	}
}

func TestRefusedSlips(t *testing.T) {
	b := newBank()
	for name, s := range map[string]Slip{
		"check digits":   {Code: "240704900900004257", Account: "1", Cents: 1},
		"short code":     {Code: "24070490090000425", Account: "1", Cents: 1},
		"account":        {Code: goodSlip, Account: "IT60", Cents: 1},
		"nothing":        {Code: goodSlip, Account: "1"},
		"too much":       {Code: goodSlip, Account: "1", Cents: 100000000},
		"kind":           {Kind: "999", Account: "1", Cents: 1},
		"code by hand":   {Kind: TD123, Code: goodSlip, Account: "1", Cents: 1},
		"no code at all": {Account: "1", Cents: 1},
	} {
		if err := b.Take(s); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
