package p7m

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"cassacomune/app/formats"
	. "cassacomune/app/formats/internal/cms/cmstest"
	"github.com/google/go-cmp/cmp"
)

var order = []byte("Pago la posizione 0001 per 12,50 euro\r\n")

// cast is who signs in these tests, and whom we trust.
var cast = sync.OnceValue(func() (c struct {
	bruna, tullio, stranger *Holder
	trust                   formats.Trust
}) {
	root := Root("Radice Inventata")
	certifier := root.Certifier("Firma Inventata 1")
	c.bruna = certifier.Issue("Bruna Prova", "TINIT-PRVBRN70A41L219I", RSA())
	c.tullio = certifier.Issue("Tullio Inventato", "IT:NVNTGL82C15F205N", P256())
	c.stranger = Root("Radice Sconosciuta").Issue("Bruna Prova", "TINIT-PRVBRN70A41L219I", P256())
	c.trust = formats.Trust{Roots: Roots(root), At: Now, Source: "un elenco inventato"}
	return c
})

func signed(content []byte, by ...*Holder) []byte {
	m := Message{Content: content}
	for _, h := range by {
		m.Signers = append(m.Signers, Signer{Holder: h})
	}
	return m.Bytes()
}

func wrapped(in []byte, width int) []byte {
	text := base64.StdEncoding.EncodeToString(in)
	var b bytes.Buffer
	for len(text) > width {
		b.WriteString(text[:width] + "\r\n")
		text = text[width:]
	}
	b.WriteString(text)
	return b.Bytes()
}

// told is an opened file in one line, and its problems one a line.
func told(f formats.SignedFile, problems []formats.Problem) string {
	var b strings.Builder
	b.WriteString(string(f.Verdict) + ": " + f.Why)
	for _, s := range f.Signers {
		b.WriteString("; " + s.FiscalCode + " " + string(s.Verdict))
	}
	for _, p := range problems {
		b.WriteString("\n" + string(p.Severity) + " " + p.Field + " " + p.Value + ": " + p.Reason)
	}
	return b.String()
}

func TestOpenInEveryForm(t *testing.T) {
	c := cast()
	der := signed(order, c.tullio)
	ber := Message{Content: order, Pieces: 7, Signers: []Signer{{Holder: c.tullio}}}.Bytes()
	armoured := pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der})
	for name, in := range map[string][]byte{
		"DER":                        der,
		"BER":                        ber,
		"DER and a new line":         append(bytes.Clone(der), '\n'),
		"PEM":                        armoured,
		"PEM, CMS, lines of Windows": bytes.ReplaceAll(pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: ber}), []byte("\n"), []byte("\r\n")),
		"base64, one line":           wrapped(der, 1<<20),
		"base64, in lines":           append(wrapped(ber, 64), '\n'),
		"base64 behind a mark":       append([]byte("\xef\xbb\xbf\n"), wrapped(der, 76)...),
		"base64 without padding":     bytes.TrimRight(wrapped(append(bytes.Clone(der), ' '), 1<<20), "="),
	} {
		t.Run(name, func(t *testing.T) {
			if !Sniff(in) || !Sniff(in[:min(len(in), 120)]) {
				t.Error("not recognised")
			}
			f, problems := Open(bytes.NewReader(in), c.trust)
			want := "valid: firma valida, secondo un elenco inventato; revoca non controllata; NVNTGL82C15F205N valid"
			if got := told(f, problems); got != want || !bytes.Equal(f.Content, order) || f.Levels != 1 || f.Revocation != formats.RevocationNotChecked {
				t.Errorf("got  %s %q, %d levels, %s\nwant %s", got, f.Content, f.Levels, f.Revocation, want)
			}
		})
	}
}

func TestVerdictIsTheWorst(t *testing.T) {
	c := cast()
	const untrusted = "il certificatore Radice Sconosciuta non è, o non lo è più, fra quelli dati"
	wrong := func(content []byte) []byte {
		return Message{Content: content, Signers: []Signer{{Holder: c.tullio, Bare: true}}}.Bytes()
	}
	organisation := c.bruna.Issuer.Issue("Ditta Inventata", "VATIT-01234567897", P256())
	for name, test := range map[string]struct {
		in     []byte
		levels int
		want   string
	}{
		"two signers": {signed(order, c.bruna, c.tullio), 1,
			"valid: 2 firme valide, secondo un elenco inventato; revoca non controllata; PRVBRN70A41L219I valid; NVNTGL82C15F205N valid"},
		"one unknown": {signed(order, c.tullio, c.stranger), 1,
			"undetermined: Bruna Prova: " + untrusted + "; NVNTGL82C15F205N valid; PRVBRN70A41L219I undetermined\nerror firma Bruna Prova: " + untrusted},
		"signed twice": {signed(signed(order, c.bruna), c.tullio), 2,
			"valid: 2 firme valide, secondo un elenco inventato; revoca non controllata; NVNTGL82C15F205N valid; PRVBRN70A41L219I valid"},
		"signed twice, base64 inside": {signed(wrapped(signed(order, c.bruna), 64), c.tullio), 2,
			"valid: 2 firme valide, secondo un elenco inventato; revoca non controllata; NVNTGL82C15F205N valid; PRVBRN70A41L219I valid"},
		"wrong inside": {signed(wrong(order), c.bruna), 2,
			"invalid: Tullio Inventato: mancano gli attributi firmati; PRVBRN70A41L219I valid; NVNTGL82C15F205N invalid\nerror firma Tullio Inventato: mancano gli attributi firmati"},
		"wrong outside": {wrong(signed(order, c.bruna)), 2,
			"invalid: Tullio Inventato: mancano gli attributi firmati; NVNTGL82C15F205N invalid; PRVBRN70A41L219I valid\nerror firma Tullio Inventato: mancano gli attributi firmati"},
		"unknown, then wrong": {wrong(signed(order, c.stranger)), 2,
			"invalid: Tullio Inventato: mancano gli attributi firmati; NVNTGL82C15F205N invalid; PRVBRN70A41L219I undetermined\n" +
				"error firma Tullio Inventato: mancano gli attributi firmati\nerror firma Bruna Prova: " + untrusted},
		"an organisation": {signed(order, organisation), 1,
			"valid: firma valida, secondo un elenco inventato; revoca non controllata;  valid\nwarning codice fiscale Ditta Inventata: il certificato non porta il codice fiscale di chi ha firmato"},
		"three levels": {signed(signed(signed(order, c.bruna), c.tullio), c.bruna), 3,
			"valid: 3 firme valide, secondo un elenco inventato; revoca non controllata; PRVBRN70A41L219I valid; NVNTGL82C15F205N valid; PRVBRN70A41L219I valid"},
	} {
		f, problems := Open(bytes.NewReader(test.in), c.trust)
		if got := told(f, problems); got != test.want || f.Levels != test.levels || !bytes.Equal(f.Content, order) {
			t.Errorf("%s: %d levels, content %q\ngot  %s\nwant %s", name, f.Levels, f.Content, got, test.want)
		}
	}
}

func TestOpenWithoutTrust(t *testing.T) {
	f, problems := Open(bytes.NewReader(signed(order, cast().tullio)), formats.Trust{})
	want := "undetermined: Tullio Inventato: catena dei certificati non controllata: nessun elenco di certificatori dato; NVNTGL82C15F205N undetermined\n" +
		"error firma Tullio Inventato: catena dei certificati non controllata: nessun elenco di certificatori dato"
	if got := told(f, problems); got != want || !bytes.Equal(f.Content, order) {
		t.Errorf("got  %s %q\nwant %s", got, f.Content, want)
	}
}

// TestOpenRefuses: what cannot be opened gives no content, and says why.
func TestOpenRefuses(t *testing.T) {
	c := cast()
	der := signed(order, c.tullio)
	armoured := pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der})
	for name, test := range map[string]struct {
		in   []byte
		want string
	}{
		"empty":                {nil, "invalid: non è una busta firmata (CMS SignedData)"},
		"text":                 {[]byte("ciao"), "invalid: non è una busta firmata (CMS SignedData)"},
		"something after":      {append(bytes.Clone(der), "ciao"...), "invalid: dopo la busta firmata ci sono altri dati"},
		"zeros after":          {append(bytes.Clone(der), 0, 0), "invalid: dopo la busta firmata ci sono altri dati"},
		"text after PEM":       {append(bytes.Clone(armoured), "ciao"...), "invalid: dopo la busta firmata ci sono altri dati"},
		"PEM without end":      {armoured[:len(armoured)-20], "invalid: righe BEGIN ed END (PEM) che non tornano"},
		"PEM of another end":   {bytes.Replace(armoured, []byte("END PKCS7"), []byte("END CMS"), 1), "invalid: righe BEGIN ed END (PEM) che non tornano"},
		"foreign in base64":    {bytes.Replace(wrapped(der, 64), []byte("\r\n"), []byte("*"), 1), "invalid: testo base64 rovinato"},
		"padding in base64":    {append(bytes.TrimRight(wrapped(der, 64), "="), "==="...), "invalid: testo base64 rovinato"},
		"text after padding":   {append(wrapped(der[:len(der)/3*3-1], 64), "AAAA"...), "invalid: testo base64 rovinato"},
		"detached":             {Message{Content: order, Detached: true, Signers: []Signer{{Holder: c.tullio}}}.Bytes(), "invalid: il documento firmato non è nel file: la firma è separata (detached)"},
		"broken inside":        {signed(der[:len(der)-3], c.bruna), "invalid: struttura interrotta, o con una lunghezza maggiore di quanto c'è"},
		"four levels":          {signed(signed(signed(der, c.bruna), c.bruna), c.bruna), "undetermined: più di 3 buste firmate una dentro l'altra: non si aprono"},
		"PDF":                  {[]byte("%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\n"), "invalid: non è una busta firmata (CMS SignedData)"},
		"signed PDF":           {[]byte("%PDF-1.7\n1 0 obj\n<< /Type /Sig /ByteRange [0 10 20 30] >>\n"), "undetermined: PDF firmato (PAdES): questa firma non è ancora verificata; serve il file .p7m (CAdES)"},
		"signed XML, inside":   {[]byte(xades(`<ordine>`, `</ordine>`)), "undetermined: XML firmato (XAdES): questa firma non è ancora verificata; serve il file .p7m (CAdES)"},
		"signed XML, around":   {[]byte(xades("", "")), "undetermined: XML firmato (XAdES): questa firma non è ancora verificata; serve il file .p7m (CAdES)"},
		"XML, no signature":    {[]byte("<ordine><Signature/></ordine>"), "invalid: non è una busta firmata (CMS SignedData)"},
		"XML, other signature": {[]byte(`<o><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></o>`), "invalid: non è una busta firmata (CMS SignedData)"},
	} {
		f, problems := Open(bytes.NewReader(test.in), c.trust)
		_, why, _ := strings.Cut(test.want, ": ")
		if got := told(f, problems); got != test.want+"\nerror file : "+why || f.Content != nil {
			t.Errorf("%s: %q\ngot  %s\nwant %s", name, f.Content, got, test.want)
		}
	}
}

func xades(before, after string) string {
	return `<?xml version="1.0"?>` + before + `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Object>` +
		`<x:QualifyingProperties xmlns:x="http://uri.etsi.org/01903/v1.3.2#"/></ds:Object></ds:Signature>` + after
}

func TestOpenTooLarge(t *testing.T) {
	f, problems := Open(io.LimitReader(zeros{}, MaxSize+1), cast().trust)
	if got, want := told(f, problems), "undetermined: file firmato più grande di 12 MB: non viene aperto"; !strings.HasPrefix(got, want) || f.Content != nil {
		t.Errorf("got %s, want %s", got, want)
	}
	f, problems = Open(iotest.ErrReader(errors.New("disco")), cast().trust)
	if got, want := told(f, problems), "undetermined: lettura interrotta: disco"; !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestEveryCut cuts each form at every byte: no part of a file is a file.
func TestEveryCut(t *testing.T) {
	c := cast()
	der := signed(order, c.tullio)
	whole, _ := Open(bytes.NewReader(der), c.trust)
	for _, in := range [][]byte{der, wrapped(der, 64), pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der})} {
		end := len(bytes.TrimSpace(in))
		for n := range end {
			f, problems := Open(bytes.NewReader(in[:n]), c.trust)
			if n >= end-2 && cmp.Equal(f, whole) {
				continue // only padding is missing
			}
			if f.Verdict != formats.Invalid || f.Content != nil || len(problems) != 1 || problems[0].Field != "file" {
				t.Fatalf("%q..., cut at %d of %d: %s", in[:10], n, end, told(f, problems))
			}
		}
	}
}

// TestOpenIsQuick holds the worst that fits in the limit to bounded time:
// content in pieces of nothing, in an envelope that ends at markers.
func TestOpenIsQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	pieces := bytes.Repeat([]byte{0x04, 0x00}, (MaxSize-1000)/2)
	in := Indefinite(0x30, OID("1.2.840.113549.1.7.2"), Indefinite(0xa0, Indefinite(0x30, Number(1), TLV(0x31),
		Indefinite(0x30, OID(Data), Indefinite(0xa0, Indefinite(0x24, pieces))), TLV(0x31))))
	start := time.Now()
	f, problems := Open(bytes.NewReader(in), formats.Trust{})
	if f.Verdict != formats.Invalid || time.Since(start) > 20*time.Second {
		t.Errorf("%s after %v", told(f, problems), time.Since(start))
	}
	t.Log(time.Since(start))
}
