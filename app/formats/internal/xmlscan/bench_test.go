package xmlscan

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// statement is a bank statement of about size bytes, in the manner of camt.053
// as the banks print it, and how many tokens it holds.
func statement(size int) (in io.Reader, tokens int) {
	rows := size / len(statementRow(0))
	in = &generated{
		head: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\n  <BkToCstmrStmt>\n    <Stmt>\n",
		row: func(n int) string {
			switch {
			case n < rows:
				return statementRow(n)
			case n == rows:
				return "    </Stmt>\n  </BkToCstmrStmt>\n</Document>\n"
			}
			return ""
		},
	}
	return in, 6 + 74*rows
}

func statementRow(n int) string {
	payer, reason := "ROSSI MARIO", "RETTA MENSA SCOLASTICA MARZO 2026 AVVISO"
	switch n % 5 {
	case 1:
		payer = "BIANCHI &amp; FIGLI"
	case 3:
		reason = "LUCI VOTIVE CITTÀ DI VALDORSA AVVISO"
	}
	return fmt.Sprintf(`      <Ntry>
        <NtryRef>%07d</NtryRef>
        <Amt Ccy="EUR">%03d.%02d</Amt>
        <CdtDbtInd>CRDT</CdtDbtInd>
        <Sts>
          <Cd>BOOK</Cd>
        </Sts>
        <BookgDt>
          <Dt>2026-03-%02d</Dt>
        </BookgDt>
        <ValDt>
          <Dt>2026-03-%02d</Dt>
        </ValDt>
        <BkTxCd>
          <Domn>
            <Cd>PMNT</Cd>
            <Fmly>
              <Cd>RCDT</Cd>
              <SubFmlyCd>ESCT</SubFmlyCd>
            </Fmly>
          </Domn>
        </BkTxCd>
        <NtryDtls>
          <TxDtls>
            <Refs>
              <EndToEndId>MENSA-2026-%07d</EndToEndId>
            </Refs>
            <Amt Ccy="EUR">%03d.%02d</Amt>
            <RltdPties>
              <Dbtr>
                <Pty>
                  <Nm>%s</Nm>
                </Pty>
              </Dbtr>
              <DbtrAcct>
                <Id>
                  <IBAN>IT40S0542811101000000%06d</IBAN>
                </Id>
              </DbtrAcct>
            </RltdPties>
            <RmtInf>
              <Ustrd>%s %018d</Ustrd>
            </RmtInf>
          </TxDtls>
        </NtryDtls>
      </Ntry>
`, n, n%1000, n%100, 1+n%28, 1+n%28, n, n%1000, n%100, payer, n%1000000, reason, n)
}

// scan reads a file to its end, which comes after so many tokens.
func scan(tb testing.TB, r io.Reader, tokens int) {
	s := New(r)
	for s.Next() {
		tokens--
	}
	if s.Err() != nil || tokens != 0 {
		tb.Fatalf("%v, %d tokens missing", s.Err(), tokens)
	}
}

func BenchmarkNext(b *testing.B) {
	r, tokens := statement(8 << 20)
	in, err := io.ReadAll(r)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		scan(b, bytes.NewReader(in), tokens)
	}
}

const (
	benchSize  = 100 << 20
	benchPairs = 5
)

// BenchmarkAgainstXmllint reads a file of 100 MB, and in turns has xmllint
// read it as a stream. It prints the MB/s of both and the median ratio of five
// pairs, by the clock and by the processor's time, which a busy machine moves
// less.
func BenchmarkAgainstXmllint(b *testing.B) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		b.Skip("no xmllint on this machine")
	}
	in, tokens := statement(benchSize)
	file, err := os.Create(filepath.Join(b.TempDir(), "statement.xml"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	size, err := io.Copy(file, in)
	if err != nil {
		b.Fatal(err)
	}
	ours := func() (clock, processor time.Duration) {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			b.Fatal(err)
		}
		began, before := time.Now(), used(b)
		scan(b, file, tokens)
		return time.Since(began), used(b) - before
	}
	theirs := func() (clock, processor time.Duration) {
		lint, began := exec.Command(xmllint, "--stream", "--noout", file.Name()), time.Now()
		if out, err := lint.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		return time.Since(began), lint.ProcessState.UserTime() + lint.ProcessState.SystemTime()
	}
	ours() // both find the file in memory, and have found nothing wrong in it
	theirs()
	for b.Loop() {
		var we, they, ratios, processor []float64
		for range benchPairs {
			w, wCPU := ours()
			t, tCPU := theirs()
			we, they = append(we, float64(size)/1e6/w.Seconds()), append(they, float64(size)/1e6/t.Seconds())
			ratios, processor = append(ratios, float64(t)/float64(w)), append(processor, float64(tCPU)/float64(wCPU))
		}
		b.ReportMetric(median(we), "MB/s")
		b.ReportMetric(median(they), "xmllint-MB/s")
		b.ReportMetric(median(ratios), "ratio")
		b.ReportMetric(median(processor), "cpu-ratio")
		if low, high := slices.Min(they), slices.Max(they); high > low*1.25 {
			b.Logf("no verdict by the clock: the reference drifted from %.0f to %.0f MB/s", low, high)
		}
	}
}

// used is the processor's time that this process has taken.
func used(b *testing.B) time.Duration {
	b.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

func median(all []float64) float64 { return slices.Sorted(slices.Values(all))[len(all)/2] }
