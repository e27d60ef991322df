package camt

import (
	"bytes"
	"fmt"
	"io"
)

// generated is a statement of about size bytes that nobody holds: entries of
// one to four details each, and one batch that takes half of the file.
func generated(size int64) io.Reader {
	return &generator{left: size, batch: size / 2}
}

type generator struct {
	left, batch int64
	n           int
	state       int // 0 head, 1 entries, 2 batch, 3 end
	buf         bytes.Buffer
}

func (g *generator) Read(p []byte) (int, error) {
	for g.buf.Len() == 0 {
		if g.state == 4 {
			return 0, io.EOF
		}
		g.more()
	}
	return g.buf.Read(p)
}

func (g *generator) more() {
	switch g.state {
	case 0:
		g.buf.WriteString(generatedHead)
		g.state = 1
	case 1:
		g.entry(1 + g.n%4)
		if g.left <= g.batch {
			g.state = 2
			fmt.Fprintf(&g.buf, generatedEntry, g.n, g.n%1000, g.n%100, "CRDT", g.n)
		}
	case 2:
		g.detail()
		if g.left <= 0 {
			g.state = 3
		}
	case 3:
		g.buf.WriteString("        </NtryDtls>\n      </Ntry>\n    </Stmt>\n  </BkToCstmrStmt>\n</Document>\n")
		g.state = 4
	}
	g.left -= int64(g.buf.Len())
}

func (g *generator) entry(details int) {
	fmt.Fprintf(&g.buf, generatedEntry, g.n, g.n%1000, g.n%100, []string{"CRDT", "DBIT"}[g.n%2], g.n)
	for range details {
		g.detail()
	}
	g.buf.WriteString("        </NtryDtls>\n        <AddtlNtryInf>BONIFICI A VOSTRO FAVORE</AddtlNtryInf>\n      </Ntry>\n")
}

func (g *generator) detail() {
	g.n++
	fmt.Fprintf(&g.buf, generatedDetail, g.n, g.n, g.n%1000, g.n%100, g.n%100000, g.n%100000, g.n)
}

const (
	generatedHead = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
  <BkToCstmrStmt>
    <GrpHdr>
      <MsgId>BDV-1</MsgId>
      <CreDtTm>2026-03-11T04:10:00</CreDtTm>
    </GrpHdr>
    <Stmt>
      <Id>BDV-1-1</Id>
      <Acct>
        <Id>
          <IBAN>IT60X0542811101000000123456</IBAN>
        </Id>
        <Ccy>EUR</Ccy>
      </Acct>
`
	generatedEntry = `      <Ntry>
        <NtryRef>%d</NtryRef>
        <Amt Ccy="EUR">%d.%02d</Amt>
        <CdtDbtInd>%s</CdtDbtInd>
        <Sts>
          <Cd>BOOK</Cd>
        </Sts>
        <BookgDt>
          <Dt>2026-03-10</Dt>
        </BookgDt>
        <ValDt>
          <Dt>2026-03-10</Dt>
        </ValDt>
        <AcctSvcrRef>0542826069%09d</AcctSvcrRef>
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
`
	generatedDetail = `          <TxDtls>
            <Refs>
              <EndToEndId>MENSA-2026-%07d</EndToEndId>
              <TxId>0306926069%09d0016001600IT</TxId>
            </Refs>
            <Amt Ccy="EUR">%d.%02d</Amt>
            <CdtDbtInd>CRDT</CdtDbtInd>
            <RltdPties>
              <Dbtr>
                <Pty>
                  <Nm>ROSSI MARIO %d</Nm>
                  <PstlAdr>
                    <Ctry>IT</Ctry>
                    <AdrLine>VIA DELLA CITTÀ 7, VALDORSA</AdrLine>
                  </PstlAdr>
                </Pty>
              </Dbtr>
              <DbtrAcct>
                <Id>
                  <IBAN>IT40S05428111010000%05d</IBAN>
                </Id>
              </DbtrAcct>
            </RltdPties>
            <RltdAgts>
              <DbtrAgt>
                <FinInstnId>
                  <BICFI>BSICIT2VXXX</BICFI>
                </FinInstnId>
              </DbtrAgt>
            </RltdAgts>
            <RmtInf>
              <Ustrd>RETTA MENSA SCOLASTICA MARZO 2026 &amp; ARRETRATI AVVISO 3020000000%08d</Ustrd>
            </RmtInf>
          </TxDtls>
`
)
