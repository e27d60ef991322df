package auth

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"cassacomune/app/codes"
	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// Return is what the browser brings back from the identity provider.
type Return struct {
	State  string // query
	Code   string // query
	Error  string // query: the provider's or the citizen's refusal
	Cookie string // the state that this browser kept when it left
}

// The refusals of a citizen's log-in.
var (
	ErrState    = fault.New(fault.Forbidden, "auth.state", "L'accesso è scaduto o è stato iniziato altrove: riprovare.")
	ErrRefused  = fault.New(fault.Forbidden, "auth.refused", "L'accesso è stato annullato o rifiutato dal servizio di identità.")
	ErrIdentity = fault.New(fault.Forbidden, "auth.identity", "La risposta del servizio di identità non è valida.")
	ErrLevel    = fault.New(fault.Forbidden, "auth.level", "Il livello di sicurezza dell'identità non è sufficiente per questo servizio.")
	ErrFiscal   = fault.New(fault.Forbidden, "auth.fiscal", "Il servizio di identità non ha comunicato un codice fiscale valido.")
)

// FinishOIDC ends a citizen's log-in: the state is used once, the code is
// exchanged, the identity is verified (signature, issuer, audience, time,
// nonce, level) and the citizen kept. It returns the token of a new session
// and the page that the citizen wanted.
func FinishOIDC(ctx context.Context, db *tenants.DB, tenant tenants.ID, settings tenants.Identity, secret, host string, back Return) (Token, string, error) {
	if back.State == "" || subtle.ConstantTimeCompare([]byte(back.State), []byte(back.Cookie)) != 1 {
		return "", "", ErrState
	}
	state, err := takeState(ctx, db, tenant, back.State)
	if err != nil {
		return "", "", err
	}
	if back.Error != "" || back.Code == "" {
		return "", "", ErrRefused
	}
	citizen, err := identify(ctx, db, settings, secret, state, back.Code)
	if err != nil {
		return "", "", err
	}
	var token Token
	err = db.Within(ctx, tenant, tenants.System("accesso"), func(tx *tenants.Tx) error {
		if err := welcome(tx, &citizen); err != nil {
			return err
		}
		tx.Actor = citizen.actor()
		if token, err = open(tx, session{Host: host, Kind: KindCitizen, CitizenID: citizen.ID}); err != nil {
			return err
		}
		return tx.Audit("login", citizen.ID.String(), citizen.Level)
	})
	if err != nil {
		return "", "", fmt.Errorf("log in citizen: %w", err)
	}
	return token, state.Next, nil
}

// takeState finds a log-in that was begun here and removes it: of two who
// bring the same state, one goes on.
func takeState(ctx context.Context, db *tenants.DB, tenant tenants.ID, state string) (s oidcState, err error) {
	id := sha256.Sum256([]byte(state))
	used := int64(0)
	err = db.Within(ctx, tenant, tenants.System("accesso"), func(tx *tenants.Tx) error {
		if err := tx.Select(&s).Where("id = ?", id[:]).Scan(tx.Ctx); err != nil {
			return err
		}
		result, err := tx.Delete((*oidcState)(nil)).Where("id = ?", id[:]).Exec(tx.Ctx)
		if err != nil {
			return err
		}
		used, err = result.RowsAffected()
		return err
	})
	if errors.Is(err, sql.ErrNoRows) || err == nil && (used != 1 || !db.Now().Before(s.ExpiresAt)) {
		return s, ErrState
	}
	if err != nil {
		return s, fmt.Errorf("find the log-in that was begun: %w", err)
	}
	return s, nil
}

// identify exchanges the code and verifies who the citizen is.
func identify(ctx context.Context, db *tenants.DB, settings tenants.Identity, secret string, s oidcState, code string) (Citizen, error) {
	provider, err := providers.get(ctx, db.Now(), settings.Issuer)
	if err != nil {
		return Citizen{}, err
	}
	ctx = withClient(ctx)
	answer, err := exchange(provider, settings, secret, s.Redirect).Exchange(ctx, code, oauth2.VerifierOption(s.Verifier))
	if err != nil {
		return Citizen{}, fmt.Errorf("exchange the code: %w (%s)", ErrIdentity, reason(err))
	}
	raw, _ := answer.Extra("id_token").(string)
	token, err := provider.Verifier(&oidc.Config{ClientID: settings.ClientID, Now: db.Now}).Verify(ctx, raw)
	if err != nil {
		return Citizen{}, fmt.Errorf("verify identity: %w (%w)", ErrIdentity, err)
	}
	if token.Subject == "" || subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(s.Nonce)) != 1 {
		return Citizen{}, fmt.Errorf("verify identity: %w", ErrIdentity)
	}
	if token.AccessTokenHash != "" && token.VerifyAccessToken(answer.AccessToken) != nil {
		return Citizen{}, fmt.Errorf("verify identity: %w", ErrIdentity)
	}
	var c claims
	if err := token.Claims(&c); err != nil {
		return Citizen{}, fmt.Errorf("read identity: %w", ErrIdentity)
	}
	if !sufficient(c.Level, settings.Level) {
		return Citizen{}, ErrLevel
	}
	if c.fiscal() == "" { // SPID and CIE answer there, not in the token
		if c, err = askMore(ctx, provider, answer, token.Subject, c); err != nil {
			return Citizen{}, err
		}
	}
	fiscal, ok := fiscalCode(c.fiscal())
	if !ok {
		return Citizen{}, ErrFiscal
	}
	return Citizen{Issuer: token.Issuer, Subject: token.Subject, FiscalCode: fiscal,
		GivenName: c.Given, FamilyName: c.Family, Email: c.Email, Level: c.Level}, nil
}

// reason is the provider's error code, never its text, which may name people.
func reason(err error) string {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		return fmt.Sprintf("status %d", refused.Response.StatusCode)
	}
	return "no answer"
}

// claims are the attributes that a provider may tell, under the names of the
// Italian profile (spid-cie-oidc-docs, attributi_utente) and those that
// brokers use.
type claims struct {
	Level  string `json:"acr"`
	Given  string `json:"given_name"`
	Family string `json:"family_name"`
	Email  string `json:"email"`

	Fiscal1 string `json:"https://attributes.eid.gov.it/fiscal_number"`
	Fiscal2 string `json:"fiscal_number"`
	Fiscal3 string `json:"fiscalNumber"`
	Fiscal4 string `json:"fiscal_code"`
	Fiscal5 string `json:"nin"`
}

func (c claims) fiscal() string { return cmp.Or(c.Fiscal1, c.Fiscal2, c.Fiscal3, c.Fiscal4, c.Fiscal5) }

func askMore(ctx context.Context, provider *oidc.Provider, answer *oauth2.Token, subject string, c claims) (claims, error) {
	if provider.UserInfoEndpoint() == "" {
		return c, nil
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(answer))
	if err != nil || info.Subject != subject { // OpenID Connect Core 5.3.2: the subject must be the same
		return c, fmt.Errorf("ask who the citizen is: %w", ErrIdentity)
	}
	level := c.Level
	if err := info.Claims(&c); err != nil {
		return c, fmt.Errorf("read identity: %w", ErrIdentity)
	}
	c.Level = level // only the signed token says it
	return c, nil
}

// fiscalCode strips the prefix of the attribute and checks the code.
func fiscalCode(s string) (string, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	for _, prefix := range []string{"TINIT-", "VATIT-"} {
		if code, ok := strings.CutPrefix(s, prefix); ok {
			s = code
			break
		}
	}
	return s, codes.CheckFiscalCode(s) == nil
}

// sufficient compares the level that was reached with the one demanded. Those
// of SPID are ordered; any others must be the same.
func sufficient(got, want string) bool {
	if want == "" || got == want {
		return true
	}
	const spid = "https://www.spid.gov.it/SpidL"
	g, okGot := strings.CutPrefix(got, spid)
	w, okWant := strings.CutPrefix(want, spid)
	return okGot && okWant && len(g) == 1 && len(w) == 1 && g <= "3" && g >= w && w >= "1"
}
