// Command told reads the events of go test -json, prints what go test alone
// would have printed, and fails when a test was skipped, or printed what no log
// may hold. The one reason to skip that counts is a folder of shared samples
// which is not on this machine.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

type event struct {
	Action, Package, Test, Output string
}

type test struct{ pkg, name string }

func main() {
	said := map[test]*strings.Builder{}
	var refused, excused, personal []string
	passed, excuse := 0, sharedAbsent()
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				os.Stdout.Write(line) // not an event: the go command's own words
				continue
			}
			of := test{e.Package, e.Test}
			if found := ofAPerson.FindString(e.Output); found != "" && !framed(e.Output) {
				personal = append(personal, fmt.Sprintf("%s %s: %s in %s", e.Package, e.Test, found, strings.TrimSpace(e.Output)))
			}
			switch {
			case e.Action == "build-output", e.Action == "output" && e.Test == "":
				if e.Output != "PASS\n" {
					fmt.Print(e.Output)
				}
			case e.Action == "output":
				if said[of] == nil {
					said[of] = &strings.Builder{}
				}
				said[of].WriteString(e.Output)
			case e.Test == "":
			case e.Action == "fail":
				fmt.Print(text(said[of]))
			case e.Action == "pass":
				passed++
			case e.Action == "skip":
				why := reason(text(said[of]))
				if excuse && aboutShared.MatchString(why) {
					excused = append(excused, fmt.Sprintf("%s %s: %s", e.Package, e.Test, why))
				} else {
					refused = append(refused, fmt.Sprintf("%s %s: %s", e.Package, e.Test, why))
				}
			}
			if e.Action == "pass" || e.Action == "fail" || e.Action == "skip" {
				delete(said, of)
			}
		}
		if err != nil {
			break
		}
	}
	for _, s := range excused {
		fmt.Println("skipped, no shared samples here:", s)
	}
	for _, s := range refused {
		fmt.Println("SKIPPED:", s)
	}
	for _, s := range personal {
		fmt.Println("PERSONAL:", s)
	}
	fmt.Printf("%d tests passed, %d skipped\n", passed, len(excused)+len(refused))
	if len(refused) > 0 || len(personal) > 0 || passed == 0 {
		os.Exit(1)
	}
}

func text(b *strings.Builder) string {
	if b == nil {
		return ""
	}
	return b.String()
}

// reason is what a test said beside the frame that go test puts around it.
func reason(said string) string {
	var words []string
	for _, line := range strings.Split(said, "\n") {
		if line = strings.TrimSpace(line); line != "" && !framed(line) {
			words = append(words, line)
		}
	}
	return strings.Join(words, " ")
}

// framed reports whether a line is of the frame, and holds but a test's name.
func framed(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "--- ")
}

// ofAPerson finds a fiscal code, an IBAN, the number of a card.
var ofAPerson = regexp.MustCompile(`\b[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]\b|\bIT[0-9]{2}[A-Z][0-9]{10}[0-9A-Z]{12}\b|\b[45][0-9]{15}\b`)

var aboutShared = regexp.MustCompile(`(?i)shared|corpus|corpora`)

// sharedAbsent looks where the tests look: the environment, then a folder
// beside any folder on the way up.
func sharedAbsent() bool {
	if os.Getenv("CASSACOMUNE_SHARED") != "" {
		return false
	}
	dir, err := filepath.Abs(".")
	for err == nil && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		if _, found := os.Stat(filepath.Join(dir, "shared")); found == nil {
			return false
		}
	}
	return true
}
