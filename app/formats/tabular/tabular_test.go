package tabular

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
)

type reader struct {
	key   string
	sniff func([]byte) bool
	read  func(io.Reader) formats.Reader
}

var readers = []reader{{Short, SniffShort, ReadShort}, {Long, SniffLong, ReadLong}, {Sheet, SniffSheet, ReadSheet}, {Poste, SniffPoste, ReadPoste}, {XLS, SniffXLS, ReadXLS}}

func of(t testing.TB, key string) reader {
	t.Helper()
	for _, r := range readers {
		if r.key == key {
			return r
		}
	}
	t.Fatal(key)
	return reader{}
}

// samples are our own, with their key.
var samples = map[string]string{
	"provvisori_7.csv": Short, "provvisori_7_cattivo.csv": Short, "provvisori_41.csv": Long, "provvisori_41_cattivo.csv": Long,
	"estratto_14.csv": Sheet, "estratto_14_cattivo.csv": Sheet, "estratto_14_foglio.xlsx": Sheet, "poste.csv": Poste, "poste_cattivo.csv": Poste,
}

func TestGoldens(t *testing.T) {
	for name, key := range samples {
		golden.Reads(t, name, of(t, key).sniff, of(t, key).read)
		for _, r := range readers {
			if got := r.sniff([]byte(golden.Sample(t, name))); got != (r.key == key) {
				t.Errorf("%s: Sniff of %s = %v", name, r.key, got)
			}
		}
	}
}

func TestOtherFilesAreLeftAlone(t *testing.T) {
	for _, in := range []string{"", "a;b;c\n", "IBAN;IT60X0542811101000000123456\n10/03/2026\n", "IBAN\n", "terminale;data;codice_transazione;lordo;commissione;netto\n",
		"PK\x03\x04", "<Document/>", "\xd0\xcf\x11\xe0"} {
		for _, r := range readers {
			if r.sniff([]byte(in)) {
				t.Errorf("%q: Sniff of %s = true", in, r.key)
			}
		}
	}
}

// Every way to write the same table gives the same reading.
func TestFacesOfATable(t *testing.T) {
	in := golden.Sample(t, "provvisori_7.csv")
	plain := golden.Print(ReadShort(strings.NewReader(in)))
	cells := strings.NewReplacer("120,00", "120.00", "1.234,5", "1234.50", "7,05", "7.05", "TD 896; NUM", "TD 896; NUM")
	for face, text := range map[string]string{
		"BOM":             "\xef\xbb\xbf" + in,
		"CRLF":            strings.ReplaceAll(in, "\n", "\r\n"),
		"mixed ends":      strings.Replace(in, "\n", "\r\n", 1),
		"small letters":   strings.Replace(in, "ESERCIZIO;N.PROVV.", "Esercizio;N. Provv.", 1),
		"points":          cells.Replace(in),
		"blank rows":      strings.TrimSuffix(in, "\n") + "\n;;;;;;\n\n",
		"Italian dates":   strings.NewReplacer("2026-03-10", "10/03/2026", "2026-03-11", "11/03/2026", "2025-12-31", "31/12/2025", "2026-01-02", "02/01/2026").Replace(in),
		"tabs for commas": strings.NewReplacer("\"BOLLETTINI TD 896; NUM 3\"", "BOLLETTINI TD 896; NUM 3", "896; NUM", "896; NUM", ";", "\t", "896\t", "896;").Replace(in),
	} {
		got := golden.Print(ReadShort(strings.NewReader(text)))
		if face == "blank rows" { // the closing stands at the last row
			got = strings.Replace(got, "Closing Line=5", "Closing Line=4", 1)
		}
		if got != plain {
			t.Errorf("%s: got\n%s\nwant\n%s", face, got, plain)
		}
	}
}

func TestHeaders(t *testing.T) {
	good := golden.Sample(t, "provvisori_7.csv")
	for _, c := range []struct{ old, new, want string }{
		{"ESERCIZIO;", "", "error ESERCIZIO|"},
		{"VALUTA ENTE", "ESERCIZIO", "error ESERCIZIO|"},
		{"VALUTA ENTE", "ALTRO", "warning ALTRO|"},
		{good, "", "error file|"},
		{good, "a;b\n1;2\n", "error file|"},
		{"\"BOLLETTINI TD 896; NUM 3\"", "\"BOLLETTINI", "error file|"},
		{"RETTA   MENSA", "RETTA\x00MENSA", "error DESCRIZIONE CAUSALE|"},
	} {
		if got := golden.Problems(ReadShort(strings.NewReader(strings.Replace(good, c.old, c.new, 1)))); !strings.HasPrefix(got, c.want) {
			t.Errorf("%.20s: got %s, want %s", c.new, got, c.want)
		}
	}
}

func TestAWorkbookOfSomethingElseIsRefused(t *testing.T) {
	for what, in := range map[string]string{"cut": golden.Sample(t, "estratto_14_foglio.xlsx")[:3000], "no header": workbook(t, strings.Repeat("<row><c><v>1</v></c></row>", 30)), "empty": workbook(t, "")} {
		if got := golden.Problems(ReadSheet(strings.NewReader(in))); got != "error file|" {
			t.Errorf("%s: got %s", what, got)
		}
	}
}

// workbook makes one of a single sheet.
func workbook(t testing.TB, rows string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet r:id="a"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="a" Target="worksheets/sheet1.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"},
	} {
		w, err := z.Create(part[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, part[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A cut never panics; it is an error, or a warning that the end is missing, or
// it leaves whole rows.
func TestEveryCut(t *testing.T) {
	for name, key := range samples {
		in := golden.Sample(t, name)
		for i := range in {
			got := golden.Problems(of(t, key).read(strings.NewReader(in[:i])))
			whole := i > 0 && in[i-1] == '\n'
			if got == "" && (!whole || strings.HasSuffix(name, ".xlsx")) {
				t.Fatalf("%s cut at %d: no problem", name, i)
			}
		}
	}
}

func TestBinarySheetsAreRecognisedAndRefused(t *testing.T) {
	in := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...)
	if !SniffXLS(in) || SniffSheet(in) {
		t.Error("Sniff: want xls and nothing else")
	}
	for e := range ReadXLS(bytes.NewReader(in)) {
		if e.Problem == nil || !strings.Contains(e.Problem.Reason, "XLSX o CSV") || e.Problem.Severity != formats.Error {
			t.Errorf("got %+v, want the advice", e)
		}
	}
}

// endless is a CSV of many rows, made while it is read.
type endless struct {
	row  string
	left int
	buf  strings.Reader
}

func (e *endless) Read(p []byte) (int, error) {
	if e.buf.Len() == 0 {
		if e.left == 0 {
			return 0, io.EOF
		}
		e.left--
		e.buf.Reset(strings.Repeat(fmt.Sprintf(e.row, e.left), 100))
	}
	return e.buf.Read(p)
}

func TestMemoryIsFlat(t *testing.T) {
	header, _, _ := strings.Cut(golden.Sample(t, "provvisori_7.csv"), "\n")
	src := io.MultiReader(strings.NewReader(header+"\n"), &endless{row: "2026;%d;2026-03-10;BANCA ESEMPIO S.P.A.;ACCREDITO;120,00;2026-03-11\n", left: 2000})
	rows := 0
	for e := range golden.Flat(t, 50_000, 4<<20, ReadShort(src)) {
		if e.Entry != nil {
			rows++
		}
	}
	if rows < 199_000 {
		t.Errorf("got %d rows", rows)
	}
}

func FuzzRead(f *testing.F) {
	golden.Seeds(f, "*.csv")
	golden.Seeds(f, "*.xlsx")
	f.Fuzz(func(t *testing.T, in string) {
		for _, r := range readers {
			open := false
			for e := range r.read(strings.NewReader(in)) {
				switch {
				case e.Statement != nil:
					open = true
				case e.Closing != nil:
					open = false
				case e.Entry != nil && (!open || e.Entry.Cents < 0):
					t.Errorf("%s: got %+v, in a statement %v", r.key, e.Entry, open)
				}
			}
		}
	})
}
