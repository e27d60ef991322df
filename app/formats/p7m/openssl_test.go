package p7m

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"cassacomune/app/formats"
	. "cassacomune/app/formats/internal/cms/cmstest"
)

// workshop is a folder where openssl works; nil where openssl is not.
type workshop struct {
	tb        testing.TB
	tool, dir string
}

func newWorkshop(tb testing.TB) *workshop {
	tb.Helper()
	tool, err := exec.LookPath("openssl")
	if err != nil {
		return nil
	}
	w := &workshop{tb, tool, tb.TempDir()}
	root := cast().bruna.Issuer.Issuer
	w.write("root.pem", armoured("CERTIFICATE", root.Certificate.Raw))
	return w
}

func (w *workshop) write(name string, content []byte) {
	w.tb.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), content, 0o600); err != nil {
		w.tb.Fatal(err)
	}
}

func (w *workshop) read(name string) []byte {
	w.tb.Helper()
	b, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		w.tb.Fatal(err)
	}
	return b
}

// run runs a command line of openssl; words hold no blanks.
func (w *workshop) run(line string) error {
	cmd := exec.Command(w.tool, strings.Fields(line)...)
	cmd.Dir = w.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.tb.Logf("openssl %s: %v\n%s", line, err, out)
	}
	return err
}

func (w *workshop) must(line string) {
	w.tb.Helper()
	if err := w.run(line); err != nil {
		w.tb.Fatal(err)
	}
}

// verify asks openssl whether the file in.p7m reaches our root.
func (w *workshop) verify() error {
	return w.run("cms -verify -binary -inform DER -in in.p7m -CAfile root.pem -purpose any -out out -attime " + strconv.FormatInt(Now.Unix(), 10))
}

func armoured(kind string, b []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b})
}

// TestOpenSSLReadsOurs: the maker of our samples is right, so that a refusal
// means what its test says.
func TestOpenSSLReadsOurs(t *testing.T) {
	w := newWorkshop(t)
	if w == nil {
		t.Skip("no openssl")
	}
	c := cast()
	changed := signed(order, c.bruna)
	changed[bytes.Index(changed, []byte("12,50"))] = '9'
	for name, test := range map[string]struct {
		in   []byte
		good bool
	}{
		"RSA":         {signed(order, c.bruna), true},
		"P-256":       {signed(order, c.tullio), true},
		"PSS":         {Message{Content: order, Signers: []Signer{{Holder: c.bruna, PSS: true}}}.Bytes(), true},
		"SHA-512":     {Message{Content: order, Signers: []Signer{{Holder: c.bruna, Hash: crypto.SHA512}}}.Bytes(), true},
		"BER":         {Message{Content: order, Pieces: 9, Signers: []Signer{{Holder: c.tullio}}}.Bytes(), true},
		"two signers": {signed(order, c.bruna, c.tullio), true},
		"changed":     {changed, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := &workshop{t, w.tool, w.dir}
			w.write("in.p7m", test.in)
			if err := w.verify(); (err == nil) != test.good {
				t.Errorf("openssl: %v", err)
			}
			if f, problems := Open(bytes.NewReader(test.in), c.trust); (f.Verdict == formats.Valid) != test.good {
				t.Errorf("ours: %s", told(f, problems))
			}
		})
	}
}

// TestWeReadOpenSSL opens what openssl signs, with keys of RSA for PSS only
// too, which crypto/x509 does not read.
func TestWeReadOpenSSL(t *testing.T) {
	w := newWorkshop(t)
	if w == nil {
		t.Skip("no openssl")
	}
	// openssl dates its work by the clock: these certificates outlive it.
	long := func(x *x509.Certificate) { x.NotAfter = Now.AddDate(40, 0, 0) }
	root := Root("Radice Inventata", long)
	certifier := root.Certifier("Firma Inventata 1", long)
	bruna := certifier.Issue("Bruna Prova", "TINIT-PRVBRN70A41L219I", RSA(), long)
	tullio := certifier.Issue("Tullio Inventato", "TINIT-NVNTGL82C15F205N", P256(), long)
	for name, h := range map[string]*Holder{"bruna": bruna, "tullio": tullio, "certifier": certifier} {
		key, err := x509.MarshalPKCS8PrivateKey(h.Key)
		if err != nil {
			t.Fatal(err)
		}
		w.write(name+".key", armoured("PRIVATE KEY", key))
		w.write(name+".pem", armoured("CERTIFICATE", h.Certificate.Raw))
	}
	w.write("order", order)
	w.write("ext", []byte("keyUsage=critical,nonRepudiation\n1.3.6.1.5.5.7.1.3=DER:300a3008060604008e460101\n"))
	w.must("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out pss.key")
	w.must("req -new -key pss.key -subj /C=IT/CN=Lina/serialNumber=TINIT-SMPLNZ90T20H501L -out pss.csr")
	w.must("x509 -req -in pss.csr -CA certifier.pem -CAkey certifier.key -CAcreateserial -days 30 -extfile ext -out pss.pem")
	block, _ := pem.Decode(w.read("pss.pem"))
	made, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	trust := formats.Trust{Roots: Roots(root), At: made.NotBefore}
	for name, test := range map[string]struct{ line, want string }{
		"RSA":      {"-signer bruna.pem -inkey bruna.key", "PRVBRN70A41L219I"},
		"RSA, PSS": {"-signer bruna.pem -inkey bruna.key -keyopt rsa_padding_mode:pss", "PRVBRN70A41L219I"},
		"P-256":    {"-signer tullio.pem -inkey tullio.key -md sha384", "NVNTGL82C15F205N"},
		"BER":      {"-signer tullio.pem -inkey tullio.key -stream -indef", "NVNTGL82C15F205N"},
		"by key":   {"-signer tullio.pem -inkey tullio.key -keyid", "NVNTGL82C15F205N"},
		"PSS only": {"-signer pss.pem -inkey pss.key -keyopt rsa_padding_mode:pss", "SMPLNZ90T20H501L"},
	} {
		t.Run(name, func(t *testing.T) {
			w := &workshop{t, w.tool, w.dir}
			w.must("cms -sign -cades -binary -nodetach -in order -outform DER -out in.p7m -certfile certifier.pem " + test.line)
			f, problems := Open(bytes.NewReader(w.read("in.p7m")), trust)
			if f.Verdict != formats.Valid || f.Signers[0].FiscalCode != test.want || !bytes.Equal(f.Content, order) {
				t.Errorf("got %s %q, want valid, by %s", told(f, problems), f.Content, test.want)
			}
		})
	}
}
