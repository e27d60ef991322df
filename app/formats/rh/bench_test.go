package rh

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
)

// generated is one account with so many movements of four records, made while
// it is read.
type generated struct {
	movements, made int
	left            []byte
	at              int
}

func (g *generated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if g.at == len(g.left) && !g.next() {
			break
		}
		c := copy(p[n:], g.left[g.at:])
		n, g.at = n+c, g.at+c
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

var (
	movement = strings.TrimRight(record("620000001%03d050126050126C000000000001,0048PX                1101260050000001         ACCR. BONIFICO"), "\n") + strings.Repeat(" ", 20) + "\n" +
		record("630000001%03dYYY02012026RSSMRA80A01H501UROSSI MARIA                             BORGO SAN LORO                          ") +
		record("630000001%03dID1MSG-20260102-0001                  RF18539007547034                                                     ") +
		record("630000001%03dRI1SALDO AVVISO 301000000000000138 TARI 2026 UTENZA 00042 DI VIA DELL'OLMO 7 - CHIEDO RICEVUTA ALL'INDIRIZZ")
	batch []byte // 999 movements
)

func init() {
	for i := 1; i <= 999; i++ {
		batch = fmt.Appendf(batch, movement, i, i, i, i)
	}
}

// next makes the next piece: the head, 999 movements, at last the foot.
func (g *generated) next() bool {
	switch {
	case g.left == nil:
		g.left = []byte(record("RH01234AB1C2050126RENDICONTI") + opening)
	case g.made == g.movements:
		return false
	default:
		n := min(999, g.movements-g.made)
		g.left = batch[:len(batch)/999*n]
		if g.made += n; g.made == g.movements {
			cents := int64(g.movements)*100 + 10_000
			g.left = append(g.left[:len(g.left):len(g.left)],
				record(fmt.Sprintf("640000001EUR050126C%012d,%02d", cents/100, cents%100))+
					record(fmt.Sprintf("EF01234AB1C2050126RENDICONTI                %07d%30s%07d", 1, "", 4*g.movements+4))...)
		}
	}
	g.at = 0
	return true
}

// count reads so many movements, and says how many rows they are.
func count(t testing.TB, events formats.Reader, movements int) (rows int) {
	t.Helper()
	entries := 0
	for e := range events {
		switch {
		case e.Problem != nil:
			t.Fatal(e.Problem)
		case e.Entry != nil:
			entries++
		}
	}
	if entries != movements {
		t.Fatalf("%d entries, want %d", entries, movements)
	}
	return 4*movements + 4
}

func TestMemoryIsFlat(t *testing.T) {
	const n = 20_000
	count(t, golden.Flat(t, n/4, 1<<20, Read(&generated{movements: n})), n)
}

// BenchmarkRead reads movements of four records each.
func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(batch) / 999))
	rows := count(b, Read(&generated{movements: b.N}), b.N)
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
