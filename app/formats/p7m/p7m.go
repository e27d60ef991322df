// Package p7m opens files that are digitally signed with an envelope around
// them (busta crittografica CAdES, .p7m), and judges the signatures by strict
// rules. It does not read what is inside, ask the network whether a
// certificate was revoked, or believe the time that a signature declares.
package p7m

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/cms"
)

// Key names the format in lists and in inspect.
const Key = "p7m"

// Limits of a signed file. A signature covers every byte, so a file is held in
// memory, once, while what is inside is read: the largest keeps the whole
// program under 64 MB.
const (
	MaxSize   = 12 << 20 // bytes, as it comes
	MaxLevels = 3        // envelopes one in the other
)

// What is said of a file that is not opened.
var (
	errNotSigned = errors.New("non è una busta firmata (CMS SignedData)")
	errSize      = errors.New("file firmato più grande di 12 MB: non viene aperto")
	errLevels    = errors.New("più di 3 buste firmate una dentro l'altra: non si aprono")
)

// Open reads a signed file to its end, opens its envelopes and judges every
// signature of each. The content is given whatever the verdict, for people to
// see: what moves money must look at the verdict first. Problems of severity
// Error say why a file is not valid; those of the field "file", why it could
// not be opened at all.
func Open(r io.Reader, trust formats.Trust) (formats.SignedFile, []formats.Problem) {
	raw, err := read(r)
	if err != nil {
		return closed(formats.Undetermined, err)
	}
	if !Sniff(raw) {
		if _, why := Unsupported(bytes.NewReader(raw)); why != "" {
			return closed(formats.Undetermined, errors.New(why))
		}
		return closed(formats.Invalid, errNotSigned)
	}
	o := &opening{trust: trust}
	for ; Sniff(raw); raw = o.content {
		if o.levels == MaxLevels {
			return closed(formats.Undetermined, errLevels)
		}
		if err := o.open(raw); err != nil {
			return closed(formats.Invalid, err)
		}
	}
	return o.file(), o.problems
}

// closed is a file that gives no content.
func closed(v formats.Verdict, why error) (formats.SignedFile, []formats.Problem) {
	return formats.SignedFile{Verdict: v, Why: why.Error(), Revocation: formats.RevocationNotChecked},
		[]formats.Problem{{Field: "file", Reason: why.Error(), Severity: formats.Error}}
}

// read reads r to its end. A file is small, or gets the largest room at once:
// room that grows leaves as much behind.
func read(r io.Reader) ([]byte, error) {
	raw := make([]byte, 64<<10)
	n, err := io.ReadFull(r, raw)
	if err == nil {
		var more int
		raw = append(make([]byte, 0, MaxSize+1), raw...)[:MaxSize+1]
		more, err = io.ReadFull(r, raw[n:])
		n += more
	}
	switch err {
	case nil:
		return nil, errSize
	case io.EOF, io.ErrUnexpectedEOF:
		return raw[:n], nil
	}
	return nil, fmt.Errorf("lettura interrotta: %w", err)
}

// opening is a file whose envelopes are being opened, the outermost first.
type opening struct {
	trust    formats.Trust
	levels   int
	signers  []formats.Signer
	problems []formats.Problem
	content  []byte
}

// open opens one envelope and judges its signatures.
func (o *opening) open(raw []byte) error {
	der, err := unwrap(raw)
	if err != nil {
		return err
	}
	m, err := cms.Read(der)
	if err != nil {
		return err
	}
	for _, s := range m.Verify(o.trust.Roots, o.trust.At) {
		o.add(s)
	}
	o.levels++
	o.content = m.Content()
	return nil
}

// add keeps a signer and what there is to say of it.
func (o *opening) add(s cms.Signature) {
	who := formats.Signer{FiscalCode: s.Person.FiscalCode, Name: s.Person.Name, Verdict: formats.Valid, Why: "firma valida"}
	if s.Err != nil {
		who.Verdict, who.Why = formats.Invalid, s.Err.Error()
		if refusal, ok := errors.AsType[*cms.Refusal](s.Err); ok && refusal.Unknown {
			who.Verdict = formats.Undetermined
		}
		o.problems = append(o.problems, formats.Problem{Field: "firma", Value: who.Name, Reason: who.Why, Severity: formats.Error})
	}
	if s.Person.Doubt != "" {
		o.problems = append(o.problems, formats.Problem{Field: "codice fiscale", Value: who.Name, Reason: s.Person.Doubt, Severity: formats.Warning})
	}
	o.signers = append(o.signers, who)
}

// file sums the envelopes up: the verdict is that of the worst signature.
func (o *opening) file() formats.SignedFile {
	f := formats.SignedFile{Verdict: formats.Valid, Signers: o.signers, Revocation: formats.RevocationNotChecked, Levels: o.levels, Content: o.content}
	if f.Why = "firma valida"; len(o.signers) > 1 {
		f.Why = fmt.Sprintf("%d firme valide", len(o.signers))
	}
	if o.trust.Source != "" {
		f.Why += ", secondo " + o.trust.Source
	}
	f.Why += "; revoca non controllata"
	for _, s := range o.signers {
		if s.Verdict == formats.Valid || f.Verdict == formats.Invalid || f.Verdict == s.Verdict {
			continue
		}
		if f.Verdict, f.Why = s.Verdict, s.Why; s.Name != "" {
			f.Why = s.Name + ": " + s.Why
		}
	}
	return f
}
