package web

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/channels/all"
	"cassacomune/app/fault"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

// arrive finds out which municipality is asked and who asks. The host is
// compared exactly; an unknown one is answered 404 and never by a default.
func (w *web) arrive(c *fiber.Ctx) error {
	host := strings.ToLower(hostOf(c))
	at := &page.Request{DB: w.DB, Lang: "it"}
	page.Carry(c, at)
	if slices.Contains(w.IndexHosts, host) && w.Index != nil {
		return w.Index(c)
	}
	at.Token = auth.Token(c.Cookies(page.SessionCookie(c)))
	if w.OperatorHost != "" && host == w.OperatorHost {
		at.Session = auth.Session{Kind: auth.KindAnonymous, Host: host, Roles: []string{auth.RoleAnonymous}}
		if s, err := auth.ResumeOperator(c.UserContext(), w.DB, host, at.Token); err == nil {
			at.Session = s
		}
		page.Prepare(c, w.base(c, at, w.operator))
		return c.Next()
	}
	town, err := w.towns.at(c.UserContext(), host)
	if err != nil {
		return err
	}
	at.Tenant, at.Settings, at.Catalogue, at.FormHosts = town.tenant, town.settings, town.catalogue, town.formHosts
	at.Session = auth.Anonymous(at.Tenant.ID, host)
	if at.Token != "" {
		s, err := auth.Resume(c.UserContext(), w.DB, at.Tenant.ID, host, at.Token)
		switch {
		case err == nil:
			at.Session = s
		case fault.Of(err) == nil:
			return err
		}
	}
	at.Lang = page.Choose(c, at.Settings.Languages)
	page.Prepare(c, w.base(c, at, town.looks))
	if !readable(c) {
		return fault.New(fault.NotFound, "web.page", "Questa pagina non esiste.")
	}
	return c.Next()
}

// hostOf is the host that was asked, without port. Behind a proxy it is the
// forwarded one only if the proxy is known.
func hostOf(c *fiber.Ctx) string {
	host := c.Hostname()
	if i := strings.LastIndexByte(host, ':'); i > 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return host
}

// town is what every page of a municipality needs.
type town struct {
	tenant    tenants.Tenant
	settings  tenants.Settings
	catalogue []tenants.DebtType
	formHosts []string
	looks     *looks
	read      time.Time
}

// towns keeps what was read of a host for a moment. The host is the key, so
// that one town's answer is never another's.
type towns struct {
	db *tenants.DB
	mu sync.Mutex
	by map[string]town
}

const townFresh = 2 * time.Second

func newTowns(db *tenants.DB) *towns { return &towns{db: db, by: map[string]town{}} }

func (t *towns) at(ctx context.Context, host string) (town, error) {
	t.mu.Lock()
	known, ok := t.by[host]
	t.mu.Unlock()
	if ok && time.Since(known.read) < townFresh {
		return known, nil
	}
	tenant, err := t.db.ByHost(ctx, host)
	if err != nil {
		return town{}, err
	}
	fresh := town{tenant: tenant, looks: &looks{}, read: time.Now()}
	err = t.db.Read(ctx, tenant.ID, func(tx *tenants.Tx) error {
		m, err := tx.Municipality()
		if err != nil {
			return err
		}
		fresh.settings = m.Settings
		if fresh.catalogue, err = tx.DebtTypes(); err != nil {
			return err
		}
		set, err := tx.Channels()
		fresh.formHosts = formHosts(set)
		return err
	})
	if err != nil {
		return town{}, err
	}
	t.mu.Lock()
	t.by[host] = fresh
	t.mu.Unlock()
	return fresh, nil
}

// forget makes the next request read anew what who asks may have changed.
func (t *towns) forget(host string) {
	t.mu.Lock()
	delete(t.by, host)
	t.mu.Unlock()
}

// formHosts are the origins of the payment pages that a municipality uses.
func formHosts(set []tenants.Channel) (hosts []string) {
	for _, s := range set {
		ch := all.Find(s.Key)
		if ch == nil || !s.Enabled {
			continue
		}
		for _, f := range ch.Fields() {
			value := s.Settings[f.Key]
			if value == "" {
				value = f.Default
			}
			if u, err := url.Parse(value); f.Key == "base" && err == nil && u.Host != "" {
				hosts = append(hosts, u.Scheme+"://"+u.Host)
			}
		}
	}
	return hosts
}
