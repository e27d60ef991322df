package pain

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
)

// TestOneDigitOff changes each digit of the totals and amounts of a right
// file: every change is told.
func TestOneDigitOff(t *testing.T) {
	text := golden.Sample(t, "incassi.xml")
	if got := golden.Problems(read(text)); got != "" {
		t.Fatal(got)
	}
	changed := 0
	for _, tag := range []string{"<NbOfTxs>", "<CtrlSum>", `<InstdAmt Ccy="EUR">`} {
		for at := 0; ; {
			i := strings.Index(text[at:], tag)
			if i < 0 {
				break
			}
			at += i + len(tag)
			for k := at; text[k] != '<'; k++ {
				if text[k] == '.' {
					continue
				}
				b := []byte(text)
				b[k] ^= 1
				changed++
				if !golden.Wrong(Read(bytes.NewReader(b))) {
					t.Errorf("%s, byte %d: nothing told", tag, k)
				}
			}
		}
	}
	if changed < 20 {
		t.Errorf("only %d digits changed", changed)
	}
}

func TestTellsWhatIsWrong(t *testing.T) {
	good := golden.Sample(t, "incassi.xml")
	for _, c := range []struct{ old, new, want string }{
		{"<MsgId>INC-2026-0001</MsgId>", "", "error MsgId"},
		{"<MsgId>INC-2026-0001</MsgId>", "<MsgId>A</MsgId><MsgId>B</MsgId>", "error MsgId"},
		{"2026-03-16</ReqdColltnDt>", "2026-02-30</ReqdColltnDt>", "error ReqdColltnDt"},
		{"2026-03-16</ReqdColltnDt>", "16/03/2026</ReqdColltnDt>", "error ReqdColltnDt"},
		{"2025-09-01</DtOfSgntr>", "2025-9-1</DtOfSgntr>", "error DtOfSgntr"},
		{">60.50<", ">60,50<", "error InstdAmt"},
		{">60.50<", ">6e1<", "error InstdAmt"},
		{">60.50<", ">60<!-- -->.50<", "error file"},
		{">60.50<", "><", "error InstdAmt"},
		{`Ccy="EUR">60.50`, `Ccy="€">60.50`, "error InstdAmt"},
		{`Ccy="EUR">60.50`, `Ccy="CHF">60.50`, "warning InstdAmt"},
		{"<CtrlSum>120.5<", "<CtrlSum>120.50000<", ""},
		{"<CtrlSum>120.5<", "<CtrlSum>120.501<", "error CtrlSum"},
		{"<NbOfTxs>3<", "<NbOfTxs>+3<", "error NbOfTxs"},
		{"<NbOfTxs>3<", "<NbOfTxs>9999999999999999<", "error NbOfTxs"},
		{"</Document>", "</Document><Document/>", "error file"},
		{"<Document", "<!DOCTYPE x><Document", "error file"},
		{"CstmrDrctDbtInitn>", "Altro>", "error Document"},
	} {
		got := golden.Problems(read(strings.ReplaceAll(good, c.old, c.new)))
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.new, got, c.want)
		}
	}
}

func TestSignedMessageIsNotRead(t *testing.T) {
	in := `<CBIBdyPaymentRequest xmlns="urn:CBI:xsd:CBIBdyPaymentRequest.00.04.01"><CBIEnvelPaymentRequest><CBISgnInf><Sgnt>AA==</Sgnt></CBISgnInf></CBIEnvelPaymentRequest></CBIBdyPaymentRequest>`
	if got := golden.Problems(read(in)); !strings.HasPrefix(got, "error CBISgnInf|") {
		t.Errorf("got %s", got)
	}
}

// TestLineEnds reads a file whose lines end in two manners, and one that gives
// a byte at a time.
func TestLineEnds(t *testing.T) {
	text := golden.Sample(t, "esiti-cbi.xml")
	want := printed(text)
	if got := printed(strings.Replace(text, ">\n", ">\r\n", 12)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var list []string
	for e := range Read(iotest.OneByteReader(strings.NewReader(text))) {
		if e.Payment != nil {
			list = append(list, e.Payment.References.EndToEnd)
		}
	}
	if fmt.Sprint(list) != "[MENSA-17]" {
		t.Errorf("got %v", list)
	}
}

func TestSourceFails(t *testing.T) {
	in := io.MultiReader(strings.NewReader(golden.Sample(t, "incassi.xml")[:3000]), iotest.ErrReader(errors.New("disk")))
	if got := golden.Problems(Read(in)); got != "error file|" {
		t.Errorf("got %s", got)
	}
}

func TestSniff(t *testing.T) {
	for name, want := range map[string]string{
		"incassi.xml": Debits, "errori.xml": Debits, "bonifici.xml": Transfers, "esiti.xml": Status, "esiti-cbi.xml": Status, "convalida-cbi.xml": Status,
	} {
		head := []byte(golden.Sample(t, name))
		head = head[:min(len(head), 400)]
		got := []bool{SniffTransfers(head), SniffDebits(head), SniffStatus(head)}
		if fmt.Sprint(got) != fmt.Sprint([]bool{want == Transfers, want == Debits, want == Status}) {
			t.Errorf("%s: got %v, want only %s", name, got, want)
		}
	}
	for _, other := range []string{"", "<", "<Document><BkToCstmrStmt><GrpHdr/>", "<flusso_giornale_di_cassa>", "CstmrDrctDbtInitn", ":20:X\r\n:25:Y"} {
		if key := sniff([]byte(other)); key != "" {
			t.Errorf("%q: got %s", other, key)
		}
	}
}

// flood is a message of n payments that is never whole in memory.
func flood(t testing.TB, n int) io.Reader {
	head, rest, _ := strings.Cut(golden.Sample(t, "incassi.xml"), "      <DrctDbtTxInf>")
	one := "      <DrctDbtTxInf>" + rest[:strings.Index(rest, "</DrctDbtTxInf>")] + "</DrctDbtTxInf>\n"
	head = strings.ReplaceAll(head, "<NbOfTxs>3<", fmt.Sprintf("<NbOfTxs>%d<", n))
	head = strings.ReplaceAll(head, "<NbOfTxs>2<", fmt.Sprintf("<NbOfTxs>%d<", n))
	head = strings.ReplaceAll(head, ">120.5<", fmt.Sprintf(">%d.00<", n/2*121))
	head = strings.ReplaceAll(head, ">100.50<", fmt.Sprintf(">%d.00<", n/2*121))
	parts := []io.Reader{strings.NewReader(head)}
	for range n {
		parts = append(parts, strings.NewReader(one))
	}
	return io.MultiReader(append(parts, strings.NewReader("</PmtInf></CstmrDrctDbtInitn></Document>"))...)
}

func TestMemoryIsFlat(t *testing.T) {
	const n = 50_000
	payments := 0
	for e := range golden.Flat(t, 10_000, 1<<20, Read(flood(t, n))) {
		if e.Problem != nil {
			t.Fatal(e.Problem)
		}
		if e.Payment != nil {
			payments++
		}
	}
	if payments != n {
		t.Errorf("got %d payments, want %d", payments, n)
	}
}

func BenchmarkRead(b *testing.B) {
	text, err := io.ReadAll(flood(b, 10_000))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		for e := range Read(bytes.NewReader(text)) {
			if e.Problem != nil {
				b.Fatal(e.Problem)
			}
		}
	}
}

// FuzzRead checks that batches stand inside a message, payments inside a batch,
// amounts are not negative, and every message ends unless the file is broken.
func FuzzRead(f *testing.F) {
	golden.Seeds(f, "*.xml")
	f.Fuzz(func(t *testing.T, in string) {
		message, batch, broken, named := false, false, false, false
		for e := range Read(strings.NewReader(in)) {
			switch {
			case e.Header != nil:
				named = true
			case e.Problem != nil:
				broken = broken || e.Problem.Field == "file" && e.Problem.Severity == formats.Error
			case e.Message != nil:
				if message || !named {
					t.Error("a message inside another, or before the header")
				}
				message, batch = true, false
			case e.Batch != nil:
				if batch = true; !message {
					t.Error("a batch outside a message")
				}
			case e.Payment != nil:
				if !batch || e.Payment.Cents < 0 {
					t.Error("a payment outside a batch, or negative")
				}
			case e.MessageEnd != nil:
				if !message {
					t.Error("a message ends twice")
				}
				message = false
			}
		}
		if message && !broken {
			t.Error("a message never ends")
		}
	})
}
