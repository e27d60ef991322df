package idp

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/gofiber/fiber/v2"
)

func (p *Provider) jwks(c *fiber.Ctx) error {
	return c.JSON(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: &p.key.PublicKey, KeyID: keyID, Algorithm: string(jose.RS256), Use: "sig"},
	}})
}

// token changes a code for tokens, once.
func (p *Provider) token(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	id, secret := credentials(c)
	client, ok := p.clients[id]
	if !ok || subtle.ConstantTimeCompare([]byte(secret), []byte(client.Secret)) != 1 {
		return deny(c, fiber.StatusUnauthorized, "invalid_client")
	}
	if c.FormValue("grant_type") != "authorization_code" {
		return deny(c, fiber.StatusBadRequest, "unsupported_grant_type")
	}
	now := p.config.Clock()
	p.mu.Lock()
	g, found := p.codes[c.FormValue("code")]
	delete(p.codes, c.FormValue("code"))
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(c.FormValue("code_verifier")))
	if !found || now.After(g.until) || g.client != id || g.redirect != c.FormValue("redirect_uri") ||
		base64.RawURLEncoding.EncodeToString(sum[:]) != g.challenge {
		return deny(c, fiber.StatusBadRequest, "invalid_grant")
	}
	claims := p.claims(g)
	claims["iss"], claims["aud"], claims["acr"] = p.config.Issuer, id, Level
	claims["iat"], claims["auth_time"], claims["exp"] = now.Unix(), now.Unix(), now.Add(tokenLife).Unix()
	if g.nonce != "" {
		claims["nonce"] = g.nonce
	}
	signed, err := p.sign(claims)
	if err != nil {
		return err
	}
	access := randomToken()
	g.until = now.Add(tokenLife)
	p.mu.Lock()
	p.tokens[access] = g
	p.mu.Unlock()
	return c.JSON(fiber.Map{"access_token": access, "token_type": "Bearer", "expires_in": int(tokenLife.Seconds()), "id_token": signed})
}

func credentials(c *fiber.Ctx) (id, secret string) {
	raw, ok := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Basic ")
	if !ok {
		return strings.Clone(c.FormValue("client_id")), strings.Clone(c.FormValue("client_secret"))
	}
	text, err := base64.StdEncoding.DecodeString(raw)
	if err != nil {
		return "", ""
	}
	id, secret, _ = strings.Cut(string(text), ":")
	if u, err := url.QueryUnescape(id); err == nil {
		id = u
	}
	if u, err := url.QueryUnescape(secret); err == nil {
		secret = u
	}
	return id, secret
}

// claims about the person. The subject differs from client to client, so that
// two services cannot compare their lists.
func (p *Provider) claims(g grant) map[string]any {
	sum := sha256.Sum256([]byte(p.config.Issuer + "|" + g.client + "|" + g.person.FiscalCode))
	return map[string]any{
		"sub":        base64.RawURLEncoding.EncodeToString(sum[:18]),
		"given_name": g.person.Given, "family_name": g.person.Family,
		"email": g.person.Email, "birthdate": g.person.Born,
		FiscalClaim: "TINIT-" + g.person.FiscalCode,
	}
}

func (p *Provider) sign(claims map[string]any) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("writing claims: %w", err)
	}
	signature, err := p.signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("signing token: %w", err)
	}
	return signature.CompactSerialize()
}

func (p *Provider) userinfo(c *fiber.Ctx) error {
	raw, _ := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	p.mu.Lock()
	g, ok := p.tokens[raw]
	p.mu.Unlock()
	if !ok || p.config.Clock().After(g.until) {
		return deny(c, fiber.StatusUnauthorized, "invalid_token")
	}
	return c.JSON(p.claims(g))
}

func deny(c *fiber.Ctx, status int, code string) error {
	return c.Status(status).JSON(fiber.Map{"error": code})
}
