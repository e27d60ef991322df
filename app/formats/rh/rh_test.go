package rh

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

var update = flag.Bool("update", false, "write the goldens")

func samples(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 3 {
		t.Fatalf("samples: %v, %v", files, err)
	}
	texts := map[string]string{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(name)] = string(text)
	}
	return texts
}

func TestGoldens(t *testing.T) {
	for name, text := range samples(t) {
		t.Run(name, func(t *testing.T) {
			if !Sniff([]byte(text)) {
				t.Error("Sniff = false")
			}
			got := printed(text)
			golden := filepath.Join("testdata", strings.TrimSuffix(name, ".txt")+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, string(want)); diff != "" {
				t.Errorf("got -, want +\n%s", diff)
			}
		})
	}
}

// printed writes all that a reader tells.
func printed(text string) string {
	var b strings.Builder
	for e := range Read(strings.NewReader(text)) {
		switch {
		case e.Problem != nil:
			fmt.Fprintf(&b, "%s: %s\n", e.Problem.Severity, e.Problem.Error())
		case e.Header != nil:
			fmt.Fprintf(&b, "%s %s\n", e.Header.Format, e.Header.Version)
		case e.Statement != nil:
			s := e.Statement
			fmt.Fprintf(&b, "%d: statement %s account %s bank %s body %s number %s %s from %s to %s opening %s%s\n",
				s.Line, s.ID, s.Account, s.Bank, s.Body, s.Number, s.Currency, s.From, s.To, cents(s.Opening), all(s.Balances))
		case e.Entry != nil:
			printEntry(&b, e.Entry)
		case e.Closing != nil:
			c := e.Closing
			fmt.Fprintf(&b, "%d: closing %s%s\n", c.Line, cents(c.Closing), all(c.Balances))
		}
	}
	return b.String()
}

func printEntry(b *strings.Builder, e *formats.Entry) {
	sign := "-"
	if e.Credit {
		sign = "+"
	}
	fmt.Fprintf(b, "%d: %s%s %s value %s booked %s", e.Line, sign, e.Cents.Decimal(), e.Currency, e.ValueOn, e.BookedOn)
	if !e.Booked {
		b.WriteString(" not booked")
	}
	for _, f := range []struct{ name, value string }{
		{"movement", e.Movement}, {"cause", e.BankCode}, {"reference", e.Reference}, {"cheque", e.References.Cheque},
		{"others", strings.Join(e.References.Others, "|")}, {"ordered", e.OrderedOn.String()}, {"message", e.References.Message}, {"e2e", e.EndToEnd},
		{"name", e.PartyName}, {"code", e.PartyCode}, {"iban", e.PartyIBAN}, {"text", e.Text}, {"raw", e.Raw},
	} {
		if f.value != "" {
			fmt.Fprintf(b, "\n    %s: %q", f.name, f.value)
		}
	}
	b.WriteString("\n")
}

func cents(c *money.Cents) string {
	if c == nil {
		return "-"
	}
	return c.Decimal()
}

func all(balances []formats.Balance) (s string) {
	for _, b := range balances {
		s += fmt.Sprintf(" [%s %s %s %s]", b.Kind, b.On, b.Cents.Decimal(), b.Currency)
	}
	return s
}
