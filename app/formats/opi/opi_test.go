package opi

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
	"cassacomune/app/money"
	"cassacomune/app/shared"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// told is what a journal said.
type told struct {
	facts      map[string]string
	version    string
	statements []formats.Statement
	entries    []formats.Entry
	closings   []formats.Closing
	problems   []string
	equations  string
}

func listen(in string) told {
	t := told{facts: map[string]string{}}
	var check Check
	for e := range Read(strings.NewReader(in)) {
		check.Add(e)
		switch {
		case e.Header != nil:
			t.facts[e.Header.Name], t.version = e.Header.Value, e.Header.Format+" "+e.Header.Version
		case e.Statement != nil:
			t.statements = append(t.statements, *e.Statement)
		case e.Entry != nil:
			t.entries = append(t.entries, *e.Entry)
		case e.Closing != nil:
			t.closings = append(t.closings, *e.Closing)
		case e.Problem != nil:
			t.problems = append(t.problems, string(e.Problem.Severity)+" "+e.Problem.Field)
		}
	}
	t.equations = answers(check)
	return t
}

func answers(c Check) (s string) {
	for n := '1'; n <= '7'; n++ {
		switch v := c.Equations()[string(n)]; {
		case v == nil:
			s += "-"
		case *v:
			s += "+"
		default:
			s += "!"
		}
	}
	return s
}

func TestReadKeepsEveryMovement(t *testing.T) {
	got := listen(golden.Sample(t, "giornale_1_7_1.xml"))
	d := day.New(2026, 3, 10)
	thirty, rest := money.Cents(3000), money.Cents(2050)
	base := formats.Entry{Booked: true, Currency: "EUR", BookedOn: d, ValueOn: d.AddDays(1), Operation: "ESEGUITO",
		PartyName: "POSTE ITALIANE SPA", PartyCode: "01114601006", Text: "ACCREDITO", BankCode: "CASSA"}
	a, b, c, e := base, base, base, base
	a.Credit, a.Cents, a.Document, a.Number, a.Progressive = true, 12000, formats.DocProvisionalCredit, "9", "0"
	a.EffectiveOn, a.Siope, a.Quittance, a.Movement = d, "0000099999", "101", "2026000000000001/1"
	a.Text = "BOLLETTINI TD 896 DEL 09.03.2026 NUM 3 & CITTÀ"
	b.Credit, b.Cents, b.Negative, b.Document, b.Operation, b.Number, b.Progressive = true, 2000, true, formats.DocProvisionalCredit, "STORNATO", "6", "0"
	b.EffectiveOn, b.Siope, b.Quittance, b.Movement = d, "0000099999", "102", "2026000000000002/2"
	c.Credit, c.Cents, c.Document, c.Number, c.Progressive, c.Quittance, c.Movement = true, 5050, formats.DocOrder, "31", "1", "103", "2026000000000003/3"
	c.Closes = []formats.Provisional{{Number: "7", Cents: &thirty}, {Number: "8", Cents: &rest}}
	e.Cents, e.Document, e.Number, e.Progressive, e.Quittance, e.Movement = 4000, formats.DocWarrant, "12", "1", "104", "2026000000000004/4"
	if diff := cmp.Diff([]formats.Entry{a, b, c, e}, got.entries, cmpopts.IgnoreFields(formats.Entry{}, "Line", "Raw"), cmp.AllowUnexported(day.Date{})); diff != "" {
		t.Error(diff)
	}
	if got.version != "opi-journal 1.7.1" || got.equations != "++++++-" || len(got.problems) > 0 {
		t.Errorf("got %s %s %v, want 1.7.1, six green equations, no problem", got.version, got.equations, got.problems)
	}
	want := []formats.Statement{{Line: 19, ID: "GDC-202603110000000001#001#001", Account: "0000001", Currency: "EUR", Year: 2026, From: d, To: d,
		Bank: "01234", Body: "0000042", Owner: "COMUNE DI VALLE ALTA", Name: "CONTO ORDINARIO", Revision: "GDC-202603110000000001#001#001"}}
	if diff := cmp.Diff(want, got.statements, cmp.AllowUnexported(day.Date{})); diff != "" {
		t.Error(diff)
	}
	if got.facts["totale_sospesi_entrata"] != "100.00" || got.facts["esercizio"] != "2026" {
		t.Errorf("got facts %v", got.facts)
	}
}

func TestReadTellsWhatIsWrong(t *testing.T) {
	good := golden.Sample(t, "giornale_1_7_1.xml")
	for _, c := range []struct{ old, new, want string }{
		{"<pagina>1<", "<pagina>0<", "error pagina"},
		{"<pagina>1<", "<pagina>2<", "error pagina"},
		{"<pagine_totali>1<", "<pagine_totali>3<", "warning pagina"},
		{"<importo>40.00<", "<importo>4e1<", "error importo"},
		{"<importo>40.00<", "<importo>40.001<", "error importo"},
		{"<importo>40.00<", "<importo>4<!-- -->0.00<", "error file"},
		{"<importo>40.00<", "<importo>40.00</importo><importo>41.00<", "error importo"},
		{"2026-03-11</data_valuta", "2026-02-31</data_valuta", "error data_valuta_ente"},
		{"2026-03-11</data_valuta", "11/03/2026</data_valuta", "error data_valuta_ente"},
		{">USCITA<", ">ALTRO<", "error tipo_movimento"},
		{">MANDATO<", ">BUONO<", "warning tipo_documento"},
		{">STORNATO<", ">SOSPESO<", "warning tipo_operazione"},
		{">CASSA<", ">BARATTO<", "warning tipo_esecuzione"},
		{"<numero_provvisorio>8<", "<numero_provvisorio><", "error numero_provvisorio"},
		{"<numero_documento>0000012<", "<numero_documento>12A<", "error numero_documento"},
		{"<codice_ABI_BT>01234<", "<codice_ABI_BT>1234<", "error codice_ABI_BT"},
		{"<esercizio>2026<", "<esercizio>1926<", "error esercizio"},
		{"<conto_evidenza>0000001<", "<conto_evidenza><", "error conto_evidenza"},
		{"<esercizio>2026</esercizio>", "", "error esercizio"},
		{"flusso_giornale_di_cassa", "altro", "error altro"},
		{"ds:Signature", "firma", "warning Signature"},
	} {
		got := listen(strings.ReplaceAll(good, c.old, c.new))
		if !strings.Contains(strings.Join(got.problems, "|"), c.want) {
			t.Errorf("%s: got %v, want %s", c.new, got.problems, c.want)
		}
	}
}

func TestRedEquations(t *testing.T) {
	got := listen(golden.Sample(t, "giornale_rosso.xml"))
	if got.equations != "!!+!++-" {
		t.Errorf("got %s, want 1, 2 and 4 red", got.equations)
	}
	want := []string{"warning equazione 1", "warning equazione 2", "warning equazione 4"}
	if diff := cmp.Diff(want, got.problems); diff != "" {
		t.Error(diff)
	}
}

// An equation is answered only where every term of it is there; a red part is
// red all the same.
func TestAnEquationNeedsEveryTerm(t *testing.T) {
	in := golden.Sample(t, "giornale_1_7_1.xml")
	without := func(text string, names ...string) string {
		for _, name := range names {
			from, to := strings.Index(text, "<"+name+">"), strings.Index(text, "</"+name+">")
			text = text[:from] + text[to+len("</"+name+">"):]
		}
		return text
	}
	for want, text := range map[string]string{
		"++-++--": without(in, "saldo_complessivo_finale"),
		"++-++!-": strings.Replace(without(in, "saldo_complessivo_finale"), "<saldo_esercizio>1110.50", "<saldo_esercizio>1110.51", 1),
		"+++-++-": without(in, "totale_sospesi_entrata"),
		"-++----": without(in, "saldo_precedente_conto_evidenza", "totali_esercizio"),
	} {
		if got := listen(text).equations; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestAReversalHasOneMeaningWhateverItsSign(t *testing.T) {
	got := listen(strings.ReplaceAll(golden.Sample(t, "giornale_1_7_1.xml"), "-20.00", "20.00"))
	if e := got.entries[1]; e.Cents != 2000 || e.Operation != "STORNATO" || e.Negative || got.equations != "++++++-" {
		t.Errorf("got %d %s negative %v, %s", e.Cents, e.Operation, e.Negative, got.equations)
	}
}

func TestTheSeventhEquationNeedsTwoDays(t *testing.T) {
	first := golden.Sample(t, "giornale_1_7_1.xml")
	next := strings.ReplaceAll(first, "GDC-20260311", "GDC-20260312")
	for opening, want := range map[string]byte{"1110.50": '+', "1000.00": '!'} {
		var check Check
		for _, in := range []string{first, strings.ReplaceAll(next, "1000.00</saldo_precedente_conto", opening+"</saldo_precedente_conto")} {
			for e := range Read(strings.NewReader(in)) {
				check.Add(e)
			}
		}
		if got := answers(check)[6]; got != want {
			t.Errorf("%s: got %c, want %c", opening, got, want)
		}
	}
}

func TestEveryCutIsAnError(t *testing.T) {
	in := strings.TrimSpace(golden.Sample(t, "giornale_1_7_1.xml"))
	for i := range in {
		if got := listen(in[:i]); !strings.Contains(strings.Join(got.problems, "|"), "error file") {
			t.Fatalf("cut at %d: got %v, want an error", i, got.problems)
		}
	}
	if got := listen(golden.Sample(t, "giornale_tagliato.xml")); len(got.entries) != 3 {
		t.Errorf("got %d movements before the cut, want 3", len(got.entries))
	}
}

func TestAStrangeWordIsToldOnce(t *testing.T) {
	got := listen(strings.ReplaceAll(golden.Sample(t, "giornale_1_7_1.xml"), ">CASSA<", ">BARATTO<"))
	if diff := cmp.Diff([]string{"warning tipo_esecuzione"}, got.problems); diff != "" || got.entries[3].BankCode != "BARATTO" {
		t.Errorf("%s, %q", diff, got.entries[3].BankCode)
	}
}

func TestPublishedJournals(t *testing.T) {
	dir := shared.Path(t, "corpora/treasury")
	for name, want := range map[string]string{
		"OPI_GIORNALE_DI_CASSA_V_1_4.VALID.xml":     "opi-journal 1.4 4 ++++++- warning pagina", // one of two pages
		"OPI_GIORNALE_DI_CASSA_V_1_7_1.VALID.xml":   "opi-journal 1.7.1 4 ++++++- warning pagina",
		"OPI_GIORNALE_DI_CASSA_V_1_7_1.INVALID.xml": "opi-journal 1.7.1 4 ++++++- error pagina",
	} {
		in, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		told := listen(string(in))
		got := strings.Join(append([]string{told.version, string(rune('0' + len(told.entries))), told.equations}, told.problems...), " ")
		if got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	in, err := os.ReadFile(filepath.Join(dir, "OPI_GIORNALE_DI_CASSA_V_1_4.INVALID.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if got := listen(string(in)); !strings.Contains(strings.Join(got.problems, "|"), "error") {
		t.Errorf("got %v, want an error", got.problems)
	}
}

func FuzzRead(f *testing.F) {
	golden.Seeds(f, "*.xml")
	f.Fuzz(func(t *testing.T, in string) {
		for _, e := range listen(in).entries {
			if e.Cents < 0 || e.Number == "" {
				t.Errorf("got %+v, want an absolute amount and a number", e)
			}
		}
	})
}
