package t2siprs

import (
	"io"
	"strconv"
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
	"cassacomune/app/money"
	"cassacomune/app/shared"
)

func TestGoldens(t *testing.T) { golden.Reads(t, "*.txt", Sniff, Read) }

func read(in string) formats.Reader { return Read(strings.NewReader(in)) }

func problems(in string) string { return golden.Problems(read(in)) }

// The same records, with other ends, give the same reading.
func TestEndsOfRecords(t *testing.T) {
	in := golden.Sample(t, "incassi.txt")
	want := golden.Print(read(in))
	for face, text := range map[string]string{
		"LF":              strings.ReplaceAll(in, "\r\n", "\n"),
		"none":            strings.ReplaceAll(in, "\r\n", ""),
		"mixed":           strings.Replace(in, "\r\n", "\n", 1),
		"DOS end of file": in + "\x1a",
	} {
		if got := golden.Print(read(text)); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", face, got, want)
		}
	}
}

// Where a cut falls on the end of a record what is left is a whole file.
func TestEveryCutIsAnError(t *testing.T) {
	in := golden.Sample(t, "incassi.txt")
	for i := 0; i < len(in); i += 7 {
		at := i % (width + 2)
		whole := i > 0 && (at == 0 || at >= width || at == trimmed)
		if got := problems(in[:i]); whole != !strings.Contains(got, "error") {
			t.Fatalf("cut at %d: got %q", i, got)
		}
	}
}

func TestOtherFilesAreLeftAlone(t *testing.T) {
	good := golden.Sample(t, "incassi.txt")[:width]
	for why, in := range map[string]string{"empty": "", "short": good[:1000], "another operation": good[:90] + "STO" + good[93:], "no date": good[:30] + "        " + good[38:], "text": strings.Repeat("x", width)} {
		if Sniff([]byte(in)) {
			t.Errorf("%s: Sniff = true", why)
		}
	}
	if got := problems(""); got != "error file|" {
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

// The columns are those of the published layout.
func TestLayout(t *testing.T) {
	published := map[string][2]string{}
	for _, r := range shared.Table(t, "corpora/treasury/poste_incassi_evoluti_T2SIPRS_2000_fields.csv")[1:] {
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
	one := strings.Split(golden.Sample(t, "incassi.txt"), "\r\n")[3]
	n, sum := 0, money.Cents(0)
	for e := range golden.Flat(t, 5_000, 4<<20, Read(io.LimitReader(&repeated{one: one}, width*20_000))) {
		if e.Line != nil {
			n, sum = n+1, sum+e.Line.Gross
		}
	}
	if n != 20_000 || sum != 20_000_00 {
		t.Errorf("got %d records, %s", n, sum)
	}
}

// repeated is a record without end.
type repeated struct {
	one string
	at  int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.one[r.at:])
	r.at = (r.at + n) % len(r.one)
	return n, nil
}

func FuzzRead(f *testing.F) {
	golden.Seeds(f, "*.txt")
	f.Fuzz(func(t *testing.T, in string) {
		for e := range golden.Flows(t, read(in)) {
			if l := e.Line; l != nil && (l.Gross <= 0 || l.Key == "") {
				t.Errorf("got %+v", l)
			}
		}
	})
}
