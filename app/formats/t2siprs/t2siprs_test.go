package t2siprs

import (
	"bytes"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"cassacomune/app/formats/internal/golden"
	"cassacomune/app/money"
	"cassacomune/app/shared"
)

var samples = []string{"incassi.txt", "incassi_cattivo.txt", "incassi_senza_righe.txt"}

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
		if !Sniff(in[:min(len(in), 8<<10)]) {
			t.Errorf("%s: Sniff = false", name)
		}
		golden.Compare(t, filepath.Join("testdata", strings.TrimSuffix(name, ".txt")+".golden"), golden.Print(Read(bytes.NewReader(in))))
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

// The same records, with other ends, give the same reading.
func TestEndsOfRecords(t *testing.T) {
	in := sample(t, "incassi.txt")
	want := golden.Print(Read(bytes.NewReader(in)))
	for face, text := range map[string][]byte{
		"LF":              bytes.ReplaceAll(in, []byte("\r\n"), []byte("\n")),
		"none":            bytes.ReplaceAll(in, []byte("\r\n"), nil),
		"mixed":           bytes.Replace(in, []byte("\r\n"), []byte("\n"), 1),
		"DOS end of file": append(bytes.Clone(in), 0x1a),
	} {
		if got := golden.Print(Read(bytes.NewReader(text))); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", face, got, want)
		}
	}
}

// Where a cut falls on the end of a record what is left is a whole file.
func TestEveryCutIsAnError(t *testing.T) {
	in := sample(t, "incassi.txt")
	for i := 0; i < len(in); i += 7 {
		at := i % (width + 2)
		whole := i > 0 && (at == 0 || at >= width || at == trimmed)
		if got := problems(in[:i]); whole != !strings.Contains(got, "error") {
			t.Fatalf("cut at %d: got %q", i, got)
		}
	}
}

func TestOtherFilesAreLeftAlone(t *testing.T) {
	good := string(sample(t, "incassi.txt"))[:width]
	for why, in := range map[string]string{"empty": "", "short": good[:1000], "another operation": good[:90] + "STO" + good[93:], "no date": good[:30] + "        " + good[38:], "text": strings.Repeat("x", width)} {
		if Sniff([]byte(in)) {
			t.Errorf("%s: Sniff = true", why)
		}
	}
	if got := problems(nil); got != "error file|" {
		t.Errorf("empty: got %s", got)
	}
}

func TestDates(t *testing.T) {
	for in, want := range map[string]string{"20260309": "2026-03-09", "09032026": "2026-03-09", "20102012": "2012-10-20", "20121020": "2012-10-20", "30022026": "", "20260230": "", "2026039": "", "00000000": "", "2026-3-9": ""} {
		if d, err := date(in); d.String() != want || (err == nil) != (want != "") {
			t.Errorf("date(%s) = %s, %v, want %s", in, d, err, want)
		}
	}
}

func TestStopsWhenTold(t *testing.T) {
	for stop := 1; stop < 10; stop++ {
		n := 0
		for range Read(bytes.NewReader(sample(t, "incassi.txt"))) {
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
	in, err := os.Open(shared.Path(t, "corpora/treasury/poste_incassi_evoluti_T2SIPRS_2000_fields.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	published := map[string][2]string{}
	for _, r := range rows[1:] {
		published[strings.ReplaceAll(r[1], "’", "'")] = [2]string{r[2], r[3]}
	}
	fields := append([]field{institute, client, kind, createdOn, progressive, what, document, slip, iuv, instalment, asked, text, debtorCode, debtorName,
		paidOn, creditedOn, year, provisional, paid, account}, kept...)
	for _, f := range fields {
		if want := published[f.name]; want != [2]string{strconv.Itoa(f.from), strconv.Itoa(f.to)} {
			t.Errorf("%s: got %d-%d, want %v", f.name, f.from, f.to, want)
		}
	}
	if len(fields) != 35 { // all that are not filler
		t.Errorf("got %d fields, want 35", len(fields))
	}
}

func TestMemoryIsFlat(t *testing.T) {
	one := bytes.Split(sample(t, "incassi.txt"), []byte("\r\n"))[3]
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, n, sum := m.HeapAlloc, 0, money.Cents(0)
	for e := range Read(io.LimitReader(&repeated{one: one}, width*20_000)) {
		if e.Line == nil {
			continue
		}
		sum += e.Line.Gross
		if n++; n%5_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&m)
			if m.HeapAlloc > before+4<<20 {
				t.Fatalf("record %d: %d bytes more than before", n, m.HeapAlloc-before)
			}
		}
	}
	if n != 20_000 || sum != 20_000_00 {
		t.Errorf("got %d records, %s", n, sum)
	}
}

// repeated is a record without end.
type repeated struct {
	one []byte
	at  int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.one[r.at:])
	r.at = (r.at + n) % len(r.one)
	return n, nil
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
			case e.Line != nil && (!open || e.Line.Gross <= 0 || e.Line.Key == ""):
				t.Errorf("got %+v, in a flow %v", e.Line, open)
			}
		}
	})
}
