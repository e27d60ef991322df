package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// words are the arguments of a line as a shell would give them.
var words = regexp.MustCompile(`"[^"]*"|\S+`)

// TestHelpIsComplete reads the help of every command: it says what it does, has
// examples that its own parser takes, and says when it fails; every flag and
// argument says what it is.
func TestHelpIsComplete(t *testing.T) {
	for _, e := range os.Environ() { // a variable of this machine would fill in what an example leaves out
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "CASSACOMUNE_") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	parser, err := kong.New(&commands{}, kong.Name("cassacomune"))
	must(t, err)
	leaves := parser.Model.Leaves(true)
	if len(leaves) < 15 {
		t.Fatalf("only %d commands", len(leaves))
	}
	for _, command := range leaves {
		path := strings.TrimPrefix(command.FullPath(), "cassacomune ")
		if command.Help == "" || !strings.Contains(command.Detail, "Exit status: 0") {
			t.Errorf("%s does not say what it does, or when it fails", path)
		}
		for _, f := range command.Flags {
			if f.Help == "" {
				t.Errorf("%s: --%s does not say what it is", path, f.Name)
			}
		}
		for _, a := range command.Positional {
			if a.Help == "" {
				t.Errorf("%s: <%s> does not say what it is", path, a.Name)
			}
		}
		tried := 0
		for line := range strings.Lines(command.Detail) {
			if example, ok := strings.CutPrefix(line, "    cassacomune "); ok {
				tried++
				taken(t, path, strings.TrimSpace(example))
			}
		}
		if tried == 0 {
			t.Errorf("%s has no example", path)
		}
	}
}

// taken has a fresh parser read an example, in a folder in which its files are.
func taken(t *testing.T, path, example string) {
	t.Helper()
	if !strings.HasPrefix(example, path) {
		t.Errorf("%s: the example %q is another command's", path, example)
	}
	t.Chdir(t.TempDir())
	example, _, _ = strings.Cut(example, " < ")
	args := words.FindAllString(example, -1)
	for i, a := range args {
		args[i] = strings.Trim(a, `"`)
		if regexp.MustCompile(`\.(csv|xml|p7m|gz)$`).MatchString(a) {
			must(t, os.WriteFile(a, nil, 0o600))
		}
	}
	parser, err := kong.New(&commands{}, kong.Name("cassacomune"))
	must(t, err)
	if _, err := parser.Parse(args); err != nil {
		t.Errorf("%s: the example %q is not understood: %v", path, example, err)
	}
}

// TestExitStatus is what the help says of it, and that a misspelt folder is
// refused and not made.
func TestExitStatus(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "cassacomune")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	nowhere := filepath.Join(t.TempDir(), "dtaa")
	for _, c := range []struct {
		args []string
		want int
		says string // on standard error
	}{
		{[]string{"version"}, 0, ""},
		{[]string{"--help"}, 0, ""},
		{[]string{"nessuno"}, 80, "unexpected argument"},
		{[]string{"import", "--tenant", "alba"}, 80, "<file>"},
		{[]string{"check", "--data", nowhere}, 1, "there is no instance"},
		{[]string{"tenant", "list", "--data", nowhere}, 1, "there is no instance"},
		{[]string{"password", "a@b.example", "--data", nowhere}, 1, "there is no instance"},
		{[]string{"backup", "--out", filepath.Join(t.TempDir(), "x.gz"), "--data", nowhere}, 1, "there is no instance"},
		{[]string{"reconcile", "--tenant", "alba", "--data", nowhere}, 1, "there is no instance"},
	} {
		var said strings.Builder
		cmd := exec.Command(binary, c.args...)
		cmd.Stderr = &said
		cmd.Env = []string{"HOME=" + t.TempDir()}
		cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != c.want || !strings.Contains(said.String(), c.says) {
			t.Errorf("%v = %d saying %q, want %d saying %q", c.args, got, said.String(), c.want, c.says)
		}
	}
	if _, err := os.Stat(nowhere); err == nil {
		t.Error("a misspelt folder was made")
	}
}
