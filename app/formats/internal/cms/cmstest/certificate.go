// Package cmstest makes signed messages for tests: certifiers and holders of
// certificates, all invented, and messages signed by them, right or wrong in
// one point. It shares no code with the package it tests.
package cmstest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"sync"
	"sync/atomic"
	"time"
)

// Now is a time at which what Root and Issue make is valid.
var Now = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// Keys, made once.
var (
	RSA     = sync.OnceValue(func() crypto.Signer { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	P256    = sync.OnceValue(func() crypto.Signer { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	P384    = sync.OnceValue(func() crypto.Signer { return must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)) })
	Ed25519 = sync.OnceValue(func() crypto.Signer {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return must(key, err)
	})
)

// Holder has a certificate and its key.
type Holder struct {
	Certificate *x509.Certificate
	Key         crypto.Signer
	Issuer      *Holder // nil for a root
}

var numbers atomic.Int64

// Root makes a certifier that nobody certifies. Each edit changes the template.
func Root(name string, edits ...func(*x509.Certificate)) *Holder {
	key := keyOf(name)
	template := authority(name, edits)
	return &Holder{certify(template, template, key.Public(), key), key, nil}
}

// Certifier makes a certifier below h.
func (h *Holder) Certifier(name string, edits ...func(*x509.Certificate)) *Holder {
	key := keyOf(name)
	return &Holder{certify(authority(name, edits), h.Certificate, key.Public(), h.Key), key, h}
}

// keyOf makes the key of a certifier out of its name, so that what one process
// signs is good in another: fuzzing has several.
func keyOf(name string) crypto.Signer {
	scalar := sha256.Sum256([]byte(name))
	return must(ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:]))
}

// Issue makes a qualified certificate for signing documents. The code is the
// subject's serialNumber, "TINIT-...".
func (h *Holder) Issue(name, code string, key crypto.Signer, edits ...func(*x509.Certificate)) *Holder {
	template := &x509.Certificate{
		SerialNumber:    big.NewInt(numbers.Add(1)),
		Subject:         pkix.Name{Country: []string{"IT"}, CommonName: name, SerialNumber: code},
		NotBefore:       Now.AddDate(-1, 0, 0),
		NotAfter:        Now.AddDate(2, 0, 0),
		KeyUsage:        x509.KeyUsageContentCommitment,
		SubjectKeyId:    big.NewInt(1000 + numbers.Load()).Bytes(),
		ExtraExtensions: []pkix.Extension{Qualified},
	}
	for _, edit := range edits {
		edit(template)
	}
	return &Holder{certify(template, h.Certificate, key.Public(), h.Key), key, h}
}

// Qualified is the extension by which a certificate says that it is (ETSI EN
// 319 412-5).
var Qualified = pkix.Extension{
	Id:    asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 3},
	Value: []byte{0x30, 0x0a, 0x30, 0x08, 0x06, 0x06, 0x04, 0x00, 0x8e, 0x46, 0x01, 0x01},
}

// Roots are a pool of the certifiers.
func Roots(holders ...*Holder) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, h := range holders {
		pool.AddCert(h.Certificate)
	}
	return pool
}

func authority(name string, edits []func(*x509.Certificate)) *x509.Certificate {
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(numbers.Add(1)),
		Subject:               pkix.Name{Country: []string{"IT"}, Organization: []string{"Certificatore Inventato"}, CommonName: name},
		NotBefore:             Now.AddDate(-5, 0, 0),
		NotAfter:              Now.AddDate(5, 0, 0),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	for _, edit := range edits {
		edit(template)
	}
	return template
}

func certify(template, parent *x509.Certificate, public any, key crypto.Signer) *x509.Certificate {
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, parent, public, key))))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
