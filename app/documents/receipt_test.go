package documents

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/fault"
)

func receipt(items int) Receipt {
	b := bilingual()
	r := Receipt{Created: printedAt, PaidAt: printedAt, Issuer: b.Issuer, Number: "2026/000123", Payer: b.Debtor,
		Channel: "Carta di pagamento (POS virtuale)", Transaction: "XP-20260701-0042", Code: "301000000000000123", Secondary: German()}
	for i := range items {
		r.Items = append(r.Items, Item{Text: fmt.Sprintf("Ristorazione scolastica, pasto %d", i+1), Secondary: "Schulausspeisung", Amount: 450})
		r.Amount += 450
	}
	return r
}

func TestReceiptText(t *testing.T) {
	need(t, "pdftotext")
	file := filepath.Join(t.TempDir(), "receipt.pdf")
	var b bytes.Buffer
	if err := WriteReceipt(&b, receipt(60)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	text := string(out)
	for _, want := range []string{"2026/000123", "01/07/2026 12:30:00", "pasto 1 ", "pasto 60 ", "270,00", "Zahlungsbestätigung", "Non è una quietanza", "Gemeinde Bozen", "Totale pagato / Gezahlter Gesamtbetrag", "3010 0000 0000 0001 23"} {
		if !strings.Contains(text, want) {
			t.Errorf("the receipt does not say %q:\n%s", want, text)
		}
	}
	if got := strings.Count(text, "pasto "); got != 60 {
		t.Errorf("%d items printed, want 60", got)
	}
	if got, want := strings.Count(text, "\f"), 3; got != want {
		t.Errorf("%d pages, want %d", got, want)
	}
}

// TestPaidOn says no hour that nobody told.
func TestPaidOn(t *testing.T) {
	for _, c := range []struct {
		at   time.Time
		want string
	}{{day.New(2026, 7, 1).Start(), "01/07/2026"}, {day.New(2026, 12, 1).Start(), "01/12/2026"}, {printedAt, "01/07/2026 12:30:00"}} {
		if got := (Receipt{PaidAt: c.at}).PaidOn(); got != c.want {
			t.Errorf("PaidOn of %s = %q, want %q", c.at, got, c.want)
		}
	}
}

func TestReceiptRefusesWrongSum(t *testing.T) {
	r := receipt(2)
	r.Amount++
	if err := WriteReceipt(&bytes.Buffer{}, r); !fault.Is(err, fault.Invalid) {
		t.Errorf("WriteReceipt = %v, want a fault", err)
	}
}

func TestSVG(t *testing.T) {
	got, err := QRSVG("PAGOPA|002|301000000000000123|00104330493|13550", "Codice <QR>")
	if err != nil || !strings.Contains(got, "<title>Codice &lt;QR&gt;</title>") || !strings.Contains(got, `viewBox="0 0 41 41"`) {
		t.Errorf("QRSVG = %.200s, %v, want version 4 (33 modules and the quiet zone) with an escaped title", got, err)
	}
	if got, err := Code128SVG("1234", "x"); err != nil || !strings.Contains(got, "M10 10h2v40") {
		t.Errorf("Code128SVG = %.200s, %v", got, err)
	}
}
