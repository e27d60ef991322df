package p7m

import (
	"bytes"
	"encoding/pem"
	"slices"
	"testing"

	"cassacomune/app/formats"
	. "cassacomune/app/formats/internal/cms/cmstest"
)

// FuzzOpen mutates good and bad files. The makers of the seeds are the only
// ones we trust, so a valid file says what they signed; a file that cannot be
// opened says why, and gives nothing.
func FuzzOpen(f *testing.F) {
	c := cast()
	der := signed(order, c.tullio)
	for _, seed := range [][]byte{
		der,
		wrapped(der, 64),
		pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der}),
		Message{Content: order, Pieces: 5, Signers: []Signer{{Holder: c.tullio}}}.Bytes(),
		signed(order, c.bruna, c.tullio),
		signed(der, c.bruna),
		Message{Content: order, Signers: []Signer{{Holder: c.bruna, PSS: true, ByKey: true}}}.Bytes(),
		Message{Content: order, Signers: []Signer{{Holder: c.tullio, Bare: true}}}.Bytes(),
		Message{Content: order, Detached: true, Signers: []Signer{{Holder: c.stranger}}}.Bytes(),
		[]byte("%PDF-1.7\n/ByteRange"),
		[]byte(xades("<o>", "</o>")),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		file, problems := Open(bytes.NewReader(in), c.trust)
		wrong := slices.ContainsFunc(problems, func(p formats.Problem) bool { return p.Severity == formats.Error })
		switch {
		case wrong == (file.Verdict == formats.Valid), file.Why == "":
			t.Errorf("%s", told(file, problems))
		case file.Levels == 0 && (file.Content != nil || file.Signers != nil):
			t.Errorf("closed, and gives %q by %v", file.Content, file.Signers)
		case file.Verdict == formats.Valid && !bytes.Equal(file.Content, order):
			t.Errorf("nobody signed %q", file.Content)
		}
	})
}
