// Package shared finds, for tests, the material that stands beside the
// checkout: public samples, schemas and stories that others wrote.
package shared

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
)

// Path returns the path of a file or folder of the material. A test that does
// not find it is skipped; where CASSACOMUNE_SHARED says that it is there, the
// test fails.
func Path(t testing.TB, parts ...string) string {
	t.Helper()
	path := Find(t, parts...)
	if path == "" {
		t.Skipf("no shared material beside the checkout: %s", filepath.Join(parts...))
	}
	return path
}

// Find is Path for a test that has samples of its own too. It looks below
// CASSACOMUNE_SHARED, else below a folder "shared" beside this one or beside
// any above it, and returns "" where there is none.
func Find(t testing.TB, parts ...string) string {
	t.Helper()
	name := filepath.Join(parts...)
	named := os.Getenv("CASSACOMUNE_SHARED")
	dirs := []string{named}
	if named == "" {
		dirs = above(t)
	}
	for _, dir := range dirs {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	if named != "" {
		t.Fatalf("the shared material in %s has no %s", named, name)
	}
	return ""
}

// Table reads a table of the material, its header first.
func Table(t testing.TB, parts ...string) [][]string {
	t.Helper()
	f, err := os.Open(Path(t, parts...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %d rows, %v", f.Name(), len(rows), err)
	}
	return rows
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
