// Package idp is an OpenID Connect identity provider with claims like those of
// SPID: a page lists invented citizens, a press is a log-in. It is a
// counterpart for the demo and for tests; it proves nobody's identity, and it
// is not OpenID Federation, which SPID and CIE add on top.
//
// Claim names: italia/spid-cie-oidc-docs, page on the user's attributes.
package idp

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Level is the assurance that the provider always gives.
const Level = "https://www.spid.gov.it/SpidL2"

// FiscalClaim is the name of the claim with the fiscal code, after "TINIT-".
const FiscalClaim = "https://attributes.eid.gov.it/fiscal_number"

// How long a code and an access token last.
const (
	codeLife  = time.Minute
	tokenLife = 10 * time.Minute
)

// Person is a citizen who can log in.
type Person struct {
	FiscalCode, Given, Family, Email string
	Born                             string // ISO day
}

// Invented returns six people who do not exist, with well-formed codes.
func Invented() []Person {
	return []Person{
		{"PRVNNA80A41H501D", "Anna", "Prova", "anna.prova@example.org", "1980-01-01"},
		{"SMPMRA75E12E625O", "Mario", "Esempio", "mario.esempio@example.org", "1975-05-12"},
		{"NVNLCU90R63F205G", "Lucia", "Inventati", "lucia.inventati@example.org", "1990-10-23"},
		{"FNTPLA62C08D612U", "Paolo", "Finto", "paolo.finto@example.org", "1962-03-08"},
		{"MSTHNS85L15A952M", "Hans", "Muster", "hans.muster@example.org", "1985-07-15"},
		{"DPRCHR01T70L219Y", "Chiara", "Diprova", "chiara.diprova@example.org", "2001-12-30"},
	}
}

// Client is who may ask for log-ins. Redirects are matched exactly.
type Client struct {
	ID, Secret string
	Redirects  []string
}

// Config is what a provider needs. No people means the invented ones.
type Config struct {
	Issuer  string // where it is mounted: "http://sandbox.localhost:8080/idp"
	Clients []Client
	People  []Person
	Clock   func() time.Time
}

// grant is what a code stands for, and later an access token.
type grant struct {
	client, redirect, nonce, challenge string
	person                             Person
	until                              time.Time
}

// Provider answers log-ins. It is safe for concurrent use.
type Provider struct {
	config  Config
	clients map[string]Client
	key     *rsa.PrivateKey
	signer  jose.Signer

	mu     sync.Mutex
	codes  map[string]grant
	tokens map[string]grant
}

const keyID = "prova-1"

// New makes a provider with a fresh RSA key.
func New(config Config) (*Provider, error) {
	if len(config.People) == 0 {
		config.People = Invented()
	}
	config.Issuer = strings.TrimSuffix(config.Issuer, "/")
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("making signing key: %w", err)
	}
	options := (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", keyID)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, options)
	if err != nil {
		return nil, fmt.Errorf("making signer: %w", err)
	}
	p := &Provider{config: config, clients: map[string]Client{}, key: key, signer: signer,
		codes: map[string]grant{}, tokens: map[string]grant{}}
	for _, c := range config.Clients {
		p.clients[c.ID] = c
	}
	return p, nil
}

func randomToken() string {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}
