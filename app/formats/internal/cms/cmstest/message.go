package cmstest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1"
	"encoding/asn1"
	"slices"
	"time"
)

// Types of signed attributes.
const (
	ContentType        = "1.2.840.113549.1.9.3"
	MessageDigest      = "1.2.840.113549.1.9.4"
	SigningTime        = "1.2.840.113549.1.9.5"
	SigningCertificate = "1.2.840.113549.1.9.16.2.47"
	Data               = "1.2.840.113549.1.7.1"
)

// Message is a signed message to be written.
type Message struct {
	Content      []byte
	Type         string // of the content; "": Data
	Detached     bool   // leave the content out
	Signers      []Signer
	Certificates [][]byte // instead of those of the signers and their certifiers
	Pieces       int      // content in pieces of so many bytes, indefinite lengths; 0: DER
}

// Signer is a signature to be made.
type Signer struct {
	*Holder
	Hash      crypto.Hash // 0: SHA-256, for Ed25519 SHA-512
	PSS       bool
	Bare      bool   // sign the content itself, without attributes
	ByKey     bool   // name the certificate by its key's identifier
	Reversed  bool   // write the attributes against their order, and sign them in it
	AsWritten bool   // ... and sign them as they are written
	Scheme    []byte // AlgorithmIdentifier instead of the right one
	Unsigned  []byte // content of the unsigned attributes
	Certified []byte // certificate that signing-certificate-v2 names; nil: the holder's
	Edit      func([]Attribute) []Attribute
}

// Attribute is a signed attribute.
type Attribute struct {
	Type   string
	Values [][]byte
}

// Without returns an edit that leaves an attribute out.
func Without(kind string) func([]Attribute) []Attribute {
	return func(all []Attribute) []Attribute {
		return slices.DeleteFunc(all, func(a Attribute) bool { return a.Type == kind })
	}
}

// With returns an edit that puts values in an attribute's place.
func With(kind string, values ...[]byte) func([]Attribute) []Attribute {
	return func(all []Attribute) []Attribute {
		return append(Without(kind)(all), Attribute{kind, values})
	}
}

// Bytes writes the message.
func (m Message) Bytes() []byte {
	kind := m.Type
	if kind == "" {
		kind = Data
	}
	inner := [][]byte{OID(kind)}
	if !m.Detached {
		inner = append(inner, m.wrap(0xa0, m.octets()))
	}
	var digests, signers, certificates []byte
	for _, s := range m.Signers {
		digests = append(digests, s.digest()...)
		signers = append(signers, s.info(kind, m.Content)...)
		if certificates = append(certificates, s.Certificate.Raw...); s.Issuer != nil {
			certificates = append(certificates, s.Issuer.Certificate.Raw...)
		}
	}
	if m.Certificates != nil {
		certificates = slices.Concat(m.Certificates...)
	}
	parts := [][]byte{Number(1), TLV(0x31, digests), m.wrap(0x30, inner...)}
	if len(certificates) > 0 {
		parts = append(parts, TLV(0xa0, certificates))
	}
	parts = append(parts, TLV(0x31, signers))
	return m.wrap(0x30, OID("1.2.840.113549.1.7.2"), m.wrap(0xa0, m.wrap(0x30, parts...)))
}

func (m Message) wrap(id byte, parts ...[]byte) []byte {
	if m.Pieces == 0 {
		return TLV(id, parts...)
	}
	return Indefinite(id, parts...)
}

func (m Message) octets() []byte {
	if m.Pieces == 0 {
		return TLV(0x04, m.Content)
	}
	var pieces [][]byte
	for piece := range slices.Chunk(m.Content, m.Pieces) {
		pieces = append(pieces, TLV(0x04, piece))
	}
	return Indefinite(0x24, pieces...)
}

func (s Signer) hash() crypto.Hash {
	switch _, edwards := s.Key.(ed25519.PrivateKey); {
	case s.Hash != 0:
		return s.Hash
	case edwards:
		return crypto.SHA512
	}
	return crypto.SHA256
}

func (s Signer) digest() []byte { return TLV(0x30, OID(digests[s.hash()])) }

// info writes a SignerInfo.
func (s Signer) info(kind string, content []byte) []byte {
	parts := [][]byte{Number(1), s.name(), s.digest()}
	covered := content
	if !s.Bare {
		attributes := s.attributes(kind, content)
		covered = TLV(0x31, attributes...)
		if s.Reversed {
			slices.Reverse(attributes)
		}
		if s.AsWritten {
			covered = TLV(0x31, attributes...)
		}
		parts = append(parts, TLV(0xa0, attributes...))
	}
	scheme, signature := s.sign(covered)
	if s.Scheme != nil {
		scheme = s.Scheme
	}
	parts = append(parts, scheme, TLV(0x04, signature))
	if s.Unsigned != nil {
		parts = append(parts, TLV(0xa1, s.Unsigned))
	}
	return TLV(0x30, parts...)
}

func (s Signer) name() []byte {
	if s.ByKey {
		return TLV(0x80, s.Certificate.SubjectKeyId)
	}
	return TLV(0x30, s.Certificate.RawIssuer, must(asn1.Marshal(s.Certificate.SerialNumber)))
}

// attributes writes the signed attributes, in the order of a DER set.
func (s Signer) attributes(kind string, content []byte) [][]byte {
	certified := s.Certified
	if certified == nil {
		certified = s.Certificate.Raw
	}
	all := []Attribute{
		{ContentType, [][]byte{OID(kind)}},
		{MessageDigest, [][]byte{TLV(0x04, sum(s.hash(), content))}},
		{SigningTime, [][]byte{Time(Now.Add(-time.Hour))}},
		{SigningCertificate, [][]byte{CertificateID(s.hash(), certified)}},
	}
	if s.Edit != nil {
		all = s.Edit(all)
	}
	var out [][]byte
	for _, a := range all {
		out = append(out, TLV(0x30, OID(a.Type), TLV(0x31, a.Values...)))
	}
	slices.SortFunc(out, bytes.Compare)
	return out
}

// CertificateID writes a SigningCertificateV2 (RFC 5035).
func CertificateID(h crypto.Hash, certificate []byte) []byte {
	var algorithm []byte // left out when it is the default
	if h != crypto.SHA256 {
		algorithm = TLV(0x30, OID(digests[h]))
	}
	return TLV(0x30, TLV(0x30, TLV(0x30, algorithm, TLV(0x04, sum(h, certificate)))))
}

var (
	digests = map[crypto.Hash]string{crypto.SHA1: "1.3.14.3.2.26", crypto.SHA256: "2.16.840.1.101.3.4.2.1",
		crypto.SHA384: "2.16.840.1.101.3.4.2.2", crypto.SHA512: "2.16.840.1.101.3.4.2.3", crypto.SHA3_256: "2.16.840.1.101.3.4.2.8"}
	onCurve = map[crypto.Hash]string{crypto.SHA1: "1.2.840.10045.4.1", crypto.SHA256: "1.2.840.10045.4.3.2",
		crypto.SHA384: "1.2.840.10045.4.3.3", crypto.SHA512: "1.2.840.10045.4.3.4", crypto.SHA3_256: "2.16.840.1.101.3.4.3.10"}
)

// sign returns an AlgorithmIdentifier and the signature.
func (s Signer) sign(covered []byte) (scheme, signature []byte) {
	h := s.hash()
	switch key := s.Key.(type) {
	case ed25519.PrivateKey:
		return TLV(0x30, OID("1.3.101.112")), ed25519.Sign(key, covered)
	case *ecdsa.PrivateKey:
		return TLV(0x30, OID(onCurve[h])), must(ecdsa.SignASN1(rand.Reader, key, sum(h, covered)))
	case *rsa.PrivateKey:
		if s.PSS {
			return PSS(h, h, h.Size()), must(rsa.SignPSS(rand.Reader, key, h, sum(h, covered), &rsa.PSSOptions{SaltLength: h.Size()}))
		}
		return TLV(0x30, OID("1.2.840.113549.1.1.1"), []byte{5, 0}), must(rsa.SignPKCS1v15(rand.Reader, key, h, sum(h, covered)))
	}
	panic("no such key")
}

// PSS writes the AlgorithmIdentifier of RSASSA-PSS.
func PSS(digest, mask crypto.Hash, salt int) []byte {
	algorithm := func(h crypto.Hash) []byte { return TLV(0x30, OID(digests[h]), []byte{5, 0}) }
	return TLV(0x30, OID("1.2.840.113549.1.1.10"), TLV(0x30,
		TLV(0xa0, algorithm(digest)),
		TLV(0xa1, TLV(0x30, OID("1.2.840.113549.1.1.8"), algorithm(mask))),
		TLV(0xa2, Number(salt))))
}

func sum(h crypto.Hash, b []byte) []byte {
	d := h.New()
	d.Write(b)
	return d.Sum(nil)
}
