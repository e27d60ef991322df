package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"cassacomune/app/formats"
	"cassacomune/app/formats/all"
)

type inspectCommand struct {
	JSON  bool      `help:"One JSON object a file."`
	Trust string    `help:"Whom to trust for signatures: a national trusted list, or certificates in PEM." placeholder:"FILE"`
	At    time.Time `help:"When signed files were received, for their certificates; now." placeholder:"RFC3339"`
	Files []string  `arg:"" help:"Files or folders; - is standard input."`

	trust formats.Trust
}

// memory is what the runtime tries to stay within: readers hold little, and a
// long file leaves much behind.
const memory = 40 << 20

// Run says what is inside each file. It fails when any is unknown or cannot be
// read to its end.
func (i *inspectCommand) Run() error {
	debug.SetMemoryLimit(memory)
	if err := i.believe(); err != nil {
		return err
	}
	bad := 0
	for _, name := range i.Files {
		bad += i.each(name)
	}
	if bad > 0 {
		return fmt.Errorf("%d file not readable to the end, or of no known format", bad)
	}
	return nil
}

// believe reads whom to trust. What is odd about the list is said, and a list
// that cannot be read trusts nobody.
func (i *inspectCommand) believe() error {
	if i.At.IsZero() {
		i.At = time.Now()
	}
	i.trust.At = i.At
	if i.Trust == "" {
		return nil
	}
	f, err := os.Open(i.Trust)
	if err != nil {
		return err
	}
	defer f.Close()
	list, problems := all.Trust(f, i.At)
	for _, p := range problems {
		fmt.Fprintf(os.Stderr, "%s: %v\n", i.Trust, p)
		if p.Severity == formats.Error {
			err = fmt.Errorf("%s: %s", i.Trust, p.Reason)
		}
	}
	i.trust = list.Trust(i.At)
	return err
}

// each inspects a file, or those below a folder in the order of their names:
// only ordinary ones, since a pipe there would be waited for. What cannot be
// opened is told like any other file, and the rest is gone on with.
func (i *inspectCommand) each(name string) (bad int) {
	if name == "-" {
		return i.one("-", os.Stdin)
	}
	walk := func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			bad += i.one(path, closed{err})
		case !d.IsDir() && (path == name || ordinary(path)):
			bad += i.opened(path)
		}
		return nil
	}
	if err := filepath.WalkDir(name, walk); err != nil {
		bad += i.one(name, closed{err})
	}
	return bad
}

// ordinary reports whether a path leads to a file that ends.
func ordinary(path string) bool {
	info, err := os.Stat(path)
	return err != nil || info.Mode().IsRegular()
}

func (i *inspectCommand) opened(path string) (bad int) {
	f, err := os.Open(path)
	if err != nil {
		return i.one(path, closed{err})
	}
	defer f.Close()
	return i.one(path, f)
}

// closed is a file that could not be opened.
type closed struct{ err error }

func (c closed) Read([]byte) (int, error) { return 0, c.err }

func (i *inspectCommand) one(name string, r io.Reader) (bad int) {
	result := all.Inspect(name, r, i.trust)
	if i.JSON {
		b, err := json.Marshal(result)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
			return 1
		}
		fmt.Println(string(b))
	} else {
		fmt.Println(result.Line())
	}
	if !result.Readable() {
		fmt.Fprintln(os.Stderr, result.Line())
		return 1
	}
	return 0
}
