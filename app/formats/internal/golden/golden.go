// Package golden prints what a reader tells, for tests that hold it against a
// file: an event a line, each value under its name, nothing that is empty. A
// field that a reader begins to fill shows itself.
package golden

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/money"
)

var update = flag.Bool("update", false, "write the goldens")

// Compare holds a text against the file of testdata, or writes it with -update.
func Compare(t *testing.T, file, got string) {
	t.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: want -, got +\n%s", file, diff)
	}
}

// Print prints the events of a reader.
func Print(events formats.Reader) string {
	var b strings.Builder
	for e := range events {
		fmt.Fprintln(&b, Line(e))
	}
	return b.String()
}

// Told is Print with problems as people see them.
func Told(events formats.Reader) string {
	var b strings.Builder
	for e := range events {
		if e.Problem != nil {
			fmt.Fprintf(&b, "%s: %s\n", e.Problem.Severity, e.Problem.Error())
			continue
		}
		fmt.Fprintln(&b, Line(e))
	}
	return b.String()
}

// Line prints an event.
func Line(event formats.Event) string {
	v := reflect.ValueOf(event)
	for i := range v.NumField() {
		if f := v.Field(i); !f.IsZero() {
			return v.Type().Field(i).Name + fields(f.Elem())
		}
	}
	return "nothing"
}

func fields(v reflect.Value) string {
	var b strings.Builder
	for i := range v.NumField() {
		if f := v.Field(i); !f.IsZero() {
			b.WriteString(" " + v.Type().Field(i).Name + "=" + value(f))
		}
	}
	return b.String()
}

func value(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case money.Cents:
		return x.Decimal()
	case day.Date:
		return x.String()
	}
	switch v.Kind() {
	case reflect.String:
		return strconv.Quote(v.String())
	case reflect.Pointer:
		return value(v.Elem())
	case reflect.Struct:
		return "{" + strings.TrimSpace(fields(v)) + "}"
	case reflect.Slice:
		all := make([]string, v.Len())
		for i := range all {
			all[i] = value(v.Index(i))
		}
		return "[" + strings.Join(all, " ") + "]"
	}
	return fmt.Sprint(v.Interface())
}
