package all

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"cassacomune/app/formats"
)

// grown names, for each format whose files may be long, a sample and the
// record of it that a longer file would have more of.
var grown = []struct {
	key, sample string
	from, to    string // the record begins with from and ends with to; to "" is the line's end
	unique      string // what must differ from record to record
}{
	{"opi-journal", "opi/testdata/giornale_1_7_1.xml", "<movimento_conto_evidenza>", "</movimento_conto_evidenza>", ""},
	{"opi-outcome", "opimsg/testdata/esito.xml", "<esito_reversali>", "</esito_reversali>", ""},
	{"rh", "rh/testdata/giorno.txt", " 62", "", ""},
	{"mt940", "mt/testdata/piano.txt", ":61:", "", ""},
	{"pain.001", "pain/testdata/bonifici.xml", "<CdtTrfTxInf>", "</CdtTrfTxInf>", ""},
	{"pain.008", "pain/testdata/incassi.xml", "<DrctDbtTxInf>", "</DrctDbtTxInf>", ""},
	{"pain.002", "pain/testdata/esiti.xml", "<TxInfAndSts>", "</TxInfAndSts>", ""},
	{"camt.053", "camt/testdata/estratto-v8.xml", "<Ntry>", "</Ntry>", ""},
	{"treasury-csv-7", "tabular/testdata/provvisori_7.csv", "2026;0000009", "", ""},
	{"treasury-csv-41", "tabular/testdata/provvisori_41.csv", "2026;0000101", "", ""},
	{"treasury-sheet-14", "tabular/testdata/estratto_14.csv", "01234;56789", "", ""},
	{"poste-statement", "tabular/testdata/poste.csv", "10/03/2026", "", ""},
	{"rid", "cbi/testdata/rid-richiesta.txt", " 10", "", ""},
	{"mav", "cbi/testdata/mav-ritorno.txt", " 14", "", ""},
	{"poste200", "poste/testdata/due-gruppi.txt", "\n", "", ""},
	{"f24", "f24/testdata/buono.txt", "G1", "", ""},
	{"fdr", "fdr/testdata/buono.xml", "<datiSingoliPagamenti>", "</datiSingoliPagamenti>", ""},
	{"pos-csv", "poscsv/testdata/un-giorno.csv", "T1;01/07/2026;TX1", "", ""},
	{"cassacomune-csv", "debtcsv/testdata/buono.csv", "TARI-2026-0001", "", "TARI-2026-0001"},
	{"govpay-csv", "govpay/testdata/documento.csv", "UFF,P1", "", "P1"},
	{"p4pa-csv", "p4pa/testdata/v1-4.csv", "TARI-1", "", "TARI-1"},
}

// stream is a file that is made while it is read. Every few megabytes it looks
// at the memory in use.
type stream struct {
	head, tail io.Reader
	record     func(i int) string
	size, most int
	n          int
	left       []byte
	next       int
	live       []uint64 // bytes in use, each time it looked
}

const lookEach = 2 << 20

func (s *stream) Read(p []byte) (int, error) {
	if n, err := s.head.Read(p); err == nil {
		return n, nil
	}
	if len(s.left) == 0 && s.size < s.most {
		for len(s.left) < 32<<10 {
			s.left = append(s.left, s.record(s.n)...)
			s.n++
		}
	}
	if len(s.left) == 0 {
		return s.tail.Read(p)
	}
	n := copy(p, s.left)
	s.left = s.left[n:]
	if s.size += n; s.size >= s.next {
		s.next += lookEach
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		s.live = append(s.live, m.HeapAlloc)
	}
	return n, nil
}

// TestEveryReaderIsFlat reads a file of each format of so many megabytes and
// looks at the memory on the way: after the first quarter it grows no more.
// Readers of debts remember the last rows, which are that many only later.
func TestEveryReaderIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("reads hundreds of megabytes")
	}
	const most = 12 << 20
	for _, g := range grown {
		t.Run(g.key, func(t *testing.T) {
			whole, err := os.ReadFile(filepath.Join("..", g.sample))
			if err != nil {
				t.Fatal(err)
			}
			from := strings.Index(string(whole), g.from)
			if g.from == "\n" { // the second line
				from++
			}
			end := strings.Index(string(whole[max(from, 0):]), "\n") + 1
			if g.to != "" {
				end = strings.Index(string(whole[max(from, 0):]), g.to) + len(g.to)
			}
			if from < 0 || end <= 0 {
				t.Fatalf("no record in %s", g.sample)
			}
			record := string(whole[from : from+end])
			s := &stream{head: bytes.NewReader(whole[:from]), tail: bytes.NewReader(whole[from:]), most: most, record: func(i int) string {
				if g.unique != "" {
					return strings.ReplaceAll(record, g.unique, fmt.Sprintf("U%09d", i))
				}
				return record
			}}
			r := Inspect(g.sample, s, formats.Trust{})
			if r.Format != g.key || s.size < most {
				t.Fatalf("read as %q, %d bytes: %s", r.Format, s.size, r.Line())
			}
			quarter := s.live[len(s.live)/4]
			allowed := int64(1 << 20)
			if g.unique != "" {
				allowed = 8 << 20
			}
			if growth := int64(s.live[len(s.live)-1]) - int64(quarter); growth > allowed {
				t.Errorf("%d records: %d KB in use at a quarter, %d KB more at the end", s.n, quarter>>10, growth>>10)
			}
			t.Logf("%d records, %d KB in use", s.n, s.live[len(s.live)-1]>>10)
		})
	}
}
