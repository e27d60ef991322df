package cms

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// Refusal is why a signature is not valid.
type Refusal struct {
	Reason  string // Italian
	Unknown bool   // nothing is wrong, but something is missing to tell
}

func (r *Refusal) Error() string { return r.Reason }

func invalid(format string, args ...any) error {
	return &Refusal{Reason: fmt.Sprintf(format, args...)}
}

func unknown(format string, args ...any) error {
	return &Refusal{Reason: fmt.Sprintf(format, args...), Unknown: true}
}

// What a signature may fail on, whatever its figures.
var (
	errDisagree   = invalid("l'algoritmo di impronta dichiarato e quello della firma sono diversi")
	errPSS        = invalid("parametri RSA-PSS non ammessi")
	errKey        = invalid("la chiave del certificato non è del tipo della firma")
	errSignature  = invalid("la firma non corrisponde al certificato")
	errSwapped    = invalid("il certificato nel file non è quello con cui si è firmato")
	errUsage      = invalid("il certificato non è per firmare documenti (manca l'uso nonRepudiation)")
	errQualified  = invalid("il certificato non è qualificato (manca QcCompliance)")
	errMissing    = unknown("nel file manca il certificato di chi ha firmato")
	errUnreadable = unknown("il certificato di chi ha firmato manca, o non si riesce a leggere")
	errRoots      = unknown("catena dei certificati non controllata: nessun elenco di certificatori dato")
	errClock      = unknown("catena dei certificati non controllata: manca il momento a cui riferirla")
)

// Signature is the judgement on one signer.
type Signature struct {
	Certificate *x509.Certificate // as the file carries it; nil if it is not there
	Person      Person            // what it says of its holder
	Err         error             // a *Refusal; nil: valid
}

// Verify judges every signer of the message. The chain of each must reach one
// of the roots, all valid at the time; without roots or time no signature is
// valid, though it may be invalid.
func (m *Message) Verify(roots *x509.CertPool, at time.Time) []Signature {
	v := &verification{Message: m, roots: roots, at: at, digests: map[crypto.Hash][]byte{}}
	out := make([]Signature, len(m.signers))
	for i := range m.signers {
		out[i] = v.judge(&m.signers[i])
	}
	return out
}

// verification is a message with what it is judged against.
type verification struct {
	*Message
	roots         *x509.CertPool
	at            time.Time
	digests       map[crypto.Hash][]byte // of the content
	intermediates *x509.CertPool         // the file's own certificates
}

// judge applies the rules in an order that lets what is wrong win over what is
// missing: first what needs no certificate, the chain last.
func (v *verification) judge(s *signer) (out Signature) {
	named := v.named(s)
	if len(named) > 0 {
		out.Certificate, out.Person = named[0], readPerson(named[0])
	}
	h, attributes, err := v.checkContent(s)
	if err != nil {
		out.Err = err
		return out
	}
	cert, err := v.choose(named, attributes)
	if err != nil {
		out.Err = err
		return out
	}
	out.Certificate, out.Person = cert, readPerson(cert)
	for _, rule := range []func() error{
		func() error { return s.checkSignature(cert, h) },
		func() error { return checkPurpose(cert) },
		func() error { return v.checkValidity(cert) },
		func() error { return attributes.checkTime(cert) },
		func() error { return v.checkChain(cert) },
	} {
		if out.Err = rule(); out.Err != nil {
			break
		}
	}
	return out
}

// checkContent holds what is signed to the content, and returns the digest
// that the signer uses.
func (v *verification) checkContent(s *signer) (crypto.Hash, attributes, error) {
	h, err := digestOf(s.digest)
	if err != nil {
		return 0, nil, err
	}
	found, err := s.readAttributes()
	if err != nil {
		return 0, nil, err
	}
	if v.digests[h] == nil {
		v.digests[h] = sum(h, v.content)
	}
	return h, found, found.checkContent(v.digests[h])
}

// named returns the certificates that a signer names. Two may have the same
// issuer and number: only the signed attribute tells them apart.
func (m *Message) named(s *signer) (found []*x509.Certificate) {
	for _, c := range m.certificates {
		if s.keyID != nil && bytes.Equal(c.SubjectKeyId, s.keyID) ||
			s.keyID == nil && bytes.Equal(c.RawIssuer, s.issuer) && c.SerialNumber.Cmp(s.serial) == 0 {
			found = append(found, c)
		}
	}
	return found
}

// choose returns the certificate whose digest was signed.
func (v *verification) choose(named []*x509.Certificate, a attributes) (*x509.Certificate, error) {
	h, digest, err := a.certificate()
	switch {
	case err != nil:
		return nil, err
	case len(named) == 0 && v.unreadable > 0:
		return nil, errUnreadable
	case len(named) == 0:
		return nil, errMissing
	}
	for _, c := range named {
		if bytes.Equal(sum(h, c.Raw), digest) {
			return c, nil
		}
	}
	return nil, errSwapped
}

// checkPurpose holds the certificate to what it is for: signing documents
// (nonRepudiation, now contentCommitment: RFC 5280, 4.2.1.3), qualified (ETSI
// EN 319 412-5, 4.2.1).
func checkPurpose(cert *x509.Certificate) error {
	if cert.KeyUsage&x509.KeyUsageContentCommitment == 0 {
		return errUsage
	}
	if !qualified(cert) {
		return errQualified
	}
	return nil
}

func (v *verification) checkValidity(cert *x509.Certificate) error {
	switch {
	case v.at.IsZero():
	case v.at.Before(cert.NotBefore):
		return invalid("certificato non ancora valido: lo è dal %s", cert.NotBefore.UTC().Format(onDay))
	case v.at.After(cert.NotAfter):
		return invalid("certificato scaduto il %s", cert.NotAfter.UTC().Format(onDay))
	}
	return nil
}

const onDay = "02/01/2006"

func (v *verification) checkChain(cert *x509.Certificate) error {
	switch {
	case v.roots == nil:
		return errRoots
	case v.at.IsZero():
		return errClock
	}
	if v.intermediates == nil {
		v.intermediates = x509.NewCertPool()
		for _, c := range v.certificates {
			if key, ok := c.PublicKey.(*rsa.PublicKey); !ok || key.N.BitLen() <= maxRSA {
				v.intermediates.AddCert(c)
			}
		}
	}
	_, err := cert.Verify(x509.VerifyOptions{Roots: v.roots, Intermediates: v.intermediates, CurrentTime: v.at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return unknown("il certificatore %s non è, o non lo è più, fra quelli dati", nameOf(cert.Issuer))
	}
	return unknown("la catena dei certificati non regge fino a un certificatore dato")
}
