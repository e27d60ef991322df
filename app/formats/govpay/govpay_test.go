package govpay

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
	"cassacomune/app/money"
	"cassacomune/app/shared"
)

func TestGoldens(t *testing.T) { golden.Reads(t, "*.csv", Sniff, Read) }

func TestSniffLeavesOthersAlone(t *testing.T) {
	if Sniff([]byte("ente;tipo_dovuto\n")) {
		t.Error("takes our own file of debts")
	}
}

func TestOneDebtPerDocument(t *testing.T) {
	got := map[string]money.Cents{}
	for e := range Read(strings.NewReader(golden.Sample(t, "documento.csv"))) {
		if e.Debt != nil && e.Debt.Position == "D1" {
			got[fmt.Sprint(e.Debt.Option, e.Debt.Instalment)] += e.Debt.Cents
		}
	}
	if diff := cmp.Diff(got, map[string]money.Cents{"unica1": 3000, "rate1": 1500}); diff != "" {
		t.Errorf("options of D1: got -, want +\n%s", diff)
	}
}

func TestHeader(t *testing.T) {
	for _, in := range []string{"", "idA2A,idPendenza\nU,P\n", "idA2A,idA2A\n", "idA2A,\"idPend"} {
		told := false
		for e := range Read(strings.NewReader(in)) {
			told = told || e.Problem != nil && e.Problem.Severity == formats.Error
			if e.Debt != nil {
				t.Errorf("%q yields a row", in)
			}
		}
		if !told {
			t.Errorf("%q: nothing told", in)
		}
	}
}

// TestCorpus reads the files of the peer and counts what they hold.
func TestCorpus(t *testing.T) {
	dir := shared.Path(t, "corpora/pagopa/govpay-csv")
	lines := shared.Table(t, "corpora/pagopa/govpay-csv/EXPECTED.csv")
	for _, want := range lines[1:] {
		t.Run(want[0], func(t *testing.T) {
			in, err := os.Open(filepath.Join(dir, want[0]))
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			rows, units, documents, sum := map[int]bool{}, map[string]bool{}, map[string]bool{}, money.Cents(0)
			for e := range Read(in) {
				if p := e.Problem; p != nil && p.Severity == formats.Error {
					t.Errorf("refuses: %v", p)
				}
				if d := e.Debt; d != nil {
					rows[d.Line], units[d.Unit] = true, true
					if d.Position != d.Unit {
						documents[d.Position] = true
					}
					sum += d.Cents
				}
			}
			got := fmt.Sprint(len(rows), len(units), len(documents), sum)
			total, err := money.ParseDecimal(want[5])
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Join(want[2:5], " ") + " " + total.String(); got != want {
				t.Errorf("rows, pendenze, documents, sum: got %s, want %s", got, want)
			}
			if strings.HasSuffix(want[0], "-del.csv") && sum != 0 {
				t.Errorf("annulments: sum %v", sum)
			}
		})
	}
	if n, err := strconv.Atoi(lines[1][2]); err != nil || n == 0 {
		t.Errorf("EXPECTED.csv says %q rows", lines[1][2])
	}
}

func FuzzRead(f *testing.F) {
	golden.Seeds(f, "*.csv")
	f.Add(strings.Join(required, ",") + "\nU,P,1,c,0\n")
	f.Fuzz(func(t *testing.T, in string) {
		for e := range Read(strings.NewReader(in)) {
			if d := e.Debt; d != nil && (d.Position == "" || d.Instalment < 1 || d.Cents < 0 || d.Cents == 0 && d.Action != formats.Annul) {
				t.Errorf("yields %+v", d)
			}
		}
	})
}

// TestRefusedRowsComeBack writes refused rows with their reasons, and reads
// them again once they are corrected.
func TestRefusedRowsComeBack(t *testing.T) {
	const header = "idA2A,idPendenza,idDominio,causale,importo,tipoSoggettoPagatore,identificativoPagatore,anagraficaPagatore,idVoce1,importoVoce1,datiAllegati\n"
	const good, odd = "U,P1,01234567897,Passo,10.00,F,ANONIMO,Ada,1,10.00\n", `U,P2,01234567897,"=Passo, ""primo""",1e3,F,ANONIMO,Ada,1,20.00,"{""a"":1}"` + "\n"
	reasons := map[int]string{3: `importo: "1e3" non è un importo`}
	var out strings.Builder
	if err := CopyRejected(&out, strings.NewReader(header+good+odd), func(line int) string { return reasons[line] }); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffmotivo," + strings.TrimSuffix(header, "\n") + "\r\n" +
		`"importo: ""1e3"" non è un importo",U,P2,01234567897,"'=Passo, ""primo""",1e3,F,ANONIMO,Ada,1,20.00,"{""a"":1}"` + "\r\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Fatalf("refused rows (-want +got):\n%s", diff)
	}
	if !Sniff([]byte(out.String())) {
		t.Error("the file of refused rows is not known again")
	}
	var got []formats.DebtRow
	for e := range Read(strings.NewReader(strings.Replace(out.String(), ",1e3,", ",20.00,", 1))) {
		if e.Problem != nil {
			t.Errorf("corrected: %v", e.Problem)
		}
		if e.Debt != nil {
			got = append(got, *e.Debt)
		}
	}
	if len(got) != 1 || got[0].Position != "P2" || got[0].Reason != `=Passo, "primo"` || got[0].Cents != 2000 {
		t.Errorf("corrected rows = %+v, want P2 as its office wrote it", got)
	}
}
