package all

import (
	"bytes"
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/cms/cmstest"
)

// sealed signs a content, and returns whom to trust for it.
func sealed(content []byte) ([]byte, formats.Trust) {
	root := cmstest.Root("Certificatore di Prova")
	mario := root.Issue("Mario Rossi", "TINIT-RSSMRA80A01F205X", cmstest.P256())
	m := cmstest.Message{Content: content, Signers: []cmstest.Signer{{Holder: mario}}}
	return m.Bytes(), formats.Trust{Roots: cmstest.Roots(root), At: cmstest.Now}
}

func TestASignedJournalIsJudgedAndRead(t *testing.T) {
	in := journal(t, "giornale_1_7_1.xml")
	p7m, trust := sealed(in)
	r := Inspect("g.xml.p7m", bytes.NewReader(p7m), trust)
	s, ok := r.Content.(*Signed)
	if !ok || !r.OK || s.Verdict != formats.Valid || s.Content.File != "g.xml" || s.Content.Content.(*Statements).Movements != 4 {
		t.Fatalf("got %s", r.Line())
	}
	_, m, text := judged(t, r)
	if m["verdict"] != "valid" || m["revocation"] != "not checked" || !strings.Contains(text, `"signers":[{"fiscal_code":"RSSMRA80A01F205X","name":"Mario Rossi"}]`) {
		t.Errorf("got %.400s", text)
	}
	if r := Inspect("g.xml.p7m", bytes.NewReader(p7m), formats.Trust{}); r.OK || !r.Readable() || r.Content.(*Signed).Verdict != formats.Undetermined {
		t.Errorf("without roots: got %s", r.Line())
	}
	broken := bytes.Replace(p7m, []byte("ENTRATA"), []byte("USCITA "), 1)
	if r := Inspect("g.xml.p7m", bytes.NewReader(broken), trust); r.OK || r.Content.(*Signed).Verdict != formats.Invalid {
		t.Errorf("changed content: got %s", r.Line())
	}
}

func TestContainersInContainers(t *testing.T) {
	in := journal(t, "giornale_1_7_1.xml")
	p7m, trust := sealed(in)
	r := Inspect("a.zip", bytes.NewReader(zipped(t, map[string][]byte{"g.xml.p7m": p7m})), trust)
	if !r.OK || files(r)[0].Content.(*Signed).Content.Content.(*Statements).Movements != 4 {
		t.Errorf("signed inside an archive: got %s", r.Line())
	}
	p7m, trust = sealed(zipped(t, map[string][]byte{"g.xml": in}))
	r = Inspect("a.zip.p7m", bytes.NewReader(p7m), trust)
	if inner := r.Content.(*Signed).Content; !r.OK || files(*inner)[0].Content.(*Statements).Movements != 4 {
		t.Errorf("an archive that is signed: got %s", r.Line())
	}
}

func TestOtherSignaturesAreNotSupportedAndSaySo(t *testing.T) {
	for name, in := range map[string]string{
		"pades": "%PDF-1.7\n1 0 obj <</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 1 2 3]>>",
		"xades": `<a><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><Object><QualifyingProperties xmlns="http://uri.etsi.org/01903/v1.3.2#"/></Object></Signature></a>`,
	} {
		r := Inspect(name, strings.NewReader(in), formats.Trust{})
		if r.Format != name || r.OK || r.Content.(*Signed).Verdict != formats.Undetermined || !strings.Contains(r.Line(), "non è ancora verificata") {
			t.Errorf("%s: got %s", name, r.Line())
		}
	}
}
