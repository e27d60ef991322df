package delimited

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRows(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"empty", "", nil},
		{"plain", "a;b\nc;d\n", []string{`1 ["a" "b"] true <nil>`, `2 ["c" "d"] true <nil>`}},
		{"crlf, empty lines, no end", "a;b\r\n\r\n  \r\nc;d", []string{`1 ["a" "b"] true <nil>`, `4 ["c" "d"] false <nil>`}},
		{"quotes", `"a;1";"b""2""";c` + "\n", []string{`1 ["a;1" "b\"2\"" "c"] true <nil>`}},
		{"quote inside is a character", `Rossi "Gino";x` + "\n", []string{`1 ["Rossi \"Gino\"" "x"] true <nil>`}},
		{"line end in quotes", "\"a\nb\";c\nd;e\n", []string{`1 ["a\nb" "c"] true <nil>`, `3 ["d" "e"] true <nil>`}},
		{"last field empty", "a;\n", []string{`1 ["a" ""] true <nil>`}},
		{"text after quotes, then on", "\"a\"x;b\nc;d\n", []string{`1 ["a" "b"] true ` + ErrAfterQuote.Error(), `2 ["c" "d"] true <nil>`}},
		{"cut in quotes", "a;b\nc;\"d\n", []string{`1 ["a" "b"] true <nil>`, `2 ["c"] true ` + ErrOpenQuote.Error()}},
		{"cut in quotes, no end", "c;\"d", []string{`1 ["c"] false ` + ErrOpenQuote.Error()}},
		{"never closed", "a\n\"b" + strings.Repeat("\nx", maxLines), []string{`1 ["a"] true <nil>`, `2 [] false ` + ErrTooLong.Error()}},
		{"long", strings.Repeat("x", maxBytes+1), []string{`1 [] false ` + ErrTooLong.Error()}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for row, err := range Rows(strings.NewReader(c.in), ';') {
				got = append(got, fmt.Sprintf("%d %q %v %v", row.Line, row.Fields, row.Ended, err))
			}
			if diff := cmp.Diff(got, c.want); diff != "" {
				t.Errorf("got -, want +\n%s", diff)
			}
		})
	}
}

func TestOdd(t *testing.T) {
	for value, odd := range map[string]bool{
		"": false, "Mensa 2026": false, "due\nrighe": false, "costa $ 5 {circa}": false, "città €": false,
		"a\x00b": true, "a\x1bb": true, "${nome}": true, "Sig. {{cognome}}": true,
	} {
		if got := Odd(value) != ""; got != odd {
			t.Errorf("Odd(%q) odd = %v, want %v", value, got, odd)
		}
	}
}

func TestGuard(t *testing.T) {
	for _, value := range []string{"", "a", "=1+1", "+39 06", "-5", "@x", "'=1", "''=1", "'a", "''", "'"} {
		guarded := Guard(value)
		if got := Unguard(guarded); got != value {
			t.Errorf("Unguard(Guard(%q)) = %q", value, got)
		}
		if formula(guarded) {
			t.Errorf("Guard(%q) = %q still runs", value, guarded)
		}
	}
}

func TestCopyRejected(t *testing.T) {
	file := "a;b;c\n1;\"x;y\";3\n4;5;6\n=7;8\n9\n"
	reasons := map[int]string{2: "importo non leggibile", 4: "=mancano colonne", 5: "poche"}
	var got strings.Builder
	if err := CopyRejected(&got, ';', strings.NewReader(file), func(line int) string { return reasons[line] }); err != nil {
		t.Fatal(err)
	}
	want := bom + "motivo;a;b;c\r\nimporto non leggibile;1;\"x;y\";3\r\n'=mancano colonne;'=7;8\r\npoche;9\r\n"
	if got.String() != want {
		t.Errorf("got %q, want %q", got.String(), want)
	}
	var again strings.Builder
	second := strings.TrimPrefix(got.String(), bom)
	if err := CopyRejected(&again, ';', strings.NewReader(second), func(line int) string {
		return map[int]string{2: "ancora"}[line]
	}); err != nil {
		t.Fatal(err)
	}
	if want := bom + "motivo;a;b;c\r\nancora;1;\"x;y\";3\r\n"; again.String() != want {
		t.Errorf("a second time: got %q, want %q", again.String(), want)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestWriterTellsFailure(t *testing.T) {
	w := NewWriter(full{}, ';')
	w.Row("a")
	if err := w.Flush(); err == nil {
		t.Error("Flush() = nil, want the error of the writer below")
	}
}

func FuzzRows(f *testing.F) {
	for _, s := range []string{"a;b\nc;d\n", "\"a;\"\"\n\";b\r\n", "\"", "\x00;'=x", "a;\"b\"c;d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		for row, err := range Rows(strings.NewReader(in), ';') {
			if err != nil || strings.Contains(row.Raw, "\r") {
				continue
			}
			want := slices.Clone(row.Fields)
			var out strings.Builder
			w := NewWriter(&out, ';')
			w.Row(want...)
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			for back, err := range Rows(strings.NewReader(strings.TrimPrefix(out.String(), bom)), ';') {
				if err != nil || !slices.Equal(back.Fields, want) {
					t.Errorf("%q: read back %q, %v; want %q", in, back.Fields, err, want)
				}
			}
		}
	})
}
