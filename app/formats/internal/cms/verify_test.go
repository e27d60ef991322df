package cms_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cassacomune/app/formats/internal/cms"
	. "cassacomune/app/formats/internal/cms/cmstest"
)

var order = []byte("Pago la posizione 0001 per 12,50 euro\r\n")

// cast is who signs in these tests.
var cast = sync.OnceValue(func() (c struct {
	root, certifier, stranger      *Holder
	bruna, tullio, onCurve, edward *Holder
}) {
	c.root = Root("Radice Inventata")
	c.certifier = c.root.Certifier("Firma Inventata 1")
	c.stranger = Root("Radice Sconosciuta")
	c.bruna = c.certifier.Issue("Bruna Prova", "TINIT-PRVBRN70A41L219I", RSA())
	c.tullio = c.certifier.Issue("Tullio Inventato", "IT:NVNTGL82C15F205N", P256())
	c.onCurve = c.certifier.Issue("Lina Esempio", "TINIT-SMPLNZ90T20H501L", P384())
	c.edward = c.certifier.Issue("Lina Esempio", "TINIT-SMPLNZ90T20H501L", Ed25519())
	return c
})

func signed(signers ...Signer) []byte { return Message{Content: order, Signers: signers}.Bytes() }

// judged reads and verifies, and tells each signer in a line: code, verdict.
func judged(t *testing.T, in []byte, roots *x509.CertPool, at time.Time) string {
	t.Helper()
	m, err := cms.Read(bytes.Clone(in))
	if err != nil {
		return err.Error()
	}
	var out []string
	for _, s := range m.Verify(roots, at) {
		verdict := "valid"
		if r, ok := errors.AsType[*cms.Refusal](s.Err); ok {
			verdict = "invalid: " + r.Reason
			if r.Unknown {
				verdict = "undetermined: " + r.Reason
			}
		} else if s.Err != nil {
			t.Errorf("%v is no refusal", s.Err)
		}
		if (s.Err == nil) != (verdict == "valid") {
			t.Errorf("%v, %s", s.Err, verdict)
		}
		out = append(out, s.Person.FiscalCode+" "+verdict)
	}
	if strings.HasSuffix(out[0], " valid") && !bytes.Equal(m.Content(), order) {
		t.Errorf("content %q, want %q", m.Content(), order)
	}
	return strings.Join(out, "; ")
}

func TestVerify(t *testing.T) {
	c := cast()
	edited := func(kind string, values ...[]byte) []byte {
		return signed(Signer{Holder: c.tullio, Edit: With(kind, values...)})
	}
	issued := func(edit func(*x509.Certificate)) []byte {
		return signed(Signer{Holder: c.certifier.Issue("Tullio Inventato", "TINIT-NVNTGL82C15F205N", P256(), edit)})
	}
	weakRSA := must(rsa.GenerateKey(rand.Reader, 1024))
	weakCurve := must(ecdsa.GenerateKey(elliptic.P224(), rand.Reader))
	twin := c.certifier.Issue("Altra Persona", "TINIT-SMPLNZ90T20H501L", P256(), func(x *x509.Certificate) { x.SerialNumber = c.tullio.Certificate.SerialNumber })
	loose := Root("Radice Sconosciuta").Issue("Tullio Inventato", "TINIT-NVNTGL82C15F205N", P256())
	namesake := Root("Un'altra chiave", func(x *x509.Certificate) { x.Subject = c.certifier.Certificate.Subject })
	changed := signed(Signer{Holder: c.tullio})
	changed[bytes.Index(changed, []byte("12,50"))] = '9'
	bent := signed(Signer{Holder: c.tullio})
	bent[len(bent)-1] ^= 1
	digest := bytes.Repeat([]byte{7}, 32)

	for name, test := range map[string]struct {
		in   []byte
		want string
	}{
		"RSA":                                {signed(Signer{Holder: c.bruna}), "PRVBRN70A41L219I valid"},
		"RSA, SHA-512":                       {signed(Signer{Holder: c.bruna, Hash: crypto.SHA512}), "PRVBRN70A41L219I valid"},
		"RSA, SHA3-256":                      {signed(Signer{Holder: c.bruna, Hash: crypto.SHA3_256}), "PRVBRN70A41L219I valid"},
		"RSA-PSS":                            {signed(Signer{Holder: c.bruna, PSS: true}), "PRVBRN70A41L219I valid"},
		"P-256, older form":                  {signed(Signer{Holder: c.tullio}), "NVNTGL82C15F205N valid"},
		"P-384":                              {signed(Signer{Holder: c.onCurve, Hash: crypto.SHA384}), "SMPLNZ90T20H501L valid"},
		"Ed25519":                            {signed(Signer{Holder: c.edward}), "SMPLNZ90T20H501L valid"},
		"named by its key":                   {signed(Signer{Holder: c.tullio, ByKey: true}), "NVNTGL82C15F205N valid"},
		"in pieces":                          {Message{Content: order, Pieces: 7, Signers: []Signer{{Holder: c.tullio}}}.Bytes(), "NVNTGL82C15F205N valid"},
		"without signing time":               {signed(Signer{Holder: c.tullio, Edit: Without(SigningTime)}), "NVNTGL82C15F205N valid"},
		"white space at the end":             {append(signed(Signer{Holder: c.tullio}), " \r\n"...), "NVNTGL82C15F205N valid"},
		"attributes out of order":            {signed(Signer{Holder: c.tullio, Reversed: true}), "NVNTGL82C15F205N valid"},
		"attributes out of order, so signed": {signed(Signer{Holder: c.tullio, Reversed: true, AsWritten: true}), "NVNTGL82C15F205N valid"},
		"counter-signature": {signed(Signer{Holder: c.tullio, Unsigned: TLV(0x30, OID("1.2.840.113549.1.9.6"), TLV(0x31, Number(1)))}),
			"NVNTGL82C15F205N valid"},
		"two time stamps of the content": {signed(Signer{Holder: c.tullio, Edit: func(all []Attribute) []Attribute {
			stamp := Attribute{Type: "1.2.840.113549.1.9.16.2.20", Values: [][]byte{TLV(0x30)}}
			return append(all, stamp, stamp)
		}}), "NVNTGL82C15F205N valid"},
		"two signers": {signed(Signer{Holder: c.bruna}, Signer{Holder: c.tullio}), "PRVBRN70A41L219I valid; NVNTGL82C15F205N valid"},
		"two signers, one wrong": {signed(Signer{Holder: c.bruna}, Signer{Holder: c.tullio, Edit: With(MessageDigest, TLV(4, digest))}),
			"PRVBRN70A41L219I valid; NVNTGL82C15F205N invalid: il contenuto non è quello firmato: l'impronta è diversa"},
		"qualified statement critical": {issued(func(x *x509.Certificate) {
			x.ExtraExtensions = []pkix.Extension{{Id: Qualified.Id, Critical: true, Value: Qualified.Value}}
		}), "NVNTGL82C15F205N valid"},

		"content changed":    {changed, "NVNTGL82C15F205N invalid: il contenuto non è quello firmato: l'impronta è diversa"},
		"digest changed":     {edited(MessageDigest, TLV(4, digest)), "NVNTGL82C15F205N invalid: il contenuto non è quello firmato: l'impronta è diversa"},
		"signature bit":      {bent, "NVNTGL82C15F205N invalid: la firma non corrisponde al certificato"},
		"certificate twin":   {Message{Content: order, Signers: []Signer{{Holder: c.tullio}}, Certificates: [][]byte{twin.Certificate.Raw, c.certifier.Certificate.Raw}}.Bytes(), "SMPLNZ90T20H501L invalid: il certificato nel file non è quello con cui si è firmato"},
		"twin beside it":     {Message{Content: order, Signers: []Signer{{Holder: c.tullio}}, Certificates: [][]byte{twin.Certificate.Raw, c.tullio.Certificate.Raw, c.certifier.Certificate.Raw}}.Bytes(), "NVNTGL82C15F205N valid"},
		"other certificate":  {signed(Signer{Holder: c.tullio, Certified: c.bruna.Certificate.Raw}), "NVNTGL82C15F205N invalid: il certificato nel file non è quello con cui si è firmato"},
		"no attributes":      {signed(Signer{Holder: c.tullio, Bare: true}), "NVNTGL82C15F205N invalid: mancano gli attributi firmati"},
		"no content type":    {signed(Signer{Holder: c.tullio, Edit: Without(ContentType)}), "NVNTGL82C15F205N invalid: manca l'attributo firmato content-type"},
		"other content type": {edited(ContentType, OID("1.2.840.113549.1.9.16.1.4")), "NVNTGL82C15F205N invalid: il tipo di contenuto firmato non è quello della busta"},
		"no digest":          {signed(Signer{Holder: c.tullio, Edit: Without(MessageDigest)}), "NVNTGL82C15F205N invalid: manca l'attributo firmato message-digest"},
		"no certificate bound": {signed(Signer{Holder: c.tullio, Edit: Without(SigningCertificate)}),
			"NVNTGL82C15F205N invalid: manca l'attributo firmato signing-certificate-v2"},
		"bound by SHA-1 only": {signed(Signer{Holder: c.tullio, Edit: func(all []Attribute) []Attribute {
			return append(Without(SigningCertificate)(all), Attribute{Type: "1.2.840.113549.1.9.16.2.12", Values: [][]byte{TLV(0x30, TLV(0x30, TLV(0x30, TLV(4, digest[:20]))))}})
		}}), "NVNTGL82C15F205N invalid: il certificato è legato alla firma solo con SHA-1 (signing-certificate): serve signing-certificate-v2"},
		"v2 with SHA-1": {edited(SigningCertificate, CertificateID(crypto.SHA1, c.tullio.Certificate.Raw)),
			"NVNTGL82C15F205N invalid: impronta SHA-1 troppo debole: serve SHA-256 o migliore"},
		"attribute twice": {signed(Signer{Holder: c.tullio, Edit: func(all []Attribute) []Attribute { return append(all, all[1]) }}),
			"NVNTGL82C15F205N invalid: l'attributo firmato message-digest è ripetuto"},
		"two values": {edited(MessageDigest, TLV(4, digest), TLV(4, digest)), "NVNTGL82C15F205N invalid: l'attributo firmato message-digest non ha un solo valore"},
		"SHA-1":      {signed(Signer{Holder: c.bruna, Hash: crypto.SHA1}), "PRVBRN70A41L219I invalid: impronta SHA-1 troppo debole: serve SHA-256 o migliore"},
		"digests disagree": {signed(Signer{Holder: c.bruna, Scheme: TLV(0x30, OID("1.2.840.113549.1.1.13"), []byte{5, 0})}),
			"PRVBRN70A41L219I invalid: l'algoritmo di impronta dichiarato e quello della firma sono diversi"},
		"PSS digests disagree": {signed(Signer{Holder: c.bruna, PSS: true, Scheme: PSS(crypto.SHA256, crypto.SHA384, 32)}),
			"PRVBRN70A41L219I invalid: l'algoritmo di impronta dichiarato e quello della firma sono diversi"},
		"PSS salt of any length": {signed(Signer{Holder: c.bruna, PSS: true, Scheme: PSS(crypto.SHA256, crypto.SHA256, 0)}), "PRVBRN70A41L219I invalid: parametri RSA-PSS non ammessi"},
		"PSS salt misstated":     {signed(Signer{Holder: c.bruna, PSS: true, Scheme: PSS(crypto.SHA256, crypto.SHA256, 20)}), "PRVBRN70A41L219I invalid: la firma non corrisponde al certificato"},
		"PSS without parameters": {signed(Signer{Holder: c.bruna, PSS: true, Scheme: TLV(0x30, OID("1.2.840.113549.1.1.10"))}), "PRVBRN70A41L219I invalid: parametri RSA-PSS non ammessi"},
		"Ed25519, SHA-256":       {signed(Signer{Holder: c.edward, Hash: crypto.SHA256}), "SMPLNZ90T20H501L invalid: l'algoritmo di impronta dichiarato e quello della firma sono diversi"},
		"key of another kind":    {signed(Signer{Holder: c.bruna, Scheme: TLV(0x30, OID("1.2.840.10045.4.3.2"))}), "PRVBRN70A41L219I invalid: la chiave del certificato non è del tipo della firma"},
		"unknown scheme":         {signed(Signer{Holder: c.bruna, Scheme: TLV(0x30, OID("1.2.3.4"))}), "PRVBRN70A41L219I invalid: algoritmo di firma non ammesso (1.2.3.4)"},
		"RSA of 1024 bits":       {signed(Signer{Holder: c.certifier.Issue("Bruna Prova", "TINIT-PRVBRN70A41L219I", weakRSA)}), "PRVBRN70A41L219I invalid: chiave RSA di 1024 bit: ne servono da 2048 a 8192"},
		"P-224":                  {signed(Signer{Holder: c.certifier.Issue("Bruna Prova", "TINIT-PRVBRN70A41L219I", weakCurve)}), "PRVBRN70A41L219I invalid: chiave su curva di 224 bit: ne servono almeno 256"},
		"authentication":         {issued(func(x *x509.Certificate) { x.KeyUsage = x509.KeyUsageDigitalSignature }), "NVNTGL82C15F205N invalid: il certificato non è per firmare documenti (manca l'uso nonRepudiation)"},
		"not qualified":          {issued(func(x *x509.Certificate) { x.ExtraExtensions = nil }), "NVNTGL82C15F205N invalid: il certificato non è qualificato (manca QcCompliance)"},
		"expired":                {issued(func(x *x509.Certificate) { x.NotAfter = Now.Add(-time.Minute) }), "NVNTGL82C15F205N invalid: certificato scaduto il 02/03/2026"},
		"not yet valid":          {issued(func(x *x509.Certificate) { x.NotBefore = Now.Add(-time.Minute) }), "NVNTGL82C15F205N invalid: l'ora dichiarata della firma (02/03/2026 09:00) è fuori dalla validità del certificato"},

		"unknown certifier":           {signed(Signer{Holder: loose}), "NVNTGL82C15F205N undetermined: il certificatore Radice Sconosciuta non è, o non lo è più, fra quelli dati"},
		"a namesake of the certifier": {signed(Signer{Holder: namesake.Issue("Tullio Inventato", "TINIT-NVNTGL82C15F205N", P256())}), "NVNTGL82C15F205N undetermined: il certificatore Firma Inventata 1 non è, o non lo è più, fra quelli dati"},
		"no certificates":             {Message{Content: order, Signers: []Signer{{Holder: c.tullio}}, Certificates: [][]byte{}}.Bytes(), " undetermined: nel file manca il certificato di chi ha firmato"},
		"no certifier":                {Message{Content: order, Signers: []Signer{{Holder: c.tullio}}, Certificates: [][]byte{c.tullio.Certificate.Raw}}.Bytes(), "NVNTGL82C15F205N undetermined: il certificatore Firma Inventata 1 non è, o non lo è più, fra quelli dati"},
		"unreadable certificate": {Message{Content: order, Signers: []Signer{{Holder: c.tullio}}, Certificates: [][]byte{TLV(0x30, Number(1))}}.Bytes(),
			" undetermined: il certificato di chi ha firmato manca, o non si riesce a leggere"},
		"unknown critical extension": {issued(func(x *x509.Certificate) {
			x.ExtraExtensions = append(x.ExtraExtensions, pkix.Extension{Id: []int{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}})
		}), "NVNTGL82C15F205N undetermined: la catena dei certificati non regge fino a un certificatore dato"},
		"changed, of an unknown certifier": {signed(Signer{Holder: loose, Edit: With(MessageDigest, TLV(4, digest))}), "NVNTGL82C15F205N invalid: il contenuto non è quello firmato: l'impronta è diversa"},

		"detached":           {Message{Content: order, Detached: true, Signers: []Signer{{Holder: c.tullio}}}.Bytes(), "il documento firmato non è nel file: la firma è separata (detached)"},
		"other content":      {Message{Content: order, Type: "1.2.840.113549.1.9.16.1.4", Signers: []Signer{{Holder: c.tullio}}}.Bytes(), "il contenuto firmato non è un documento"},
		"nobody signs":       {signed(), "la busta non contiene firme"},
		"something after it": {append(signed(Signer{Holder: c.tullio}), "x"...), "dopo la busta firmata ci sono altri dati"},
		"twice in a row":     {bytes.Repeat(signed(Signer{Holder: c.tullio}), 2), "dopo la busta firmata ci sono altri dati"},
		"65 certificates":    {Message{Content: order, Signers: []Signer{{Holder: c.tullio}}, Certificates: slices.Repeat([][]byte{c.tullio.Certificate.Raw}, 65)}.Bytes(), "la busta contiene più di 64 certificati"},
		"33 signers":         {Message{Content: order, Signers: slices.Repeat([]Signer{{Holder: c.tullio}}, 33), Certificates: [][]byte{}}.Bytes(), "la busta contiene più di 32 firme"},
		"no message":         {TLV(0x30, OID("1.2.840.113549.1.7.3"), TLV(0xa0, TLV(0x30))), "non è una busta firmata (CMS SignedData)"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := judged(t, test.in, Roots(c.root), Now); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestVerifyWithoutTrust: nothing is valid without roots or a time, and what
// is wrong is still found.
func TestVerifyWithoutTrust(t *testing.T) {
	c := cast()
	good := signed(Signer{Holder: c.tullio})
	wrong := signed(Signer{Holder: c.tullio, Bare: true})
	for _, test := range []struct {
		in    []byte
		roots *x509.CertPool
		at    time.Time
		want  string
	}{
		{good, nil, Now, "NVNTGL82C15F205N undetermined: catena dei certificati non controllata: nessun elenco di certificatori dato"},
		{good, nil, time.Time{}, "NVNTGL82C15F205N undetermined: catena dei certificati non controllata: nessun elenco di certificatori dato"},
		{good, Roots(c.root), time.Time{}, "NVNTGL82C15F205N undetermined: catena dei certificati non controllata: manca il momento a cui riferirla"},
		{good, x509.NewCertPool(), Now, "NVNTGL82C15F205N undetermined: il certificatore Firma Inventata 1 non è, o non lo è più, fra quelli dati"},
		{good, Roots(c.certifier), Now, "NVNTGL82C15F205N valid"},
		{good, Roots(c.stranger), Now, "NVNTGL82C15F205N undetermined: il certificatore Firma Inventata 1 non è, o non lo è più, fra quelli dati"},
		{good, nil, Now.AddDate(3, 0, 0), "NVNTGL82C15F205N invalid: certificato scaduto il 02/03/2028"},
		{good, Roots(c.root), Now.AddDate(-2, 0, 0), "NVNTGL82C15F205N invalid: certificato non ancora valido: lo è dal 02/03/2025"},
		{wrong, nil, time.Time{}, "NVNTGL82C15F205N invalid: mancano gli attributi firmati"},
	} {
		if got := judged(t, test.in, test.roots, test.at); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// TestPerson: the identity is told beside the verdict, which it does not touch.
func TestPerson(t *testing.T) {
	c := cast()
	const none = "il certificato non porta il codice fiscale di chi ha firmato"
	for number, want := range map[string]cms.Person{
		"TINIT-NVNTGL82C15F205N": {FiscalCode: "NVNTGL82C15F205N"},
		"IT:NVNTGL82C15F205N":    {FiscalCode: "NVNTGL82C15F205N"},
		"TINIT-01234567897":      {FiscalCode: "01234567897"}, // provisional, of a person
		"TINIT-NVNTGL82C15F205M": {FiscalCode: "NVNTGL82C15F205M", Doubt: "codice del titolare nel certificato: La lettera di controllo del codice fiscale non è giusta: controllare i caratteri."},
		"TINIT-NVNTGL":           {Doubt: "codice del titolare nel certificato: Il codice fiscale deve avere 16 caratteri, oppure 11 cifre."},
		"VATIT-01234567897":      {Doubt: none},
		"PNODE-123456":           {Doubt: none},
		"NVNTGL82C15F205N":       {Doubt: none},
		"":                       {Doubt: none},
	} {
		want.Name = "Tullio Inventato"
		m := must(cms.Read(signed(Signer{Holder: c.certifier.Issue("Tullio Inventato", number, P256())})))
		if got := m.Verify(Roots(c.root), Now)[0]; got.Err != nil || got.Person != want {
			t.Errorf("%s: %v, got %+v, want %+v", number, got.Err, got.Person, want)
		}
	}
	twice := c.certifier.Issue("", "TINIT-NVNTGL82C15F205N", P256(), func(x *x509.Certificate) {
		x.Subject.ExtraNames = []pkix.AttributeTypeAndValue{{Type: []int{2, 5, 4, 5}, Value: "TINIT-SMPLNZ90T20H501L"}, {Type: []int{2, 5, 4, 5}, Value: "TINIT-NVNTGL82C15F205N"},
			{Type: []int{2, 5, 4, 4}, Value: "Inventato"}, {Type: []int{2, 5, 4, 42}, Value: "Tullio"}}
	})
	m := must(cms.Read(signed(Signer{Holder: twice})))
	want := cms.Person{Name: "Tullio Inventato", Doubt: "il certificato porta più di un codice del titolare"}
	if got := m.Verify(Roots(c.root), Now)[0].Person; got != want {
		t.Errorf("two codes: got %+v, want %+v", got, want)
	}
}

// TestEveryBit flips each bit of a message: whatever is still valid says the
// same words by the same person.
func TestEveryBit(t *testing.T) {
	c := cast()
	whole := signed(Signer{Holder: c.tullio})
	roots, survivors := Roots(c.root), 0
	for i := range whole {
		for bit := range 8 {
			in := bytes.Clone(whole)
			in[i] ^= 1 << bit
			m, err := cms.Read(in)
			if err != nil {
				continue
			}
			for _, s := range m.Verify(roots, Now) {
				if s.Err != nil {
					continue
				}
				survivors++
				if !bytes.Equal(m.Content(), order) || !s.Certificate.Equal(c.tullio.Certificate) {
					t.Fatalf("bit %d of byte %d: valid with other content or another certificate", bit, i)
				}
			}
		}
	}
	// What nobody signs: versions, the list of digests, spare parameters.
	if survivors == 0 || survivors > 200 {
		t.Errorf("%d flips leave it valid, of %d", survivors, len(whole)*8)
	}
}

func TestEveryCut(t *testing.T) {
	c := cast()
	for _, pieces := range []int{0, 9} {
		whole := Message{Content: order, Pieces: pieces, Signers: []Signer{{Holder: c.tullio}}}.Bytes()
		for n := range whole {
			if _, err := cms.Read(bytes.Clone(whole[:n])); err == nil {
				t.Fatalf("pieces of %d, cut at %d of %d: read", pieces, n, len(whole))
			}
		}
	}
}

// TestManyPieces joins a long content out of pieces within pieces.
func TestManyPieces(t *testing.T) {
	c := cast()
	long := bytes.Repeat([]byte("0123456789"), 30_000)
	m := must(cms.Read(Message{Content: long, Pieces: 1000, Signers: []Signer{{Holder: c.tullio}}}.Bytes()))
	if s := m.Verify(Roots(c.root), Now)[0]; s.Err != nil || !bytes.Equal(m.Content(), long) {
		t.Errorf("%v, %d bytes", s.Err, len(m.Content()))
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprint("make a test: ", err))
	}
	return v
}
