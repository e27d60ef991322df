package hypersic

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cassacomune/app/formats/internal/golden"
	"cassacomune/app/shared"
	"github.com/google/go-cmp/cmp"
)

var samples = []string{"rendicontazione.csv", "rendicontazione_cattiva.csv"}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	in, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestGoldens(t *testing.T) {
	for _, name := range samples {
		in := sample(t, name)
		if !Sniff(in) {
			t.Errorf("%s: Sniff = false", name)
		}
		golden.Compare(t, filepath.Join("testdata", name+".golden"), golden.Print(Read(bytes.NewReader(in))))
	}
}

func problems(in []byte) (out string) {
	for e := range Read(bytes.NewReader(in)) {
		if p := e.Problem; p != nil {
			out += string(p.Severity) + " " + p.Field + "|"
		}
	}
	return out
}

func TestHeaders(t *testing.T) {
	in := string(sample(t, "rendicontazione.csv"))
	header, row, _ := strings.Cut(in, "\r\n")
	row, _, _ = strings.Cut(row, "\r\n")
	for why, c := range map[string]struct {
		in    string
		known bool
		want  string
	}{
		"empty":                     {"", false, "error file|"},
		"another order":             {strings.Replace(header, "CodiceServizio;DescrizioneServizio", "DescrizioneServizio;CodiceServizio", 1) + "\n" + row + "\n", false, "error file|"},
		"small letters and a BOM":   {"\xef\xbb\xbf" + strings.ToLower(header) + "\n" + row + "\n", true, ""},
		"only the plain columns":    {strings.Join(columns[:plainColumns], ";") + "\n" + strings.Join(strings.Split(row, ";")[:plainColumns], ";") + "\n", true, ""},
		"header and nothing behind": {header + "\n", true, ""},
		"a column more":             {header + ";altro\n", false, "error file|"},
	} {
		if got := problems([]byte(c.in)); got != c.want || Sniff([]byte(c.in)) != c.known {
			t.Errorf("%s: got %s, known %v", why, got, Sniff([]byte(c.in)))
		}
	}
}

// A cut is an error, unless it leaves whole rows.
func TestEveryCut(t *testing.T) {
	in := sample(t, "rendicontazione.csv")
	for i := range in {
		got := problems(in[:i])
		rows := bytes.TrimRight(in[:i], "\r\n")
		whole := bytes.HasPrefix(in[len(rows):], []byte("\r\n")) && len(rows) > 0
		if !whole && !strings.Contains(got, "error") && i > bytes.IndexByte(in, '\n') {
			t.Fatalf("cut at %d: got %q", i, got)
		}
	}
}

func TestStopsWhenTold(t *testing.T) {
	for stop := 1; stop < 12; stop++ {
		n := 0
		for range Read(bytes.NewReader(sample(t, "rendicontazione.csv"))) {
			if n++; n == stop {
				break
			}
		}
		if n > stop {
			t.Errorf("got %d events, want %d", n, stop)
		}
	}
}

// The columns are those of the published layout.
func TestLayout(t *testing.T) {
	in, err := os.Open(shared.Path(t, "corpora/treasury/apkappa_hypersic_rendicontazione_v2.3_fields.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var published []string
	for _, r := range rows[1:] {
		published = append(published, r[2])
	}
	if diff := cmp.Diff(published, columns); diff != "" {
		t.Error(diff)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range samples {
		f.Add(sample(f, name))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		open := false
		for e := range Read(bytes.NewReader(in)) {
			switch {
			case e.Flow != nil:
				open = true
			case e.FlowEnd != nil:
				open = false
			case e.Line != nil && (!open || e.Line.Code == "" || e.Line.Key == ""):
				t.Errorf("got %+v, in a flow %v", e.Line, open)
			}
		}
	})
}
