package cbi

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
	"cassacomune/app/shared"
)

func read(text string) formats.Reader { return Read(strings.NewReader(text)) }

var samples = []string{"rid-richiesta.txt", "rid-esiti.txt", "mav-richiesta.txt", "mav-ritorno.txt"}

func TestGoldens(t *testing.T) {
	golden.Reads(t, "rid-*.txt", SniffRID, Read)
	golden.Reads(t, "mav-*.txt", SniffMAV, Read)
	golden.Reads(t, "cattivo.txt", SniffRID, Read)
}

func TestEveryCutIsAnError(t *testing.T) {
	for _, name := range samples {
		golden.Cuts(t, name, Read)
	}
}

// told prints the problems of a text.
func told(text string) string {
	var b strings.Builder
	for e := range read(text) {
		if e.Problem != nil {
			fmt.Fprintf(&b, "%s: %s\n", e.Problem.Severity, e.Problem.Error())
		}
	}
	return b.String()
}

// TestDigitsChanged changes each digit of the amounts and of the totals of
// right files: something is told, whatever the place.
func TestDigitsChanged(t *testing.T) {
	for _, name := range samples {
		lines := strings.SplitAfter(golden.Sample(t, name), "\n")
		before := told(strings.Join(lines, ""))
		if strings.Contains(before, "error") {
			t.Fatalf("%s: %s", name, before)
		}
		for at, line := range lines {
			from, to := 0, 0
			switch {
			case strings.HasPrefix(line, " 10"), strings.HasPrefix(line, " 14"):
				from, to = 34, 46
			case strings.HasPrefix(line, " EF"):
				from, to = 46, 89
			}
			for column := from; column < to; column++ {
				b := []byte(line)
				b[column-1] ^= 1
				changed := strings.Join(append(append(append([]string{}, lines[:at]...), string(b)), lines[at+1:]...), "")
				if !strings.Contains(told(changed), "error") {
					t.Errorf("%s: line %d column %d changed: nothing told", name, at+1, column)
				}
			}
		}
	}
}

func TestTells(t *testing.T) {
	for _, c := range []struct{ file, old, new, want string }{
		{"rid-richiesta", "", "", ""},
		{"rid-richiesta", " IR", "IR ", "error: riga 1, record \"IR\""},
		{"rid-richiesta", "150312", "300212", "error: riga 1, data_creazione"},
		{"rid-richiesta", "0000000006050-", "00000000060.5-", "error: riga 2, importo"},
		{"rid-richiesta", "0000000006050-", "0000000006050 ", "error: riga 2, segno"},
		{"rid-richiesta", "0000000006050-", "0000000006050+", "error: riga 24, totale_positivi"},
		{"rid-richiesta", "31031250000", "30021250000", "error: riga 2, data_scadenza"},
		{"rid-richiesta", "50000", "07000", "warning: riga 2, causale"},
		{"rid-richiesta", "FRST010911", "FRST310911", "error: riga 4, data_firma_mandato"},
		{"rid-richiesta", " 700000001", " 710000001", "error: riga 9, tipo_record"},
		{"rid-richiesta", " 700000001MENSA", " 70000\x0001MENSA", "error: riga 9, record"},
		{"rid-richiesta", "COMUNE DI", "COMUNE\n DI", "error: riga 6, tipo_record"}, // a record in two
		{"rid-richiesta", "E\r\n 16", "I\r\n 16", "warning: riga 2, divisa"},
		{"rid-richiesta", "E\r\n 16", " \r\n 16", "warning: riga 2, divisa"},
		{"rid-richiesta", "18051000000000000000", "1805100000000000000A", "error: riga 24, totale_positivi"},
		{"rid-richiesta", "0000024 ", "0000025 ", "error: riga 24, numero_record"},
		{"mav-ritorno", "00150050312", "0A150050312", "error: riga 7, spese"},
		{"mav-ritorno", "00150050312", "00150310212", "error: riga 7, valuta_addebito"},
		{"mav-ritorno", "07010", "07012", "warning: riga 9, causale"},
	} {
		text := golden.Sample(t, c.file+".txt")
		if c.old != "" && !strings.Contains(text, c.old) {
			t.Fatalf("%s has no %q", c.file, c.old)
		}
		got := told(strings.Replace(text, c.old, c.new, 1))
		if !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s, %q: got %s, want %s", c.file, c.new, got, c.want)
		}
	}
	if got := told(""); got != "error: riga 0, file \"\": il file è vuoto\n" {
		t.Errorf("empty: got %s", got)
	}
}

// TestRecordsWithoutBlanks reads a file whose records lost those at their
// end, and whose lines end in both ways.
func TestRecordsWithoutBlanks(t *testing.T) {
	for _, name := range samples {
		text := golden.Sample(t, name)
		var b strings.Builder
		for i, line := range strings.Split(strings.TrimRight(text, "\r\n"), "\n") {
			b.WriteString(strings.TrimRight(line, " \r") + []string{"\n", "\r\n"}[i%2])
		}
		if got, want := golden.Print(read(b.String())), golden.Print(read(text)); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// TestRecordsWithoutLineEnds reads files as the only public program that makes
// RID writes them.
func TestRecordsWithoutLineEnds(t *testing.T) {
	for _, name := range samples {
		text := golden.Sample(t, name)
		var b strings.Builder
		for line := range strings.Lines(text) {
			line = strings.TrimRight(line, "\r\n")
			b.WriteString(line + strings.Repeat(" ", width-len(line)))
		}
		if got, want := golden.Print(read(b.String())), golden.Print(read(text)); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
		if b := []byte(b.String()); SniffRID(b) == SniffMAV(b) {
			t.Errorf("%s: not known", name)
		}
	}
}

func TestSniff(t *testing.T) {
	for head, want := range map[string][2]bool{
		" IRA1B2C01234150312": {true, false}, "\r\n IMA1B2C01234150312X\r\n": {false, true}, "\ufeff IRA1B2C01234150312": {true, false},
		"": {}, " IR": {}, " IRA1B2C0123415031": {}, " IRA1B2C01234ABCDEF": {}, "IRA1B2C012341503121": {}, " RH01234A1B2C150312": {}, " IBA1B2C01234150312": {},
	} {
		if got := [2]bool{SniffRID([]byte(head)), SniffMAV([]byte(head))}; got != want {
			t.Errorf("%q: got %v, want %v", head, got, want)
		}
	}
}

// TestClaimsNothingElse shows what the other formats read.
func TestClaimsNothingElse(t *testing.T) {
	golden.Claims(t, SniffMAV, "../cbi/testdata/*mav*.t*xt")
	golden.Claims(t, SniffRID, "../cbi/testdata/*rid*.t*xt", "../cbi/testdata/cattivo.txt")
}

// TestCorpus reads the public sample: three of 158 disposals, and the foot of
// the whole, which does not lie: 158 times 7 records and 2 are its 1108.
func TestCorpus(t *testing.T) {
	text, err := os.ReadFile(shared.Path(t, "corpora/legacy/mav-sample.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var fields, payments []string
	for e := range read(string(text)) {
		switch {
		case e.Problem != nil:
			fields = append(fields, string(e.Problem.Severity)+" "+e.Problem.Field)
		case e.Payment != nil:
			p := e.Payment
			payments = append(payments, strings.Join([]string{p.Status, p.On.String(), p.Cents.Decimal(), p.References.EndToEnd, p.References.Others[0], p.Text, p.Party.Name, p.Party.Address}, "|"))
		case e.MessageEnd != nil:
			if n, sum := e.MessageEnd.DeclaredTransactions, e.MessageEnd.DeclaredSum; n == nil || sum == nil || *n != 158 || *sum != 2523500 {
				t.Errorf("the foot: got %v %v", n, sum)
			}
		}
	}
	if got, want := strings.Join(fields, ", "), "warning numero_progressivo, error numero_disposizioni, error numero_record, error totale_positivi"; got != want {
		t.Errorf("problems: got %s, want %s", got, want)
	}
	want := []string{
		"07000|2009-02-28|145.00|1234|1234|QUOTA ANNO 2009|COGNOME NOME|VIA, 00192 ROMA RM",
		"07000|2009-02-28|145.00|3059|3059|QUOTA ANNO 2009|COGNOME NOME|VIA, 00197 ROMA RM",
		"07000|2011-02-28|160.00|18048|18048|Quota anno 2011|COGNOME NOME|VIA, 00145 ROMA RM",
	}
	for i := range want {
		if i >= len(payments) || payments[i] != want[i] {
			t.Errorf("got %q, want %q", payments, want)
			break
		}
	}
}

func BenchmarkRead(b *testing.B) {
	lines := strings.SplitAfter(golden.Sample(b, "rid-richiesta.txt"), "\n")
	text := lines[0] + strings.Repeat(strings.Join(lines[1:9], ""), 20_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		n := 0
		for e := range read(text) {
			if e.Payment != nil {
				n++
			}
		}
		if n != 20_000 {
			b.Fatal(n)
		}
	}
	b.ReportMetric(160_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// FuzzRead checks that messages open and close in turn, that a payment has its
// batch, and that what is told of it can be relied on.
func FuzzRead(f *testing.F) {
	f.Add(strings.NewReplacer("\r", "", "\n", "").Replace(golden.Sample(f, "mav-richiesta.txt")))
	golden.Seeds(f, "*.txt")
	f.Fuzz(func(t *testing.T, in string) {
		SniffRID([]byte(in))
		open, batch := false, false
		for e := range read(in) {
			switch {
			case e.Message != nil:
				if open {
					t.Error("a message inside another")
				}
				open, batch = true, false
			case e.Batch != nil:
				batch = true
			case e.Payment != nil:
				if p := e.Payment; !open || !batch || p.Cents < 0 || !p.Stated || p.On.IsZero() || len(p.Raw) > 2*mostRaw {
					t.Errorf("yields %+v", p)
				}
			case e.MessageEnd != nil:
				if !open {
					t.Error("a message ends twice")
				}
				open = false
			}
		}
		if open {
			t.Error("a message never ends")
		}
	})
}
