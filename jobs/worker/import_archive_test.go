package worker_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"cassacomune/jobs"
	"cassacomune/tenants/tenantstest"
)

func zipped(t *testing.T, files ...string) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i, text := range files {
		f, err := z.Create(string(rune('a'+i)) + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestArchives(t *testing.T) {
	db := tenantstest.SQLite(t)
	id := town(t, db)
	good := header + row("Z", "45,00")
	bomb := gzipped(t, header+strings.Repeat(row("B", "1,00"), 400_000))
	cases := []struct{ name, file, reason string }{
		{"zip", zipped(t, good), ""},
		{"gzip", gzipped(t, good), ""},
		{"two files", zipped(t, good, good), "2 file"},
		{"archive in an archive", zipped(t, gzipped(t, good)), "altro archivio"},
		{"bomb", bomb, "si espande"},
		{"cut", bomb[:len(bomb)/2], ""},
		{"broken", zipped(t, good)[:60], "non si apre"},
	}
	for _, c := range cases {
		run, p := check(t, db, id, by, c.file)
		if c.name == "cut" {
			if run.State != jobs.Failed {
				t.Errorf("%s: %s %+v, want refused", c.name, run.State, p)
			}
			continue
		}
		if c.reason == "" && (run.State != jobs.Done || p.Debts != 1) {
			t.Errorf("%s: %s %q %+v, want one debt", c.name, run.State, run.Error, p)
		}
		if c.reason != "" && (run.State != jobs.Failed || !strings.Contains(run.Error, c.reason)) {
			t.Errorf("%s: %s %q, want refused because it %s", c.name, run.State, run.Error, c.reason)
		}
	}
	run, _ := check(t, db, id, by, zipped(t, good))
	approve(t, db, id, run, jobs.AllOrNothing)
	same(t, "loaded", state(t, db, id)[0], "MENSA/Z open 45,00 | unica 1 45,00 open 2/2")
}
