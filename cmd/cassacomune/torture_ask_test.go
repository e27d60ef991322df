package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/uuid"

	"cassacomune/app/channels"
	"cassacomune/app/channels/vpos"
	"cassacomune/app/payments"
	"cassacomune/app/sandbox/xpay"
	"cassacomune/app/trace"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// TestKilledBetweenAnswerAndCommit asks the acquirer about a paid attempt in a
// process that is killed when the answer has come and nothing is committed.
// The restarted one asks again: the money counts once.
func TestKilledBetweenAnswerAndCommit(t *testing.T) {
	if os.Getenv("CASSACOMUNE_TEST_DIE") != "" {
		askAndDie(t)
		return
	}
	tenantstest.Each(t, func(t *testing.T, data *tenantstest.Data) {
		s := newStage(t, data)
		attempt := s.paidButUntold(s.a)
		before := s.booked(s.a)
		child := exec.Command(os.Args[0], "-test.run=^TestKilledBetweenAnswerAndCommit$")
		child.Env = append(os.Environ(), "CASSACOMUNE_TEST_DIE="+strings.Join([]string{data.Dir, data.URL, s.a.id.String(), attempt.String(), s.place.host, s.place.port}, "|"))
		out, err := child.CombinedOutput()
		var died *exec.ExitError
		if !errors.As(err, &died) || died.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("the process was not killed: %v\n%s", err, out)
		}
		if now := s.booked(s.a); now != before {
			t.Fatalf("%d collections after the kill, want %d: it came too late", now, before)
		}
		for range 2 {
			a, err := channels.Ask(s.ctx, s.db, s.a.id, vpos.XPay{}, attempt)
			if err != nil || a.State != payments.Collected {
				t.Fatalf("asked again: %s, %v", a.State, err)
			}
		}
		if now := s.booked(s.a); now != before+1 {
			t.Errorf("%d collections after the restart, want %d", now, before+1)
		}
		must(t, s.db.Read(s.ctx, s.a.id, func(tx *tenants.Tx) error {
			breaches, err := trace.Check(tx)
			for _, b := range breaches {
				t.Errorf("check: %v", b)
			}
			return err
		}))
	})
}

func (s *stage) booked(town *demoTown) (n int64) {
	s.t.Helper()
	must(s.t, s.db.Read(s.ctx, town.id, func(tx *tenants.Tx) (err error) {
		n, err = tx.SelectFrom("collection").Count(tx.Ctx)
		return err
	}))
	return n
}

// paidButUntold pays on the acquirer's page; its notification is lost.
func (s *stage) paidButUntold(town *demoTown) (attempt uuid.UUID) {
	s.t.Helper()
	s.world.Acquirer.Behave(xpay.Behaviour{Drop: true})
	for range town.loaded {
		cart, err := s.fill(town, town.next())
		must(s.t, err)
		if cart == uuid.Nil {
			continue
		}
		here := func(a payments.Attempt) string { attempt = a.ID; return "http://" + town.host() + "/" }
		r, err := channels.Start(s.ctx, s.db, town.id, payer, vpos.XPay{}, cart, channels.Addresses{Notify: "http://" + town.host() + "/n", Return: here, Cancel: here}, "it")
		must(s.t, err)
		form := url.Values{}
		for _, f := range r.Fields {
			form.Set(f[0], f[1])
		}
		hosted, err := press(s.http, r.URL, form)
		must(s.t, err)
		_, err = press(s.http, hosted, url.Values{"scelta": {string(xpay.Pay)}})
		must(s.t, err)
		return attempt
	}
	s.t.Fatal("nothing can be paid by card")
	return attempt
}

// askAndDie is the life of the killed process.
func askAndDie(t *testing.T) {
	f := strings.Split(os.Getenv("CASSACOMUNE_TEST_DIE"), "|")
	town, err := parseID(f[2])
	must(t, err)
	db, err := tenants.Open(tenants.Config{Dir: f[0], URL: f[1], Key: tenantstest.Key, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	knowLocalhost(place{f[4], f[5]})
	_, err = channels.Ask(context.Background(), db, town, vpos.XPay{Client: &http.Client{Transport: deadly{}}}, uuid.MustParse(f[3]))
	t.Fatalf("still alive: %v", err)
}

// deadly brings the answer and kills its own process.
type deadly struct{}

func (deadly) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	if err != nil || !bytes.Contains(body, []byte("esito")) {
		return nil, errors.New("no answer to die with: " + string(body))
	}
	return nil, syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

func parseID(s string) (tenants.ID, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	return tenants.ID(n), err
}
