package opi

import (
	"slices"
	"strings"
	"testing"

	"cassacomune/app/formats/internal/golden"
)

// A journal of 200 MB, made while it is read, in less than 8 MB.
func TestMemoryIsFlat(t *testing.T) {
	size := int64(200 << 20)
	if testing.Short() {
		size = 20 << 20
	}
	movements := 0
	for e := range golden.Flat(t, 20_000, 8<<20, Read(newLong(t, size))) {
		if e.Problem != nil && e.Problem.Field == "file" {
			t.Fatal(e.Problem)
		}
		if e.Entry != nil {
			movements++
		}
	}
	if want := int(size / 1400); movements < want {
		t.Errorf("got %d movements, want %d or more", movements, want)
	}
}

// A movement without end is cut off, not gathered.
func TestAMovementIsBounded(t *testing.T) {
	good := golden.Sample(t, "giornale_1_8.xml")
	const bank, closed = "<codice_causale>048</codice_causale>", "<sospeso>"
	more := strings.Replace(good, bank, strings.Repeat(bank, 5_000), 1)
	got := listen(more)
	if n := len(got.entries[0].Raw); n > maxRaw || n < maxRaw/2 || !slices.Contains(got.problems, "warning codice_causale") {
		t.Errorf("got %d bytes of raw data, %v", n, got.problems)
	}
	one := good[strings.Index(good, closed) : strings.Index(good, "</sospeso>")+len("</sospeso>")]
	got = listen(strings.Replace(good, one, strings.Repeat(one, maxClosed), 1))
	if !slices.Contains(got.problems, "error sospeso") || len(got.entries) != 2 {
		t.Errorf("got %v, want a stop at the provisional past the limit", got.problems)
	}
}
