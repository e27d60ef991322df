package formats

import (
	"crypto/x509"
	"time"
)

// Verdict is the outcome of verifying the signatures of a file (esito della
// verifica della firma).
type Verdict string

// The three verdicts. Only a valid file may move anything.
const (
	Valid        Verdict = "valid"        // every signature passes every rule
	Invalid      Verdict = "invalid"      // a signature breaks a rule, or the file is no whole signed file
	Undetermined Verdict = "undetermined" // nothing is wrong, but a certificate or its chain is missing
)

// RevocationNotChecked is what is known of a certificate's revocation without
// asking the network.
const RevocationNotChecked = "not checked"

// SignedFile is a file with digital signatures around its content (busta
// crittografica), opened and judged.
type SignedFile struct {
	Verdict    Verdict // the worst of its signatures
	Why        string  // Italian, plain
	Signers    []Signer
	Revocation string
	Levels     int    // envelopes one in the other; 1 for a file signed once
	Content    []byte // what was signed, innermost; nil if the file cannot be opened
}

// Signer is who made a signature (firmatario), as the certificate says.
type Signer struct {
	FiscalCode string // codice fiscale; "" where the certificate has none
	Name       string
	Verdict    Verdict // of this signature; names prove nothing unless it is Valid
	Why        string
}

// Trust is what signatures are judged against. Without Roots, or without At,
// no chain is checked and no verdict is Valid.
type Trust struct {
	Roots  *x509.CertPool // certifiers that we believe; nil: none
	At     time.Time      // when the file was received
	Source string         // Italian: where the roots come from, for the verdict
}
