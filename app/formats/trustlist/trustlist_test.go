package trustlist

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"text/template"
	"time"

	"cassacomune/app/formats"
	. "cassacomune/app/formats/internal/cms/cmstest"
)

// certifiers stand in the sample list: the first two are to be believed.
var certifiers = sync.OnceValue(func() (all []*Holder) {
	for i := range 8 {
		all = append(all, Root(fmt.Sprint("Certificatore Inventato ", i)))
	}
	return all
})

// sample writes testdata/elenco.xml with the certifiers in their places.
func sample(t testing.TB) string {
	t.Helper()
	var cert []string
	for _, h := range certifiers() {
		cert = append(cert, base64.StdEncoding.EncodeToString(h.Certificate.Raw))
	}
	var b strings.Builder
	if err := template.Must(template.ParseFiles("testdata/elenco.xml")).Execute(&b, cert); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func read(text string, at time.Time) (List, string) {
	l, problems := Read(strings.NewReader(text), at)
	var lines []string
	for _, p := range problems {
		lines = append(lines, fmt.Sprintf("%s %d %s %s: %s", p.Severity, p.Line, p.Field, p.Value, p.Reason))
	}
	return l, strings.Join(lines, "\n")
}

func names(l List) (out []string) {
	for _, c := range l.Roots {
		out = append(out, strings.TrimPrefix(c.Subject.CommonName, "Certificatore Inventato "))
	}
	return out
}

func TestReadTrustedList(t *testing.T) {
	text := sample(t)
	l, problems := read(text, Now)
	if problems != "" {
		t.Fatal(problems)
	}
	if got := fmt.Sprint(names(l)); got != "[0 1]" {
		t.Errorf("roots %s, want 0 and 1", got)
	}
	hash := sha256.Sum256([]byte(text))
	want := List{Kind: TrustedList, SHA256: hex.EncodeToString(hash[:]), Territory: "IT", Operator: "Agenzia Inventata", Number: 141,
		Issued: time.Date(2026, 2, 1, 10, 0, 0, 0, time.UTC), NextUpdate: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), Providers: 2, Services: 3}
	l.Roots = nil
	if fmt.Sprint(l) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", l, want)
	}
	if got, want := l.Source(), "l'elenco di fiducia IT n. 141 del 01/02/2026 (scelto dall'operatore, SHA-256 "+l.SHA256[:8]+"; la firma dell'elenco non è verificata)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestReadTellsWhatIsOdd(t *testing.T) {
	text := sample(t)
	second := base64.StdEncoding.EncodeToString(certifiers()[1].Certificate.Raw)
	for name, test := range map[string]struct {
		text string
		at   time.Time
		want string
		left int // roots
	}{
		"no time given": {text, time.Time{}, "", 2},
		"out of date": {text, time.Date(2026, 8, 2, 0, 0, 0, 0, time.UTC),
			"warning 0 NextUpdate 01/08/2026: l'elenco di fiducia è da aggiornare: la data è passata", 2},
		"closed": {strings.Replace(text, "<tsl:dateTime>2026-08-01T00:00:00Z</tsl:dateTime>", "", 1), Now,
			"warning 0 NextUpdate : l'elenco di fiducia non dice quando sarà aggiornato: può essere chiuso", 2},
		"unreadable certificate": {strings.Replace(text, second, second[:40], 1), Now,
			"warning 92 X509Certificate : certificato illeggibile: il suo certificatore non è fra quelli creduti", 1},
		"nobody granted": {strings.ReplaceAll(text, granted, granted[:10]), Now, "error 0 file : non contiene certificatori", 0},
		"no number":      {strings.Replace(text, ">141<", ">0<", 1), Now, "error 4 TSLSequenceNumber 0: numero dell'elenco non valido\nerror 0 SchemeInformation : l'elenco di fiducia non dice il suo numero o la sua data", 0},
		"no date":        {strings.Replace(text, "2026-02-01T10:00:00Z", "ieri", 1), Now, "error 23 ListIssueDateTime ieri: data e ora non valide\nerror 0 SchemeInformation : l'elenco di fiducia non dice il suo numero o la sua data", 0},
		"another XML":    {"<ordine/>", Now, "error 1 ordine : non è un elenco di fiducia (TrustServiceStatusList), né un certificato in PEM", 0},
		"DOCTYPE":        {"<!DOCTYPE a><a/>", Now, "error 1 file : DOCTYPE non ammesso", 0},
		"empty":          {"", Now, "error 0 file : non contiene certificatori", 0},
		"text":           {"ciao", Now, "error 0 file : non contiene certificatori", 0},
		"too large":      {strings.Repeat(" ", maxSize+1), Now, "error 0 file : più grande di 32 MB", 0},
	} {
		if l, got := read(test.text, test.at); got != test.want || len(l.Roots) != test.left {
			t.Errorf("%s: roots %v, %s\nwant %s", name, names(l), got, test.want)
		}
	}
	if _, problems := Read(iotest.ErrReader(errors.New("disco")), Now); len(problems) == 0 || problems[0].Severity != formats.Error {
		t.Errorf("got %v, want an error", problems)
	}
}

func TestReadPEM(t *testing.T) {
	all := certifiers()
	armoured := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	one, two := armoured("CERTIFICATE", all[0].Certificate.Raw), armoured("CERTIFICATE", all[1].Certificate.Raw)
	person := all[0].Issue("Tullio Inventato", "TINIT-NVNTGL82C15F205N", P256())
	for name, test := range map[string]struct {
		text, roots, want string
	}{
		"one":                   {one, "[0]", ""},
		"two, with text around": {"Certificatori\n" + one + "e poi\r\n" + strings.ReplaceAll(two, "\n", "\r\n"), "[0 1]", ""},
		"the same twice":        {one + one, "[0]", ""},
		"a person":              {one + armoured("CERTIFICATE", person.Certificate.Raw), "[]", "Tullio Inventato: non è il certificato di un certificatore (CA)"},
		"a key":                 {armoured("PRIVATE KEY", []byte("x")) + one, "[]", "PRIVATE KEY: nel file c'è altro oltre a certificati"},
		"broken":                {armoured("CERTIFICATE", all[0].Certificate.Raw[:99]), "[]", ": certificato illeggibile"},
		"cut":                   {one + two[:len(two)-9], "[]", ": certificato in PEM interrotto o rovinato"},
	} {
		l, got := read(test.text, Now)
		if fmt.Sprint(names(l)) != test.roots || !strings.HasSuffix(got, test.want) || (got == "") != (test.want == "") || l.Kind != Certificates {
			t.Errorf("%s: %v, %s\nwant %s, %s", name, names(l), got, test.roots, test.want)
		}
	}
	l, _ := read(one, Now)
	if got, want := l.Source(), "i certificati scelti dall'operatore (SHA-256 "+l.SHA256[:8]+")"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTrust(t *testing.T) {
	l, _ := read(sample(t), Now)
	trust := l.Trust(Now)
	if !trust.Roots.Equal(Roots(certifiers()[:2]...)) || trust.At != Now || trust.Source != l.Source() {
		t.Errorf("got %+v", trust)
	}
	if trust := (List{}).Trust(Now); trust.Roots != nil || trust.Source != "" {
		t.Errorf("nobody: got %+v", trust)
	}
}

// TestEveryCut cuts the list at every byte: a part of it trusts nobody.
func TestEveryCut(t *testing.T) {
	text := strings.TrimSpace(sample(t))
	for n := range text {
		if l, problems := Read(strings.NewReader(text[:n]), Now); len(l.Roots) > 0 || len(problems) == 0 || problems[0].Severity != formats.Error {
			t.Fatalf("cut at %d of %d: %v, %v", n, len(text), names(l), problems)
		}
	}
}

func FuzzRead(f *testing.F) {
	raw, err := os.ReadFile("testdata/elenco.xml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(sample(f)))
	f.Add(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certifiers()[0].Certificate.Raw}))
	f.Fuzz(func(t *testing.T, in []byte) {
		l, problems := Read(bytes.NewReader(in), Now)
		bad := false
		for _, p := range problems {
			bad = bad || p.Severity == formats.Error
		}
		if bad != (len(l.Roots) == 0) {
			t.Errorf("%d roots, %v", len(l.Roots), problems)
		}
		if hash := sha256.Sum256(in); l.SHA256 != hex.EncodeToString(hash[:]) {
			t.Errorf("hash %s", l.SHA256)
		}
	})
}
