package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/hibiken/asynq"

	"cassacomune/app/auth"
	"cassacomune/app/web"
	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/jobs/worker"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// stage is two small towns of the demo with all their past, on an engine, and
// the product and the outside world behind one address.
type stage struct {
	*seeding
	t     *testing.T
	data  *tenantstest.Data
	log   *lines // of the product, at every level
	app   *fiber.App
	http  *http.Client
	a, b  *demoTown
	made  map[string][]column
	asked atomic.Int64
}

func newStage(t *testing.T, data *tenantstest.Data) *stage {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	log := &lines{}
	s := &stage{t: t, data: data, log: log, seeding: newSeeding(t, ctx, data, placeOf(l.Addr()), log)}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(log.errors())
		}
	})
	s.a, s.b = s.towns[0], s.towns[1]
	serve := &serveCommand{data: dataFor(data), OperatorHost: operatorHost, Proxies: []string{"127.0.0.1"}}
	s.app, err = serve.web(&instance{db: s.db, log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}, web.Config{Test: true})
	must(t, err)
	server := s.app.Server()
	server.Handler = byHost(s.place, s.world, server.Handler)
	go serveOn(ctx, s.app, l, func(string) {})
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, l.Addr().String())
	}
	s.http = &http.Client{Transport: &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 4},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for range 100 {
		if res, err := s.http.Get("http://x/healthz"); err == nil {
			res.Body.Close()
			return s
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the stage does not answer")
	return nil
}

// newSeeding seeds the two small towns.
func newSeeding(t *testing.T, ctx context.Context, data *tenantstest.Data, at place, to io.Writer) *seeding {
	t.Helper()
	knowLocalhost(at)
	clock := &demoClock{}
	log := slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelDebug}))
	redis, stop, err := dataFor(data).openRedisInProcess(log)
	must(t, err)
	t.Cleanup(stop)
	queue := jobs.NewQueue(redis, log)
	t.Cleanup(func() { queue.Close() })
	db, err := tenants.Open(tenants.Config{Dir: data.Dir, URL: data.URL, OwnerURL: data.OwnerURL, Clock: clock.Now, Random: newDice(), Key: tenantstest.Key, Log: log})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	s := &seeding{ctx: ctx, db: db, clock: clock, place: at, dir: t.TempDir(), today: clock.Today(), worker: worker.New(db, redis, queue, worker.Kinds(), 1, log)}
	clock.set(s.morning(-oldest))
	s.world, err = s.outside()
	must(t, err)
	t.Cleanup(func() { s.world.Close() })
	s.towns = s.towns[1:3]
	must(t, s.all())
	clock.release()
	return s
}

// openRedisInProcess is the queue of an embedded instance, on either engine.
func (d data) openRedisInProcess(log *slog.Logger) (redis asynq.RedisConnOpt, stop func(), err error) {
	return data{}.openRedis(log)
}

func dataFor(d *tenantstest.Data) data {
	return data{Data: d.Dir, Database: d.URL, Owner: d.OwnerURL, Key: hex.EncodeToString(tenantstest.Key), LogLevel: "error"}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// lines is a log that is written and read at once.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *lines) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

func (l *lines) errors() (all string) {
	for line := range strings.Lines(l.String()) {
		if strings.Contains(line, "level=ERROR") {
			all += line
		}
	}
	return all
}

// visitor is a browser without a window: a host, a role, and its cookies.
type visitor struct {
	s       *stage
	host    string
	role    string
	cookies map[string]string
}

type reply struct {
	status   int
	location string
	kind     string // Content-Type
	body     string
}

func (s *stage) visit(host, role string) *visitor {
	return &visitor{s: s, host: host, role: role, cookies: map[string]string{}}
}

// enter returns a visitor of a town who has logged in as a role.
func (s *stage) enter(town *demoTown, role string) *visitor {
	s.t.Helper()
	v := s.visit(town.host(), role)
	switch role {
	case auth.RoleAnonymous:
	case auth.RoleCitizen:
		v.identify(0)
	default:
		for _, a := range town.staff() {
			if a.role == role && len(a.offices) == 0 {
				v.cookies["sessione"] = s.password(town, a.email)
			}
		}
		if v.cookies["sessione"] == "" {
			s.t.Fatalf("%s has no %s", town.slug, role)
		}
	}
	return v
}

func (s *stage) password(town *demoTown, email string) string {
	s.t.Helper()
	token, err := auth.LogIn(s.ctx, s.db, town.id, town.host(), email, demoPassword)
	must(s.t, err)
	return string(token)
}

// operate returns a visitor of a host with the operator's session.
func (s *stage) operate(host string) *visitor {
	s.t.Helper()
	token, err := auth.LogInOperator(s.ctx, s.db, operatorHost, demoOperator.email, demoPassword)
	must(s.t, err)
	v := s.visit(host, auth.RoleOperator)
	v.cookies["sessione"] = string(token)
	return v
}

// identify logs a citizen in at the sandbox's identity provider.
func (v *visitor) identify(person int) {
	v.s.t.Helper()
	to := v.get("/entra/avvia?next=/miei")
	u, err := url.Parse(to.location)
	if err != nil || to.status != 303 {
		v.s.t.Fatalf("log-in of a citizen: %d %q %v", to.status, to.location, err)
	}
	form := u.Query()
	form.Set("persona", "0")
	res, err := v.s.http.PostForm("http://"+sandboxHost+u.Path, form)
	must(v.s.t, err)
	res.Body.Close()
	back, err := res.Location()
	must(v.s.t, err)
	if got := v.get(back.RequestURI()); got.status != 303 || v.cookies["sessione"] == "" {
		v.s.t.Fatalf("return of a citizen: %d %.200s", got.status, got.body)
	}
}

func (v *visitor) get(path string) reply { v.s.t.Helper(); return v.send("GET", path, nil) }

// post sends a form as the page of this host would, with the session's token.
func (v *visitor) post(path string, form url.Values) reply {
	v.s.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	if token := v.cookies["sessione"]; token != "" {
		id := sha256.Sum256([]byte(token))
		form.Set("csrf", page.Token(tenantstest.Key, hex.EncodeToString(id[:])))
	}
	return v.send("POST", path, form)
}

func (v *visitor) send(method, path string, form url.Values) reply {
	v.s.t.Helper()
	r, err := http.NewRequestWithContext(v.s.ctx, method, "http://"+net.JoinHostPort(v.host, v.s.place.port)+path, strings.NewReader(form.Encode()))
	must(v.s.t, err)
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	n := v.s.asked.Add(1) // each request from another address: limits of rate are tested elsewhere
	r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255))
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := v.s.http.Do(r)
	must(v.s.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(v.s.t, err)
	for _, c := range res.Cookies() {
		v.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		}
	}
	return reply{res.StatusCode, res.Header.Get("Location"), res.Header.Get("Content-Type"), string(b)}
}

// mounted are the routes of the application as Fiber knows them, without what
// has no host (health, static files).
func (s *stage) mounted() (all []string) {
	for _, r := range s.app.GetRoutes(true) {
		if r.Method != "HEAD" && !hostless.MatchString(r.Path) {
			all = append(all, r.Method+" "+r.Path)
		}
	}
	return all
}

var hostless = regexp.MustCompile(`^/(healthz|readyz|metrics|static/.*)$`)
