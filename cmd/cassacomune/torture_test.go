package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/jackc/pgx/v5"

	"cassacomune/app/formats"
	"cassacomune/app/formats/debtcsv"
	"cassacomune/jobs"
	"cassacomune/jobs/worker"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// step is a command of the morning after: the files of the outside, a load of
// an office, the reconciliation.
type step []string

// rack is the seeded data before that morning, the steps, and the binary.
type rack struct {
	t      *testing.T
	base   *tenantstest.Data
	town   *demoTown
	steps  []step
	binary string
}

func newRack(t *testing.T, data *tenantstest.Data) *rack {
	t.Helper()
	r := &rack{t: t, base: data, binary: filepath.Join(t.TempDir(), "cassacomune")}
	if out, err := exec.Command("go", "build", "-o", r.binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	s := newSeeding(t, ctx, data, place{"127.0.0.1", "1"}, io.Discard)
	r.town = s.towns[0]
	folder := filepath.Join(s.dir, "files", r.town.slug)
	load := filepath.Join(folder, "carico.csv")
	f, err := os.Create(load)
	must(t, err)
	var rows []formats.DebtRow
	for len(rows) < 1200 {
		rows = append(rows, r.town.rows(s.today)...)
	}
	must(t, debtcsv.Write(f, slices.Values(rows)))
	must(t, f.Close())
	for _, pattern := range []string{"carico.csv", "poste-*", "pos-*", "giornale-*"} {
		names, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil || len(names) != 1 {
			t.Fatalf("%s: %v %v", pattern, names, err)
		}
		r.steps = append(r.steps, step{"import", "--tenant", r.town.slug, names[0]})
	}
	r.steps = append(r.steps, step{"reconcile", "--tenant", r.town.slug})
	must(t, s.db.Close())
	return r
}

// copy is the data of before, untouched.
func (r *rack) copy(name string) *tenantstest.Data {
	r.t.Helper()
	d := &tenantstest.Data{Engine: r.base.Engine}
	if r.base.Engine == "sqlite" {
		d.Dir = r.t.TempDir()
		must(r.t, os.CopyFS(d.Dir, os.DirFS(r.base.Dir)))
		return d
	}
	at := func(address, database string) string {
		u, err := url.Parse(address)
		must(r.t, err)
		u.Path = "/" + database
		return u.String()
	}
	u, err := url.Parse(r.base.URL)
	must(r.t, err)
	from := strings.TrimPrefix(u.Path, "/")
	to := from + "_" + name
	admin, err := pgx.Connect(context.Background(), at(r.base.OwnerURL, "postgres"))
	must(r.t, err)
	defer admin.Close(context.Background())
	_, err = admin.Exec(context.Background(), "create database "+to+" template "+from)
	must(r.t, err)
	r.t.Cleanup(func() {
		admin, err := pgx.Connect(context.Background(), at(r.base.OwnerURL, "postgres"))
		must(r.t, err)
		defer admin.Close(context.Background())
		_, err = admin.Exec(context.Background(), "drop database "+to+" with (force)")
		must(r.t, err)
	})
	d.URL, d.OwnerURL = at(r.base.URL, to), at(r.base.OwnerURL, to)
	return d
}

// command is the binary on some data, with a queue that outlives it.
func (r *rack) command(d *tenantstest.Data, s step) *exec.Cmd {
	r.t.Helper()
	c := exec.Command(r.binary, s...)
	c.Env = append(os.Environ(), "CASSACOMUNE_LOG_LEVEL=error", "CASSACOMUNE_KEY="+dataFor(d).Key)
	if d.URL == "" {
		c.Env = append(c.Env, "CASSACOMUNE_DATA="+d.Dir)
		return c
	}
	redis, stop, err := (data{}).openRedis(slog.New(slog.DiscardHandler))
	must(r.t, err)
	r.t.Cleanup(stop)
	c.Env = append(c.Env, "CASSACOMUNE_DATABASE="+d.URL, "CASSACOMUNE_REDIS="+redisAddress(redis))
	return c
}

// must runs a step to its end.
func (r *rack) must(d *tenantstest.Data, s step) (out string, took time.Duration) {
	r.t.Helper()
	begun := time.Now()
	b, err := r.command(d, s).CombinedOutput()
	if err != nil {
		r.t.Fatalf("%s: %v\n%s", strings.Join(s, " "), err, b)
	}
	return string(b), time.Since(begun)
}

func (r *rack) digest(d *tenantstest.Data) string {
	r.t.Helper()
	out, _ := r.must(d, step{"check", "--digest"})
	if fields := strings.Fields(out); len(fields) != 4 {
		r.t.Fatalf("check --digest said %q, want two towns", out)
	}
	r.must(d, step{"check"})
	return out
}

// killed begins a step and kills it after a while; ended says that it had
// ended by itself.
func (r *rack) killed(d *tenantstest.Data, s step, after time.Duration) (ended bool) {
	r.t.Helper()
	c := r.command(d, s)
	must(r.t, c.Start())
	timer := time.AfterFunc(after, func() { _ = c.Process.Kill() })
	defer timer.Stop()
	return c.Wait() == nil
}

// resume is the restart: once the dead worker's lease has run out, whatever it
// left is taken up by another.
func (r *rack) resume(d *tenantstest.Data) (resumed int) {
	r.t.Helper()
	log := slog.New(slog.DiscardHandler)
	redis, stop, err := (data{}).openRedis(log)
	must(r.t, err)
	defer stop()
	queue := jobs.NewQueue(redis, log)
	defer queue.Close()
	later := func() time.Time { return time.Now().Add(2 * jobs.Lease) }
	db, err := tenants.Open(tenants.Config{Dir: d.Dir, URL: d.URL, OwnerURL: d.OwnerURL, Clock: later, Key: tenantstest.Key, Log: log})
	must(r.t, err)
	defer db.Close()
	w := worker.New(db, redis, queue, worker.Kinds(), 1, log)
	town, err := db.BySlug(context.Background(), r.town.slug)
	must(r.t, err)
	for range 2000 {
		var due []uuid.UUID
		must(r.t, db.Read(context.Background(), town.ID, func(tx *tenants.Tx) (err error) {
			due, err = jobs.Due(tx, 10)
			return err
		}))
		if len(due) == 0 {
			return resumed
		}
		for _, id := range due {
			must(r.t, w.Do(context.Background(), jobs.Message{Tenant: town.ID, Run: id}))
			resumed++
		}
	}
	r.t.Fatal("the runs do not end")
	return 0
}

// TestKilledProcess kills a real process at seeded instants of each morning,
// restarts, and compares the books with those of a morning without a kill.
// CASSACOMUNE_TORTURE says how many instants an engine (default 2).
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	instants := 2
	if n, err := strconv.Atoi(os.Getenv("CASSACOMUNE_TORTURE")); err == nil {
		instants = n
	}
	if testing.Short() {
		t.Skip("what is killed is a process of its own, which no detector watches")
	}
	tenantstest.Each(t, func(t *testing.T, data *tenantstest.Data) {
		r := newRack(t, data)
		calm := r.copy("calm")
		took := make([]time.Duration, len(r.steps))
		before := r.digest(calm)
		for i, s := range r.steps {
			_, took[i] = r.must(calm, s)
		}
		want := r.digest(calm)
		if want == before {
			t.Fatal("the steps change nothing: nothing is tested")
		}
		for seed := range instants {
			random := rand.New(rand.NewPCG(20261123, uint64(seed)))
			d := r.copy(fmt.Sprint("kill", seed))
			for i, s := range r.steps {
				after := time.Duration(random.Int64N(int64(took[i])))
				if i > 0 && i < len(r.steps)-1 && random.IntN(3) > 0 {
					r.must(d, s) // most files get through, so that the others meet their traces
					continue
				}
				ended := r.killed(d, s, after)
				resumed := r.resume(d)
				t.Logf("instant %d: %s after %s: ended %v, %d turns resumed", seed, filepath.Base(s[len(s)-1]), after.Round(time.Millisecond), ended, resumed)
				r.must(d, s) // whoever waited for it asks again
			}
			if got := r.digest(d); got != want {
				t.Errorf("instant %d:\n%swant\n%s", seed, got, want)
			}
		}
	})
}

// TestOrderOfFiles imports the outside's files in other orders, with the
// reconciliation between any two, and once everything twice.
func TestOrderOfFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("a process for each step is not short")
	}
	t.Parallel()
	data := tenantstest.SQLite(t)
	r := newRack(t, data)
	last := r.steps[len(r.steps)-1]
	calm := r.copy("calm")
	for _, s := range r.steps {
		r.must(calm, s)
	}
	want := r.digest(calm)
	orders := [][]int{{3, 2, 1, 0, 4}, {3, 4, 1, 4, 2, 4, 0, 4}, {2, 4, 3, 4, 0, 1, 4, 4}, {0, 0, 1, 1, 2, 2, 3, 3, 4, 4}}
	for n, order := range orders {
		d := r.copy(fmt.Sprint("order", n))
		for _, i := range order {
			s := last
			if i < len(r.steps)-1 {
				s = r.steps[i]
			}
			r.must(d, s)
		}
		if got := r.digest(d); got != want {
			t.Errorf("order %v:\n%swant\n%s", order, got, want)
		}
	}
}

func redisAddress(o asynq.RedisConnOpt) string { return o.(asynq.RedisClientOpt).Addr }
