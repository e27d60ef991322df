// Package trustlist reads whom an operator trusts for signatures: a national
// trusted list (elenco di fiducia, ETSI TS 119 612), or certificates in PEM.
// It does not verify the list's own XAdES signature, so the operator pins the
// file by its SHA-256; it follows no pointer to other lists.
package trustlist

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"cassacomune/app/formats"
)

// Limits of a file: the largest national lists have some megabytes.
const (
	maxSize  = 32 << 20
	maxRoots = 10_000
)

// Kind says what a file is.
type Kind string

// The kinds of files.
const (
	TrustedList  Kind = "trusted list" // elenco di fiducia
	Certificates Kind = "certificates" // certificates that the operator has chosen
)

// List is whom a file trusts, and what the file is.
type List struct {
	Kind       Kind
	SHA256     string // of the whole file, in hexadecimal: what the operator pins
	Territory  string // of a trusted list, "IT"
	Operator   string // who keeps the list
	Number     int    // TSLSequenceNumber
	Issued     time.Time
	NextUpdate time.Time // zero: the list is closed, or the file is none
	Providers  int       // trust service providers, whatever they do
	Services   int       // services that certify for signatures today
	Roots      []*x509.Certificate
}

// Read reads a file to its end. At is the day against which the list's next
// update is held; zero for no such check. After a Problem of severity Error
// the list trusts nobody.
func Read(r io.Reader, at time.Time) (List, []formats.Problem) {
	hash := sha256.New()
	limited := &io.LimitedReader{R: r, N: maxSize + 1}
	in := bufio.NewReader(io.TeeReader(limited, hash))
	f := &file{seen: map[string]bool{}}
	if head, _ := in.Peek(64); bytes.HasPrefix(bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"), []byte("<")) {
		f.list.Kind = TrustedList
		f.readXML(in)
	} else {
		f.list.Kind = Certificates
		f.readPEM(in)
	}
	if _, err := io.Copy(io.Discard, in); err != nil { // what a broken list leaves unread counts in its hash
		f.fail(0, "file", "", "lettura interrotta: "+err.Error())
	}
	if limited.N == 0 {
		f.fail(0, "file", "", "più grande di 32 MB")
	}
	f.list.SHA256 = hex.EncodeToString(hash.Sum(nil))
	f.check(at)
	if f.broken {
		f.list.Roots = nil
	}
	return f.list, f.problems
}

// Source says in Italian where the roots come from, for a verdict.
func (l List) Source() string {
	if l.Kind == Certificates {
		return fmt.Sprintf("i certificati scelti dall'operatore (SHA-256 %.8s)", l.SHA256)
	}
	return fmt.Sprintf("l'elenco di fiducia %s n. %d del %s (scelto dall'operatore, SHA-256 %.8s; la firma dell'elenco non è verificata)",
		l.Territory, l.Number, l.Issued.Format(onDay), l.SHA256)
}

// Trust returns what signatures are judged against.
func (l List) Trust(at time.Time) formats.Trust {
	if len(l.Roots) == 0 {
		return formats.Trust{At: at}
	}
	roots := x509.NewCertPool()
	for _, c := range l.Roots {
		roots.AddCert(c)
	}
	return formats.Trust{Roots: roots, At: at, Source: l.Source()}
}

const onDay = "02/01/2006"

// file is a reading under way.
type file struct {
	list     List
	problems []formats.Problem
	broken   bool
	seen     map[string]bool // certificates, by their bytes
}

// add takes a certificate once; services often share one.
func (f *file) add(c *x509.Certificate) {
	if f.seen[string(c.Raw)] || len(f.list.Roots) == maxRoots {
		return
	}
	f.seen[string(c.Raw)] = true
	f.list.Roots = append(f.list.Roots, c)
}

// check tells what a file that was read lacks.
func (f *file) check(at time.Time) {
	switch l := f.list; {
	case f.broken:
	case len(l.Roots) == 0:
		f.fail(0, "file", "", "non contiene certificatori")
	case l.Kind == TrustedList && l.NextUpdate.IsZero():
		f.warn(0, "NextUpdate", "", "l'elenco di fiducia non dice quando sarà aggiornato: può essere chiuso")
	case l.Kind == TrustedList && at.After(l.NextUpdate):
		f.warn(0, "NextUpdate", l.NextUpdate.Format(onDay), "l'elenco di fiducia è da aggiornare: la data è passata")
	}
}

func (f *file) fail(line int, field, value, reason string) {
	f.broken = true
	f.problems = append(f.problems, formats.Problem{Line: line, Field: field, Value: value, Reason: reason, Severity: formats.Error})
}

func (f *file) warn(line int, field, value, reason string) {
	f.problems = append(f.problems, formats.Problem{Line: line, Field: field, Value: value, Reason: reason, Severity: formats.Warning})
}
