package app_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestModules holds the binary to the third-party modules on the list: a new
// one is a decision, written in docs/adr.
func TestModules(t *testing.T) {
	list, err := os.ReadFile("testdata/modules.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Fields(string(list))
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "../cmd/cassacomune").Output()
	if err != nil {
		t.Fatalf("list modules: %v", err)
	}
	used := strings.Fields(string(out))
	for _, m := range slices.Compact(slices.Sorted(slices.Values(used))) {
		if m != "cassacomune" && !slices.Contains(known, m) {
			t.Errorf("%s is in the binary and not on the list", m)
		}
	}
	for _, m := range known {
		if !slices.Contains(used, m) {
			t.Errorf("%s is on the list and not in the binary", m)
		}
	}
}
