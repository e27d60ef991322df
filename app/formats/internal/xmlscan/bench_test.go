package xmlscan

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"cassacomune/app/formats/internal/xmllint"
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

// BenchmarkAgainstXmllint reads a file of 100 MB, as xmllint does.
func BenchmarkAgainstXmllint(b *testing.B) {
	in, tokens := statement(100 << 20)
	xmllint.Race(b, in, func(in io.Reader) { scan(b, in, tokens) })
}
