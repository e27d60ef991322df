package charset

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

func TestNewReaderDecides(t *testing.T) {
	long := strings.Repeat("a", window-1)
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"ascii", "Verdi;12,50\r\n", "Verdi;12,50\r\n"},
		{"bom", "\xef\xbb\xbfcittà", "città"},
		{"bom only", "\xef\xbb\xbf", ""},
		{"utf-8", "città €", "città €"},
		{"windows-1252", "citt\xe0 \x80 5", "città € 5"},
		{"windows-1252 at the end", "citt\xe0", "città"},
		{"no meaning in windows-1252", "\xe0\x81", "à\uFFFD"},
		{"nul stays visible", "a\x00b", "a\x00b"},
		{"utf-8 across the window", long + "à e è", long + "à e è"},
		{"windows-1252 after the window", long + "x\xe0 e", long + "xà e"},
		{"long utf-8", strings.Repeat("è", window), strings.Repeat("è", window)},
		{"broken long after utf-8 was decided", "è" + strings.Repeat("a", 2*window) + "\xe0b", "è" + strings.Repeat("a", 2*window) + "\uFFFDb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in)), iotest.DataErrReader(strings.NewReader(c.in))} {
				got, err := io.ReadAll(NewReader(r))
				if err != nil {
					t.Fatal(err)
				}
				if string(got) != c.want {
					t.Errorf("got %.80q, want %.80q", got, c.want)
				}
			}
		})
	}
}

func TestNewReaderKeepsTheError(t *testing.T) {
	got, err := io.ReadAll(NewReader(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("abc")))))
	if err != iotest.ErrTimeout {
		t.Errorf("got %v after %q, want %v", err, got, iotest.ErrTimeout)
	}
}

func FuzzNewReader(f *testing.F) {
	for _, s := range []string{"", "città", "citt\xe0", "\xef\xbb\xbfa", "\xff\xfe a\x00", "è\xe0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := io.ReadAll(NewReader(strings.NewReader(in)))
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(got) {
			t.Errorf("got %q, want UTF-8", got)
		}
		if bare := strings.TrimPrefix(in, "\xef\xbb\xbf"); utf8.ValidString(in) && string(got) != bare {
			t.Errorf("got %q, want the same %q", got, bare)
		}
	})
}
