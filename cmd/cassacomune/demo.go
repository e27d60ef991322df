package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"cassacomune/app/sandbox/outside"
	"cassacomune/app/web"
	"cassacomune/jobs"
	"cassacomune/jobs/worker"
)

type demoCommand struct {
	Addr     string `help:"Address to listen on." env:"CASSACOMUNE_ADDR" default:"127.0.0.1:8080"`
	Data     string `help:"Folder of the data; without it, a temporary one that is removed at the end." env:"CASSACOMUNE_DATA" type:"path"`
	LogLevel string `help:"debug, info, warn or error." env:"CASSACOMUNE_LOG_LEVEL" default:"warn" enum:"debug,info,warn,error"`

	ahead time.Duration
}

const (
	operatorHost = "operator.localhost"
	sandboxHost  = "sandbox.localhost"
)

// Run serves the demo until it is told to stop.
func (d *demoCommand) Run(ctx context.Context) error {
	l, err := net.Listen("tcp", d.Addr) // before the seeding: the addresses that it stores hold the port
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer l.Close()
	dir := d.Data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "cassacomune-demo-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	err = d.serve(ctx, l, dir, func(address string) { fmt.Printf("ready %s\n", address) })
	if ctx.Err() != nil { // told to stop, perhaps while seeding
		return nil
	}
	return err
}

func (d *demoCommand) serve(ctx context.Context, l net.Listener, dir string, ready func(string)) error {
	clock := &demoClock{ahead: d.ahead}
	s := &serveCommand{data: data{Data: dir, LogLevel: d.LogLevel, clock: clock.Now}, OperatorHost: operatorHost}
	place := placeOf(l.Addr())
	knowLocalhost(place)
	i, err := s.instance()
	if err != nil {
		return err
	}
	defer i.close()
	if err := i.db.Migrate(ctx); err != nil {
		return err
	}
	record, err := openRecord(dir, clock)
	if err != nil {
		return err
	}
	defer record.close()
	world, err := seed(ctx, i, clock, place, dir, record)
	if err != nil {
		return fmt.Errorf("seed the demo: %w", err)
	}
	defer world.Close()
	if err := i.work(2); err != nil {
		return err
	}
	app, err := s.web(i, web.Config{Test: true, Index: index(place, dir), IndexHosts: bareHosts(place)})
	if err != nil {
		return err
	}
	server := app.Server()
	server.Handler = record.around(byHost(place, world, server.Handler))
	return serveOn(ctx, app, l, func(string) {
		if answers(ctx, place) {
			ready(place.url(place.host))
		}
	})
}

// seed builds the towns in an empty folder, and the outside world around them.
// A folder that holds them keeps them; only the addresses follow the port.
func seed(ctx context.Context, i *instance, clock *demoClock, at place, dir string, record *record) (*outside.World, error) {
	s := &seeding{ctx: ctx, db: i.db, clock: clock, place: at, dir: dir, record: record, today: clock.Today(),
		worker: worker.New(i.db, i.redis, i.queue, worker.Kinds(), 1, i.log)}
	known, err := i.db.All(ctx)
	if err != nil {
		return nil, err
	}
	clock.set(firstAsked(dir, s.morning(-oldest))) // the Treasurer begins with the year of this instant
	if s.world, err = s.outside(); err != nil {
		return nil, err
	}
	whole := filepath.Join(dir, "demo-complete")
	switch _, missing := os.Stat(whole); {
	case len(known) == 0:
		if err = s.all(); err == nil {
			err = os.WriteFile(whole, nil, 0o600)
		}
	case missing != nil:
		err = fmt.Errorf("%s holds other municipalities, or a demo that was interrupted: give the demo a folder of its own", dir)
	default:
		if err = s.follow(); err == nil {
			err = replay(s.world, clock, at.url(sandboxHost), dir)
		}
	}
	clock.release()
	if err != nil {
		s.world.Close()
		return nil, err
	}
	return s.world, nil
}

// work runs a job here and now, as the worker will once the demo answers.
func (s *seeding) work(t *demoTown, run jobs.Run) error {
	return s.worker.Do(s.ctx, jobs.Message{Tenant: t.id, Run: run.ID})
}

// byHost hands the requests of the sandbox's host to the sandbox, and all
// others to the product: two applications that share nothing but the port.
func byHost(at place, world *outside.World, product fasthttp.RequestHandler) fasthttp.RequestHandler {
	sandbox := world.App().Handler()
	return func(c *fasthttp.RequestCtx) {
		host, _, _ := strings.Cut(strings.ToLower(string(c.Host())), ":")
		if host == sandboxHost {
			sandbox(c)
			return
		}
		product(c)
	}
}

// place is where the demo answers.
type place struct{ host, port string }

func placeOf(a net.Addr) place {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return place{"127.0.0.1", "80"}
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return place{host, port}
}

// url is the absolute address of a host of the demo.
func (p place) url(host string) string { return "http://" + net.JoinHostPort(host, p.port) }

func bareHosts(at place) []string {
	host := at.host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return []string{"localhost", "127.0.0.1", host}
}

func answers(ctx context.Context, at place) bool {
	client := &http.Client{Timeout: 5 * time.Second}
	for ctx.Err() == nil {
		res, err := client.Get(at.url(at.host) + "/readyz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return true
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return false
}

// knowLocalhost lets the demo's own calls find the names below localhost (RFC
// 6761), which many resolvers do not know, and no proxy. A process has one way
// to call: the first to ask says where those names are.
func knowLocalhost(at place) { localhost.Do(func() { callLocalhost(at) }) }

var localhost sync.Once

func callLocalhost(at place) {
	dialer := &net.Dialer{Timeout: 3 * time.Second}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = func(r *http.Request) (*url.URL, error) {
		if below(r.URL.Hostname()) {
			return nil, nil
		}
		return http.ProxyFromEnvironment(r)
	}
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, port, err := net.SplitHostPort(address); err == nil && below(host) {
			address = net.JoinHostPort(at.host, port)
		}
		return dialer.DialContext(ctx, network, address)
	}
	http.DefaultTransport = transport
}

func below(host string) bool { return strings.HasSuffix("."+host, ".localhost") }

// demoClock stands still where the seeding puts it, and then ticks with the
// time.
type demoClock struct {
	fixed atomic.Pointer[time.Time]
	ahead time.Duration // in tests: what day it is must not matter
}

// Now is the instant of everything in the demo.
func (c *demoClock) Now() time.Time {
	if t := c.fixed.Load(); t != nil {
		return *t
	}
	return time.Now().Add(c.ahead)
}

func (c *demoClock) set(t time.Time) { c.fixed.Store(&t) }

func (c *demoClock) release() { c.fixed.Store(nil) }
