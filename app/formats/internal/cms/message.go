// Package cms reads signed messages (CMS SignedData, RFC 5652) and verifies
// them strictly, as orders signed under Italian and European law call for
// (CAdES, ETSI EN 319 122-1). It decodes DER and BER under limits. It asks no
// network, so it says nothing of revocation, reads no time stamps and ignores
// counter-signatures.
package cms

import (
	"bytes"
	"crypto/x509"
	"errors"
	"math/big"
	"slices"
)

// Limits of a message.
const (
	maxCertificates = 64
	maxSigners      = 32
	maxAttributes   = 64 << 10 // bytes of one signer's signed attributes
	maxIssuer       = 16 << 10 // bytes of the name of a signer's certifier
)

// Identifiers of the types that a message may have.
const (
	typeData   = "1.2.840.113549.1.7.1"
	typeSigned = "1.2.840.113549.1.7.2"
)

// What makes a file no signed message.
var (
	errTrailing     = errors.New("dopo la busta firmata ci sono altri dati")
	errNotSigned    = errors.New("non è una busta firmata (CMS SignedData)")
	errContentType  = errors.New("il contenuto firmato non è un documento")
	errDetached     = errors.New("il documento firmato non è nel file: la firma è separata (detached)")
	errNoSigners    = errors.New("la busta non contiene firme")
	errSigners      = errors.New("la busta contiene più di 32 firme")
	errCertificates = errors.New("la busta contiene più di 64 certificati")
	errAttributes   = errors.New("gli attributi firmati superano 64 kB")
)

// Message is a signed message that has been read and not yet verified.
type Message struct {
	content      []byte
	certificates []*x509.Certificate // those that can be read
	unreadable   int                 // certificates that cannot
	signers      []signer
}

// signer is a SignerInfo: what one person's signature consists of.
type signer struct {
	issuer     []byte   // of the certificate, as encoded, and
	serial     *big.Int // its number; or
	keyID      []byte   // its key's identifier
	digest     algorithm
	attributes []byte // signed ones, as the signature covers them; nil: none
	scheme     algorithm
	signature  []byte
}

// algorithm is an AlgorithmIdentifier.
type algorithm struct {
	id     string // dotted
	params []byte // encoded; nil: absent
}

// Read reads a message, which must fill in but for white space at its end.
// Content in pieces is joined inside in, which is no longer a message then.
func Read(in []byte) (*Message, error) {
	outer, rest, err := parse(in)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(rest)) > 0 {
		return nil, errTrailing
	}
	c := outer.walk()
	if id, ok := c.take(oid); outer.id != sequence || !ok || dotted(id) != typeSigned {
		return nil, errNotSigned
	}
	wrapped, ok := c.take(context0)
	if !ok || !c.end() {
		return nil, errUnexpected
	}
	c = wrapped.walk()
	data, ok := c.take(sequence)
	if !ok || !c.end() {
		return nil, errUnexpected
	}
	m := &Message{}
	if err := m.read(data); err != nil {
		return nil, err
	}
	return m, nil
}

// Content returns what was signed, whatever the signatures are worth.
func (m *Message) Content() []byte { return m.content }

// read walks SignedData (RFC 5652, 5.1).
func (m *Message) read(data element) error {
	c := data.walk()
	_, version := c.take(integer)
	_, algorithms := c.take(set)
	inner, ok := c.take(sequence)
	if !version || !algorithms || !ok {
		return errUnexpected
	}
	certificates, _ := c.take(context0)
	c.take(context1) // revocation lists: not looked at
	signers, ok := c.take(set)
	if !ok || !c.end() {
		return errUnexpected
	}
	if err := m.readCertificates(certificates); err != nil {
		return err
	}
	if err := m.readSigners(signers); err != nil {
		return err
	}
	return m.readContent(inner)
}

// readContent reads EncapsulatedContentInfo, last, because it may move the
// pieces of the content.
func (m *Message) readContent(inner element) error {
	c := inner.walk()
	id, ok := c.take(oid)
	if !ok {
		return errUnexpected
	}
	if dotted(id) != typeData {
		return errContentType
	}
	if c.end() {
		return errDetached
	}
	wrapped, ok := c.take(context0)
	if !ok || !c.end() {
		return errUnexpected
	}
	c = wrapped.walk()
	text, ok := c.next()
	if !ok || !c.end() || text.id != octetString && text.id != chunked {
		return errUnexpected
	}
	var err error
	m.content, err = text.join()
	return err
}

// readCertificates keeps what crypto/x509 can read; attribute certificates,
// which have a tag of their own, are left out.
func (m *Message) readCertificates(all element) error {
	n := 0
	for c := all.walk(); !c.end(); n++ {
		e, _ := c.next()
		if n == maxCertificates {
			return errCertificates
		}
		if e.id != sequence {
			continue
		}
		cert, err := x509.ParseCertificate(bytes.Clone(e.raw))
		if err != nil {
			m.unreadable++
			continue
		}
		// The only critical extension read here and not there.
		cert.UnhandledCriticalExtensions = slices.DeleteFunc(cert.UnhandledCriticalExtensions, idStatements.Equal)
		m.certificates = append(m.certificates, cert)
	}
	return nil
}

func (m *Message) readSigners(all element) error {
	for c := all.walk(); !c.end(); {
		e, _ := c.next()
		if len(m.signers) == maxSigners {
			return errSigners
		}
		s, err := readSigner(e)
		if err != nil {
			return err
		}
		m.signers = append(m.signers, s)
	}
	if len(m.signers) == 0 {
		return errNoSigners
	}
	return nil
}

// readSigner walks SignerInfo (RFC 5652, 5.3).
func readSigner(e element) (s signer, err error) {
	c := e.walk()
	_, version := c.take(integer)
	who, named := c.next()
	if e.id != sequence || !version || !named || !s.identify(who) {
		return s, errUnexpected
	}
	digest, ok := c.take(sequence)
	if !ok {
		return s, errUnexpected
	}
	if attributes, ok := c.take(context0); ok {
		if len(attributes.raw) > maxAttributes {
			return s, errAttributes
		}
		s.attributes = attributes.der(nil)
		s.attributes[0] = set // RFC 5652, 5.4: signed as a SET OF
	}
	scheme, ok := c.take(sequence)
	signature, signed := c.next()
	if !ok || !signed || signature.id != octetString && signature.id != chunked {
		return s, errUnexpected
	}
	c.take(context1) // unsigned attributes: time stamps, counter-signatures
	if !c.end() {
		return s, errUnexpected
	}
	if s.signature, err = signature.join(); err != nil {
		return s, err
	}
	if s.digest, err = readAlgorithm(digest); err != nil {
		return s, err
	}
	s.scheme, err = readAlgorithm(scheme)
	return s, err
}

// identify reads SignerIdentifier and reports whether it is one.
func (s *signer) identify(who element) bool {
	switch who.id {
	case keyID:
		s.keyID = who.body
		return true
	case sequence:
		if len(who.raw) > maxIssuer {
			return false
		}
		c := who.walk()
		issuer, ok := c.take(sequence)
		serial, numbered := c.take(integer)
		s.issuer, s.serial = issuer.der(nil), new(big.Int).SetBytes(serial.body)
		return ok && numbered && c.end()
	}
	return false
}

func readAlgorithm(e element) (a algorithm, err error) {
	c := e.walk()
	id, ok := c.take(oid)
	if !ok {
		return a, errUnexpected
	}
	if params, ok := c.next(); ok {
		a.params = params.raw
	}
	if !c.end() {
		return a, errUnexpected
	}
	a.id = dotted(id)
	return a, nil
}

// dotted writes an object identifier as people do; "" if it is none.
func dotted(e element) string {
	var id x509.OID
	if e.id != oid || id.UnmarshalBinary(e.body) != nil {
		return ""
	}
	return id.String()
}
