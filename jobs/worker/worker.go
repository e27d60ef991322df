// Package worker does the work of package jobs: it takes messages, claims the
// runs they point at, and calls what does each kind of work, a slice of time
// at a time. The handlers are shallow: they call the rooms.
package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"

	"cassacomune/jobs"
	"cassacomune/tenants"
)

// Slice is how long a handler works before it lets other towns' runs by.
const Slice = 5 * time.Second

// Work does a slice of a run and reports whether there is more. It advances
// the run in the transactions of its own chunks, and finishes it.
type Work func(ctx context.Context, db *tenants.DB, tenant tenants.ID, run *jobs.Run) (more bool, err error)

// Worker takes messages and does the work.
type Worker struct {
	db     *tenants.DB
	queue  *jobs.Queue
	server *asynq.Server
	kinds  map[jobs.Kind]Work
	name   string
	log    *slog.Logger
	stop   chan struct{}
	tidy   []func(*tenants.Tx) error
	tidied time.Time
}

// New makes a worker over a queue. concurrency is how many runs it does at
// once; tidy is what each town's rows need once a minute.
func New(db *tenants.DB, redis asynq.RedisConnOpt, queue *jobs.Queue, kinds map[jobs.Kind]Work, concurrency int, log *slog.Logger, tidy ...func(*tenants.Tx) error) *Worker {
	host, _ := os.Hostname()
	return &Worker{db: db, queue: queue, kinds: kinds, log: log, tidy: tidy, stop: make(chan struct{}),
		name: host + "/" + strconv.Itoa(os.Getpid()) + "/" + uuid.NewString()[:8],
		server: asynq.NewServer(redis, asynq.Config{Concurrency: concurrency, TaskCheckInterval: 200 * time.Millisecond,
			DelayedTaskCheckInterval: time.Second, ShutdownTimeout: 10 * time.Second, LogLevel: asynq.ErrorLevel, Logger: quiet{log}})}
}

// Start begins to take messages and to sweep.
func (w *Worker) Start() error {
	mux := asynq.NewServeMux()
	mux.HandleFunc(jobs.Task, w.take)
	if err := w.server.Start(mux); err != nil {
		return fmt.Errorf("start worker: %w", err)
	}
	go w.sweep()
	return nil
}

// Stop lets what is under way end its chunk, and disconnects.
func (w *Worker) Stop() {
	close(w.stop)
	w.server.Shutdown()
}

func (w *Worker) take(ctx context.Context, t *asynq.Task) error {
	var m jobs.Message
	if err := json.Unmarshal(t.Payload(), &m); err != nil {
		w.log.Error("message not readable", "error", err)
		return nil
	}
	if err := w.Do(ctx, m); err != nil {
		w.log.Error("run", "tenant", m.Tenant, "run", m.Run, "error", err)
	}
	return nil // the row decides what happens next, not the queue
}

// Do claims the run of a message and works on it for a slice.
func (w *Worker) Do(ctx context.Context, m jobs.Message) error {
	by := tenants.System("worker")
	var run jobs.Run
	var ok bool
	err := w.db.Within(ctx, m.Tenant, by, func(tx *tenants.Tx) (err error) {
		run, ok, err = jobs.Claim(tx, m.Run, w.name)
		return err
	})
	if err != nil || !ok {
		return err
	}
	more, err := w.work(ctx, m.Tenant, &run)
	if errors.Is(err, jobs.ErrLost) {
		return nil
	}
	return w.db.Within(context.WithoutCancel(ctx), m.Tenant, by, func(tx *tenants.Tx) error {
		switch {
		case err != nil:
			w.log.Error("work", "kind", run.Kind, "tenant", m.Tenant, "run", run.ID, "error", err)
			return ignoreLost(run.Fail(tx, err))
		case more:
			return ignoreLost(run.Yield(tx))
		}
		return nil
	})
}

func (w *Worker) work(ctx context.Context, tenant tenants.ID, run *jobs.Run) (more bool, err error) {
	do, ok := w.kinds[run.Kind]
	if !ok {
		return false, fmt.Errorf("no work of kind %q", run.Kind)
	}
	defer func() {
		if p := recover(); p != nil {
			more, err = false, fmt.Errorf("panic: %v", p)
		}
	}()
	return do(ctx, w.db, tenant, run)
}

func ignoreLost(err error) error {
	if errors.Is(err, jobs.ErrLost) {
		return nil
	}
	return err
}

// quiet gives asynq our log.
type quiet struct{ log *slog.Logger }

func (q quiet) Debug(args ...any) {}
func (q quiet) Info(args ...any)  {}
func (q quiet) Warn(args ...any)  { q.log.Warn(fmt.Sprint(args...)) }
func (q quiet) Error(args ...any) { q.log.Error(fmt.Sprint(args...)) }
func (q quiet) Fatal(args ...any) { q.log.Error(fmt.Sprint(args...)) }
