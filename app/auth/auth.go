// Package auth says who is there and what they may do: staff with a password,
// citizens through an identity provider (SPID, CIE), the operator of the
// instance; their sessions, and the one policy of rights. It is the only
// package that knows casbin. It is not the place where a page decides what to
// show, and it never writes a name, an e-mail or a token to the log.
package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// The roles. A municipality grants the three of its staff; the others follow
// from how somebody came.
const (
	RoleAnonymous     = "anonymous"
	RoleCitizen       = "citizen"
	RoleClerk         = "clerk"
	RoleAccountant    = "accountant"
	RoleAdministrator = "administrator"
	RoleOperator      = "operator"
)

// Roles are all the roles that the policy knows.
var Roles = []string{RoleAnonymous, RoleCitizen, RoleClerk, RoleAccountant, RoleAdministrator, RoleOperator}

// StaffRoles are those that a municipality grants, the strongest first.
var StaffRoles = []string{RoleAdministrator, RoleAccountant, RoleClerk}

// Kind says how somebody came.
type Kind string

// The kinds of session. Anonymous ones are no rows.
const (
	KindAnonymous Kind = "anonymous"
	KindStaff     Kind = "staff"
	KindCitizen   Kind = "citizen"
	KindOperator  Kind = "operator"
)

// Session is who is behind a request, on one host of one municipality. The
// operator's has no municipality.
type Session struct {
	ID      [sha256.Size]byte // of the token; the token itself is kept nowhere
	Kind    Kind
	Tenant  tenants.ID
	Host    string
	Actor   tenants.Actor
	Roles   []string
	Citizen *Citizen // of a citizen's session
}

// Anonymous is the session of a request that brought none.
func Anonymous(tenant tenants.ID, host string) Session {
	return Session{Kind: KindAnonymous, Tenant: tenant, Host: host, Roles: []string{RoleAnonymous},
		Actor: tenants.Actor{Name: "anonimo", Role: RoleAnonymous}}
}

// Has reports whether the session holds a role.
func (s Session) Has(role string) bool { return slices.Contains(s.Roles, role) }

// Token is the secret of a session: 256 random bits, after the municipality to
// which it belongs, so that one shown to another town can be revoked at home.
// It goes into a cookie and nowhere else.
type Token string

// String keeps tokens out of logs and messages; a cookie takes string(token).
func (Token) String() string { return "[token]" }

// GoString keeps tokens out of %#v.
func (Token) GoString() string { return "[token]" }

func newToken(tenant tenants.ID) Token {
	return Token(strconv.FormatInt(int64(tenant), 36) + "." + random())
}

// random returns 256 bits fit for a URL.
func random() string {
	var b [32]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // the system has no random source: nothing may go on
	}
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// home is the municipality that a token names; 0 is the operator's.
func (t Token) home() (tenants.ID, bool) {
	town, secret, ok := strings.Cut(string(t), ".")
	if !ok || len(secret) != 43 {
		return 0, false
	}
	id, err := strconv.ParseInt(town, 36, 64)
	return tenants.ID(id), err == nil && id >= 0 && strconv.FormatInt(id, 36) == town
}

func (t Token) id() [sha256.Size]byte { return sha256.Sum256([]byte(t)) }

// CSRF is the value that the forms of this session carry. It cannot be had
// without the token and does not give it away.
func (t Token) CSRF() string {
	m := hmac.New(sha256.New, []byte(t))
	m.Write([]byte("cassacomune form"))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// CheckCSRF compares a form's value in constant time. No token, no form.
func (t Token) CheckCSRF(given string) bool {
	return t != "" && subtle.ConstantTimeCompare([]byte(t.CSRF()), []byte(given)) == 1
}

// ErrNoSession answers a token that opens nothing: unknown, expired, revoked,
// or of another host. They are not told apart.
var ErrNoSession = fault.New(fault.Forbidden, "auth.session", "La sessione è scaduta: accedere di nuovo.")
