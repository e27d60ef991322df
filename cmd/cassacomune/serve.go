package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"cassacomune/app/auth"
	"cassacomune/app/channels/all"
	"cassacomune/app/payments"
	"cassacomune/app/web"
	"cassacomune/app/web/accounts"
	"cassacomune/app/web/admin"
	"cassacomune/app/web/callbacks"
	"cassacomune/app/web/citizen"
	"cassacomune/app/web/desk"
	"cassacomune/app/web/files"
	"cassacomune/app/web/operator"
	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/jobs/worker"
	"cassacomune/tenants"
	"cassacomune/views"
)

type serveCommand struct {
	data
	Addr         string   `help:"Address to listen on." env:"CASSACOMUNE_ADDR" default:"127.0.0.1:8080"`
	OperatorHost string   `help:"Host name of the operator's side; none: there is no such side." env:"CASSACOMUNE_OPERATOR_HOST" placeholder:"HOST"`
	Proxies      []string `help:"Addresses of the proxies whose X-Forwarded headers are believed." env:"CASSACOMUNE_PROXIES"`
	MetricsToken string   `help:"Bearer token of /metrics; none: no metrics." env:"CASSACOMUNE_METRICS_TOKEN" placeholder:"TOKEN"`
	Workers      int      `help:"Runs worked on at once in this process; -1: two embedded, none hosted, where the worker command does." env:"CASSACOMUNE_WORKERS" default:"-1"`
	Migrate      bool     `help:"Migrate at start; always on for SQLite." env:"CASSACOMUNE_MIGRATE"`
}

// Run serves until it is told to stop.
func (s *serveCommand) Run(ctx context.Context) error {
	i, err := s.start(ctx)
	if err != nil {
		return err
	}
	defer i.close()
	app, err := s.web(i, web.Config{})
	if err != nil {
		return err
	}
	return listen(ctx, app, s.Addr, func(addr string) { fmt.Printf("ready http://%s\n", addr) })
}

// instance is what a process that serves or works holds.
type instance struct {
	db     *tenants.DB
	queue  *jobs.Queue
	redis  asynq.RedisConnOpt
	log    *slog.Logger
	closes []func()
}

func (i *instance) close() {
	for n := len(i.closes) - 1; n >= 0; n-- {
		i.closes[n]()
	}
}

func (i *instance) later(fn func()) { i.closes = append(i.closes, fn) }

func (d data) instance() (*instance, error) {
	i := &instance{log: d.logger()}
	redis, stop, err := d.openRedis(i.log)
	if err != nil {
		return nil, err
	}
	i.later(stop)
	i.redis, i.queue = redis, jobs.NewQueue(redis, i.log)
	i.later(func() { i.queue.Close() })
	if i.db, err = d.open(i.queue.Announce); err != nil {
		i.close()
		return nil, err
	}
	i.later(func() { i.db.Close() })
	return i, nil
}

func (i *instance) work(concurrency int) error {
	w := worker.New(i.db, i.redis, i.queue, worker.Kinds(), concurrency, i.log, auth.Sweep, payments.Sweep)
	if err := w.Start(); err != nil {
		return err
	}
	i.later(w.Stop)
	return nil
}

func (s *serveCommand) start(ctx context.Context) (*instance, error) {
	i, err := s.instance()
	if err != nil {
		return nil, err
	}
	if s.Migrate || s.Database == "" {
		if err := i.db.Migrate(ctx); err != nil {
			i.close()
			return nil, err
		}
	}
	if s.Workers < 0 {
		s.Workers = 2
		if s.Database != "" {
			s.Workers = 0
		}
	}
	if s.Workers > 0 {
		if err := i.work(s.Workers); err != nil {
			i.close()
			return nil, err
		}
	}
	return i, nil
}

// web puts the roles together.
func (s *serveCommand) web(i *instance, cfg web.Config) (*fiber.App, error) {
	v, err := page.NewViews(views.FS)
	if err != nil {
		return nil, err
	}
	texts, err := page.LoadTexts(views.FS)
	if err != nil {
		return nil, err
	}
	key, err := s.key()
	if err != nil {
		return nil, err
	}
	if key == nil {
		return nil, errors.New("serve: --key is needed with --database")
	}
	cfg.DB, cfg.Log, cfg.Key, cfg.Views, cfg.Texts = i.db, i.log, key, v, texts
	cfg.OperatorHost, cfg.Proxies, cfg.MetricsToken = s.OperatorHost, s.Proxies, s.MetricsToken
	cfg.UploadLimit = 512 << 20
	for _, routes := range [][]page.Route{citizen.Routes(citizen.Config{Key: key, Channels: all.List}), callbacks.Routes(all.List), desk.Routes(), accounts.Routes(), files.Routes(), admin.Routes()} {
		cfg.Routes = append(cfg.Routes, routes...)
	}
	cfg.Operator = operator.Routes()
	cfg.Ready = func(ctx context.Context) error { _, err := i.db.All(ctx); return err }
	cfg.Metrics = adaptor.HTTPHandler(promhttp.Handler())
	return web.New(cfg), nil
}

// listen serves an application until the context ends; ready is told the
// address once it answers.
func listen(ctx context.Context, app *fiber.App, addr string, ready func(string)) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	return serveOn(ctx, app, l, ready)
}

func serveOn(ctx context.Context, app *fiber.App, l net.Listener, ready func(string)) error {
	failed := make(chan error, 1)
	go func() { failed <- app.Listener(l) }()
	ready(l.Addr().String())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return app.ShutdownWithTimeout(10 * time.Second)
	}
}

type workerCommand struct {
	data
	Concurrency int `help:"Runs worked on at once." env:"CASSACOMUNE_CONCURRENCY" default:"4"`
}

// Run works until it is told to stop.
func (w *workerCommand) Run(ctx context.Context) error {
	if w.Database == "" {
		return errors.New("worker: an embedded instance works inside serve; give --database and --redis")
	}
	i, err := w.instance()
	if err != nil {
		return err
	}
	defer i.close()
	if err := i.work(w.Concurrency); err != nil {
		return err
	}
	fmt.Println("ready")
	<-ctx.Done()
	return nil
}

type healthCommand struct {
	Addr string `help:"Address of the server." env:"CASSACOMUNE_ADDR" default:"127.0.0.1:8080"`
}

// Run fails when the server does not answer that it is well.
func (h *healthCommand) Run() error {
	agent := fiber.Get("http://" + h.Addr + "/readyz").Timeout(5 * time.Second)
	status, _, errs := agent.String()
	if len(errs) > 0 || status != fiber.StatusOK {
		return fmt.Errorf("not ready: status %d %v", status, errs)
	}
	return nil
}
