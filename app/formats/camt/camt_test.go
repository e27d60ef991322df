package camt

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
)

func printed(in string) string { return golden.Print(Read(strings.NewReader(in))) }

func TestGoldens(t *testing.T) {
	golden.Reads(t, "*.xml", func(head []byte) bool { return sniff(head) != "" }, Read)
}

func TestSniff(t *testing.T) {
	for name, want := range map[string]string{
		"estratto-v8.xml": Statement, "cbi-giornaliero.xml": Statement, "avviso-v2.xml": Notification, "giornata-sbagliata.xml": Report,
	} {
		if got := sniff([]byte(golden.Sample(t, name))); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	for text, want := range map[string]string{
		"":                              "",
		"BkToCstmrStmt":                 "",
		"<html>BkToCstmrStmt</html>":    "",
		"<Document><CstmrDrctDbtInitn>": "",
		"<CBIBdySDDStsRpt><CBIEnvelSDDStsRptLogMsg>":                        "",
		"<Document><BkToCstmrStmtV01>":                                      Statement,
		"<BkToCstmrAcctRpt>":                                                Report,
		"<x:CBIDlyStmtReqLogMsg xmlns:x='u'>":                               Statement,
		"\xef\xbb\xbf \n<CBIPrdcStmtReqLogMsg>":                             Statement,
		"<Envelope><AppHdr><Fr/></AppHdr><Document><BkToCstmrDbtCdtNtfctn>": Notification,
	} {
		if got := sniff([]byte(text)); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
		if SniffStatement([]byte(text)) != (want == Statement) || SniffReport([]byte(text)) != (want == Report) || SniffNotification([]byte(text)) != (want == Notification) {
			t.Errorf("%s: the three sniffers do not agree with %q", text, want)
		}
	}
}

// withoutHeader leaves out the lines that tell the version and where rows
// stand, in which two forms of one file may differ.
func withoutHeader(text string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "Header") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// One statement says the same in every dress.
func TestFormsOfOneStatement(t *testing.T) {
	in := golden.Sample(t, "estratto-v8.xml")
	want := withoutHeader(printed(in))
	const open, shut = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">", "</Document>"
	prefixed := regexp.MustCompile(`<(/?)(\w)`).ReplaceAllString(in[strings.Index(in, "<Document"):], "<${1}p:${2}")
	for name, form := range map[string]string{
		"no namespace":               strings.Replace(in, open, "<Document>", 1),
		"other version":              strings.Replace(in, "camt.053.001.08", "camt.053.001.13", 1),
		"prefix":                     "\n" + strings.Replace(prefixed, "xmlns=", "xmlns:p=", 1),
		"BOM and CRLF":               "\xef\xbb\xbf" + strings.ReplaceAll(in, "\n", "\r\n"),
		"message alone":              strings.Replace(strings.Replace(in, open, "", 1), shut, "", 1),
		"business header":            strings.Replace(strings.Replace(in, open, "<Msg><AppHdr><To/></AppHdr>"+open, 1), shut, shut+"</Msg>", 1),
		"status as text":             strings.NewReplacer("<Sts><Cd>", "<Sts>", "</Cd></Sts>", "</Sts>").Replace(in),
		"parties bare":               strings.NewReplacer("<Pty>", "", "</Pty>", "").Replace(in),
		"BIC of version 2":           strings.ReplaceAll(in, "BICFI", "BIC"),
		"days as instants":           regexp.MustCompile(`<Dt>(\d{4}-\d\d-\d\d)</Dt>`).ReplaceAllString(in, "<DtTm>${1}T23:30:00Z</DtTm>"),
		"unknown elements":           strings.ReplaceAll(in, "<Ntry>", "<Ntry><Novelty><Amt Ccy=\"EUR\">9.99</Amt><NtryDtls><TxDtls/></NtryDtls></Novelty>"),
		"amounts in their own words": strings.NewReplacer(">285.00<", "> 285.0000 <", ">20.00<", ">+20<").Replace(in),
	} {
		if diff := cmp.Diff(want, withoutHeader(printed(form))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestEveryCutIsAnError(t *testing.T) {
	for name, in := range golden.Samples(t, "*.xml") {
		in = strings.TrimSpace(in)
		step := 1 + len(in)/4000 // the larger ones at every second or third
		for i := 0; i < len(in); i += step {
			broken := false
			for e := range Read(strings.NewReader(in[:i])) {
				broken = broken || e.Problem != nil && e.Problem.Field == "file" && e.Problem.Severity == formats.Error
			}
			if !broken {
				t.Fatalf("%s cut at %d: no error", name, i)
			}
		}
	}
}

func TestAnEmptyMessageIsOdd(t *testing.T) {
	got := printed("<Document><BkToCstmrStmt><GrpHdr/></BkToCstmrStmt></Document>")
	if !strings.Contains(got, `Severity="warning"`) || strings.Contains(got, `Severity="error"`) || strings.Contains(got, "Statement ") {
		t.Errorf("got %s, want a warning and no statement", got)
	}
	for _, in := range []string{"", "<Document/>", "<Document><Stmt/></Document>", "<Document><BkToCstmrStmt><Stmt></Document>"} {
		if got := printed(in); !strings.Contains(got, `Field="file"`) {
			t.Errorf("%q: got %s, want an error of the file", in, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	golden.Seeds(f, "*.xml")
	f.Add("<BkToCstmrStmt><Stmt><Acct><Id><IBAN>X</IBAN></Id></Acct><Ntry><Amt Ccy='EUR'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd><TxDtls/><TxDtls/></Ntry></Stmt></BkToCstmrStmt>")
	f.Fuzz(func(t *testing.T, in string) { judge(t, Read(strings.NewReader(in))) })
}

// judge checks what holds for any file: events nest, amounts are not negative,
// sums are those of the details, only readable entries are booked.
func judge(t *testing.T, events formats.Reader) {
	t.Helper()
	var statement, closed bool
	var entry *formats.Entry
	details, errors := 0, 0
	for e := range events {
		switch {
		case e.Statement != nil:
			if statement && !closed || entry != nil {
				t.Error("a statement inside another")
			}
			statement, closed = true, false
		case e.Entry != nil:
			if !statement || closed || entry != nil {
				t.Error("an entry outside a statement")
			}
			entry, details = e.Entry, 0
			if entry.Cents < 0 || entry.Booked && entry.Status != "BOOK" {
				t.Errorf("got entry %+v", entry)
			}
		case e.Detail != nil:
			details++
			if entry == nil || e.Detail.Cents < 0 {
				t.Errorf("got detail %+v of entry %+v", e.Detail, entry)
			}
		case e.EntryEnd != nil:
			if entry == nil || details != e.EntryEnd.Details || e.EntryEnd.Agrees && e.EntryEnd.Cents != entry.Cents {
				t.Errorf("got end %+v of entry %+v with %d details", e.EntryEnd, entry, details)
			}
			entry = nil
		case e.Closing != nil:
			if !statement || closed {
				t.Error("a closing without statement")
			}
			closed = true
		case e.Problem != nil && e.Problem.Reason == "":
			t.Error("a problem without reason")
		case e.Problem != nil && e.Problem.Severity == formats.Error:
			errors++
		}
	}
	if errors == 0 && (!closed && statement || entry != nil) {
		t.Error("a file without errors leaves something open")
	}
}

func TestALongTextIsCutAndSaidSo(t *testing.T) {
	in := golden.Sample(t, "avviso-v2.xml")
	part := strings.Repeat("x", 1000)
	for _, long := range []string{
		strings.Replace(in, "<Refs>", "<RmtInf>"+strings.Repeat("<Ustrd>"+part+"</Ustrd>", 30)+"</RmtInf><Refs>", 1),
		strings.Replace(in, "<Refs>", "<RltdDts>"+strings.Repeat("<TxDtTm>"+part+"</TxDtTm>", 30)+"</RltdDts><Refs>", 1),
		strings.Replace(in, "</NtryDtls>", "</NtryDtls>"+strings.Repeat("<AddtlNtryInf>"+part+"</AddtlNtryInf>", 30), 1),
	} {
		got := printed(long)
		if n := strings.Count(got, part); n < 10 || n > 16 || !strings.Contains(got, "testo troppo lungo") {
			t.Errorf("got %d parts of %d, want 16 at the most and a warning", n, 30)
		}
	}
}
