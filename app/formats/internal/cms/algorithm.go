package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	_ "crypto/sha256" // the digests below
	_ "crypto/sha3"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
)

// Keys from 2048 bits on are strong enough; those past 8192 only cost time.
const (
	minRSA   = 2048
	maxRSA   = 8192
	minCurve = 256
)

// digests are those that a signature may use: SHA-256 or better.
var digests = map[string]crypto.Hash{
	"2.16.840.1.101.3.4.2.1":  crypto.SHA256,
	"2.16.840.1.101.3.4.2.2":  crypto.SHA384,
	"2.16.840.1.101.3.4.2.3":  crypto.SHA512,
	"2.16.840.1.101.3.4.2.8":  crypto.SHA3_256,
	"2.16.840.1.101.3.4.2.9":  crypto.SHA3_384,
	"2.16.840.1.101.3.4.2.10": crypto.SHA3_512,
}

// weak are digests that old files use, named so that a refusal can say why.
var weak = map[string]string{
	"1.2.840.113549.2.5":     "MD5",
	"1.3.14.3.2.26":          "SHA-1",
	"1.3.36.3.2.1":           "RIPEMD-160",
	"2.16.840.1.101.3.4.2.4": "SHA-224",
	"2.16.840.1.101.3.4.2.7": "SHA3-224",
}

const (
	rsaEncryption = "1.2.840.113549.1.1.1"
	rsaPSS        = "1.2.840.113549.1.1.10"
	mgf1          = "1.2.840.113549.1.1.8"
)

type kind int

const (
	pkcs1 kind = iota + 1
	pss
	onCurve // ECDSA
	edwards // Ed25519
)

// schemes are the signature algorithms, with the digest that each is tied to;
// none where the name ties none.
var schemes = map[string]struct {
	kind   kind
	digest crypto.Hash
}{
	rsaEncryption:             {pkcs1, 0},
	"1.2.840.113549.1.1.11":   {pkcs1, crypto.SHA256},
	"1.2.840.113549.1.1.12":   {pkcs1, crypto.SHA384},
	"1.2.840.113549.1.1.13":   {pkcs1, crypto.SHA512},
	"2.16.840.1.101.3.4.3.14": {pkcs1, crypto.SHA3_256},
	"2.16.840.1.101.3.4.3.15": {pkcs1, crypto.SHA3_384},
	"2.16.840.1.101.3.4.3.16": {pkcs1, crypto.SHA3_512},
	rsaPSS:                    {pss, 0}, // its parameters tie it
	"1.2.840.10045.4.3.2":     {onCurve, crypto.SHA256},
	"1.2.840.10045.4.3.3":     {onCurve, crypto.SHA384},
	"1.2.840.10045.4.3.4":     {onCurve, crypto.SHA512},
	"2.16.840.1.101.3.4.3.10": {onCurve, crypto.SHA3_256},
	"2.16.840.1.101.3.4.3.11": {onCurve, crypto.SHA3_384},
	"2.16.840.1.101.3.4.3.12": {onCurve, crypto.SHA3_512},
	"1.3.101.112":             {edwards, crypto.SHA512}, // RFC 8419, 3.1
}

// digestOf returns the digest that an identifier names, if it is good enough.
func digestOf(a algorithm) (crypto.Hash, error) {
	h, ok := digests[a.id]
	switch {
	case ok:
		return h, nil
	case weak[a.id] != "":
		return 0, invalid("impronta %s troppo debole: serve SHA-256 o migliore", weak[a.id])
	}
	return 0, invalid("algoritmo di impronta non ammesso (%s)", a.id)
}

// checkSignature verifies the signature over the attributes with the key of
// the certificate; h is the digest that the signer declares. The attributes are
// signed in the order of a DER set (RFC 5652, 5.4), whatever their order in the
// file; some programs sign them as they stand, and that is as good.
func (s *signer) checkSignature(cert *x509.Certificate, h crypto.Hash) error {
	verify, err := s.verifier(cert, h)
	if err != nil {
		return err
	}
	if verify(s.attributes) {
		return nil
	}
	if sorted := sortSet(s.attributes); !bytes.Equal(sorted, s.attributes) && verify(sorted) {
		return nil
	}
	return errSignature
}

// verifier returns what tells whether the signature covers some bytes, or why
// key and algorithm will not do.
func (s *signer) verifier(cert *x509.Certificate, h crypto.Hash) (verify func(covered []byte) bool, err error) {
	scheme, ok := schemes[s.scheme.id]
	if !ok {
		return nil, invalid("algoritmo di firma non ammesso (%s)", s.scheme.id)
	}
	if scheme.digest != 0 && scheme.digest != h {
		return nil, errDisagree
	}
	key, onlyPSS := publicKey(cert)
	switch key := key.(type) {
	case *rsa.PublicKey:
		if n := key.N.BitLen(); n < minRSA || n > maxRSA {
			return nil, invalid("chiave RSA di %d bit: ne servono da %d a %d", n, minRSA, maxRSA)
		}
		switch {
		case scheme.kind == pss:
			salt, err := readPSS(s.scheme.params, h)
			return func(b []byte) bool {
				return rsa.VerifyPSS(key, h, sum(h, b), s.signature, &rsa.PSSOptions{SaltLength: salt}) == nil
			}, err
		case scheme.kind == pkcs1 && !onlyPSS:
			return func(b []byte) bool { return rsa.VerifyPKCS1v15(key, h, sum(h, b), s.signature) == nil }, nil
		}
	case *ecdsa.PublicKey:
		if n := key.Params().BitSize; n < minCurve {
			return nil, invalid("chiave su curva di %d bit: ne servono almeno %d", n, minCurve)
		}
		if scheme.kind == onCurve {
			return func(b []byte) bool { return ecdsa.VerifyASN1(key, sum(h, b), s.signature) }, nil
		}
	case ed25519.PublicKey:
		if scheme.kind == edwards {
			return func(b []byte) bool { return ed25519.Verify(key, b, s.signature) }, nil
		}
	}
	return nil, errKey
}

// publicKey returns the key of a certificate, and whether it is an RSA key for
// PSS only (RFC 4055, 1.2), which crypto/x509 leaves unread.
func publicKey(cert *x509.Certificate) (key any, onlyPSS bool) {
	if cert.PublicKey != nil {
		return cert.PublicKey, false
	}
	spki, _, err := parse(cert.RawSubjectPublicKeyInfo)
	if err != nil {
		return nil, false
	}
	c := spki.walk()
	e, _ := c.take(sequence)
	if a, err := readAlgorithm(e); err != nil || a.id != rsaPSS {
		return nil, false
	}
	bits, ok := c.take(bitString)
	if !ok || len(bits.body) == 0 || bits.body[0] != 0 {
		return nil, false
	}
	plain, err := x509.ParsePKCS1PublicKey(bits.body[1:])
	if err != nil {
		return nil, false
	}
	return plain, true
}

// readPSS reads RSASSA-PSS-params (RFC 4055, 3.1), whose digests must both be
// h, and returns the length of the salt in bytes. What is left out means SHA-1
// and 20.
func readPSS(params []byte, h crypto.Hash) (salt int, err error) {
	var p struct {
		Digest  parameter `asn1:"explicit,optional,tag:0"`
		Mask    parameter `asn1:"explicit,optional,tag:1"`
		Salt    *big.Int  `asn1:"explicit,optional,tag:2"`
		Trailer int       `asn1:"explicit,optional,tag:3,default:1"`
	}
	if rest, err := asn1.Unmarshal(params, &p); err != nil || len(rest) > 0 || p.Trailer != 1 {
		return 0, errPSS
	}
	var mask parameter
	if rest, err := asn1.Unmarshal(p.Mask.Params.FullBytes, &mask); err != nil || len(rest) > 0 || p.Mask.ID.String() != mgf1 {
		return 0, errPSS
	}
	if digests[p.Digest.ID.String()] != h || digests[mask.ID.String()] != h {
		return 0, errDisagree
	}
	// A salt of no bytes would mean "any length" to crypto/rsa.
	if p.Salt == nil || !p.Salt.IsInt64() || p.Salt.Int64() < 8 || p.Salt.Int64() > maxRSA/8 {
		return 0, errPSS
	}
	return int(p.Salt.Int64()), nil
}

type parameter struct {
	ID     asn1.ObjectIdentifier
	Params asn1.RawValue `asn1:"optional"`
}

func sum(h crypto.Hash, b []byte) []byte {
	d := h.New()
	d.Write(b)
	return d.Sum(nil)
}
