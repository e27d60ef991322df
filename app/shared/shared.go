// Package shared finds, for tests, the material that stands beside the
// checkout: public samples, schemas and stories that others wrote.
package shared

import (
	"os"
	"path/filepath"
	"testing"
)

// Path returns the path of a file or folder of the material: below
// CASSACOMUNE_SHARED, else below a folder "shared" beside this one or beside
// any above it. A test that does not find it is skipped.
func Path(t testing.TB, parts ...string) string {
	t.Helper()
	name := filepath.Join(parts...)
	dirs := []string{os.Getenv("CASSACOMUNE_SHARED")}
	if dirs[0] == "" {
		dirs = above(t)
	}
	for _, dir := range dirs {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skipf("no shared material beside the checkout: %s", name)
	return ""
}

func above(t testing.TB) (dirs []string) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		dirs = append(dirs, filepath.Join(filepath.Dir(dir), "shared"))
	}
	return dirs
}
