package page

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cassacomune/static"
	"cassacomune/views"
)

var (
	action     = regexp.MustCompile(`\{\{[^}]*\}\}`)
	classAttr  = regexp.MustCompile(`\bclass="([^"]*)"`)
	cssClass   = regexp.MustCompile(`\.(-?[A-Za-z_][A-Za-z0-9_-]*)`)
	keyedText  = regexp.MustCompile("[\"`]([a-z][a-z0-9_]*(?:\\.[a-z0-9_]+)+)\\|([^\"`]+)[\"`]")
	verb       = regexp.MustCompile(`%(\[\d+\])?[a-z]`)
	inlineCode = regexp.MustCompile(`(?i)\sstyle=|\son[a-z]+=|<style|<script(?:[^>]*>[^<]|>)|javascript:`)
)

// inLanguages are the folders whose texts must be there in every language; the
// offices of a bilingual municipality may follow.
var inLanguages = []string{"frame/", "parts/", "citizen/", "mail/", "print/", "site/", "errors.go", "page/says.go"}

func templates(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(views.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".html") {
			return err
		}
		content, err := fs.ReadFile(views.FS, name)
		all[name] = string(content)
		return err
	})
	if err != nil || len(all) < 10 {
		t.Fatalf("reading views: %d templates, %v", len(all), err)
	}
	return all
}

func TestTemplatesKeepTheRules(t *testing.T) {
	for name, text := range templates(t) {
		for _, problem := range broken(name, text) {
			t.Errorf("%s: %s", name, problem)
		}
	}
}

// TestLintSees proves that each rule catches what it forbids.
func TestLintSees(t *testing.T) {
	for _, bad := range []string{`{{embed}}`, `{{define "x"}}{{end}}`, `<p style="x">`, `<p onclick="x">`, `<script>x</script>`,
		`<style>x</style>`, `<a href="javascript:x">`, strings.Repeat("\n", 61), `<html>`} {
		if got := broken("desk/x.html", bad); len(got) == 0 {
			t.Errorf("broken(%q) = none, want a problem", bad)
		}
	}
}

func broken(name, text string) (problems []string) {
	if strings.Contains(text, "{{embed") || strings.Contains(text, "{{ embed") {
		problems = append(problems, "uses embed: layouts are not used")
	}
	if strings.Contains(text, "{{define") || strings.Contains(text, "{{block") {
		problems = append(problems, "defines a template: put it into parts/")
	}
	if found := inlineCode.FindString(text); found != "" {
		problems = append(problems, fmt.Sprintf("has style or script inline (%q): the policy blocks it", found))
	}
	if strings.Contains(text, "<html") && name != "frame/top.html" && !strings.HasPrefix(name, "mail/") {
		problems = append(problems, "has <html>: only frame/top.html does")
	}
	if n := strings.Count(text, "\n"); n > 60 {
		problems = append(problems, fmt.Sprintf("has %d lines: cut it into parts", n))
	}
	return problems
}

func TestClassesExist(t *testing.T) {
	for name, text := range templates(t) {
		if strings.HasPrefix(name, "mail/") {
			continue
		}
		if unknown := unknownClasses(t, text); len(unknown) > 0 {
			t.Errorf("%s: %v stand in no style sheet; add them in static/build and run make assets", name, unknown)
		}
	}
	if got := unknownClasses(t, `<p class="btn nessuna-classe">`); len(got) != 1 {
		t.Errorf("unknownClasses = %v, want the one planted", got)
	}
}

func unknownClasses(t *testing.T, text string) (unknown []string) {
	t.Helper()
	known := styled(t)
	for _, m := range classAttr.FindAllStringSubmatch(joined(text), -1) {
		for _, class := range strings.Fields(m[1]) {
			if !strings.Contains(class, "\x00") && !known[class] {
				unknown = append(unknown, class)
			}
		}
	}
	return unknown
}

// joined replaces actions: those that choose by a blank, those that print by a
// mark, so that "alert-{{.Kind}}" is left alone.
func joined(text string) string {
	return action.ReplaceAllStringFunc(text, func(a string) string {
		for _, word := range []string{"if", "else", "end", "with", "range"} {
			if strings.HasPrefix(strings.TrimLeft(a, "{- "), word) {
				return " "
			}
		}
		return "\x00"
	})
}

func styled(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	for _, sheet := range []string{"bi.css", "app.css", "print.css"} {
		text, err := fs.ReadFile(static.FS, sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range cssClass.FindAllSubmatch(text, -1) {
			known[string(m[1])] = true
		}
	}
	return known
}

// TestStyleSheets guards what a purge may lose.
func TestStyleSheets(t *testing.T) {
	bi, err := fs.ReadFile(static.FS, "bi.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--bootstrap-italia-version", ".it-card", ".steppers", ".table-responsive", ".pagination", ".callout"} {
		if !strings.Contains(string(bi), want) {
			t.Errorf("bi.css has no %s", want)
		}
	}
	if strings.Contains(string(bi), "VideoJS") {
		t.Error("bi.css loads a font as data:, which the policy blocks")
	}
	fonts, _ := fs.ReadFile(static.FS, "fonts.css")
	for _, m := range regexp.MustCompile(`url\('([^']+)'\)`).FindAllSubmatch(fonts, -1) {
		if _, err := fs.Stat(static.FS, string(m[1])); err != nil {
			t.Errorf("fonts.css: %v", err)
		}
	}
}

type use struct{ where, italian string }

// TestTexts names every key that a language lacks or that no page uses, every
// key with two Italian texts, and verbs that differ.
func TestTexts(t *testing.T) {
	used := uses(t)
	for key, places := range used {
		for _, u := range places[1:] {
			if u.italian != places[0].italian {
				t.Errorf("%s: %q in %s, %q in %s", key, places[0].italian, places[0].where, u.italian, u.where)
			}
		}
	}
	texts, err := LoadTexts(views.FS)
	if err != nil || len(texts["de"]) == 0 {
		t.Fatalf("LoadTexts = %v, %v, want German", texts, err)
	}
	for lang, table := range texts {
		for _, key := range slices.Sorted(maps.Keys(used)) {
			if _, ok := table[key]; !ok && mustSpeak(used[key]) {
				t.Errorf("text/%s.toml lacks %s = %q (%s)", lang, key, used[key][0].italian, used[key][0].where)
			}
		}
		for key, text := range table {
			places, ok := used[key]
			if !ok {
				t.Errorf("text/%s.toml: %s is not used", lang, key)
			} else if got, want := verbs(text), verbs(places[0].italian); !slices.Equal(got, want) {
				t.Errorf("text/%s.toml: %s fills %v, the Italian text %v", lang, key, got, want)
			}
		}
	}
}

func mustSpeak(places []use) bool {
	return slices.ContainsFunc(places, func(u use) bool {
		return slices.ContainsFunc(inLanguages, func(prefix string) bool { return strings.HasPrefix(u.where, prefix) })
	})
}

func verbs(text string) []string {
	found := verb.FindAllString(strings.ReplaceAll(text, "%%", ""), -1)
	for i, v := range found {
		found[i] = v[len(v)-1:]
	}
	slices.Sort(found)
	return found
}

// uses finds the keyed texts of all templates and of the Go files that speak
// to people.
func uses(t *testing.T) map[string][]use {
	t.Helper()
	found := map[string][]use{}
	note := func(where, text string) {
		for _, m := range keyedText.FindAllStringSubmatch(text, -1) {
			found[m[1]] = append(found[m[1]], use{where, m[2]})
		}
	}
	for name, text := range templates(t) {
		note(name, text)
	}
	for _, dir := range []string{"web", "channels", "mail", "paper"} {
		root := filepath.Join("../..", dir)
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := os.ReadFile(name)
			note(strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(name), "../../"), "web/"), string(text))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}
