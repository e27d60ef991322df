package tabular

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
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
	"estratto_14.csv": Sheet, "estratto_14_cattivo.csv": Sheet, "estratto_14.xlsx": Sheet, "poste.csv": Poste, "poste_cattivo.csv": Poste,
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	in, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestGoldens(t *testing.T) {
	for name, key := range samples {
		in := sample(t, name)
		for _, r := range readers {
			if got := r.sniff(in); got != (r.key == key) {
				t.Errorf("%s: Sniff of %s = %v", name, r.key, got)
			}
		}
		golden.Compare(t, filepath.Join("testdata", name+".golden"), golden.Print(of(t, key).read(bytes.NewReader(in))))
	}
}

func problems(events formats.Reader) (out string) {
	for e := range events {
		if p := e.Problem; p != nil {
			out += string(p.Severity) + " " + p.Field + "|"
		}
	}
	return out
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
	in := string(sample(t, "provvisori_7.csv"))
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
	good := string(sample(t, "provvisori_7.csv"))
	for _, c := range []struct{ old, new, want string }{
		{"ESERCIZIO;", "", "error ESERCIZIO|"},
		{"VALUTA ENTE", "ESERCIZIO", "error ESERCIZIO|"},
		{"VALUTA ENTE", "ALTRO", "warning ALTRO|"},
		{good, "", "error file|"},
		{good, "a;b\n1;2\n", "error file|"},
		{"\"BOLLETTINI TD 896; NUM 3\"", "\"BOLLETTINI", "error file|"},
		{"RETTA   MENSA", "RETTA\x00MENSA", "error DESCRIZIONE CAUSALE|"},
	} {
		if got := problems(ReadShort(strings.NewReader(strings.Replace(good, c.old, c.new, 1)))); !strings.HasPrefix(got, c.want) {
			t.Errorf("%.20s: got %s, want %s", c.new, got, c.want)
		}
	}
}

func TestAWorkbookOfSomethingElseIsRefused(t *testing.T) {
	for what, in := range map[string][]byte{"cut": sample(t, "estratto_14.xlsx")[:3000], "no header": workbook(t, strings.Repeat("<row><c><v>1</v></c></row>", 30)), "empty": workbook(t, "")} {
		if got := problems(ReadSheet(bytes.NewReader(in))); got != "error file|" {
			t.Errorf("%s: got %s", what, got)
		}
	}
}

// workbook makes one of a single sheet.
func workbook(t testing.TB, rows string) []byte {
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
	return b.Bytes()
}

// A cut never panics; it is an error, or a warning that the end is missing, or
// it leaves whole rows.
func TestEveryCut(t *testing.T) {
	for name, key := range samples {
		in := sample(t, name)
		for i := range in {
			got := problems(of(t, key).read(bytes.NewReader(in[:i])))
			whole := i > 0 && in[i-1] == '\n'
			if got == "" && (!whole || strings.HasSuffix(name, ".xlsx")) {
				t.Fatalf("%s cut at %d: no problem", name, i)
			}
		}
	}
}

func TestStopsWhenTold(t *testing.T) {
	for name, key := range samples {
		for stop := 1; stop < 12; stop++ {
			n := 0
			for range of(t, key).read(bytes.NewReader(sample(t, name))) {
				if n++; n == stop {
					break
				}
			}
			if n > stop {
				t.Errorf("%s: got %d events, want %d", name, n, stop)
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
	header, _, _ := strings.Cut(string(sample(t, "provvisori_7.csv")), "\n")
	src := io.MultiReader(strings.NewReader(header+"\n"), &endless{row: "2026;%d;2026-03-10;BANCA ESEMPIO S.P.A.;ACCREDITO;120,00;2026-03-11\n", left: 2000})
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, rows := m.HeapAlloc, 0
	for e := range ReadShort(src) {
		if e.Entry == nil {
			continue
		}
		if rows++; rows%50_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&m)
			if m.HeapAlloc > before+4<<20 {
				t.Fatalf("row %d: %d bytes more than before", rows, m.HeapAlloc-before)
			}
		}
	}
	if rows < 199_000 {
		t.Errorf("got %d rows", rows)
	}
}

func FuzzRead(f *testing.F) {
	for name := range samples {
		f.Add(sample(f, name))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, r := range readers {
			open := false
			for e := range r.read(bytes.NewReader(in)) {
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
