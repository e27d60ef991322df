package f24

import (
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
)

func read(text string) formats.Reader { return Read(strings.NewReader(text)) }

func TestGoldens(t *testing.T) { golden.Reads(t, "*.txt", Sniff, Read) }

func TestEveryCutIsAnError(t *testing.T) { golden.Cuts(t, "buono.txt", Read) }

func TestSniff(t *testing.T) {
	row := "G1" + strings.Repeat("0", 140)
	for head, want := range map[string]bool{
		"": false, "A1\n": false, "A1" + strings.Repeat(" ", 298) + "\r\n" + "G1" + "20260311" + row[10:]: true,
		row: false, "G1" + "20260311" + row[10:110]: false, "G1 20260311": false, "G12026031101;x": false,
	} {
		if got := Sniff([]byte(head)); got != want {
			t.Errorf("%.30q: got %t, want %t", head, got, want)
		}
	}
}

// written builds a row by its positions, counted from 1.
type written []byte

func newRow(kind string) written {
	w := written(strings.Repeat(" ", length))
	return w.put(1, kind).put(3, "20260313").put(11, "01")
}

func (w written) put(at int, text string) written {
	copy(w[at-1:], text)
	return w
}

func payment(cents, tax string) written {
	return newRow("G1").put(13, "20260311").put(21, "01").put(23, "20260316").put(31, "000001").put(37, "01").put(39, "05034").put(44, "B").put(45, "13900").
		put(50, "RSSMRA80A01F205X").put(66, "0").put(67, "20260309").put(75, "E625").put(79, "3918").put(83, "0").put(84, "0101").put(88, "2026").put(92, "0").
		put(93, "EUR").put(96, cents).put(111, "000000000000000").put(126, "0010").put(130, "001").put(133, "0").put(134, "000000000000000").
		put(149, "ROSSI").put(204, "MARIA").put(260, tax).put(279, "ACC120260000000042")
}

func TestMoneyOfASplitIsWeighed(t *testing.T) {
	ordered := func(cents string) string {
		return string(newRow("G2").put(13, "20260311").put(21, "01").put(23, "20260316").put(38, "A").put(39, "E625").put(43, "EUR").put(46, cents).put(61, "I"))
	}
	recovered := string(newRow("G3").put(13, "20260311").put(21, "01").put(23, "20260316").put(39, "E625").put(43, "EUR").put(46, "000000000001000").put(79, "I"))
	two := string(payment("000000000010000", "I")) + "\n" + string(payment("000000000005000", "I")) + "\n"
	for name, c := range map[string]struct {
		text string
		odd  bool
	}{
		"whole":           {two + ordered("000000000015000"), false},
		"less a recovery": {two + recovered + "\n" + ordered("000000000014000"), false},
		"not it":          {two + ordered("000000000014000"), true},
		"not ordered yet": {two, false},
	} {
		odd := false
		for e := range read("A1\n" + c.text + "\nZ1\n") {
			if e.Problem != nil {
				odd = true
				if e.Problem.Severity != formats.Warning {
					t.Errorf("%s: %v", name, e.Problem)
				}
			}
		}
		if odd != c.odd {
			t.Errorf("%s: told odd %t, want %t", name, odd, c.odd)
		}
	}
}

func TestBadRows(t *testing.T) {
	good := string(payment("000000000010000", "I"))
	for name, c := range map[string]struct{ row, field string }{
		"amount":        {string(payment("0000000000100.0", "I")), "importo_debito"},
		"30 February":   {string(written(good).put(67, "20260230")), "data_riscossione"},
		"too long":      {good + "x", "riga"},
		"too short":     {good[:100], "riga"},
		"NUL":           {good[:200] + "\x00" + good[201:], "riga"},
		"unknown kind":  {"G7" + good[2:], "tipo_record"},
		"letters in id": {string(written(good).put(13, "2026031A")), "data_ripartizione"},
	} {
		var got *formats.Problem
		lines := 0
		for e := range read("A1\n" + c.row + "\nZ1\n") {
			if e.Problem != nil && e.Problem.Severity == formats.Error && got == nil {
				got = e.Problem
			}
			if e.Line != nil {
				lines++
			}
		}
		if got == nil || got.Field != c.field || got.Line != 2 || lines != 0 {
			t.Errorf("%s: got %v and %d payments, want %s on line 2", name, got, lines, c.field)
		}
	}
	foreign := strings.Replace(good, "EUR", "ITL", 1)
	n := 0
	for e := range read("A1\r\n" + foreign + "\nZ1") { // mixed line ends
		if e.Line != nil {
			n++
		}
		if e.Problem != nil && (e.Problem.Severity != formats.Warning || e.Problem.Field != "valuta") {
			t.Errorf("foreign currency: got %v", e.Problem)
		}
	}
	if n != 1 {
		t.Errorf("foreign currency: got %d payments, want 1", n)
	}
}

func BenchmarkRead(b *testing.B) {
	row := string(payment("000000000010000", "I")) + "\r\n"
	text := "A1\r\n" + strings.Repeat(row, 100_000) + "Z1\r\n"
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		n := 0
		for e := range read(text) {
			if e.Line != nil {
				n++
			}
		}
		if n != 100_000 {
			b.Fatal(n)
		}
	}
	b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func FuzzRead(f *testing.F) {
	f.Add("A1\n" + string(payment("000000000010000", "I")) + "\nZ1\n")
	f.Add(string(newRow("G5")) + "\n" + string(newRow("G9")) + "\n" + string(newRow("G3")))
	golden.Fuzz(f, Sniff, Read)
}
