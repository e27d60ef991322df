package trustlist

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"io"
)

// readPEM reads certificates of certifiers. Text between them is let through,
// as tools write it.
func (f *file) readPEM(r io.Reader) {
	rest, err := io.ReadAll(r)
	if err != nil {
		f.fail(0, "file", "", "lettura interrotta: "+err.Error())
		return
	}
	whole := rest
	for {
		var block *pem.Block
		before := rest
		if block, rest = pem.Decode(rest); block == nil {
			if at := bytes.Index(before, []byte("-----BEGIN")); at >= 0 {
				f.fail(lineOf(whole, before[at:]), "file", "", "certificato in PEM interrotto o rovinato")
			}
			return
		}
		line := lineOf(whole, rest)
		c, err := x509.ParseCertificate(block.Bytes)
		switch {
		case block.Type != "CERTIFICATE":
			f.fail(line, "file", block.Type, "nel file c'è altro oltre a certificati")
		case err != nil:
			f.fail(line, "file", "", "certificato illeggibile")
		case !c.IsCA:
			f.fail(line, "file", c.Subject.CommonName, "non è il certificato di un certificatore (CA)")
		default:
			f.add(c)
			f.list.Services++
		}
	}
}

// lineOf returns the line at which the rest of a text begins.
func lineOf(whole, rest []byte) int {
	return 1 + bytes.Count(whole[:len(whole)-len(rest)], []byte("\n"))
}
