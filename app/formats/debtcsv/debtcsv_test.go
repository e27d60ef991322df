package debtcsv

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
)

func TestGoldens(t *testing.T) { golden.Reads(t, "*.csv", Sniff, Read) }

const head = "ente;tipo_dovuto;codice_posizione;importo;debitore_nome\n"

func TestHeader(t *testing.T) {
	row := "01234567897;T;P1;5,00;Verdi\n"
	for _, c := range []struct{ name, file, want string }{
		{"unknown column", "ente;tipo_dovuto;codice_posizione;importo;debitore_nome;colore\n" + row, `riga 1, colore "colore": colonna sconosciuta`},
		{"missing column", "ente;tipo_dovuto;importo;debitore_nome\n01234567897;T;5,00;Verdi\n", `riga 1, codice_posizione "codice_posizione": colonna obbligatoria mancante`},
		{"no debtor", "ente;tipo_dovuto;codice_posizione;importo\n01234567897;T;P1;5,00\n", `serve almeno una delle colonne`},
		{"twice", "ente;ente;tipo_dovuto;codice_posizione;importo;debitore_nome\n" + row, `colonna ripetuta`},
		{"comma", strings.ReplaceAll(head+row, ";", ","), `si separano con il punto e virgola`},
		{"empty", "", `il file è vuoto`},
		{"cut in the header", "ente;tipo_dovuto;codice_pos", `colonna sconosciuta`},
		{"nul in the header", "ente;tipo_dovuto;codice_posizione;importo;debitore_nome;ca\x00usale\n" + row, `byte nullo`},
		{"open quote in the header", "ente;\"tipo_dovuto\n" + row, `virgolette aperte`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var reasons []string
			for e := range Read(strings.NewReader(c.file)) {
				if e.Debt != nil {
					t.Errorf("yields row %d under a wrong header", e.Debt.Line)
				}
				if e.Problem != nil && e.Problem.Severity == formats.Error {
					reasons = append(reasons, e.Problem.Error())
				}
			}
			if got := strings.Join(reasons, "\n"); !strings.Contains(got, c.want) {
				t.Errorf("problems %q, want one with %q", got, c.want)
			}
		})
	}
}

func TestWriteReadsBackEqual(t *testing.T) {
	first := rows(t, golden.Sample(t, "buono.csv"))
	if len(first) != 6 {
		t.Fatalf("%d rows, want 6", len(first))
	}
	first[0].Reason, first[1].DebtorName, first[2].DebtorAddress = "=1+1;\"a\"", "'=due", "via\nRoma"
	var b strings.Builder
	if err := Write(&b, slices.Values(first)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), ";=") || strings.Contains(b.String(), `;"=`) {
		t.Errorf("a cell would run in a spreadsheet:\n%s", b.String())
	}
	second := rows(t, b.String())
	same := []cmp.Option{cmp.Comparer(func(a, b day.Date) bool { return a == b }), cmpopts.IgnoreFields(formats.DebtRow{}, "Line", "Raw")}
	if diff := cmp.Diff(second, first, same...); diff != "" {
		t.Errorf("got -, want +\n%s", diff)
	}
}

func rows(t *testing.T, text string) (all []formats.DebtRow) {
	t.Helper()
	for e := range Read(strings.NewReader(text)) {
		if e.Problem != nil && e.Problem.Severity == formats.Error {
			t.Errorf("unexpected %v", e.Problem)
		}
		if e.Debt != nil {
			all = append(all, *e.Debt)
		}
	}
	return all
}

// TestRejectedComeBack corrects the file of rejected rows and loads it again.
func TestRejectedComeBack(t *testing.T) {
	file := head + "01234567897;T;P1;5,00;Verdi\n01234567897;T;P2;12..34;=Rossi\n"
	reasons := map[int]string{}
	for e := range Read(strings.NewReader(file)) {
		if e.Problem != nil {
			reasons[e.Problem.Line] = e.Problem.Reason
		}
	}
	var b strings.Builder
	if err := CopyRejected(&b, strings.NewReader(file), func(line int) string { return reasons[line] }); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffmotivo;ente;tipo_dovuto;codice_posizione;importo;debitore_nome\r\n" +
		"importo non leggibile;01234567897;T;P2;12..34;'=Rossi\r\n"
	if got := b.String(); got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
	again := rows(t, strings.Replace(b.String(), "12..34", "12,34", 1))
	if len(again) != 1 || again[0].Cents != 1234 || again[0].DebtorName != "=Rossi" {
		t.Errorf("corrected: %+v", again)
	}
}

// TestCutAnywhere cuts a file at each byte: what is cut is either told or
// whole.
func TestCutAnywhere(t *testing.T) {
	file := head + "01234567897;T;P1;5,00;\"Verdi; Anna\"\n01234567897;T;P2;125,00;Rossi\n"
	for n := 1; n < len(file); n++ {
		told, sum := false, 0
		for e := range Read(strings.NewReader(file[:n])) {
			told = told || e.Problem != nil
			if e.Debt != nil {
				sum += int(e.Debt.Cents)
			}
		}
		whole := n == len(head) || file[n-1:n] == "\n"
		if !told && !whole && n != len(head)-1 {
			t.Errorf("cut at %d (%q): nothing told, sum %d", n, file[max(0, n-10):n], sum)
		}
	}
}

// TestMemoryIsFlat reads rows of which the last ones are remembered.
func TestMemoryIsFlat(t *testing.T) {
	const n = 20_000
	rows := 0
	for e := range golden.Flat(t, n/4, n*64+2<<20, Read(&generated{rows: n})) {
		if e.Debt == nil {
			t.Fatalf("row %d: %v", rows, e.Problem)
		}
		rows++
	}
	if rows != n {
		t.Errorf("%d rows, want %d", rows, n)
	}
}

func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	n := 0
	for e := range Read(&generated{rows: b.N}) {
		if e.Debt != nil {
			n++
		}
	}
	if n != b.N {
		b.Fatalf("%d rows, want %d", n, b.N)
	}
}

func FuzzRead(f *testing.F) {
	golden.Seeds(f, "*.csv")
	f.Fuzz(func(t *testing.T, in string) {
		var good []formats.DebtRow
		for e := range Read(strings.NewReader(in)) {
			if d := e.Debt; d != nil {
				if d.Position == "" || d.Body == "" || d.Cents < 0 || d.Cents == 0 && d.Action != formats.Annul {
					t.Errorf("yields %+v", d)
				}
				good = append(good, *d)
			}
		}
		var b strings.Builder
		if err := Write(&b, slices.Values(good)); err != nil {
			t.Fatal(err)
		}
		n := 0
		for e := range Read(strings.NewReader(b.String())) {
			if e.Problem != nil && e.Problem.Severity == formats.Error {
				t.Errorf("written: %v", e.Problem)
			}
			if e.Debt != nil {
				n++
			}
		}
		if n != len(good) {
			t.Errorf("read back %d rows of %d", n, len(good))
		}
	})
}
