package pain

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
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(files) < 6 {
		t.Fatalf("samples: %v, %v", files, err)
	}
	texts := map[string]string{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
	}
	return texts
}

func TestGoldens(t *testing.T) {
	for name, text := range samples(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			golden(t, strings.TrimSuffix(name, ".xml")+".golden", printed(text))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

// printed tells every event, a line each.
func printed(text string) string {
	var b strings.Builder
	for e := range Read(strings.NewReader(text)) {
		switch {
		case e.Problem != nil:
			fmt.Fprintf(&b, "%s: %s\n", e.Problem.Severity, e.Problem.Error())
		case e.Header != nil:
			fmt.Fprintf(&b, "header %s %s %s %s\n", e.Header.Format, e.Header.Version, e.Header.Name, e.Header.Value)
		case e.Message != nil:
			m := e.Message
			fmt.Fprintf(&b, "message %s %s %s (%s) declares %s by %s\n", m.Kind, m.ID, m.CreatedAt, m.CreatedOn, totals(m.DeclaredTransactions, m.DeclaredSum), who(m.Initiator))
			if m.Kind == "status" {
				fmt.Fprintf(&b, "  answers %s %s: %s %v %s\n", m.Original, m.OriginalKind, m.Status, m.Reasons, m.Text)
			}
		case e.Batch != nil:
			x := e.Batch
			fmt.Fprintf(&b, "%d: batch %s %s %s %s %s on %s declares %s account %s creditor %s status %s %v %s\n", x.Line, x.ID, x.Method, x.Scheme, x.Sequence, x.Booking,
				x.On, totals(x.DeclaredTransactions, x.DeclaredSum), who(x.Account), x.Creditor, x.Status, x.Reasons, x.Text)
		case e.Payment != nil:
			b.WriteString(payment(e.Payment))
		case e.MessageEnd != nil:
			fmt.Fprintf(&b, "%d: end\n", e.MessageEnd.Line)
		}
	}
	return b.String()
}

func totals(n *int, sum *money.Cents) string {
	count, amount := "-", "-"
	if n != nil {
		count = fmt.Sprint(*n)
	}
	if sum != nil {
		amount = sum.Decimal()
	}
	return count + " " + amount
}

func who(p formats.Party) string {
	return fmt.Sprintf("[%s|%s %s|%s|%s]", p.Name, p.Kind, p.Code, p.IBAN, p.Bank)
}

func payment(p *formats.Payment) string {
	amount := "-"
	if p.Stated {
		amount = formats.Decimal(p.Cents, p.Currency) + " " + p.Currency
	}
	s := fmt.Sprintf("%d: payment %s %s ultimate %s\n  refs %+v\n", p.Line, amount, who(p.Party), who(p.Ultimate), p.References)
	s += fmt.Sprintf("  signed %s sequence %s on %s value %s text %q purpose %s\n", p.SignedOn, p.Sequence, p.On, p.ValueOn, p.Text, p.Purpose)
	if a := p.Amendment; a != nil {
		s += fmt.Sprintf("  amendment %+v\n", *a)
	}
	if p.Status != "" {
		s += fmt.Sprintf("  status %s %v %q charges %s raw %s\n", p.Status, p.Reasons, p.ReasonText, p.Charges.Decimal(), p.Raw)
	}
	return s
}
