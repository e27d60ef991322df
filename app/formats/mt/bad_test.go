package mt

import (
	"regexp"
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
)

var closed = regexp.MustCompile(`:62F:[CD]\d{6}EUR\d+,`)

// TestCutAnywhere cuts whole files at each byte. In an envelope an error is
// told until its last line begins; without, until the closing balance.
func TestCutAnywhere(t *testing.T) {
	for name, whole := range map[string]func(cut string) bool{
		"sottocampi.txt":       func(cut string) bool { return strings.Count(cut, "{1:") == strings.Count(cut, "\n-") },
		"infragiornaliero.txt": func(cut string) bool { return strings.Contains(cut, "\n-") },
		"parole.txt":           closed.MatchString,
		"piano.txt":            func(cut string) bool { return closed.MatchString(cut[max(0, strings.LastIndex(cut, ":20:")):]) },
	} {
		text := golden.Sample(t, name)
		for n := range len(text) {
			cut := text[:n]
			whole := strings.Contains(cut, "20:") && whole(cut)
			got := told(cut)
			if strings.Contains(got, "error") == whole {
				t.Fatalf("%s cut at %d (...%q): got %s", name, n, cut[max(0, n-20):], got)
			}
			if whole && closed.MatchString(cut) && !strings.Contains(got, "Closing ") {
				t.Fatalf("%s cut at %d: no closing", name, n)
			}
		}
	}
}

// TestLineEnds reads the same from CRLF, LF, CR and all of them.
func TestLineEnds(t *testing.T) {
	text := golden.Sample(t, "sottocampi.txt")
	want := told(text)
	for _, end := range []string{"\n", "\r", "\r\r\n"} {
		got := told(strings.ReplaceAll(text, "\r\n", end))
		if end == "\n" && got != want || strings.Count(got, "Entry ") != 4 || strings.Contains(got, "error") {
			t.Errorf("%q: got %s", end, got)
		}
	}
	half := strings.Replace(text, "\r\n", "\n", 7)
	if got := told(half); got != want {
		t.Errorf("mixed: got %s", got)
	}
}

func TestTells(t *testing.T) {
	const good = ":20:A\n:25:X\n:28C:1/1\n:60F:C260101EUR0,00\n:61:260102C1,00NTRFR\n:86:T\n:62F:C260102EUR1,00\n-\n"
	if got := told(good); strings.Contains(got, "error") || strings.Contains(got, "warning") {
		t.Fatal(got)
	}
	for _, c := range []struct{ old, new, want string }{
		{good, "", "error: riga 0,  \"\": il file è vuoto"},
		{good, "ciao\n", "nessun estratto conto"},
		{":20:A\n", "", "manca l'inizio dell'estratto conto"},
		{":25:X\n", "", "manca il conto"},
		{":86:T\n", ":86:T\x00\n", "error: riga 6, riga"},
		{":86:T\n", ":86:T\n" + strings.Repeat("x", mostLine+1) + "\n", "riga troppo lunga"},
		{":86:T\n", ":86:T\n" + strings.Repeat(strings.Repeat("x", 100)+"\n", 200), "warning: riga 169, :86:"},
		{":86:T\n", strings.Repeat(":86:"+strings.Repeat("x", 100)+"\n", 200), "testo troppo lungo"},
		{"C260101EUR0,00", "C260230EUR0,00", "error: riga 4, :60F: \"260230\""},
		{"C260101EUR0,00", "C260101EUR0,001", "più di due decimali"},
		{"C260101EUR0,00", "C260101EUR0.00", "error: riga 4, :60F:"},
		{"C260101EUR0,00", "C260101EUR5,00", "warning: riga 1, equazione"},
		{":62F:C260102EUR1,00\n", ":62F:C260102EUR1,00\n" + strings.Repeat(":65:C260102EUR1,00\n", 1001), "troppi saldi"},
		{":86:T\n", ":86:T\n:23Z:?\n", "warning: riga 7, :23Z:"},
		{":20:A\n", "{1:F01A}{2:I103B}{4:\n:20:A\n", "che non è un MT940"},
		{":20:A\n", "{1:F01A}{2:I940B}{4:\n:20:A\n", "warning: riga 1, {1:"},
	} {
		if got := told(strings.Replace(good, c.old, c.new, 1)); !strings.Contains(got, c.want) {
			t.Errorf("%.40q: got %s, want %s", c.new, got, c.want)
		}
	}
}

// TestJoined reads files that were put one behind the other, with what each
// had around it.
func TestJoined(t *testing.T) {
	var b strings.Builder
	for _, name := range []string{"infragiornaliero.txt", "sottocampi.txt", "piano.txt"} {
		b.WriteString("\x01" + golden.Sample(t, name) + "\r\n\x1a\r\n\ufeff")
	}
	got := told(b.String())
	if strings.Contains(got, "error") || strings.Count(got, "Closing ") != 5 || strings.Count(got, "Entry ") != 3+4+5 {
		t.Errorf("got %s", got)
	}
}

// TestSniff shows it what is near and not ours.
func TestSniff(t *testing.T) {
	for in, want := range map[string]bool{
		"": false, "1\n2\n3\n": false, "ciao": false, ":20:A": true, ":86:T\r\n-": true, "\ufeff\r\n:20:A\r\n:25:B": true,
		"junk\n:20:A\n": false, "junk\n:20:A\n:25:B\n": false, "junk\n:20:A\n:28C:1\n": true, "junk\n:60F:C260101EUR0,\n": false,
		"{1:F01A}{2:I940B}{4:\n": true, "{1:F01A}\n{2:O9421200B}\n{4:\n:20:A": true, "{1:F01A}{2:I103B}{4:\n:20:A": false, "{1:F01A}{4:\n:20:A": true,
		":20:A\n:23B:CRED\n:32A:260101EUR1,\n:86:X": false, ":20:A\n:21:B\n:25:C\n:32A:260101EUR1,": false,
		":20:A\n:25:\x00": false, ":61:abc": false, ":60F:X": false, "{\"a\": 1}": false, "<Document>\n:20:A\n:28C:1\n</Document>": false,
	} {
		if got := Sniff([]byte(in)); got != want {
			t.Errorf("Sniff(%q) = %v", in, got)
		}
	}
	golden.Claims(t, Sniff, "../mt/testdata/*.txt")
}

// FuzzRead checks that statements open and close in turn, that the Header
// comes first, and that nothing booked lacks amount or day.
func FuzzRead(f *testing.F) {
	golden.Seeds(f, "*.txt")
	f.Fuzz(func(t *testing.T, in string) {
		Sniff([]byte(in))
		headers, entries := 0, strings.Count(in, ":61:")
		for e := range golden.Statements(t, Read(strings.NewReader(in))) {
			switch {
			case e.Header != nil:
				headers++
			case e.Entry != nil:
				entries--
				checkEntry(t, e.Entry)
			}
		}
		if headers > 1 || entries < 0 {
			t.Errorf("%d headers, %d entries too many", headers, -entries)
		}
	})
}

func checkEntry(t *testing.T, e *formats.Entry) {
	if e.Cents < 0 || e.Booked && (e.ValueOn.IsZero() || e.BookedOn.IsZero()) {
		t.Errorf("yields %+v", e)
	}
	if len(e.Raw) > 3*mostText || len(e.Text) > 3*mostText {
		t.Errorf("yields %d bytes of text", len(e.Raw))
	}
	if !e.Booked || e.ValueOn.IsZero() {
		return
	}
	if days := e.BookedOn.Sub(e.ValueOn); days < -184 || days > 184 {
		t.Errorf("booked on %v for %v", e.BookedOn, e.ValueOn)
	}
}
