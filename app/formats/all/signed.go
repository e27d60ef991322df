package all

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/formats/p7m"
	"cassacomune/app/formats/trustlist"
)

// Signed is what a file with signatures around it holds. Its content is read
// after the verdict and told whatever it is: a person may look, an importer
// must not.
type Signed struct {
	Verdict    formats.Verdict `json:"verdict"`
	Why        string          `json:"why"`
	Signers    []Signer        `json:"signers"`
	Revocation string          `json:"revocation"`
	Content    *Result         `json:"content"`
}

// Signer is who signed, as the certificate says.
type Signer struct {
	FiscalCode string `json:"fiscal_code"`
	Name       string `json:"name"`
}

func (c *Signed) add(formats.Event) {}
func (c *Signed) end()              {}

func (c *Signed) line() string {
	names := make([]string, len(c.Signers))
	for i, s := range c.Signers {
		names[i] = strings.TrimSpace(s.Name + " " + s.FiscalCode)
	}
	text := fmt.Sprintf("%s (%s)", italian[c.Verdict], c.Why)
	if len(names) > 0 {
		text += ", firmato da " + strings.Join(names, ", ")
	}
	switch {
	case c.Content == nil:
	case c.Content.Format == "":
		text += "; dentro un file di altro genere"
	default:
		text += "; dentro " + c.Content.Line()
	}
	return text
}

var italian = map[formats.Verdict]string{formats.Valid: "valido", formats.Invalid: "non valido", formats.Undetermined: "verdetto sospeso"}

// Trust reads whom an operator trusts for signatures: a trusted list, or
// certificates in PEM.
var Trust = trustlist.Read

// signed opens and judges a signed file, then reads what is inside.
func (i *inspection) signed(r *Result, in io.Reader) {
	f, problems := p7m.Open(in, i.trust)
	c := &Signed{Verdict: f.Verdict, Why: f.Why, Signers: []Signer{}, Revocation: f.Revocation}
	r.Format, r.Content = p7m.Key, c
	for _, s := range f.Signers {
		c.Signers = append(c.Signers, Signer{s.FiscalCode, s.Name})
	}
	for _, p := range problems {
		r.problem(p)
	}
	r.OK = r.OK && f.Verdict == formats.Valid
	if f.Content != nil {
		name := r.File
		for _, suffix := range []string{".p7m", ".P7M"} {
			name = strings.TrimSuffix(name, suffix)
		}
		content := i.file(name, bytes.NewReader(f.Content))
		c.Content = &content
	}
}

// unsupported tells a file whose signature is of a kind that is not verified.
func (i *inspection) unsupported(r *Result, in io.Reader) bool {
	key, why := p7m.Unsupported(in)
	if key == "" {
		return false
	}
	r.Format = key
	r.Content = &Signed{Verdict: formats.Undetermined, Why: why, Signers: []Signer{}, Revocation: formats.RevocationNotChecked}
	r.problem(formats.Problem{Field: "firma", Reason: why, Severity: formats.Error})
	return true
}
