package auth

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"cassacomune/app/fault"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// provider is a small OpenID Connect provider: one citizen, one key. What it
// says is changed by the test.
type provider struct {
	*httptest.Server
	now    func() time.Time
	key    *rsa.PrivateKey
	signer *rsa.PrivateKey // signs the tokens; another than key is a forgery
	claims map[string]any  // over the usual ones; nil removes
	info   map[string]any
	asked  int // discoveries

	mu    sync.Mutex
	codes map[string]url.Values
}

func newProvider(t *testing.T, now func() time.Time) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{now: now, key: key, signer: key, codes: map[string]url.Values{}, claims: map[string]any{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.asked++
		json.NewEncoder(w).Encode(map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
			"userinfo_endpoint": p.URL + "/info", "jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /info", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer access" || p.info == nil {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(p.info)
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// authorize does what the browser and the citizen do there.
func (p *provider) authorize(t *testing.T, redirect string) Return {
	t.Helper()
	u, err := url.Parse(redirect)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for k, want := range map[string]string{"response_type": "code", "code_challenge_method": "S256", "client_id": "comune",
		"redirect_uri": "http://alfa.localhost/accedi/ritorno", "acr_values": "https://www.spid.gov.it/SpidL2"} {
		if got := q.Get(k); got != want {
			t.Errorf("authorization request %s = %q, want %q", k, got, want)
		}
	}
	if len(q.Get("state")) < 43 || len(q.Get("nonce")) < 43 || q.Get("state") == q.Get("nonce") {
		t.Errorf("state and nonce are weak: %v", q)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes["code-"+q.Get("nonce")] = q
	return Return{State: q.Get("state"), Cookie: StateOf(redirect), Code: "code-" + q.Get("nonce")}
}

func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	q, known := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	p.mu.Unlock()
	challenge := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	id, secret, _ := r.BasicAuth()
	if !known || q.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(challenge[:]) || id != "comune" || secret != "segreto" ||
		r.FormValue("redirect_uri") != q.Get("redirect_uri") {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	claims := map[string]any{"iss": p.URL, "aud": "comune", "sub": "s-1", "nonce": q.Get("nonce"), "iat": p.now().Unix(), "exp": p.now().Add(time.Minute).Unix(),
		"acr": "https://www.spid.gov.it/SpidL2", "given_name": "Mario", "family_name": "Rossi", "email": "mario@posta.example",
		"https://attributes.eid.gov.it/fiscal_number": "TINIT-RSSMRA80A01H501U"}
	maps.Copy(claims, p.claims)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.signer, KeyID: "k"}}, nil)
	if err != nil {
		http.Error(w, err.Error(), 500)
		return
	}
	text, _ := json.Marshal(claims)
	signed, err := signer.Sign(text)
	if err != nil {
		http.Error(w, err.Error(), 500)
		return
	}
	raw, _ := signed.CompactSerialize()
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"access_token": "access", "token_type": "Bearer", "id_token": raw})
}

type desk struct {
	*provider
	db       *tenantstest.Data
	town     tenants.Tenant
	settings tenants.Identity
}

func newDesk(t *testing.T, db *tenantstest.Data) *desk {
	p := newProvider(t, db.Clock.Now)
	return &desk{provider: p, db: db, town: db.Add(t, "alfa"),
		settings: tenants.Identity{Issuer: p.URL, ClientID: "comune", Level: "https://www.spid.gov.it/SpidL2"}}
}

func (d *desk) start(t *testing.T, next string) Return {
	t.Helper()
	redirect := must[string](t)(StartOIDC(ctx, d.db.DB, d.town.ID, d.settings, "segreto", "http://alfa.localhost/accedi/ritorno", next))
	return d.authorize(t, redirect)
}

func (d *desk) finish(back Return) (Token, string, error) {
	return FinishOIDC(ctx, d.db.DB, d.town.ID, d.settings, "segreto", "alfa.localhost", back)
}

func TestCitizensLogIn(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		d := newDesk(t, db)
		token, next, err := d.finish(d.start(t, "/cittadino/debiti?anno=2026"))
		if err != nil || next != "/cittadino/debiti?anno=2026" {
			t.Fatalf("FinishOIDC = %q, %v", next, err)
		}
		s := must[Session](t)(Resume(ctx, db.DB, d.town.ID, "alfa.localhost", token))
		want := &Citizen{Issuer: d.URL, Subject: "s-1", FiscalCode: "RSSMRA80A01H501U", GivenName: "Mario", FamilyName: "Rossi",
			Email: "mario@posta.example", Level: "https://www.spid.gov.it/SpidL2", CreatedAt: tenantstest.Start, SeenAt: tenantstest.Start}
		want.TenantID, want.ID = d.town.ID, s.Actor.ID
		if diff := cmp.Diff(s.Citizen, want); diff != "" || s.Kind != KindCitizen || s.Actor.Role != RoleCitizen || !cmp.Equal(s.Roles, []string{RoleCitizen}) {
			t.Errorf("session %+v (-got +want)\n%s", s, diff)
		}
		if !Allowed(s, d.town.ID, "citizen:debts") || Allowed(s, d.town.ID, "debts:view") {
			t.Error("the citizen does not have a citizen's rights")
		}
		db.Clock.Move(time.Minute) // back again, with another e-mail: the same citizen
		d.claims["email"] = "rossi@posta.example"
		token, next, err = d.finish(d.start(t, "//evil.example"))
		if err != nil || next != "/" {
			t.Fatalf("FinishOIDC = %q, %v, want /", next, err)
		}
		again := must[Session](t)(Resume(ctx, db.DB, d.town.ID, "alfa.localhost", token))
		if again.Citizen.ID != s.Citizen.ID || again.Citizen.Email != "rossi@posta.example" || !again.Citizen.CreatedAt.Equal(tenantstest.Start) {
			t.Errorf("second log-in = %+v, want the same row", again.Citizen)
		}
		if d.asked != 1 {
			t.Errorf("the provider's metadata was read %d times, want once", d.asked)
		}
		db.Clock.Move(IdleCitizen)
		if resumes(db, d.town, "alfa.localhost", token) {
			t.Error("a citizen's session lives at the idle limit")
		}
		other := db.Add(t, "beta")
		var rows int64
		ok(t, db.Read(ctx, other.ID, func(tx *tenants.Tx) (err error) { rows, err = tx.Select((*Citizen)(nil)).Count(tx.Ctx); return err }))
		if rows != 0 {
			t.Errorf("another town knows %d citizens, want 0", rows)
		}
	})
}

func TestWhatTheProviderMayNotSay(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		d := newDesk(t, db)
		const fiscal = "https://attributes.eid.gov.it/fiscal_number"
		forger, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			claims map[string]any
			signer *rsa.PrivateKey
			info   map[string]any
			want   error
			fiscal string
		}{
			"forged signature":       {signer: forger, want: ErrIdentity},
			"another nonce":          {claims: map[string]any{"nonce": "x"}, want: ErrIdentity},
			"no nonce":               {claims: map[string]any{"nonce": nil}, want: ErrIdentity},
			"another audience":       {claims: map[string]any{"aud": "other"}, want: ErrIdentity},
			"another issuer":         {claims: map[string]any{"iss": "https://evil.example"}, want: ErrIdentity},
			"expired":                {claims: map[string]any{"exp": db.Clock.Now().Add(-time.Second).Unix()}, want: ErrIdentity},
			"no subject":             {claims: map[string]any{"sub": ""}, want: ErrIdentity},
			"lower level":            {claims: map[string]any{"acr": "https://www.spid.gov.it/SpidL1"}, want: ErrLevel},
			"no level":               {claims: map[string]any{"acr": nil}, want: ErrLevel},
			"higher level":           {claims: map[string]any{"acr": "https://www.spid.gov.it/SpidL3"}, fiscal: "RSSMRA80A01H501U"},
			"wrong check letter":     {claims: map[string]any{fiscal: "TINIT-RSSMRA80A01H501X"}, want: ErrFiscal},
			"another country":        {claims: map[string]any{fiscal: "TINDE-123"}, want: ErrFiscal},
			"lower case":             {claims: map[string]any{fiscal: "tinit-rssmra80a01h501u"}, fiscal: "RSSMRA80A01H501U"},
			"company":                {claims: map[string]any{fiscal: "VATIT-00488410010"}, fiscal: "00488410010"},
			"a broker's name for it": {claims: map[string]any{fiscal: nil, "nin": "TINIT-RSSMRA80A01H501U"}, fiscal: "RSSMRA80A01H501U"},
			"in the user info":       {claims: map[string]any{fiscal: nil}, info: map[string]any{"sub": "s-1", fiscal: "TINIT-RSSMRA80A01H501U"}, fiscal: "RSSMRA80A01H501U"},
			"info of another":        {claims: map[string]any{fiscal: nil}, info: map[string]any{"sub": "s-2", fiscal: "TINIT-RSSMRA80A01H501U"}, want: ErrIdentity},
			"nowhere":                {claims: map[string]any{fiscal: nil}, info: map[string]any{"sub": "s-1"}, want: ErrFiscal},
		} {
			d.claims, d.signer, d.info = c.claims, d.key, c.info
			if c.signer != nil {
				d.signer = c.signer
			}
			token, _, err := d.finish(d.start(t, "/"))
			if !errors.Is(err, c.want) || (err == nil) != (token != "") {
				t.Errorf("%s: FinishOIDC = %v, want %v", name, err, c.want)
				continue
			}
			if err != nil {
				if fault.Of(err) == nil {
					t.Errorf("%s: %v is no fault", name, err)
				}
				continue
			}
			s := must[Session](t)(Resume(ctx, db.DB, d.town.ID, "alfa.localhost", token))
			if s.Citizen.FiscalCode != c.fiscal {
				t.Errorf("%s: fiscal code %q, want %q", name, s.Citizen.FiscalCode, c.fiscal)
			}
		}
	})
}

func TestTheStateIsOfOneBrowserOnceAndSoon(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		d := newDesk(t, db)
		refused := func(name string, back Return, want error) {
			t.Helper()
			if token, _, err := d.finish(back); !errors.Is(err, want) || token != "" {
				t.Errorf("%s = %v, want %v", name, err, want)
			}
		}
		back := d.start(t, "/")
		stolen := back
		stolen.Cookie = ""
		refused("without this browser's cookie", stolen, ErrState)
		stolen.Cookie = d.start(t, "/").State
		refused("with another log-in's cookie", stolen, ErrState)
		refused("no state", Return{Code: back.Code}, ErrState)
		refused("made up", Return{State: "x", Cookie: "x", Code: back.Code}, ErrState)
		if _, _, err := FinishOIDC(ctx, db.DB, db.Add(t, "beta").ID, d.settings, "segreto", "beta.localhost", back); !errors.Is(err, ErrState) {
			t.Errorf("in another town = %v, want ErrState", err)
		}
		if _, _, err := d.finish(back); err != nil {
			t.Fatalf("the right browser = %v", err)
		}
		refused("a second time", back, ErrState)

		back = d.start(t, "/")
		back.Error, back.Code = "access_denied", ""
		refused("the citizen gave up", back, ErrRefused)
		refused("and tries the same state", Return{State: back.State, Cookie: back.Cookie, Code: "c"}, ErrState)

		back = d.start(t, "/")
		back.Code = "made-up"
		refused("a made-up code", back, ErrIdentity)

		back = d.start(t, "/")
		db.Clock.Move(stateTime)
		refused("after ten minutes", back, ErrState)

		back = d.start(t, "/")
		var entered, turned int
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				_, _, err := d.finish(back)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					entered++
				} else if errors.Is(err, ErrState) {
					turned++
				}
			})
		}
		all.Wait()
		if entered != 1 || turned != 5 {
			t.Errorf("six at once: %d entered, %d turned away; want 1 and 5", entered, turned)
		}
	})
}

func TestIssuers(t *testing.T) {
	for issuer, want := range map[string]bool{"https://id.example": true, "http://127.0.0.1:9": true, "http://id.localhost:9": true, "http://localhost": true,
		"http://id.example": false, "http://10.0.0.1": false, "file:///etc/passwd": false, "": false, "https://u:p@id.example": false, "http://xlocalhost": false} {
		if got := checkIssuer(issuer) == nil; got != want {
			t.Errorf("checkIssuer(%q) allowed = %v, want %v", issuer, got, want)
		}
	}
}
