package desk

import (
	"errors"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/fault"
	"cassacomune/app/web/page"
)

type loginForm struct {
	page.Base
	Next string
}

func (d *desk) loginPage(c *fiber.Ctx) error {
	at := page.At(c)
	next := auth.LocalPath(c.Query("next"))
	if at.Session.Kind == auth.KindStaff {
		return c.Redirect(afterLogin(next), fiber.StatusSeeOther)
	}
	return page.Show(c, "desk/login", loginForm{page.For(c, "Accesso del personale"), next})
}

// logIn opens a session under a new token; the one that the request came with
// ends. It never says whether it was the e-mail or the password.
func (d *desk) logIn(c *fiber.Ctx) error {
	at := page.At(c)
	p := loginForm{Base: page.For(c, "Accesso del personale")}
	p.Form = page.ReadForm(c, p.Words)
	p.Next = auth.LocalPath(p.Form.Value("next"))
	if !d.doors.open(c.IP(), at.DB.Now()) {
		return errMany
	}
	email, password := p.Form.Need("email", "E-mail"), string(append([]byte(nil), c.FormValue("password")...))
	if password == "" {
		p.Form.Wrong("password", "Password: campo da compilare")
	}
	if p.Form.Failed() {
		return page.Show(c, "desk/login", p)
	}
	token, err := auth.LogIn(c.UserContext(), at.DB, at.Tenant.ID, at.Session.Host, email, password)
	if errors.Is(err, auth.ErrOneTime) {
		return page.NewChoice(c, email).Show(c)
	}
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.TooMany) {
		d.doors.failed(c.IP(), at.DB.Now())
		p.Form.Wrong("", fault.Of(err).Text)
		return page.Show(c, "desk/login", p)
	}
	if err != nil {
		return err
	}
	return d.letIn(c, token, afterLogin(p.Next))
}

// errMany answers an address from which too many log-ins failed.
var errMany = fault.New(fault.TooMany, "desk.login.many", "Troppi tentativi di accesso da questo indirizzo: riprova tra quindici minuti.")

// letIn gives the browser its new session and ends the one that it came with.
func (d *desk) letIn(c *fiber.Ctx, token auth.Token, to string) error {
	at := page.At(c)
	if at.Token != "" {
		if err := auth.LogOut(c.UserContext(), at.DB, at.Tenant.ID, at.Token); err != nil {
			return err
		}
	}
	page.KeepSession(c, token)
	return c.Redirect(to, fiber.StatusSeeOther)
}

func (d *desk) choicePage(c *fiber.Ctx) error { return page.NewChoice(c, "").Show(c) }

// choose is the log-in of who was given a password for one use.
func (d *desk) choose(c *fiber.Ctx) error {
	at := page.At(c)
	if !d.doors.open(c.IP(), at.DB.Now()) {
		return errMany
	}
	p := page.ReadChoice(c)
	if p.Form.Failed() {
		return p.Show(c)
	}
	token, err := auth.Choose(c.UserContext(), at.DB, at.Tenant.ID, at.Session.Host, p.Email, p.Given, p.Password)
	if err != nil {
		if errors.Is(err, auth.ErrWrong) || errors.Is(err, auth.ErrLocked) {
			d.doors.failed(c.IP(), at.DB.Now())
		}
		return p.Refused(c, err)
	}
	return d.letIn(c, token, "/desk")
}

func afterLogin(next string) string {
	if next == "/" || next == "/accesso" {
		return "/desk"
	}
	return next
}

// limiter counts failed log-ins by address, in this process only: the count by
// e-mail stands in the rows.
type limiter struct {
	mu   sync.Mutex
	seen map[string]failures
}

type failures struct {
	count int
	since time.Time
}

const (
	maxFailed    = 20
	failedWindow = 15 * time.Minute
	maxAddresses = 10_000
)

func newLimiter() *limiter { return &limiter{seen: map[string]failures{}} }

func (l *limiter) open(address string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.seen[address]
	return !ok || now.Sub(f.since) >= failedWindow || f.count < maxFailed
}

func (l *limiter) failed(address string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.seen) >= maxAddresses {
		for a, f := range l.seen {
			if now.Sub(f.since) >= failedWindow {
				delete(l.seen, a)
			}
		}
	}
	f := l.seen[address]
	if f.count == 0 || now.Sub(f.since) >= failedWindow {
		f = failures{since: now}
	}
	f.count++
	l.seen[address] = f
}
