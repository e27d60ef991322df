package app_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var variable = regexp.MustCompile(`CASSACOMUNE_[A-Z_]*[A-Z]`)

// TestVariablesAreDocumented holds the table of docs/operations.md, and what
// the containers set, to the flags of the commands.
func TestVariablesAreDocumented(t *testing.T) {
	code, err := filepath.Glob("../cmd/cassacomune/*.go")
	if err != nil || len(code) == 0 {
		t.Fatalf("commands: %v, %v", code, err)
	}
	var flags []string
	for _, name := range code {
		for _, m := range regexp.MustCompile(`env:"([A-Z_]+)"`).FindAllStringSubmatch(read(t, name), -1) {
			flags = append(flags, m[1])
		}
	}
	var rows []string
	for _, line := range strings.Split(read(t, "../docs/operations.md"), "\n") {
		if name, ok := strings.CutPrefix(line, "| `CASSACOMUNE_"); ok {
			name, _, _ = strings.Cut(name, "`")
			rows = append(rows, "CASSACOMUNE_"+name)
		}
	}
	if len(flags) == 0 || len(rows) == 0 {
		t.Fatalf("%d flags, %d rows", len(flags), len(rows))
	}
	for _, f := range flags {
		if !slices.Contains(rows, f) {
			t.Errorf("%s is a flag's and not in docs/operations.md", f)
		}
	}
	for _, name := range append(rows, variable.FindAllString(read(t, "../compose.yaml")+read(t, "../Dockerfile"), -1)...) {
		if !slices.Contains(flags, strings.TrimSuffix(name, "_FILE")) {
			t.Errorf("%s is no flag's", name)
		}
	}
}

// TestLinksLead follows the relative links, and the paths in code marks, of
// the pages a newcomer reads first.
func TestLinksLead(t *testing.T) {
	links := regexp.MustCompile(`\]\(([^)#:]+)\)|` + "`" + `((?:app|cmd|docs|jobs|migrations|static|tenants|views)/[a-z0-9_/.-]+)` + "`")
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	decisions, err := filepath.Glob("../docs/adr/*.md")
	if err != nil {
		t.Fatal(err)
	}
	followed := 0
	for _, page := range append(append(pages, decisions...), "../README.md") {
		for _, m := range links.FindAllStringSubmatch(read(t, page), -1) {
			target := filepath.Join("..", m[2])
			if m[1] != "" {
				target = filepath.Join(filepath.Dir(page), m[1])
			}
			followed++
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s names %s, which is not there", page, m[1]+m[2])
			}
		}
	}
	if followed < 20 {
		t.Errorf("%d links followed; the pages have more", followed)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
