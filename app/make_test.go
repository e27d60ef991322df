package app_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTargetsSayWhatTheyDo holds the Makefile to its own list: every target has
// a line in "make help" and is phony, and the pages name no other.
func TestTargetsSayWhatTheyDo(t *testing.T) {
	text := read(t, "../Makefile")
	var targets []string
	for _, m := range regexp.MustCompile(`(?m)^([a-z]+):([^=\n]*)$`).FindAllStringSubmatch(text, -1) {
		targets = append(targets, m[1])
		if _, says, ok := strings.Cut(m[2], "## "); !ok || says == "" {
			t.Errorf("make %s does not say what it does", m[1])
		}
	}
	phony := regexp.MustCompile(`(?m)^\.PHONY: (.*)$`).FindStringSubmatch(text)
	if len(targets) < 10 || phony == nil || !slices.Equal(strings.Fields(phony[1]), targets) {
		t.Errorf("targets %v, phony %v; want the same, in the same order", targets, phony)
	}
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(pages, "../README.md", "../CHANGELOG.md") {
		for _, m := range regexp.MustCompile("`make ([a-z]+)|(?m)^    make ([a-z]+)").FindAllStringSubmatch(read(t, name), -1) {
			if target := m[1] + m[2]; !slices.Contains(targets, target) {
				t.Errorf("%s: there is no make %s", name, target)
			}
		}
	}
}
