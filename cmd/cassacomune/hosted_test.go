package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cassacomune/tenants/tenantstest"
)

// TestHosted runs the hosted instance as an operator does: PostgreSQL behind
// the wall, a real Redis, a worker in a process of its own; a command starts
// an import, and the books hold.
func TestHosted(t *testing.T) {
	if testing.Short() {
		t.Skip("processes of its own are not short")
	}
	redis := os.Getenv("CASSACOMUNE_TEST_REDIS")
	if redis == "" {
		missing(t, "CASSACOMUNE_TEST_REDIS is not set: no real queue")
	}
	data := tenantstest.Postgres(t)
	binary := filepath.Join(t.TempDir(), "cassacomune")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	env := append(os.Environ(), "CASSACOMUNE_DATABASE="+data.URL, "CASSACOMUNE_REDIS="+redis, "CASSACOMUNE_LOG_LEVEL=error",
		"CASSACOMUNE_KEY="+strings.Repeat("0123456789abcdef", 4))
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(binary, args...)
		cmd.Env = env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	migrate := exec.Command(binary, "migrate")
	migrate.Env = append(env, "CASSACOMUNE_OWNER_DATABASE="+data.OwnerURL)
	if out, err := migrate.CombinedOutput(); err != nil {
		t.Fatalf("migrate: %v\n%s", err, out)
	}
	run("tenant", "add", "alfa", "--name", "Comune di Alfa", "--fiscal-code", "00000000000", "--host", "alfa.localhost")
	worker := exec.Command(binary, "worker")
	worker.Env = env
	out, err := worker.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { worker.Process.Signal(os.Interrupt); worker.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("worker: %q %v", line, err)
	}
	if got := run("reconcile", "--tenant", "alfa"); got == "" {
		t.Error("a reconciliation of nothing says nothing")
	}
	if got := run("check"); !strings.Contains(got, "alfa ok") {
		t.Errorf("check = %q", got)
	}
	first := run("check", "--digest")
	file := filepath.Join(t.TempDir(), "tutto.cassa")
	run("backup", "--out", file)
	if got := run("restore", "--check", file); !strings.Contains(got, "checked") {
		t.Errorf("restore --check = %q", got)
	}
	if again := run("check", "--digest"); again != first {
		t.Errorf("digest %q, was %q", again, first)
	}
}
