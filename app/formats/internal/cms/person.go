package cms

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"

	"cassacomune/app/codes"
)

// Identifiers in certificates.
var (
	idSerialNumber = asn1.ObjectIdentifier{2, 5, 4, 5}
	idSurname      = asn1.ObjectIdentifier{2, 5, 4, 4}
	idGivenName    = asn1.ObjectIdentifier{2, 5, 4, 42}
	idStatements   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 3} // qcStatements (RFC 3739, 3.2.6)
)

// qcCompliance says that a certificate is qualified (ETSI EN 319 412-5, 4.2.1).
const qcCompliance = "0.4.0.1862.1.1"

// Person is the holder of a certificate, in its own words.
type Person struct {
	Name       string
	FiscalCode string // codice fiscale; "" where the certificate has none
	Doubt      string // Italian: why the code is missing or odd; "" if it is neither
}

// prefixes stand before a codice fiscale in serialNumber: today's (ETSI EN 319
// 412-1, 5.1.3), and one of older Italian certificates.
var prefixes = []string{"TINIT-", "IT:"}

// readPerson reads the subject. Codes of legal persons (VATIT-) and of other
// countries are no codice fiscale. One with a wrong check letter is kept: such
// codes were assigned in old registers.
func readPerson(cert *x509.Certificate) Person {
	p := Person{Name: nameOf(cert.Subject)}
	var found []string
	for _, n := range cert.Subject.Names {
		if text, ok := n.Value.(string); ok && n.Type.Equal(idSerialNumber) {
			found = append(found, text)
		}
	}
	if len(found) > 1 {
		p.Doubt = "il certificato porta più di un codice del titolare"
		return p
	}
	p.Doubt = "il certificato non porta il codice fiscale di chi ha firmato"
	for _, prefix := range prefixes {
		code, ok := strings.CutPrefix(strings.Join(found, ""), prefix)
		if !ok {
			continue
		}
		err := codes.CheckFiscalCode(code)
		if p.Doubt = ""; err != nil {
			p.Doubt = "codice del titolare nel certificato: " + err.Error()
		}
		if err == nil || codes.WrongCheck(err) {
			p.FiscalCode = code
		}
	}
	return p
}

// nameOf returns what a name is called: its common name, or given name and
// surname, or organisation.
func nameOf(n pkix.Name) string {
	if n.CommonName != "" {
		return n.CommonName
	}
	var given, family string
	for _, a := range n.Names {
		switch text, _ := a.Value.(string); {
		case a.Type.Equal(idGivenName):
			given = text
		case a.Type.Equal(idSurname):
			family = text
		}
	}
	if name := strings.TrimSpace(given + " " + family); name != "" {
		return name
	}
	return strings.Join(n.Organization, " ")
}

// qualified reports whether a certificate says that it is.
func qualified(cert *x509.Certificate) bool {
	for _, x := range cert.Extensions {
		if !x.Id.Equal(idStatements) {
			continue
		}
		statements, rest, err := parse(x.Value)
		if err != nil || len(rest) > 0 {
			return false
		}
		for c := statements.walk(); !c.end(); {
			statement, _ := c.next()
			if id, ok := statement.walk().take(oid); ok && dotted(id) == qcCompliance {
				return true
			}
		}
	}
	return false
}
