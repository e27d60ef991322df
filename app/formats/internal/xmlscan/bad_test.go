package xmlscan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

// generated is a file that is made while it is read: head once, then what row
// returns, for ever or until it returns nothing.
type generated struct {
	head string
	row  func(n int) string
	left []byte
	n    int
	read int // bytes given
}

func (g *generated) Read(p []byte) (int, error) {
	if g.read == 0 {
		g.left = []byte(g.head)
	}
	for len(g.left) < len(p) {
		row := g.row(g.n)
		if row == "" {
			break
		}
		g.left = append(g.left, row...)
		g.n++
	}
	if len(g.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p, g.left)
	g.left = g.left[:copy(g.left, g.left[n:])]
	g.read += n
	return n, nil
}

func always(row string) func(int) string { return func(int) string { return row } }

// TestEndlessFilesAreRefused: files of any length, of which little is read.
func TestEndlessFilesAreRefused(t *testing.T) {
	laughs := "<!DOCTYPE lolz [<!ENTITY lol0 'lol'>"
	for i := range 10 {
		laughs += fmt.Sprintf("<!ENTITY lol%d '%s'>", i+1, strings.Repeat(fmt.Sprintf("&lol%d;", i), 10))
	}
	for _, c := range []struct {
		name string
		in   *generated
		want Rule
	}{
		{"billion laughs", &generated{head: laughs + "]><lolz>", row: always("&lol10;")}, Doctype},
		{"levels", &generated{row: always("<a>")}, Depth},
		{"levels of one prefix each", &generated{row: always("<a xmlns:p='u'>")}, Depth},
		{"text", &generated{head: "<a>", row: always(strings.Repeat("x", 1000))}, ValueLength},
		{"blanks", &generated{head: "<a>", row: always("\n")}, ValueLength},
		{"references", &generated{head: "<a>", row: always("&amp;")}, ValueLength},
		{"cdata", &generated{head: "<a><![CDATA[", row: always("]]")}, ValueLength},
		{"many cdata", &generated{head: "<a>", row: always("<![CDATA[x]]>")}, ValueLength},
		{"attribute", &generated{head: "<a b='", row: always("x")}, TagLength},
		{"attributes", &generated{head: "<a", row: func(n int) string { return fmt.Sprintf(" b%d=''", n) }}, TagLength},
		{"name", &generated{head: "<", row: always("a")}, TagLength},
		{"end tag", &generated{head: "<a></a", row: always(" ")}, TagLength},
		{"instruction's name", &generated{head: "<?", row: always("a")}, TagLength},
		{"reference", &generated{head: "<a>&#", row: always("0")}, TagLength},
		{"declaration", &generated{head: "<?xml ", row: always(" ")}, TagLength},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := New(c.in)
			for s.Next() {
			}
			var e *Error
			if !errors.As(s.Err(), &e) || e.Rule != c.want || c.in.read > 16*MaxText {
				t.Errorf("got %v after %d bytes, want %s before %d", s.Err(), c.in.read, c.want, 16*MaxText)
			}
		})
	}
}

// TestLongFilesAreReadInFlatMemory: much of what has no limit of its own.
func TestLongFilesAreReadInFlatMemory(t *testing.T) {
	size := 24 << 20
	if testing.Short() {
		size /= 6
	}
	until := func(row func(int) string, tail string) func(int) string {
		read, ended := 0, false
		return func(n int) string {
			if ended {
				return ""
			}
			if read > size {
				ended = true
				return tail
			}
			out := row(n)
			read += len(out)
			return out
		}
	}
	for _, c := range []struct {
		name string
		in   *generated
	}{
		{"rows", &generated{head: "<a>", row: until(always("<b><c d='1'>x</c>\n</b>"), "</a>")}},
		{"names", &generated{head: "<a>", row: until(func(n int) string { return fmt.Sprintf("<b%d c%d='%d'/>", n, n, n) }, "</a>")}},
		{"namespaces", &generated{head: "<a>", row: until(func(n int) string { return fmt.Sprintf("<p%d:b xmlns:p%d='u%d'></p%d:b>", n, n, n, n) }, "</a>")}},
		{"long values", &generated{head: "<a>", row: until(func(n int) string { return fmt.Sprintf("<b c='%01000d'>%0100000d</b>", n, n) }, "</a>")}},
		{"comment", &generated{head: "<a><!--", row: until(always("è uno due tre\n"), "--></a>")}},
		{"comments", &generated{head: "<a>", row: until(always("<!-- uno --><b/>"), "</a>")}},
		{"instruction", &generated{head: "<a><?x ", row: until(always("uno due ? > tre"), "?></a>")}},
		{"after the root", &generated{head: "<a/>", row: until(always("<!-- -->"), "\n")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, peak, looked := live(), uint64(0), 0
			s := New(c.in)
			for s.Next() {
				if c.in.read-looked > size/10 {
					peak, looked = max(peak, live()), c.in.read
				}
			}
			if peak = max(peak, live()); s.Err() != nil || peak > before+3<<20 {
				t.Errorf("%v, %d KB alive above what there was", s.Err(), (peak-before)>>10)
			}
			runtime.KeepAlive(s)
		})
	}
}

// live returns the bytes of the heap that are in use, garbage not counted.
func live() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestEveryCutIsAnError: a sample that ends before its root does is not
// well-formed, wherever it ends.
func TestEveryCutIsAnError(t *testing.T) {
	for n, in := range samples {
		last := strings.LastIndex(in, "</")
		root := last + strings.IndexByte(in[last:], '>')
		for i := range root + 1 {
			_, err := tokens(strings.NewReader(in[:i]))
			var e *Error
			if !errors.As(err, &e) || e.Rule != WellFormed || e.Line < 1 || e.Line > 1+bytes.Count([]byte(in[:i]), []byte{'\n'}) {
				t.Errorf("sample %d cut at %d: %v", n, i, err)
			}
		}
		if _, err := tokens(strings.NewReader(in)); err != nil {
			t.Errorf("sample %d: %v", n, err)
		}
	}
}
