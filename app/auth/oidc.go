package auth

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/uptrace/bun"
	"golang.org/x/oauth2"

	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// stateTime is how long a citizen may stay at the identity provider.
const stateTime = 10 * time.Minute

// oidcState is a log-in on its way. The state itself is known to the browser
// alone.
type oidcState struct {
	bun.BaseModel `bun:"table:oidc_state"`
	tenants.Row

	ID        []byte `bun:"id,pk"`
	Nonce     string
	Verifier  string
	Redirect  string
	Next      string
	ExpiresAt time.Time
}

var errProvider = fault.New(fault.Conflict, "auth.provider", "Il servizio di identità non risponde: riprovare più tardi.")

// StartOIDC begins a citizen's log-in (SPID, CIE, through an OpenID Connect
// provider or broker) and returns the address to which the browser goes: an
// authorization code with PKCE S256, state and nonce. redirectURL is where the
// provider sends the browser back; next, the page that the citizen wanted,
// must be a path of this host or becomes "/". The caller keeps
// StateOf(redirect) in a short-lived cookie of this browser, so that nobody is
// logged in by a link that somebody else began.
func StartOIDC(ctx context.Context, db *tenants.DB, tenant tenants.ID, settings tenants.Identity, secret, redirectURL, next string) (redirect string, err error) {
	provider, err := providers.get(ctx, db.Now(), settings.Issuer)
	if err != nil {
		return "", err
	}
	state, nonce, verifier := random(), random(), oauth2.GenerateVerifier()
	id := sha256.Sum256([]byte(state))
	err = db.Within(ctx, tenant, tenants.System("accesso"), func(tx *tenants.Tx) error {
		_, err := tx.Insert(&oidcState{ID: id[:], Nonce: nonce, Verifier: verifier, Redirect: redirectURL,
			Next: LocalPath(next), ExpiresAt: tx.Now().Add(stateTime)}).Exec(tx.Ctx)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("begin log-in of a citizen: %w", err)
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)}
	if settings.Level != "" {
		options = append(options, oauth2.SetAuthURLParam("acr_values", settings.Level))
	}
	return exchange(provider, settings, secret, redirectURL).AuthCodeURL(state, options...), nil
}

// StateOf reads the state out of what StartOIDC returned.
func StateOf(redirect string) string {
	u, err := url.Parse(redirect)
	if err != nil {
		return ""
	}
	return u.Query().Get("state")
}

func exchange(p *oidc.Provider, settings tenants.Identity, secret, redirectURL string) *oauth2.Config {
	return &oauth2.Config{ClientID: settings.ClientID, ClientSecret: secret, Endpoint: p.Endpoint(),
		RedirectURL: redirectURL, Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}
}

// registry keeps what the providers publish about themselves, per issuer: it
// is the same for every municipality and no secret. Keys are refreshed by the
// provider itself when one is not known.
type registry struct {
	mu    sync.Mutex
	known map[string]published
}

type published struct {
	provider *oidc.Provider
	until    time.Time
}

const (
	publishedTime = time.Hour
	publishedMost = 1024 // issuers; past it the registry begins anew
)

var providers = &registry{known: map[string]published{}}

func (r *registry) get(ctx context.Context, now time.Time, issuer string) (*oidc.Provider, error) {
	if err := checkIssuer(issuer); err != nil {
		return nil, err
	}
	r.mu.Lock()
	p, ok := r.known[issuer]
	r.mu.Unlock()
	if ok && now.Before(p.until) && p.until.Sub(now) <= publishedTime {
		return p.provider, nil
	}
	provider, err := oidc.NewProvider(withClient(ctx), issuer)
	if err != nil {
		return nil, fmt.Errorf("read the provider's metadata: %w (%w)", errProvider, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) >= publishedMost {
		clear(r.known)
	}
	r.known[issuer] = published{provider, now.Add(publishedTime)}
	return provider, nil
}

// checkIssuer demands https, except on this very machine.
func checkIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	if err == nil && u.User == nil && u.Host != "" {
		ip := net.ParseIP(u.Hostname())
		if u.Scheme == "https" || u.Scheme == "http" && (local(u.Hostname()) || ip != nil && ip.IsLoopback()) {
			return nil
		}
	}
	return fault.New(fault.Invalid, "auth.issuer", "L'indirizzo del servizio di identità deve iniziare con https://.").On("issuer")
}

func local(host string) bool {
	const suffix = ".localhost"
	return host == "localhost" || len(host) > len(suffix) && host[len(host)-len(suffix):] == suffix
}

// client talks to the providers: quick, and going nowhere else than told.
var client = &http.Client{
	Timeout:       10 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func withClient(ctx context.Context) context.Context { return oidc.ClientContext(ctx, client) }
