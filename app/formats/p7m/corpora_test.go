package p7m

import (
	"bytes"
	"crypto/x509"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cassacomune/app/formats"
	"cassacomune/app/shared"
)

// TestCorpora holds every file of the collection to the verdict that its table
// expects: accept is valid; reject is invalid, but for a certificate or a chain
// that is missing.
func TestCorpora(t *testing.T) {
	dir := shared.Path(t, "corpora/signatures")
	rows := shared.Table(t, "corpora/signatures/EXPECTED.csv")
	if len(rows) < 14 {
		t.Fatalf("%d rows", len(rows))
	}
	root, err := os.ReadFile(filepath.Join(dir, "root.crt"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(root) {
		t.Fatal("no root")
	}
	trust := formats.Trust{Roots: roots, At: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}
	for _, row := range rows[1:] {
		t.Run(row[0], func(t *testing.T) {
			in, err := os.ReadFile(filepath.Join(dir, row[0]))
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]formats.Verdict{"accept": formats.Valid, "reject": formats.Invalid}[row[1]]
			if row[0] == "nocerts.p7m" || row[0] == "untrusted.p7m" {
				want = formats.Undetermined
			}
			f, problems := Open(bytes.NewReader(in), trust)
			bad := slices.ContainsFunc(problems, func(p formats.Problem) bool { return p.Severity == formats.Error })
			if f.Verdict != want || bad != (want != formats.Valid) {
				t.Errorf("got %s, want %s", told(f, problems), want)
			}
			if want == formats.Valid {
				checkAccepted(t, row[2], f)
			}
			loose, _ := Open(bytes.NewReader(in), formats.Trust{})
			if want == formats.Valid {
				want = formats.Undetermined
			}
			if loose.Verdict != want {
				t.Errorf("without roots: %s, %s; want %s", loose.Verdict, loose.Why, want)
			}
		})
	}
}

// checkAccepted compares signers and content: "OK [CODE CODE]nt=85".
func checkAccepted(t *testing.T, why string, f formats.SignedFile) {
	t.Helper()
	codes, _, _ := strings.Cut(strings.TrimPrefix(why, "OK ["), "]")
	var got []string
	for _, s := range f.Signers {
		got = append(got, s.FiscalCode)
	}
	if !slices.Equal(got, strings.Fields(codes)) {
		t.Errorf("signers %v, want %s", got, codes)
	}
	if len(f.Content) != 85 || !strings.HasPrefix(string(f.Content), "ORDINE DI PAGAMENTO\r\n") {
		t.Errorf("content %q", f.Content)
	}
}
