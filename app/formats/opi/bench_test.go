package opi

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
)

// long is a valid journal whose movements are repeated, with numbers of their
// own, until it has that many bytes; it is made while it is read.
type long struct {
	tail     []byte
	movement []string // around the number
	left     int64
	n        int
	buf      bytes.Buffer
	over     bool
}

func newLong(tb testing.TB, size int64) *long {
	tb.Helper()
	const begin, end, number = "    <movimento_conto_evidenza>", "</movimento_conto_evidenza>\n", "<numero_movimento>0000001"
	text := golden.Sample(tb, "giornale_1_7_1.xml")
	from, to := strings.Index(text, begin), strings.LastIndex(text, end)+len(end)
	one := text[from : strings.Index(text, end)+len(end)]
	l := &long{movement: strings.Split(one, number), left: size}
	l.buf.WriteString(text[:from])
	l.tail = []byte(text[to:])
	return l
}

func (l *long) Read(p []byte) (int, error) {
	for l.buf.Len() < len(p) && l.left > 0 {
		l.n++
		before := l.buf.Len()
		l.buf.WriteString(l.movement[0])
		l.buf.WriteString("<numero_movimento>")
		l.buf.WriteString(strconv.Itoa(l.n))
		l.buf.WriteString(l.movement[1])
		l.left -= int64(l.buf.Len() - before)
	}
	if l.left <= 0 && !l.over {
		l.over = true
		l.buf.Write(l.tail)
	}
	return l.buf.Read(p)
}

func BenchmarkRead(b *testing.B) {
	in, err := io.ReadAll(newLong(b, 16<<20))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for e := range Read(bytes.NewReader(in)) {
			if e.Problem != nil && e.Problem.Severity == formats.Error {
				b.Fatal(e.Problem)
			}
			n++
		}
		if n < 1000 {
			b.Fatal(n)
		}
	}
}
