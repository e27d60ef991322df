package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"cassacomune/app/day"
	"cassacomune/app/formats/internal/xmlscan"
	"github.com/google/go-cmp/cmp"
)

const (
	testBook = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr/><sheets><sheet name="Movimenti" sheetId="7" r:id="rId3"/><sheet name="Altro" sheetId="1" r:id="rId1"/></sheets></workbook>`
	testRels  = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet9.xml"/><Relationship Id="rId3" Type="x/worksheet" Target="/xl/worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="./sharedStrings.xml"/></Relationships>`
	testTexts = `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>uno</t></si><si><r><t xml:space="preserve">due </t></r><r><t>tre</t></r><rPh><t>ZZ</t></rPh></si><si><t/></si></sst>`
	testSheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:E9"/><sheetData>` +
		`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>` +
		`<row r="2"><c r="A2" s="1"/></row>` +
		`<row r="4"><c t="inlineStr"><is><t>a&amp;b_x000D_</t></is></c><c><f>SUM(A1)</f><v>12.300000000000001</v></c><c t="str"><f>X</f><v>testo</v></c><c t="b"><v>1</v></c><c t="d"><v>2026-03-10T00:00:00</v></c></row>` +
		`<row><c t="s"><v>2</v></c><c t="n"><v>-1.5E-3</v></c></row>` +
		`</sheetData></worksheet>`
)

// parts makes a workbook of the test's parts, some replaced.
func parts(t testing.TB, change map[string]string) []byte {
	t.Helper()
	return archive(t, zip.Deflate, change)
}

func archive(t testing.TB, method uint16, change map[string]string) []byte {
	t.Helper()
	all := map[string]string{"[Content_Types].xml": "<Types/>", "xl/workbook.xml": testBook, "xl/_rels/workbook.xml.rels": testRels,
		"xl/sharedStrings.xml": testTexts, "xl/worksheets/sheet1.xml": testSheet}
	for name, in := range change {
		all[name] = in
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"} {
		if all[name] == "" {
			continue
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, all[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(in []byte) (out string, err error) {
	s, err := Open(bytes.NewReader(in))
	if err != nil {
		return "", err
	}
	for row, err := range s.Rows() {
		if err != nil {
			return out, err
		}
		out += fmt.Sprintf("%d:", row.Line)
		for _, c := range row.Cells {
			if c.Number {
				out += "#"
			}
			out += c.Text + "|"
		}
		out += "\n"
	}
	return out, nil
}

func TestReads(t *testing.T) {
	in := parts(t, nil)
	if !Sniff(in) {
		t.Error("Sniff = false")
	}
	got, err := read(in)
	if err != nil {
		t.Fatal(err)
	}
	want := "1:uno||due tre|\n4:a&b|#12.3|testo|1|2026-03-10|\n5:|#-0.0015|\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRefuses(t *testing.T) {
	cells := func(s string) map[string]string {
		return map[string]string{"xl/worksheets/sheet1.xml": "<worksheet><sheetData><row>" + s + "</row></sheetData></worksheet>"}
	}
	for why, c := range map[string]struct {
		in   []byte
		want error
	}{
		"no archive":         {[]byte("PK\x03\x04 and nothing else, not even a list of what is in it"), ErrBroken},
		"no workbook":        {parts(t, map[string]string{"xl/workbook.xml": ""}), ErrNotSheet},
		"no relations":       {parts(t, map[string]string{"xl/_rels/workbook.xml.rels": ""}), ErrBroken},
		"no sheet":           {parts(t, map[string]string{"xl/worksheets/sheet1.xml": ""}), ErrBroken},
		"no such text":       {parts(t, cells(`<c t="s"><v>3</v></c>`)), ErrBroken},
		"no number":          {parts(t, cells(`<c><v>1,5</v></c>`)), ErrBroken},
		"far column":         {parts(t, cells(`<c r="IW1" t="str"><v>x</v></c>`)), ErrColumns},
		"very far column":    {parts(t, cells(`<c r="ZZZZZZZZZZZZZZZZ1" t="str"><v>x</v></c>`)), ErrColumns},
		"doctype":            {parts(t, map[string]string{"xl/workbook.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]>" + testBook}), ErrBroken},
		"bomb of texts":      {parts(t, map[string]string{"xl/sharedStrings.xml": "<sst>" + strings.Repeat("<si><t>"+strings.Repeat("x", 1<<16)+"</t></si>", 300) + "</sst>"}), ErrBomb},
		"bomb of no texts":   {parts(t, map[string]string{"xl/sharedStrings.xml": "<sst>" + strings.Repeat("<si/>", 5<<20) + "</sst>"}), ErrBomb},
		"thousands of parts": {append(bytes.Repeat([]byte("PK\x01\x02"), maxParts+1), parts(t, nil)...), ErrBomb},
	} {
		if got, err := read(c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: got %.40q %v, want %v", why, got, err, c.want)
		}
	}
	bomb := xmlscan.New(&limited{strings.NewReader("<a>" + strings.Repeat("<b/>", 100_000)), 100_000})
	for bomb.Next() {
	}
	if err := fault(bomb.Err()); !errors.Is(err, ErrBomb) {
		t.Errorf("bomb of rows: got %v", err)
	}
	if _, err := Open(iotest.ErrReader(io.ErrClosedPipe)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("failing source: got %v", err)
	}
	if _, err := Open(io.LimitReader(zeros{}, MaxFile+2)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: got %v", err)
	}
}

func TestBlocks(t *testing.T) {
	in := bytes.Repeat([]byte("0123456789PK\x01\x02"), 60_000) // over three blocks
	b, err := gather(iotest.HalfReader(bytes.NewReader(in)))
	if err != nil || b.size != int64(len(in)) {
		t.Fatal(b.size, err)
	}
	if err := iotest.TestReader(io.NewSectionReader(b, 0, b.size), in); err != nil {
		t.Error(err)
	}
	if n := b.count("PK\x01\x02"); n < 59_996 || n > 60_000 {
		t.Errorf("got %d marks", n)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestEveryCutIsRefused(t *testing.T) {
	in := parts(t, nil)
	for i := range in {
		if _, err := read(in[:i]); err == nil {
			t.Fatalf("cut at %d: no error", i)
		}
	}
}

func TestSniffLeavesOthersAlone(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "estratto.xlsx", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(parts(t, nil)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for why, in := range map[string][]byte{"an archive that holds a workbook": b.Bytes(), "nothing": nil, "text": []byte("xl/workbook.xml and some more text behind it"), "a cut archive": b.Bytes()[:31]} {
		if Sniff(in) {
			t.Errorf("%s: Sniff = true", why)
		}
	}
}

func TestNumbers(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "12": "12", "12.50": "12.5", "-12.5": "-12.5", "+7": "7", "1E2": "100", "1.2e-2": "0.012", "1.25E+1": "12.5",
		"12.300000000000001": "12.3", "1234.5699999999999": "1234.57", "0.30000000000000004": "0.3", "999999999999999.96": "1000000000000000",
		"45427": "45427", "9.20299486000106E+14": "920299486000106", "100": "100", ".5": "0.5", "0.00012": "0.00012",
	} {
		if got, ok := decimal(in); !ok || got != want {
			t.Errorf("decimal(%s) = %s, %v, want %s", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "-", "1,5", "1.2.3", "E5", "1E", "1E999999999", "NaN", "0x1", " 1"} {
		if got, ok := decimal(in); ok {
			t.Errorf("decimal(%q) = %s, want a refusal", in, got)
		}
	}
}

func TestDays(t *testing.T) {
	d := day.New(2024, 5, 15)
	for _, c := range []struct {
		cell Cell
		old  bool
		want day.Date
	}{
		{Cell{"45427", true}, false, d}, {Cell{"45427.75", true}, false, d}, {Cell{"43965", true}, true, d},
		{Cell{"15/05/2024", false}, false, d}, {Cell{"2024-05-15", false}, false, d},
		{Cell{"60", true}, false, day.Date{}}, {Cell{"-3", true}, false, day.Date{}}, {Cell{"20240515", true}, false, day.Date{}}, {Cell{"30/02/2024", false}, false, day.Date{}},
	} {
		got, err := (&Sheet{since1904: c.old}).Day(c.cell)
		if got != c.want || (err != nil) != c.want.IsZero() {
			t.Errorf("%+v: got %s %v, want %s", c.cell, got, err, c.want)
		}
	}
}

// A sheet of 100,000 rows passes in flat memory.
func TestRowsAreNotKept(t *testing.T) {
	row := `<row><c t="inlineStr"><is><t>BONIFICO A VOSTRO FAVORE DI ESEMPIO</t></is></c><c><v>12.5</v></c></row>`
	s, err := Open(bytes.NewReader(parts(t, map[string]string{"xl/worksheets/sheet1.xml": "<worksheet><sheetData>" + strings.Repeat(row, 100_000) + "</sheetData></worksheet>"})))
	if err != nil {
		t.Fatal(err)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, n := m.HeapAlloc, 0
	for _, err := range s.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n%25_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&m)
			if m.HeapAlloc > before+1<<20 {
				t.Fatalf("row %d: %d bytes more than before", n, m.HeapAlloc-before)
			}
		}
	}
	if n != 100_000 {
		t.Errorf("got %d rows", n)
	}
}

func FuzzRows(f *testing.F) {
	f.Add(testSheet, testTexts)
	f.Add(`<worksheet><sheetData><row r="9"><c r="B9" t="s"><v>0</v></c><c><v>1e308</v></c></row></sheetData></worksheet>`, "<sst><si><t>x</t></si></sst>")
	f.Fuzz(func(t *testing.T, sheet, shared string) {
		s, err := Open(bytes.NewReader(archive(t, zip.Store, map[string]string{"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": shared})))
		if err != nil {
			return
		}
		for row, err := range s.Rows() {
			if err == nil && (row.Line < 1 || len(row.Cells) == 0 || len(row.Cells) > maxColumns) {
				t.Errorf("got %+v", row)
			}
		}
	})
}
