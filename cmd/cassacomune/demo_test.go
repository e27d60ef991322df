package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/tenants"
)

// begin serves the demo on a free port until the test ends, or stop is called.
func begin(t *testing.T, dir string, d demoCommand) (at place, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan string, 1), make(chan error, 1)
	began := time.Now()
	go func() {
		d.LogLevel = "error"
		done <- d.serve(ctx, l, dir, func(addr string) { ready <- addr })
	}()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("demo ends: %v", err)
		}
	}
	select {
	case <-ready:
		t.Logf("ready after %.1f s", time.Since(began).Seconds())
	case err := <-done:
		cancel()
		t.Fatalf("demo does not start: %v", err)
	case <-time.After(30 * time.Second):
		cancel()
		t.Fatal("not ready within 30 s")
	}
	t.Cleanup(stop)
	return placeOf(l.Addr()), stop
}

func fetch(t *testing.T, address string) string {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Errorf("%s: got status %d, want 200", address, res.StatusCode)
	}
	return string(body)
}

// TestDemo is what the first minute with the demo needs.
func TestDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("what a visitor waits for is measured without the race detector")
	}
	dir := t.TempDir()
	at, stop := begin(t, dir, demoCommand{})
	bare := fetch(t, at.url(at.host)+"/")
	for _, town := range demoTowns() {
		home := at.url(town.host()) + "/"
		if !strings.Contains(bare, `href="`+home+`"`) {
			t.Errorf("the bare host does not link %s", home)
		}
		if page := fetch(t, home); !strings.Contains(page, town.name) {
			t.Errorf("%s does not name %s", home, town.name)
		}
		for _, name := range samples(dir, town.slug) {
			sent := fetch(t, at.url(at.host)+"/file/"+town.slug+"/"+name)
			kept, err := os.ReadFile(filepath.Join(dir, "files", town.slug, name))
			if err != nil || sent != string(kept) || sent == "" {
				t.Errorf("file %s of %s: got %d bytes, want %d (%v)", name, town.slug, len(sent), len(kept), err)
			}
		}
		if got := len(samples(dir, town.slug)); got < 5 {
			t.Errorf("%s: got %d files to import, want at least 5", town.slug, got)
		}
	}
	if page := fetch(t, at.url(sandboxHost)+"/"); !strings.Contains(page, "/comune/montelupo") {
		t.Error("the sandbox does not list the towns")
	}
	if !strings.Contains(bare, at.url(sandboxHost)+"/") || !strings.Contains(bare, demoPassword) {
		t.Error("the bare host shows neither sandbox nor password")
	}
	fetch(t, at.url(sandboxHost)+"/idp/.well-known/openid-configuration")
	if rss := resident(t); rss > 300 {
		t.Errorf("got %d MB resident, want at the most 300", rss)
	} else {
		t.Logf("%d MB resident", rss)
	}
	stop()
	for _, town := range demoTowns() {
		lookAt(t, dir, town)
	}
}

// lookAt counts what the seeding has made of a town.
func lookAt(t *testing.T, dir string, town *demoTown) {
	t.Helper()
	db, err := data{Data: dir}.open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	known, err := db.BySlug(t.Context(), town.slug)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Read(t.Context(), known.ID, func(tx *tenants.Tx) error {
		count := func(table, where string, args ...any) int {
			n, err := tx.SelectFrom(table).Where(where, args...).Count(tx.Ctx)
			if err != nil {
				t.Fatalf("%s: %v", table, err)
			}
			return int(n)
		}
		if got := count("debt", "1 = 1"); got != town.debts {
			t.Errorf("%s: got %d debts, want %d", town.slug, got, town.debts)
		}
		for _, s := range []debts.State{debts.Open, debts.Partly, debts.Paid, debts.Annulled} {
			if count("debt", "state = ?", s) == 0 {
				t.Errorf("%s: no debt is %s", town.slug, s)
			}
		}
		for _, row := range [][2]string{
			{"collection_line", "kind = 'excess'"}, {"collection_line", "kind = 'unknown'"}, {"collection", "channel = 'slip'"},
			{"collection", "channel = 'vpos'"}, {"attempt", "state = 'refused'"}, {"attempt", "state = 'collected'"},
			{"provisional", "state = 'open'"},
			{"debt_item", "body <> ''"}, {"instalment", "state = 'closed'"},
		} {
			if count(row[0], row[1]) == 0 {
				t.Errorf("%s: no %s with %s", town.slug, row[0], row[1])
			}
		}
		days := lastWorkingDays(day.Of(time.Now()), history)
		if days[0].Year() == days[1].Year() && (count("provisional", "state = 'closed'") == 0 || count("collection_order", "state = 'regularised'") == 0) {
			t.Errorf("%s: no order is regularised", town.slug)
		}
		if got := count("run", "state = 'failed'"); got != 0 {
			t.Errorf("%s: got %d failed runs, want none", town.slug, got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDemoOnAnyDay seeds on days on which the last working ones are far, or
// of another year.
func TestDemoOnAnyDay(t *testing.T) {
	if testing.Short() {
		t.Skip("seeds more demos")
	}
	for _, on := range []day.Date{day.New(2027, 1, 2), day.New(2027, 1, 5), day.New(2028, 2, 29)} {
		t.Run(on.String(), func(t *testing.T) {
			_, stop := begin(t, t.TempDir(), demoCommand{ahead: time.Until(on.Start().Add(11 * time.Hour))})
			stop()
		})
	}
}

// TestDemoAgain starts on the folder of a demo before: the towns stay, their
// acquirer follows the port, and the outside remembers what it was asked.
func TestDemoAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("seeds a second demo")
	}
	dir := t.TempDir()
	before, stop := begin(t, dir, demoCommand{})
	res, err := http.PostForm(before.url(sandboxHost)+"/comune/montelupo/chiudi", nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	outside := func(at place) (page, journal string) {
		page = strings.ReplaceAll(fetch(t, at.url(sandboxHost)+"/comune/montelupo"), ":"+at.port, "")
		files := regexp.MustCompile(`/file/(giornale-[0-9]+\.xml)"`).FindAllStringSubmatch(page, -1)
		if len(files) != history+1 {
			t.Fatalf("got %d journals, want %d", len(files), history+1)
		}
		return page, fetch(t, at.url(sandboxHost)+"/comune/montelupo/file/"+files[history-1][1])
	}
	page, journal := outside(before)
	stop()
	at, stop := begin(t, dir, demoCommand{})
	fetch(t, at.url("montelupo.localhost")+"/")
	againPage, againJournal := outside(at)
	if againPage != page {
		t.Errorf("the sandbox's page: got %s, want %s", againPage, page)
	}
	if againJournal != journal {
		t.Error("the journal differs after a new start")
	}
	stop()
	db, err := data{Data: dir}.open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all, err := db.All(t.Context())
	if err != nil || len(all) != 3 {
		t.Fatalf("got %d towns, want 3 (%v)", len(all), err)
	}
	for _, town := range all {
		if err := db.Read(t.Context(), town.ID, func(tx *tenants.Tx) error {
			c, err := tx.Channel("vpos")
			if want := at.url(sandboxHost) + "/acquirer"; c.Settings["base"] != want {
				t.Errorf("%s: got acquirer %s, want %s", town.Slug, c.Settings["base"], want)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// resident is the memory of this process in MB; 0 where the system does not say.
func resident(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kB, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				t.Fatal(err)
			}
			return kB >> 10
		}
	}
	return 0
}
