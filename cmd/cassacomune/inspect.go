package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"cassacomune/app/formats/all"
)

type inspectCommand struct {
	JSON  bool     `help:"One JSON object a file."`
	Files []string `arg:"" help:"Files or folders; - is standard input."`
}

// Run says what is inside each file. It fails when any is unknown or cannot be
// read to its end.
func (i *inspectCommand) Run() error {
	bad := 0
	for _, name := range i.Files {
		n, err := i.each(name)
		if err != nil {
			return err
		}
		bad += n
	}
	if bad > 0 {
		return fmt.Errorf("%d file not readable to the end, or of no known format", bad)
	}
	return nil
}

func (i *inspectCommand) each(name string) (bad int, err error) {
	if name == "-" {
		return i.one("-", os.Stdin), nil
	}
	err = filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		bad += i.one(path, f)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return bad, fmt.Errorf("%s: no such file", name)
	}
	return bad, err
}

func (i *inspectCommand) one(name string, r io.Reader) (bad int) {
	result := all.Inspect(name, r)
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
		fmt.Fprintf(os.Stderr, "%s: %s\n", name, result.Line())
		return 1
	}
	return 0
}
