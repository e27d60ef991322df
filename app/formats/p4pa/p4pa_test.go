package p4pa

import (
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
	"cassacomune/app/money"
)

func read(text string) formats.Reader { return Read(strings.NewReader(text)) }

func TestGoldens(t *testing.T) { golden.Reads(t, "*.csv", Sniff, Read) }

// TestCutAnywhere cuts files at every byte: of each row what is yielded is
// what the whole file yields, or something about the row is told.
func TestCutAnywhere(t *testing.T) {
	for name, text := range golden.Samples(t, "*.csv") {
		whole := map[string]bool{}
		for e := range read(text) {
			whole[golden.Line(e)] = true
		}
		for n := range text {
			told := map[int]bool{}
			for e := range read(text[:n]) {
				if e.Problem != nil {
					told[e.Problem.Line] = true
				}
				if e.Debt != nil && !whole[golden.Line(e)] && !told[e.Debt.Line] {
					t.Fatalf("%s cut at %d: nothing told of %s", name, n, golden.Line(e))
				}
			}
		}
	}
}

// TestVersions reads the header of each, in any case of letters.
func TestVersions(t *testing.T) {
	old := "IUD;codIuv;tipoIdentificativoUnivoco;codiceIdentificativoUnivoco;anagraficaPagatore;importoDovuto;tipoDovuto;causaleVersamento;azione"
	english := "IUD;entityType;fiscalCode;fullName;amount;debtPositionTypeCode;remittanceInformation;action"
	for head, want := range map[string]string{
		old: "1.0", old + ";bilancio": "1.2", old + ";bilancio;flgGeneraIuv": "1.3", old + ";flgGeneraIuv;flagMultiBeneficiario": "1.4",
		old + ";codiceFiscaleEnteSecondario": "1.4", strings.ToUpper(old) + ";IUPD": "2.0", english: "2.0-eng", `"` + strings.ReplaceAll(english, ";", `";"`) + `"`: "2.0-eng",
	} {
		if !Sniff([]byte(head + "\r\n")) {
			t.Errorf("%s: not known", head)
		}
		for e := range read(head + "\r\n") {
			if e.Problem != nil || e.Header == nil || e.Header.Version != want {
				t.Errorf("%s: got %s, want %s", head, golden.Line(e), want)
			}
		}
	}
	for _, head := range []string{"", "IUD;azione", strings.ReplaceAll(old, ";", ","), strings.ReplaceAll(old, "importoDovuto", "importoDovutoPagato"), "ente;tipo_dovuto;codice_posizione;importo;azione"} {
		if Sniff([]byte(head)) {
			t.Errorf("%q: taken for a file of instalments", head)
		}
	}
}

func TestHeadersThatEndTheReading(t *testing.T) {
	for head, want := range map[string]string{
		"":                         `Problem Reason="il file è vuoto: manca anche la riga di intestazione" Severity="error"`,
		"IUD;azione;IUD\r\n":       `Field="IUD" Value="IUD" Reason="colonna ripetuta" Severity="error"`,
		"IUD;azione;iupdOrg\r\n":   `Field="importoDovuto" Value="importoDovuto" Reason="colonna obbligatoria mancante"`,
		"IUD;azione;\"IUPD\r\nx\n": `virgolette aperte e mai chiuse`,
	} {
		got := golden.Print(read(head + map[bool]string{true: "", false: "U;I;P\r\n"}[head == "" || strings.Contains(head, `"`)]))
		if !strings.Contains(got, want) || strings.Contains(got, "Debt") {
			t.Errorf("%q: got %s, want %s", head, got, want)
		}
	}
}

// TestRejectedRowsComeBack corrects a file of refused rows and reads it again.
func TestRejectedRowsComeBack(t *testing.T) {
	text := golden.Sample(t, "v1-3.csv")
	bad := strings.Replace(text, "45.50", "45,50", 1)
	var b strings.Builder
	if err := CopyRejected(&b, strings.NewReader(bad), func(line int) string { return map[int]string{2: "importo non leggibile"}[line] }); err != nil {
		t.Fatal(err)
	}
	again := strings.Replace(b.String(), "45,50", "45.50", 1)
	var got, want []string
	for e := range read(again) {
		if e.Debt != nil {
			got = append(got, e.Debt.Unit+" "+e.Debt.Cents.Decimal())
		} else if e.Problem != nil && e.Problem.Severity == formats.Error {
			t.Errorf("an error: %v", e.Problem)
		}
	}
	if want = []string{"MENSA-1 45.50"}; strings.Join(got, ",") != strings.Join(want, ",") || !Sniff([]byte(again)) {
		t.Errorf("got %v, want %v, of %s", got, want, again)
	}
}

// FuzzRead checks that the items of a row come to its amount, and that none is
// nothing.
func FuzzRead(f *testing.F) {
	golden.Seeds(f, "*.csv")
	f.Fuzz(func(t *testing.T, in string) {
		Sniff([]byte(in))
		sums := map[int]money.Cents{}
		for e := range read(in) {
			d := e.Debt
			if d == nil {
				continue
			}
			if d.Position == "" || d.Unit == "" || d.DebtType == "" || d.Instalment < 1 || d.Body != "" && len(d.Body) != 11 {
				t.Errorf("yields %+v", d)
			}
			if d.Action == formats.Annul {
				continue
			}
			if d.Cents <= 0 || d.Item == "" {
				t.Errorf("yields %+v", d)
			}
			if sums[d.Line] += d.Cents; sums[d.Line] > mostCents {
				t.Errorf("line %d comes to %s", d.Line, sums[d.Line])
			}
		}
	})
}
