package app_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestPubliccode checks what the catalogue of public software asks of version
// 0 of publiccode.yml, and that the licence it names is the one in the root.
func TestPubliccode(t *testing.T) {
	b, err := os.ReadFile("../publiccode.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range publiccode(b) {
		t.Error(problem)
	}
	licence, err := os.ReadFile("../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"EUROPEAN UNION PUBLIC LICENCE v. 1.2", "15.Applicable Law", "Strong Reciprocity (LiLiQ-R+)"} {
		if !strings.Contains(string(licence), words) {
			t.Errorf("LICENSE lacks %q", words)
		}
	}
}

func TestPubliccodeSeesWhatIsMissing(t *testing.T) {
	b, err := os.ReadFile("../publiccode.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []string{"url: ", "license: ", "shortDescription: ", "- name: Manutentori", "developmentStatus: "} {
		if got := publiccode([]byte(strings.Replace(string(b), cut, "x"+cut, 1))); len(got) == 0 {
			t.Errorf("without %q nothing is missed", cut)
		}
	}
}

func publiccode(b []byte) (problems []string) {
	var doc map[string]any
	if err := yaml.Unmarshal(b, &doc); err != nil {
		return []string{err.Error()}
	}
	at := func(path string) any {
		var v any = doc
		for _, key := range strings.Split(path, ".") {
			m, ok := v.(map[string]any)
			if !ok {
				return nil
			}
			v = m[key]
		}
		return v
	}
	for _, path := range []string{"publiccodeYmlVersion", "name", "url", "developmentStatus", "softwareType", "legal.license",
		"maintenance.type", "description.it.shortDescription", "description.it.longDescription"} {
		if s, _ := at(path).(string); s == "" {
			problems = append(problems, path+" is missing")
		}
	}
	for _, path := range []string{"platforms", "maintenance.contacts", "description.it.features", "localisation.availableLanguages"} {
		if l, _ := at(path).([]any); len(l) == 0 {
			problems = append(problems, path+" is missing")
		}
	}
	if _, ok := at("localisation.localisationReady").(bool); !ok {
		problems = append(problems, "localisation.localisationReady is missing")
	}
	if s, _ := at("description.it.shortDescription").(string); len([]rune(s)) > 150 {
		problems = append(problems, "shortDescription is longer than 150 characters")
	}
	if s, _ := at("description.it.longDescription").(string); len([]rune(s)) < 150 || len([]rune(s)) > 10000 {
		problems = append(problems, "longDescription has not 150 to 10000 characters")
	}
	if s := at("legal.license"); s != "EUPL-1.2" {
		problems = append(problems, "legal.license is not that of LICENSE")
	}
	if s, _ := at("developmentStatus").(string); !slices.Contains([]string{"concept", "development", "beta", "stable", "obsolete"}, s) {
		problems = append(problems, "developmentStatus is none of the five")
	}
	if contacts, ok := at("maintenance.contacts").([]any); ok {
		for _, c := range contacts {
			if m, _ := c.(map[string]any); m["name"] == nil {
				problems = append(problems, "a contact has no name")
			}
		}
	}
	return problems
}
