// Package golden prints what a reader tells, for tests that hold it against a
// file: an event a line, each value under its name, nothing that is empty. A
// field that a reader begins to fill shows itself.
package golden

import (
	"flag"
	"fmt"
	"iter"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/day"
	"cassacomune/app/money"
)

var update = flag.Bool("update", false, "write the goldens")

// Compare holds a text against the file, or writes it with -update.
func Compare(t *testing.T, file, got string) {
	t.Helper()
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

// Print prints the events of a reader: structs of which one field is set.
func Print[E any](events iter.Seq[E]) string {
	var b strings.Builder
	for e := range events {
		fmt.Fprintln(&b, Line(e))
	}
	return b.String()
}

// Line prints an event.
func Line(event any) string {
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
