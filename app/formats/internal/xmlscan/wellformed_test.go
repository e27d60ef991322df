package xmlscan

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cassacomune/app/formats/internal/xmllint"
	"cassacomune/app/shared"
)

const (
	mutants = 10_000
	batch   = 500
	largest = 128 << 10 // one file of the corpora is as large as all others
)

// TestWellFormedAsXmllintSays gives the same mutated files to the scanner and
// to xmllint. Where we read to the end xmllint must have no complaint, and
// where we say that the file is not well-formed it must have one. Namespaces
// are set aside, and so is what we refuse by a rule of our own: their numbers
// are logged. The limits of xmllint are lifted (--huge), because they are not
// XML's either.
func TestWellFormedAsXmllintSays(t *testing.T) {
	program := xmllint.Path(t)
	n := mutants
	if testing.Short() {
		n /= 10
	}
	from, dir := corpus(t), t.TempDir()
	rnd := rand.New(rand.NewPCG(1, 2))
	count := map[string]int{}
	for first := 0; first < n; first += batch {
		files := make([][]byte, batch)
		for i := range files {
			files[i] = mutate(rnd, from[rnd.IntN(len(from))], from[rnd.IntN(len(from))])
		}
		for i, broken := range complaints(t, program, dir, files) {
			_, err := tokens(bytes.NewReader(files[i]))
			var e *Error
			rule := Rule("none")
			if errors.As(err, &e) {
				rule = e.Rule
			}
			count[fmt.Sprintf("%s, xmllint %t", rule, !broken)]++
			if rule == "none" && broken || rule == WellFormed && !broken || rule == Source {
				t.Errorf("file %d: we say %v, xmllint says well-formed %t\n%s", first+i, err, !broken, around(files[i], e))
			}
		}
	}
	t.Logf("%d mutants of %d files: %v", n, len(from), count)
	read, broken := count["none, xmllint true"], count["well-formed, xmllint false"]
	if read < n/5 || broken < n/5 || read+broken < n*7/8 {
		t.Error("the mutants are too much alike, or too many are set aside, to prove anything")
	}
}

// complaint is a line of xmllint's that means not well-formed.
var complaint = regexp.MustCompile(`(?m)^(\d{3})\.xml:\d+: (?:parser|encoding|I/O) error : `)

// complaints asks xmllint which files are not well-formed. Many files go to one
// process, because starting it costs more than its work; the exit status then
// says nothing, so one file in a hundred is asked about alone as well.
func complaints(t *testing.T, program, dir string, files [][]byte) []bool {
	t.Helper()
	args := []string{"--noout", "--nonet", "--huge"}
	for i, in := range files {
		name := fmt.Sprintf("%03d.xml", i)
		if err := os.WriteFile(filepath.Join(dir, name), in, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	lint := exec.Command(program, args...)
	lint.Dir = dir
	said, err := lint.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	broken := make([]bool, len(files))
	for _, m := range complaint.FindAllSubmatch(said, -1) {
		var i int
		fmt.Sscan(strings.TrimLeft(string(m[1]), "0")+" ", &i)
		broken[i] = true
	}
	for i := 0; i < len(files); i += 100 {
		alone := exec.Command(program, "--noout", "--nonet", "--huge", args[3+i])
		alone.Dir = dir
		if err := alone.Run(); (err != nil) != broken[i] {
			t.Errorf("xmllint alone: %v, in a batch: broken %t\n%s", err, broken[i], files[i])
		}
	}
	return broken
}

// corpus returns the files to mutate: ours, and the shared ones where they are.
func corpus(t *testing.T) (files [][]byte) {
	t.Helper()
	for _, in := range samples {
		files = append(files, []byte(in))
	}
	dir := shared.Find(t, "corpora")
	if dir == "" {
		t.Log("no shared material beside the checkout: only our own samples")
		return files
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".xml" {
			return err
		}
		in, err := os.ReadFile(path)
		if len(in) <= largest {
			files = append(files, in)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// around is the part of a file where an error stands, to be read in a failure.
func around(in []byte, e *Error) string {
	if e == nil {
		return fmt.Sprintf("%.2000q", in)
	}
	lines := bytes.Split(in, []byte("\n"))
	from := min(max(0, e.Line-3), len(lines))
	return fmt.Sprintf("%.2000q", bytes.Join(lines[from:min(e.Line+2, len(lines))], []byte("\n")))
}
