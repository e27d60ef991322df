package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// inspected runs the command as a shell does.
func inspected(t *testing.T, binary, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(binary, append([]string{"inspect"}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func TestInspectCommand(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "cassacomune")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	good, err := os.ReadFile("../../app/formats/debtcsv/testdata/buono.csv")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, in := range map[string]string{"b.csv": string(good), "a/z.csv": string(good), "c.bin": "boh", "d.csv": ""} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(in), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}

	out, errs, status := inspected(t, binary, string(good), "--json", dir, "nowhere.csv", "-")
	var files []string
	for line := range strings.Lines(out) {
		var r struct {
			File     string
			OK       bool
			Problems []struct{ Reason string }
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		files = append(files, strings.TrimPrefix(r.File, dir+"/"))
		if r.OK != (strings.HasSuffix(r.File, "b.csv") || strings.HasSuffix(r.File, "z.csv") || r.File == "-") {
			t.Errorf("%s: ok is %t, %v", r.File, r.OK, r.Problems)
		}
	}
	if got, want := strings.Join(files, " "), "a/z.csv b.csv c.bin d.csv nowhere.csv -"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if status != 1 || strings.Count(errs, "\n") != 4 { // one each, and the sum of them
		t.Errorf("status %d, standard error %s", status, errs)
	}

	if out, errs, status := inspected(t, binary, "", filepath.Join(dir, "b.csv")); status != 0 || errs != "" || strings.Count(out, "\n") != 1 {
		t.Errorf("a good file: %d %q %q", status, out, errs)
	}
	if _, errs, status := inspected(t, binary, "", "--trust", filepath.Join(dir, "c.bin"), "--at", "2026-11-24T00:00:00Z", filepath.Join(dir, "b.csv")); status != 1 || !strings.Contains(errs, "c.bin") {
		t.Errorf("a list that is none: %d %q", status, errs)
	}
}
