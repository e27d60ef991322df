package rh

import (
	"fmt"
	"strings"
	"testing"

	"cassacomune/app/formats/internal/golden"
)

const row = 122 // a record and its CRLF

// TestCutAnywhere cuts a file at each byte: an error is told until the last
// count of the foot is whole.
func TestCutAnywhere(t *testing.T) {
	text := golden.Sample(t, "giorno.txt")
	if got := told(text); strings.Contains(got, "error") {
		t.Fatal(got)
	}
	whole := len(text) - row + 89
	for n := range len(text) {
		if got := told(text[:n]); strings.Contains(got, "error") == (n >= whole) {
			t.Fatalf("cut at %d of %d: got %s", n, whole, got)
		}
	}
}

// TestDigitsChanged changes each digit of the amounts and counts of a right
// file: something is told, whatever the place.
func TestDigitsChanged(t *testing.T) {
	text := golden.Sample(t, "giorno.txt")
	before := strings.Count(told(text), "warning")
	for line, columns := range map[int][2]int{1: {85, 99}, 2: {27, 41}, 8: {27, 41}, 15: {21, 35}, 25: {46, 52}} {
		for column := columns[0]; column <= columns[1]; column++ {
			b := []byte(text)
			at := line*row + column - 1
			if b[at] == ',' {
				b[at] = '0'
			} else {
				b[at] ^= 1
			}
			if got := told(string(b)); strings.Count(got, "warning") == before && !strings.Contains(got, "error") {
				t.Errorf("line %d column %d changed: nothing told", line+1, column)
			}
		}
	}
}

// TestMovementsWrap counts past 999, which goes on with 001.
func TestMovementsWrap(t *testing.T) {
	var b strings.Builder
	b.WriteString(record("RH01234AB1C2050126RENDICONTI"))
	b.WriteString(opening)
	const n = 2001
	for i := range n {
		fmt.Fprintf(&b, " 620000001%03d050126050126C000000000001,0048\n", i%999+1)
	}
	b.WriteString(record("640000001EUR050126C000000002101,00C000000002101,00"))
	b.WriteString(record(fmt.Sprintf("EF01234AB1C2050126RENDICONTI                %07d%30s%07d", 1, "", n+4)))
	got := told(b.String())
	if strings.Contains(got, "error") || strings.Contains(got, "warning") || strings.Count(got, " Cents=1.00 ") != n {
		t.Errorf("got %.2000s", got)
	}
}

// opening is a record 61 of 100,00.
var opening = record("610000001                  93001                CCX0123456789000000012345EUR050126C000000000100,00IT76")

func record(s string) string { return " " + s + "\n" }

func TestTells(t *testing.T) {
	good := record("RH01234AB1C2050126RENDICONTI") + opening +
		record("620000001001050126050126C000000000001,0048") + record("630000001001RI1TESTO") +
		record("640000001EUR050126C000000000101,00") + record("EF01234AB1C2050126RENDICONTI                0000001                              0000006")
	if got := told(good); strings.Contains(got, "error") || strings.Contains(got, "warning") {
		t.Fatal(got)
	}
	for _, c := range []struct{ old, new, want string }{
		{good, "", "error: riga 0,  \"\": il file è vuoto"},
		{" RH0", "RH0", "error: riga 1, record"},
		{"050126RENDICONTI", "300226RENDICONTI", "error: riga 1, data_creazione"},
		{"050126C000000000001,00", "300226C000000000001,00", "error: riga 3, data_contabile"},
		{"000000000001,00", "000000000002,00", "warning: riga 2, equazione"},
		{"000000000001,00", "00000000001,001", "più di due decimali"},
		{"000000000001,00", "000000000000100", "error: riga 3, importo"},
		{"C000000000001,00", "-000000000001,00", "error: riga 3, segno"},
		{"630000001001", "630000001002", "error: riga 4, progressivo_movimento"},
		{"620000001001", "620000001002", "warning: riga 3, progressivo_movimento"},
		{"630000001001", "630000002001", "error: riga 4, numero_progressivo"},
		{"RI1TESTO\n", "RI1TESTO\n" + strings.Repeat(record("630000001001"+strings.Repeat("x", 107)), 200), "dettagli troppo lunghi"},
		{"RI1TESTO", "RI1TE\x00STO", "error: riga 4, record"},
		{"RI1TESTO", "RI1" + strings.Repeat("x", 105), "record di 121 caratteri"},
		{"RI1TESTO", "RI1" + strings.Repeat("x", 700), "riga troppo lunga"},
		{" 64", " 94", "manca il saldo finale"},
		{"0000006", "0000007", "warning: riga 6, numero_record"},
		{"EUR050126C000000000100", "USD050126C000000000100", "warning: riga 2, divisa"},
	} {
		if got := told(strings.Replace(good, c.old, c.new, 1)); !strings.Contains(got, c.want) {
			t.Errorf("%.40q: got %s, want %s", c.new, got, c.want)
		}
	}
	for in, want := range map[string]bool{
		good: true, "\r\n" + good: true, "\ufeff" + good: true, " EC01234AB1C2050126": true, "": false, "ciao": false,
		"RH01234AB1C2050126": false, " RHABCDEAB1C2050126": false, " IR01234AB1C2050126": false, " RH01234AB1C20501": false,
	} {
		if got := Sniff([]byte(in)); got != want {
			t.Errorf("Sniff(%.30q) = %v", in, got)
		}
	}
}

// TestClaimsNothingElse shows Sniff what the other formats read.
func TestClaimsNothingElse(t *testing.T) { golden.Claims(t, Sniff, "../rh/testdata/*.txt") }

// FuzzRead checks that statements open and close in turn, and that nothing
// booked lacks a day or has a minus.
func FuzzRead(f *testing.F) {
	golden.Seeds(f, "*.txt")
	f.Fuzz(func(t *testing.T, in string) {
		Sniff([]byte(in))
		open := false
		for e := range golden.Statements(t, Read(strings.NewReader(in))) {
			switch {
			case e.Statement != nil:
				open = true
			case e.Closing != nil:
				open = false
			case e.Entry != nil:
				if !open || e.Entry.Cents < 0 || e.Entry.Booked && (e.Entry.ValueOn.IsZero() || e.Entry.BookedOn.IsZero()) {
					t.Errorf("yields %+v", e.Entry)
				}
				if len(e.Entry.Raw) > mostRaw || len(e.Entry.Text) > mostRaw+4 {
					t.Errorf("yields %d bytes", len(e.Entry.Raw))
				}
			}
		}
	})
}
