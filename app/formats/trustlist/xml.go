package trustlist

import (
	"crypto/x509"
	"encoding/base64"
	"io"
	"strconv"
	"strings"
	"time"

	"cassacomune/app/formats/internal/xmlscan"
)

// Identifiers of the services that certify keys for qualified signatures and
// may do so today (ETSI TS 119 612, 5.5.1.1, 5.5.4, 5.5.9.4).
const (
	typeQualified = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC"
	granted       = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted"
	forSignatures = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForeSignatures"
)

const root = "TrustServiceStatusList"

// service is a TSPService being read: what it says of itself today. Its
// history is left out.
type service struct {
	kind, status string
	signatures   bool
	certificates []certificate
}

type certificate struct {
	text string // base64
	line int
}

// reader walks a trusted list; elements are known by their local names.
type reader struct {
	*file
	scan    *xmlscan.Scanner
	path    []string
	text    string
	service *service // nil outside one
	past    int      // depth of the service history that is being passed over
}

func (f *file) readXML(in io.Reader) {
	r := &reader{file: f, scan: xmlscan.New(in)}
	for r.scan.Next() {
		switch r.scan.Kind {
		case xmlscan.Start:
			if !r.start() {
				return
			}
		case xmlscan.Text:
			r.text = string(r.scan.Text())
		case xmlscan.End:
			r.end()
		}
	}
	if line, reason := r.scan.Broken(); reason != "" {
		f.fail(line, "file", "", reason)
		return
	}
	if f.list.Number == 0 || f.list.Issued.IsZero() {
		f.fail(0, "SchemeInformation", "", "l'elenco di fiducia non dice il suo numero o la sua data")
	}
}

// start reports whether the file is worth reading on.
func (r *reader) start() bool {
	name := r.scan.Name
	if r.scan.Depth() == 1 && name != root {
		r.fail(r.scan.Line, name, "", "non è un elenco di fiducia (TrustServiceStatusList), né un certificato in PEM")
		return false
	}
	r.path = append(r.path, name)
	r.text = ""
	switch {
	case r.past > 0:
	case name == "ServiceHistory":
		r.past = r.scan.Depth()
	case name == "TrustServiceProvider":
		r.list.Providers++
	case name == "TSPService":
		r.service = &service{}
	}
	return true
}

func (r *reader) end() {
	name, value := r.scan.Name, strings.TrimSpace(r.text)
	parent := ""
	if n := len(r.path); n > 1 {
		parent = r.path[n-2]
	}
	r.path = r.path[:len(r.path)-1]
	r.text = ""
	switch {
	case r.past > 0:
		if r.scan.Depth() == r.past {
			r.past = 0
		}
	case name == "TSPService":
		r.close()
	case r.service != nil:
		r.service.field(parent, name, value, r.scan.Line)
	default:
		r.scheme(parent, name, value)
	}
}

// field takes what a service says.
func (s *service) field(parent, name, value string, line int) {
	switch {
	case name == "ServiceTypeIdentifier":
		s.kind = value
	case name == "ServiceStatus":
		s.status = value
	case name == "URI" && parent == "AdditionalServiceInformation":
		s.signatures = s.signatures || value == forSignatures
	case name == "X509Certificate" && parent == "DigitalId":
		s.certificates = append(s.certificates, certificate{value, line})
	}
}

// close takes the certificates of a service that counts.
func (r *reader) close() {
	s := r.service
	r.service = nil
	if s.kind != typeQualified || s.status != granted || !s.signatures {
		return
	}
	r.list.Services++
	for _, c := range s.certificates {
		raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(c.text), ""))
		var parsed *x509.Certificate
		if err == nil {
			parsed, err = x509.ParseCertificate(raw)
		}
		if err != nil {
			r.warn(c.line, "X509Certificate", "", "certificato illeggibile: il suo certificatore non è fra quelli creduti")
			continue
		}
		r.add(parsed)
	}
}

// scheme takes what the list says of itself.
func (r *reader) scheme(parent, name, value string) {
	switch {
	case name == "TSLSequenceNumber":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			r.fail(r.scan.Line, name, value, "numero dell'elenco non valido")
			return
		}
		r.list.Number = n
	case name == "SchemeTerritory" && parent == "SchemeInformation":
		r.list.Territory = value
	case name == "Name" && parent == "SchemeOperatorName" && r.list.Operator == "":
		r.list.Operator = value
	case name == "ListIssueDateTime":
		r.list.Issued = r.time(name, value)
	case name == "dateTime" && parent == "NextUpdate":
		r.list.NextUpdate = r.time(name, value)
	}
}

func (r *reader) time(name, value string) time.Time {
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		r.fail(r.scan.Line, name, value, "data e ora non valide")
	}
	return t.UTC()
}
