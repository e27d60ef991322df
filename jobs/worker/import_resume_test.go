package worker

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/debts"
	"cassacomune/app/formats/all"
	"cassacomune/jobs"
)

const sample = "ente;tipo_dovuto;codice_posizione;importo;debitore_nome;voce\r\n"

// told is what a group says, with its lines.
func told(g debts.Group) string {
	s := ""
	for _, r := range g.Rows {
		s += fmt.Sprintf("%d %s %s %s; ", r.Line, r.Position, r.Item, r.DebtorName)
	}
	for _, p := range g.Problems {
		s += fmt.Sprintf("problem %d %s; ", p.Line, p.Field)
	}
	return s + fmt.Sprint(g.Bad)
}

// TestResume goes on from every group of a file and must see the rest of it as
// who read it at once.
func TestResume(t *testing.T) {
	var b strings.Builder
	b.WriteString(sample)
	for i := range 200 {
		for item := range 1 + i%3 {
			cents := "10,00"
			if i%17 == 5 && item == 0 {
				cents = "1e3"
			}
			name := "Ada Prova"
			if i%7 == 3 {
				name = "\"Nicolò\r\nD'Aré\""
			}
			fmt.Fprintf(&b, "00000000000;MENSA;P%03d;%s;%s;v%d\r\n", i, cents, name, item)
		}
	}
	file := b.String()
	var whole []string
	var places []place
	lines := &lineKeeper{src: iotest.HalfReader(strings.NewReader(file)), first: 1}
	for g := range debts.Groups(format(t, file).Read(lines), lines.text) {
		whole = append(whole, told(g))
		if len(g.Rows) == 0 {
			places = append(places, place{})
			continue
		}
		p := place{int64(len(places)), g.Rows[0].Line, lines.offset(g.Rows[0].Line)}
		if p.offset == 0 {
			t.Fatalf("no offset of line %d", p.line)
		}
		places = append(places, p)
	}
	if !resumable(lines.header) {
		t.Fatalf("header %q", lines.header)
	}
	for i, p := range places {
		again, err := placeOf(&jobs.Run{Cursor: p.String()})
		if err != nil || again != p {
			t.Fatalf("place of %q = %v, %v; want %v", p.String(), again, err, p)
		}
		rest, behind, err := resume(strings.NewReader(file), p)
		if err != nil {
			t.Fatal(err)
		}
		some := &lineKeeper{src: rest, first: 1}
		var got []string
		for g := range debts.Groups(ahead(format(t, file).Read(some), behind), func(line int) string { return some.text(line - behind) }) {
			got = append(got, told(g))
			if len(g.Rows) > 0 && some.offset(g.Rows[0].Line-behind)-int64(len(some.header)) != lines.offset(g.Rows[0].Line)-p.offset {
				t.Fatalf("from line %d, line %d stands elsewhere", p.line, g.Rows[0].Line)
			}
		}
		if p.line == 0 {
			continue
		}
		if d := cmp.Diff(whole[i+1:], got[1:]); d != "" {
			t.Fatalf("from line %d (-at once +from there):\n%s", p.line, d)
		}
	}
}

func format(t *testing.T, file string) *all.Format {
	t.Helper()
	f := all.Detect([]byte(file))
	if f == nil || f.Key != "cassacomune-csv" {
		t.Fatal("the sample is not recognised")
	}
	return f
}

// TestLineKeeperIsBounded reads much and finds the lines read last.
func TestLineKeeperIsBounded(t *testing.T) {
	var src io.Reader = strings.NewReader(strings.Repeat("0123456789\n", 800_000))
	k := &lineKeeper{src: src, first: 1}
	if n, err := io.Copy(io.Discard, struct{ io.Reader }{k}); err != nil || n != 8_800_000 {
		t.Fatal(n, err)
	}
	if len(k.buf) > 3*keepBytes {
		t.Errorf("%d bytes kept, want %d at the most", len(k.buf), 3*keepBytes)
	}
	if got := k.text(800_000); got != "0123456789\n" {
		t.Errorf("last line = %q", got)
	}
	if got := k.offset(799_999); got != 799_998*11 {
		t.Errorf("offset = %d, want %d", got, 799_998*11)
	}
	if got := k.text(5); got != "" {
		t.Errorf("a line long gone = %q, want none", got)
	}
}
