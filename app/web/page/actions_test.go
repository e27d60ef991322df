package page

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestActionsHaveNames finds every act that the sources note in a register.
func TestActionsHaveNames(t *testing.T) {
	noted := regexp.MustCompile(`\bAudit\([^"\n]*"([a-z]+(?:\.[a-z]+)?)"`)
	found := 0
	for _, root := range []string{"app", "tenants", "jobs"} {
		err := filepath.WalkDir(filepath.Join("../../..", root), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := os.ReadFile(name)
			for _, m := range noted.FindAllSubmatch(text, -1) {
				found++
				if action := string(m[1]); ActionName(action) == action {
					t.Errorf("%s: nobody can read %q in the register", name, action)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 20 {
		t.Errorf("found %d acts in the sources, want at least 20", found)
	}
	if got := ActionName("altro"); got != "altro" {
		t.Errorf("ActionName of an unknown act = %q, want it as it is", got)
	}
}
