package cms

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParse(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("30 80", n) + strings.Repeat("00 00", n) }
	for _, test := range []struct {
		name, in string
		rest     int
		want     error
	}{
		{"short", "04 02 61 62", 0, nil},
		{"empty", "30 00", 0, nil},
		{"something after it", "04 01 61 0a", 1, nil},
		{"long length", "04 81 02 61 62", 0, nil},
		{"length with zeros in front", "04 88 00 00 00 00 00 00 00 01 61", 0, nil},
		{"indefinite", "30 80 04 01 61 00 00", 0, nil},
		{"indefinite inside", "30 07 30 80 04 01 61 00 00", 0, nil},
		{"64 levels", nested(64), 0, nil},

		{"nothing", "", 0, errCut},
		{"only an identifier", "30", 0, errCut},
		{"length beyond the file", "04 03 61 62", 0, errCut},
		{"length of the length beyond the file", "04 84 01", 0, errCut},
		{"4 GB", "30 84 ff ff ff ff 04 00", 0, errCut},
		{"2^63", "30 88 80 00 00 00 00 00 00 00", 0, errCut},
		{"2^64 - 1", "30 88 ff ff ff ff ff ff ff ff", 0, errCut},
		{"length in nine bytes", "04 89 00 00 00 00 00 00 00 00 01 61", 0, errLength},
		{"reserved length", "04 ff 61", 0, errLength},
		{"primitive and indefinite", "04 80 61 00 00", 0, errLength},
		{"a child longer than its parent", "30 03 04 02 61 62", 0, errCut},
		{"a child that is half there", "30 01 04", 0, errCut},
		{"no end marker", "30 80 04 01 61", 0, errCut},
		{"half an end marker", "30 80 04 01 61 00", 0, errCut},
		{"end marker in a definite element", "30 02 00 00", 0, errTag},
		{"end marker outside", "00 00", 0, errTag},
		{"long identifier", "1f 81 01 00", 0, errTag},
		{"65 levels", nested(65), 0, errDepth},
		{"200000 levels", nested(200_000), 0, errDepth},
	} {
		in := unhex(t, test.in)
		e, rest, err := parse(in)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
			continue
		}
		if err == nil && (len(rest) != test.rest || len(e.raw)+len(rest) != len(in)) {
			t.Errorf("%s: %d bytes and %d after, of %d", test.name, len(e.raw), len(rest), len(in))
		}
	}
}

func TestJoinAndDER(t *testing.T) {
	for _, test := range []struct{ name, in, joined, der string }{
		{"whole", "04 02 61 62", "6162", "04026162"},
		{"in pieces", "24 80 04 01 61 04 02 62 63 00 00", "616263", "0403616263"},
		{"definite, in pieces", "24 06 04 01 61 04 01 62", "6162", "04026162"},
		{"pieces of pieces", "24 80 24 80 04 01 61 00 00 24 03 04 01 62 04 01 63 00 00", "616263", "0403616263"},
		{"no piece", "24 80 00 00", "", "0400"},
		{"long length", "04 82 00 01 61", "61", "040161"},
		{"set of indefinite", "31 80 30 80 24 80 04 01 61 00 00 00 00 00 00", "-", "31053003040161"},
		{"a piece of another kind", "24 03 02 01 05", "-", "2403020105"},
	} {
		in := unhex(t, test.in)
		e, _, err := parse(in)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if got := hex.EncodeToString(e.der(nil)); got != test.der {
			t.Errorf("%s: DER %s, want %s", test.name, got, test.der)
		}
		if test.joined == "-" {
			continue
		}
		joined, err := e.join()
		if got := hex.EncodeToString(joined); err != nil || got != test.joined {
			t.Errorf("%s: joined %s, %v, want %s", test.name, got, err, test.joined)
		}
	}
	for _, in := range []string{"24 03 02 01 05", strings.Repeat("24 80", 6) + strings.Repeat("00 00", 6)} {
		e, _, err := parse(unhex(t, in))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.join(); !errors.Is(err, errUnexpected) {
			t.Errorf("%s: joined with %v", in, err)
		}
	}
}

// FuzzParse: what is read fills its bytes, its children fill it, and its
// distinguished encoding is a fixed point.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"0402 6162", "3080 0401 61 0000", "2480 0401 61 2480 0401 62 0000 0000", "3184 00000003 020105", "30820101", "1f8101"} {
		b, _ := hex.DecodeString(strings.ReplaceAll(seed, " ", ""))
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		e, rest, err := parse(in)
		if err != nil {
			return
		}
		if len(e.raw)+len(rest) != len(in) || len(e.body) > len(e.raw) {
			t.Fatalf("%d and %d of %d bytes", len(e.raw), len(rest), len(in))
		}
		visit(t, e, 1)
		first := e.der(nil)
		again, rest, err := parse(first)
		if err != nil || len(rest) > 0 || !bytes.Equal(again.der(nil), first) {
			t.Fatalf("distinguished encoding %x: %v, %d bytes after", first, err, len(rest))
		}
	})
}

func visit(t *testing.T, e element, depth int) {
	if e.id&constructed == 0 {
		return
	}
	total := 0
	for c := e.walk(); !c.end(); {
		child, ok := c.next()
		if !ok || depth > maxDepth {
			t.Fatalf("a child of %x is unreadable at depth %d", e.raw, depth)
		}
		total += len(child.raw)
		visit(t, child, depth+1)
	}
	if total != len(e.body) {
		t.Fatalf("children take %d of %d bytes", total, len(e.body))
	}
}
