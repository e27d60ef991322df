package cms

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"time"
)

// Identifiers of the signed attributes that are read.
const (
	attrContentType = "1.2.840.113549.1.9.3"
	attrDigest      = "1.2.840.113549.1.9.4"
	attrTime        = "1.2.840.113549.1.9.5"
	attrCertificate = "1.2.840.113549.1.9.16.2.47" // signing-certificate-v2 (RFC 5035)
	attrOlder       = "1.2.840.113549.1.9.16.2.12" // its first form, SHA-1 only
)

var titles = map[string]string{
	attrContentType: "content-type",
	attrDigest:      "message-digest",
	attrTime:        "signing-time",
	attrCertificate: "signing-certificate-v2",
	attrOlder:       "signing-certificate",
}

// attributes are those that are read, by type.
type attributes map[string]element

// readAttributes reads the signed attributes. The types above may stand once;
// others, such as time stamps of the content, as often as they like.
func (s *signer) readAttributes() (attributes, error) {
	if s.attributes == nil {
		return nil, invalid("mancano gli attributi firmati")
	}
	all, _, err := parse(s.attributes)
	if err != nil {
		return nil, invalid("attributi firmati illeggibili")
	}
	found := attributes{}
	for c := all.walk(); !c.end(); {
		e, _ := c.next()
		attribute := e.walk()
		id, ok := attribute.take(oid)
		values, valued := attribute.take(set)
		if e.id != sequence || !ok || !valued || !attribute.end() {
			return nil, invalid("attributi firmati illeggibili")
		}
		name := dotted(id)
		title, known := titles[name]
		if !known {
			continue
		}
		if _, twice := found[name]; twice {
			return nil, invalid("l'attributo firmato %s è ripetuto", title)
		}
		found[name] = values
	}
	return found, nil
}

// one returns the only value of an attribute.
func (a attributes) one(name string) (element, error) {
	values, ok := a[name]
	if !ok {
		return element{}, invalid("manca l'attributo firmato %s", titles[name])
	}
	c := values.walk()
	value, ok := c.next()
	if !ok || !c.end() {
		return element{}, invalid("l'attributo firmato %s non ha un solo valore", titles[name])
	}
	return value, nil
}

// checkContent holds content-type and message-digest to the content.
func (a attributes) checkContent(digest []byte) error {
	value, err := a.one(attrContentType)
	if err != nil {
		return err
	}
	if dotted(value) != typeData {
		return invalid("il tipo di contenuto firmato non è quello della busta")
	}
	if value, err = a.one(attrDigest); err != nil {
		return err
	}
	if value.id != octetString || !bytes.Equal(value.body, digest) {
		return invalid("il contenuto non è quello firmato: l'impronta è diversa")
	}
	return nil
}

// certificate returns the digest of the signer's certificate that was signed:
// the first ESSCertIDv2 of signing-certificate-v2 (RFC 5035, 4).
func (a attributes) certificate() (h crypto.Hash, digest []byte, err error) {
	if _, older := a[attrOlder]; older && len(a[attrCertificate].raw) == 0 {
		return 0, nil, invalid("il certificato è legato alla firma solo con SHA-1 (signing-certificate): serve signing-certificate-v2")
	}
	value, err := a.one(attrCertificate)
	if err != nil {
		return 0, nil, err
	}
	list, ok := value.walk().take(sequence)
	id, some := list.walk().take(sequence)
	c := id.walk()
	h = crypto.SHA256
	if e, ok := c.take(sequence); ok {
		named, err := readAlgorithm(e)
		if err != nil {
			return 0, nil, invalid("attributo signing-certificate-v2 illeggibile")
		}
		if h, err = digestOf(named); err != nil {
			return 0, nil, err
		}
	}
	certificate, hashed := c.take(octetString)
	if value.id != sequence || !ok || !some || !hashed {
		return 0, nil, invalid("attributo signing-certificate-v2 illeggibile")
	}
	return h, certificate.body, nil
}

// checkTime holds signing-time, where there is one, to the certificate's
// validity. It is the signer's word and proves nothing else.
func (a attributes) checkTime(cert *x509.Certificate) error {
	if _, ok := a[attrTime]; !ok {
		return nil
	}
	value, err := a.one(attrTime)
	if err != nil {
		return err
	}
	var at time.Time
	if rest, err := asn1.Unmarshal(value.raw, &at); err != nil || len(rest) > 0 {
		return invalid("ora della firma illeggibile")
	}
	if at.Before(cert.NotBefore) || at.After(cert.NotAfter) {
		return invalid("l'ora dichiarata della firma (%s) è fuori dalla validità del certificato", at.UTC().Format("02/01/2006 15:04"))
	}
	return nil
}
