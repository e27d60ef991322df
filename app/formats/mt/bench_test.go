package mt

import (
	"fmt"
	"io"
	"testing"

	"cassacomune/app/formats/internal/golden"
)

// perStatement is how many entries a generated statement has.
const perStatement = 50

// generated is a file of so many statements, made while it is read.
type generated struct {
	statements, made int
	left             []byte
}

func (g *generated) Read(p []byte) (int, error) {
	if len(g.left) == 0 {
		if g.made == g.statements {
			return 0, io.EOF
		}
		g.made++
		g.left = statement(g.left[:0], g.made)
	}
	n := copy(p, g.left)
	g.left = g.left[n:]
	return n, nil
}

func statement(b []byte, n int) []byte {
	b = fmt.Appendf(b, ":20:ESTR%d\r\n:25:IT76X0123456789000000012345\r\n:28C:%d/1\r\n:60F:C260102EUR1000,00\r\n", n, n)
	for i := range perStatement {
		b = fmt.Appendf(b, ":61:2601050105CR150,%02dNTRFNONREF//26005A%010d\r\n", i, i)
		b = fmt.Appendf(b, ":86:166?00ACCREDITO SEPA?100001?20EREF+RF18539007547034      ?21SVW\r\nZ+TARI 2026 AVVISO 3010?2200000000000138 UTENZA %08d?30XMPLI\r\nTM2XXX?31IT57B0432198765000000000777?32ROSSI MARIA E BIANCHI GIOV\r\nA?33NNI\r\n", i)
	}
	return append(b, ":62F:C260105EUR8512,25\r\n-\r\n"...)
}

func TestMemoryIsFlat(t *testing.T) {
	entries := 0
	for e := range golden.Flat(t, 10_000, 1<<20, Read(&generated{statements: 1000})) {
		if e.Problem != nil {
			t.Fatal(e.Problem)
		}
		if e.Entry != nil {
			entries++
		}
	}
	if entries != 1000*perStatement {
		t.Errorf("%d entries, want %d", entries, 1000*perStatement)
	}
}

// repeated is a file of one statement many times over.
type repeated struct {
	text  []byte
	at    int
	times int
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) && r.times > 0 {
		c := copy(p[n:], r.text[r.at:])
		n, r.at = n+c, r.at+c
		if r.at == len(r.text) {
			r.at, r.times = 0, r.times-1
		}
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// BenchmarkRead reads statements of fifty entries; MB/s is of the file.
func BenchmarkRead(b *testing.B) {
	text := statement(nil, 1)
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	entries := 0
	for e := range Read(&repeated{text: text, times: b.N}) {
		if e.Entry != nil {
			entries++
		}
	}
	if entries != b.N*perStatement {
		b.Fatalf("%d entries, want %d", entries, b.N*perStatement)
	}
	b.ReportMetric(float64(entries)/b.Elapsed().Seconds(), "entries/s")
}
