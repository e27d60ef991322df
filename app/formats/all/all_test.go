package all

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cassacomune/app/formats"
)

func journal(t *testing.T, name string) []byte {
	t.Helper()
	in, err := os.ReadFile(filepath.Join("../opi/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func inspected(t *testing.T, name string, in []byte) (Result, map[string]any, string) {
	t.Helper()
	return judged(t, Inspect(name, bytes.NewReader(in), formats.Trust{}))
}

func judged(t *testing.T, r Result) (Result, map[string]any, string) {
	t.Helper()
	out, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	return r, m, string(out)
}

func TestInspectAJournal(t *testing.T) {
	r, _, got := inspected(t, "a.xml", journal(t, "giornale_1_7_1.xml"))
	want := `{"file":"a.xml","format":"opi-journal","version":"1.7.1","ok":true,"problems":[],"statements":[{"account":"0000001","id":"GDC-202603110000000001#001#001","currency":"EUR","opening":"1000.00","closing":"1110.50","entries":4,"transactions":4,"credit":"170.50","debit":"60.00","balances":true}],"totals":{"statements":1,"entries":4,"transactions":4,"credit":{"EUR":"170.50"},"debit":{"EUR":"60.00"}},"movements":4,"provisional_credits":2,"equations":{"1":true,"2":true,"3":true,"4":true,"5":true,"6":true,"7":null}}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := r.Line(), "a.xml: opi-journal 1.7.1: 1 conti, 4 movimenti, 2 provvisori di entrata; in ordine"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestInspectTellsRedFromBroken(t *testing.T) {
	_, red, text := inspected(t, "red.xml", journal(t, "giornale_rosso.xml"))
	if red["ok"] != true || !strings.Contains(text, `"balances":false`) || !strings.Contains(text, `"line":null`) || !strings.Contains(text, `"severity":"warning"`) {
		t.Errorf("got %s, want ok with warnings", text)
	}
	r, cut, text := inspected(t, "cut.xml", journal(t, "giornale_tagliato.xml"))
	if cut["ok"] != false || r.Content.(*Statements).Movements != 3 || !strings.Contains(r.Line(), "interrotto") {
		t.Errorf("got %s, want an error after 3 movements", text)
	}
}

func TestInspectUnknown(t *testing.T) {
	for _, in := range []string{"", "ciao", "\x00\x01\x02", "<html></html>"} {
		r, m, text := inspected(t, "x", []byte(in))
		if m["ok"] != false || len(r.Problems) != 1 || m["format"] != "" {
			t.Errorf("%q: got %s, want one problem", in, text)
		}
	}
}

func files(r Result) []Result { return r.Content.(*Archive).Files }

func zipped(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, in := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(in); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInspectArchives(t *testing.T) {
	in := journal(t, "giornale_1_7_1.xml")
	r, _, text := inspected(t, "a.zip", zipped(t, map[string][]byte{"../../g.xml": in}))
	if !r.OK || r.Format != "zip" || len(files(r)) != 1 || files(r)[0].Content.(*Statements).Movements != 4 {
		t.Errorf("got %s", text)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(in); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if r, _, text := inspected(t, "a.gz", b.Bytes()); !r.OK || r.Format != "gzip" || files(r)[0].Format != "opi-journal" {
		t.Errorf("got %s", text)
	}
	whole := b.Bytes()
	for i := range whole {
		if r := Inspect("a.gz", bytes.NewReader(whole[:i]), formats.Trust{}); r.OK {
			t.Fatalf("cut at %d: got ok", i)
		}
	}
}

func TestInspectRefusesBombs(t *testing.T) {
	many := map[string][]byte{}
	for i := range maxFiles + 1 {
		many[fmt.Sprint(i)] = nil
	}
	bomb := append([]byte("<flusso_giornale_di_cassa>"), bytes.Repeat([]byte("<!-- -->"), freeOpened/8+1)...)
	for why, in := range map[string][]byte{
		"più di 1000 file":            zipped(t, many),
		"100 volte":                   zipped(t, map[string][]byte{"a.xml": bomb}),
		"archivio dentro un archivio": zipped(t, map[string][]byte{"b.zip": zipped(t, map[string][]byte{"c": []byte("x")})}),
		"archivio non leggibile":      []byte("PK\x03\x04 e poi niente"),
	} {
		r, _, text := inspected(t, "a.zip", in)
		if r.OK || !strings.Contains(text, why) {
			t.Errorf("%s: got %.300s", why, text)
		}
	}
}

func TestEveryFormatKnowsItsOwnAndNoOther(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range List {
		if seen[f.Key] || f.Title == "" || f.Sniff == nil || f.Read == nil {
			t.Errorf("%s: key twice, or a part missing", f.Key)
		}
		seen[f.Key] = true
	}
	for dir, want := range map[string]string{"opi": "opi-journal", "poste": "poste200", "poscsv": "pos-csv", "debtcsv": "cassacomune-csv", "govpay": "govpay-csv", "p4pa": "p4pa-csv"} {
		known := 0
		err := filepath.WalkDir(filepath.Join("..", dir, "testdata"), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.Contains(path, "fuzz") || strings.HasSuffix(path, ".golden") || strings.HasSuffix(path, ".json") {
				return err
			}
			in, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, f := range List {
				if f.Sniff(in[:min(len(in), HeadSize)]) {
					if f.Key != want {
						t.Errorf("%s: %s takes it, want %s", path, f.Key, want)
					}
					known++
				}
			}
			if r := Inspect(path, bytes.NewReader(in), formats.Trust{}); r.Line() == "" {
				t.Errorf("%s: no summary", path)
			}
			return nil
		})
		if err != nil || known == 0 {
			t.Errorf("%s: got %d samples known, %v", dir, known, err)
		}
	}
}

func TestEveryGoldenHasItsSample(t *testing.T) {
	goldens, err := filepath.Glob("../*/testdata/*.golden")
	if err != nil || len(goldens) < 80 {
		t.Fatalf("got %d goldens, %v", len(goldens), err)
	}
	for _, golden := range goldens {
		if beside, err := filepath.Glob(strings.TrimSuffix(golden, "golden") + "*"); err != nil || len(beside) < 2 {
			t.Errorf("%s: nothing is held against it", golden)
		}
	}
}

func TestSumsOfRemittancesAndDebts(t *testing.T) {
	for _, dir := range []string{"poste", "poscsv", "debtcsv", "govpay", "p4pa"} {
		files, err := filepath.Glob(filepath.Join("..", dir, "testdata", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			in, err := os.ReadFile(path)
			if err != nil {
				continue
			}
			if _, m, text := inspected(t, path, in); m["format"] != "" {
				if s, _ := m["sum"].(string); !strings.Contains(s, ".") {
					t.Errorf("%s: got no sum in %.300s", path, text)
				}
			}
		}
	}
}

func TestARowMayHoldSeveralItems(t *testing.T) {
	c := newOwed()
	for _, line := range []int{2, 2, 3} {
		c.add(formats.Event{Debt: &formats.DebtRow{Line: line, Position: "P1", Instalment: line, Cents: 100}})
	}
	for range 2 {
		c.add(formats.Event{Problem: &formats.Problem{Line: 4, Severity: formats.Error}})
	}
	c.end()
	want := `{"rows":3,"debts":1,"options":1,"instalments":2,"items":3,"rejected":1,"sum":"3.00"}`
	if got, err := json.Marshal(c); err != nil || string(got) != want {
		t.Errorf("got %s %v, want %s", got, err, want)
	}
}

func TestAnEnvelopeIsReadWithWhatItHolds(t *testing.T) {
	in, err := os.ReadFile("../nodo/testdata/flusso.xml")
	if err != nil {
		t.Fatal(err)
	}
	r, m, text := inspected(t, "busta.xml", in)
	inner, ok := r.Content.(*Answered).Content.Content.(*Remitted)
	if !r.OK || !ok || inner.Payments != 4 || m["format"] != "pagopa-message" || !strings.Contains(text, `"content":{"file":"xmlRendicontazione","format":"fdr"`) {
		t.Errorf("got %s", text)
	}
	at := bytes.Index(in, []byte("xmlRendicontazione")) + 100
	for name, wrong := range map[string][]byte{"a letter that is none": append(append(bytes.Clone(in[:at]), '*'), in[at:]...), "cut": in[:at]} {
		if r := Inspect("busta.xml", bytes.NewReader(wrong), formats.Trust{}); r.OK {
			t.Errorf("%s: got %s", name, r.Line())
		}
	}
}

func TestErrorsInsideAreSaidOutsideAndTheFileWasRead(t *testing.T) {
	bad, err := os.ReadFile("../debtcsv/testdata/cattivo.csv")
	if err != nil {
		t.Fatal(err)
	}
	r, _, text := inspected(t, "a.zip", zipped(t, map[string][]byte{"d.csv": bad}))
	if r.OK || !r.Readable() || !strings.Contains(text, `"field":"contenuto","value":"d.csv"`) {
		t.Errorf("got %.300s", text)
	}
	if r, _, text := inspected(t, "a.zip", zipped(t, map[string][]byte{"d.bin": []byte("boh")})); r.Readable() {
		t.Errorf("an unknown file inside: got %.300s", text)
	}
}

func TestEveryFormatHasAPage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/formats/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range List {
		if !bytes.Contains(page, []byte("`"+f.Key+"`")) {
			t.Errorf("%s is not in docs/formats/README.md", f.Key)
		}
	}
	for _, link := range regexp.MustCompile(`\]\(([a-z0-9-]+\.md)\)`).FindAllSubmatch(page, -1) {
		if _, err := os.Stat("../../../docs/formats/" + string(link[1])); err != nil {
			t.Error(err)
		}
	}
}
