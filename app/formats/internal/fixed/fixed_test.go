package fixed

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"cassacomune/app/money"
	"github.com/google/go-cmp/cmp"
)

func TestLines(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
		err      error
	}{
		{"empty", "", nil, nil},
		{"crlf and lf", "a\r\nb\n\nc", []string{"a", "b", "", "c"}, nil},
		{"exactly full", strings.Repeat("x", 10) + "\r\n", []string{strings.Repeat("x", 10)}, nil},
		{"too long", "a\n" + strings.Repeat("x", 11), []string{"a"}, ErrTooLong},
		{"far too long", strings.Repeat("x", 1<<16), nil, ErrTooLong},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			var failed error
			for l, err := range Lines(iotest.HalfReader(strings.NewReader(c.in)), 10) {
				if err != nil {
					failed = err
					continue
				}
				got = append(got, l.Text)
				if l.Number != len(got) {
					t.Errorf("got line %d, want %d", l.Number, len(got))
				}
			}
			if !errors.Is(failed, c.err) {
				t.Errorf("got error %v, want %v", failed, c.err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestLinesTellsAFailingSource(t *testing.T) {
	var failed error
	for _, err := range Lines(iotest.ErrReader(io.ErrClosedPipe), 10) {
		failed = err
	}
	if !errors.Is(failed, io.ErrClosedPipe) {
		t.Errorf("got %v, want %v", failed, io.ErrClosedPipe)
	}
}

func TestColumnsCountCharacters(t *testing.T) {
	for _, text := range []string{"ab cd0012", "àè cd0012"} {
		l := NewLine(1, text)
		if got := l.Raw(2, 3); got != text[strings.IndexAny(text, "bè"):strings.IndexByte(text, 'c')] {
			t.Errorf("%s: got %q", text, got)
		}
		if got := l.Field(4, 5); got != "cd" {
			t.Errorf("%s: got %q, want cd", text, got)
		}
		if got, err := l.Int(6, 9); got != 12 || err != nil {
			t.Errorf("%s: got %d %v, want 12", text, got, err)
		}
		if got := l.Raw(9, 20); got != "2" {
			t.Errorf("%s: got %q, want 2", text, got)
		}
		if got := l.Raw(10, 20); got != "" {
			t.Errorf("%s: got %q past the end", text, got)
		}
		if got := l.Len(); got != 9 {
			t.Errorf("%s: got %d, want 9", text, got)
		}
	}
}

func TestNumbersAreStrict(t *testing.T) {
	for _, c := range []struct {
		in    string
		cents money.Cents
		err   error
	}{
		{"0000001250", 1250, nil},
		{"          ", 0, money.ErrEmpty},
		{"00000-1250", 0, money.ErrFormat},
		{"00000 1250", 0, money.ErrFormat},
		{"99999999999999999999", 0, money.ErrRange},
	} {
		got, err := NewLine(1, c.in).Cents(1, 20)
		if got != c.cents || !errors.Is(err, c.err) {
			t.Errorf("%q: got %d %v, want %d %v", c.in, got, err, c.cents, c.err)
		}
	}
	if _, err := NewLine(1, "1e3").Int(1, 3); err == nil {
		t.Error("1e3 is no number")
	}
}

func TestPadding(t *testing.T) {
	if got, err := Left("Forlì", 7); got != "Forlì  " || err != nil {
		t.Errorf("got %q %v", got, err)
	}
	if _, err := Left("Forlì", 4); !errors.Is(err, ErrWidth) {
		t.Errorf("got %v, want %v", err, ErrWidth)
	}
	if got, err := Zeros(42, 5); got != "00042" || err != nil {
		t.Errorf("got %q %v", got, err)
	}
	for _, n := range []int64{-1, 100} {
		if _, err := Zeros(n, 2); !errors.Is(err, ErrWidth) {
			t.Errorf("%d: got %v, want %v", n, err, ErrWidth)
		}
	}
}

func TestRecords(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
		err      error
	}{
		{"empty", "", nil, nil},
		{"lines", "abcd\nef\r\n", []string{"abcd", "ef"}, nil},
		{"too short to tell", "abcdefg", []string{"abcdefg"}, nil},
		{"without ends", "abcdèfghi", []string{"abcd", "èfgh", "i"}, nil},
		{"an end at the end", "abcdefgh\r\n", []string{"abcd", "efgh"}, nil},
		{"two records", "abcdefgh", []string{"abcd", "efgh"}, nil},
		{"lines too long", "abcd\n" + strings.Repeat("x", 11), []string{"abcd"}, ErrTooLong},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			var failed error
			for l, err := range Records(iotest.OneByteReader(strings.NewReader(c.in)), 4, 10) {
				if err != nil {
					failed = err
					continue
				}
				got = append(got, l.Text)
			}
			if diff := cmp.Diff(got, c.want); diff != "" || !errors.Is(failed, c.err) {
				t.Errorf("got %q %v, want %q %v", got, failed, c.want, c.err)
			}
		})
	}
	failing := iotest.TimeoutReader(iotest.HalfReader(strings.NewReader(strings.Repeat("x", 40_000))))
	var last error
	for _, err := range Records(failing, 4, 10) {
		last = err
	}
	if !errors.Is(last, iotest.ErrTimeout) {
		t.Errorf("got %v, want the reader's error", last)
	}
}
