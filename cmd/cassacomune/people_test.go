package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cassacomune/app/auth"
	"cassacomune/tenants/tenantstest"
)

var oneTime = regexp.MustCompile(`(?m)^[a-z2-7]{5}(?:-[a-z2-7]{5}){3}$`)

// TestPeopleFromTheShell adds people, helps one who forgot the password, and
// opens further doors: what is printed is good once, and the former password
// is not good any more.
func TestPeopleFromTheShell(t *testing.T) {
	if testing.Short() {
		t.Skip("a process for each command is not short")
	}
	binary := filepath.Join(t.TempDir(), "cassacomune")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	tenantstest.Each(t, func(t *testing.T, data *tenantstest.Data) {
		alfa, beta := data.Add(t, "alfa"), data.Add(t, "beta")
		run := func(args ...string) (out, said string, err error) {
			var stderr strings.Builder
			cmd := exec.Command(binary, args...)
			cmd.Stderr = &stderr
			cmd.Env = append(os.Environ(), "CASSACOMUNE_DATA="+data.Dir, "CASSACOMUNE_DATABASE="+data.URL, "CASSACOMUNE_KEY="+strings.Repeat("0123456789abcdef", 4), "CASSACOMUNE_PASSWORD="+demoPassword)
			b, err := cmd.Output()
			return string(b), stderr.String(), err
		}
		const email = "ada@alfa.example"
		for _, c := range []struct {
			args  []string
			hands bool // a password for one use is printed
		}{
			{[]string{"person", email, "--name", "Ada Prova", "--tenant", "alfa"}, false},
			{[]string{"person", email, "--name", "Ada Prova", "--tenant", "alfa", "--role", "clerk"}, false},
			{[]string{"password", email}, true},
			{[]string{"person", email, "--name", "Ada Prova", "--tenant", "beta", "--role", "clerk"}, true},
			{[]string{"person", email, "--name", "Ada Prova", "--role", "operator"}, true},
		} {
			out, said, err := run(c.args...)
			if err != nil || (out != "") != c.hands || c.hands && !oneTime.MatchString(out) {
				t.Fatalf("%v printed %q, said %q: %v; want a password %v", c.args, out, said, err, c.hands)
			}
			if !c.hands {
				continue
			}
			given, own := strings.TrimSpace(out), demoPassword+" "+strings.Join(c.args, " ")
			if _, err := auth.LogIn(t.Context(), data.DB, alfa.ID, "alfa.localhost", email, demoPassword); !errors.Is(err, auth.ErrWrong) {
				t.Errorf("after %v the first password = %v, want ErrWrong", c.args, err)
			}
			if _, err := auth.Choose(t.Context(), data.DB, alfa.ID, "alfa.localhost", email, given, own); err != nil {
				t.Errorf("after %v Choose = %v", c.args, err)
			}
		}
		if _, err := auth.LogInOperator(t.Context(), data.DB, operatorHost, email, demoPassword+" person "+email+" --name Ada Prova --role operator"); err != nil {
			t.Errorf("the operator's log-in: %v", err)
		}
		if _, err := auth.LogIn(t.Context(), data.DB, beta.ID, "beta.localhost", email, demoPassword+" person "+email+" --name Ada Prova --role operator"); err != nil {
			t.Errorf("the log-in in the second town: %v", err)
		}
		if out, said, err := run("password", "nessuno@alfa.example"); err == nil || out != "" || !strings.Contains(said, "Persona sconosciuta") {
			t.Errorf("nobody's password printed %q, said %q: %v; want exit status 1", out, said, err)
		}
	})
}
