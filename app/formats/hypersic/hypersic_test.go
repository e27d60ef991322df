package hypersic

import (
	"strings"
	"testing"

	"cassacomune/app/formats/internal/golden"
	"cassacomune/app/shared"
	"github.com/google/go-cmp/cmp"
)

func TestGoldens(t *testing.T) { golden.Reads(t, "*.csv", Sniff, Read) }

func problems(in string) string { return golden.Problems(Read(strings.NewReader(in))) }

func TestHeaders(t *testing.T) {
	in := golden.Sample(t, "rendicontazione.csv")
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
		if got := problems(c.in); got != c.want || Sniff([]byte(c.in)) != c.known {
			t.Errorf("%s: got %s, known %v", why, got, Sniff([]byte(c.in)))
		}
	}
}

// A cut is an error, unless it leaves whole rows.
func TestEveryCut(t *testing.T) {
	in := golden.Sample(t, "rendicontazione.csv")
	for i := range in {
		got := problems(in[:i])
		rows := strings.TrimRight(in[:i], "\r\n")
		whole := strings.HasPrefix(in[len(rows):], "\r\n") && len(rows) > 0
		if !whole && !strings.Contains(got, "error") && i > strings.IndexByte(in, '\n') {
			t.Fatalf("cut at %d: got %q", i, got)
		}
	}
}

// The columns are those of the published layout.
func TestLayout(t *testing.T) {
	var published []string
	for _, r := range shared.Table(t, "corpora/treasury/apkappa_hypersic_rendicontazione_v2.3_fields.csv")[1:] {
		published = append(published, r[2])
	}
	if diff := cmp.Diff(published, columns); diff != "" {
		t.Error(diff)
	}
}

func FuzzRead(f *testing.F) {
	golden.Seeds(f, "*.csv")
	f.Fuzz(func(t *testing.T, in string) {
		for e := range golden.Flows(t, Read(strings.NewReader(in))) {
			if l := e.Line; l != nil && (l.Code == "" || l.Key == "") {
				t.Errorf("got %+v", l)
			}
		}
	})
}
