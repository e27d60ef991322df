package codes

import (
	"strings"
	"testing"

	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/shared"
	"github.com/google/go-cmp/cmp"
)

func keyOf(err error) string { return fault.Of(err).Key }

type slipVector struct{ base, code, account, payload, line, cents string }

var slipVectors = []slipVector{
	{"2407049009000042", "240704900900004256", "12345", "18240704900900004256120000000123451000000135503896",
		"<240704900900004256> 00000135+50> 000000012345< 896>", "135.50"},
	{"0252576500951109", "025257650095110900", "001007214826", "18025257650095110900120010072148261000000120673896",
		"<025257650095110900> 00000120+67> 001007214826< 896>", "120.67"},
}

func TestSlip(t *testing.T) {
	for _, v := range slipVectors {
		v.test(t)
	}
}

func (v slipVector) test(t *testing.T) {
	t.Helper()
	cents, err := money.ParseDecimal(v.cents)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := NewSlip(v.base); err != nil || got != v.code {
		t.Errorf("NewSlip(%s): got %s, %v, want %s", v.base, got, err, v.code)
	}
	if got, err := SlipPayload(v.code, v.account, cents); err != nil || got != v.payload {
		t.Errorf("SlipPayload: got %s, %v, want %s", got, err, v.payload)
	}
	if got, err := SlipLine(v.code, v.account, cents); err != nil || got != v.line {
		t.Errorf("SlipLine: got %s, %v, want %s", got, err, v.line)
	}
	want := Slip{Code: v.code, Account: strings.Repeat("0", 12-len(v.account)) + v.account, Cents: cents}
	if got, err := ReadSlipPayload(v.payload); err != nil || got != want {
		t.Errorf("ReadSlipPayload: got %+v, %v, want %+v", got, err, want)
	}
	if got, err := ReadSlipLine(v.line); err != nil || got != want {
		t.Errorf("ReadSlipLine: got %+v, %v, want %+v", got, err, want)
	}
}

func TestSlipCorpus(t *testing.T) {
	for _, r := range shared.Table(t, "corpora/legacy/td896-vectors.csv")[1:] {
		cents := strings.Replace(strings.TrimLeft(r[4], "0"), "+", ".", 1)
		slipVector{r[1], r[2], r[3], r[5], r[6], cents}.test(t)
	}
}

func TestSlipRefuses(t *testing.T) {
	for _, c := range []struct {
		code, account string
		cents         money.Cents
		want          string
	}{
		{"240704900900004257", "12345", 1, "codes.slip.check"},
		{"240704900900004256", "1234567890123", 1, "codes.slip.account"},
		{"240704900900004256", "", 1, "codes.slip.account"},
		{"240704900900004256", "12a45", 1, "codes.slip.account"},
		{"240704900900004256", "12345", -1, "codes.slip.amount"},
		{"240704900900004256", "12345", maxSlip + 1, "codes.slip.amount"},
		{"240704900900004256", "12345", maxSlip, ""},
		{"240704900900004256", "12345", 0, ""},
	} {
		line, err := SlipLine(c.code, c.account, c.cents)
		if got := answer(err); got != c.want || (err == nil) != (len(line) == 52) {
			t.Errorf("SlipLine(%s, %s, %d): got %q, %q, want %q", c.code, c.account, c.cents, line, got, c.want)
		}
		payload, err := SlipPayload(c.code, c.account, c.cents)
		if got := answer(err); got != c.want || (err == nil) != (len(payload) == 50) {
			t.Errorf("SlipPayload(%s, %s, %d): got %q, %q, want %q", c.code, c.account, c.cents, payload, got, c.want)
		}
	}
}

func TestMatrix(t *testing.T) {
	p := Printed{
		Notice: "301001000000016488", Creditor: "80000000002", Account: "12345", Cents: 135_50,
		Debtor: "RCCMNL83S18D969H", Name: "Niccolò D’Este", Subject: "Tassa sui rifiuti: 1ª rata – Straße €",
	}
	got, err := Matrix(p)
	if err != nil {
		t.Fatal(err)
	}
	want := "codfase=NBPA;" + "18301001000000016488" + "12000000012345" + "100000013550" + "3896" + "1P1" + "80000000002" +
		"RCCMNL83S18D969H" + "NICCOLO D'ESTE" + strings.Repeat(" ", 26) +
		"TASSA SUI RIFIUTI: 1 RATA - STRASSE EUR" + strings.Repeat(" ", 71) + strings.Repeat(" ", 12) + "A"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(got) != 256 || got[15:33] != p.Notice || got[49:59] != "0000013550" || got[66:77] != p.Creditor {
		t.Errorf("Matrix: %d characters, or the places that readers cut are wrong: %q", len(got), got)
	}
	back, err := ReadMatrix(got)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Matrix(back)
	if err != nil || again != got {
		t.Errorf("written, read and written again: got %q, %v, want %q", again, err, got)
	}
	cut, err := ReadMatrix(got[:77])
	if err != nil || cut.Notice != p.Notice || cut.Cents != p.Cents || cut.Debtor != "" {
		t.Errorf("ReadMatrix of the fixed part: got %+v, %v", cut, err)
	}
	p.Name, p.Subject = strings.Repeat("é", 300), strings.Repeat("x", 300)
	if got, err := Matrix(p); err != nil || len(got) != 256 {
		t.Errorf("Matrix of long texts: got %d characters, %v, want 256", len(got), err)
	}
	if _, err := ReadMatrix(strings.Replace(got, "38961P1", "3896P1", 1)); err == nil {
		t.Error("ReadMatrix: a text that lost a character passes")
	}
}

func TestQR(t *testing.T) {
	got, err := QR(Printed{Notice: "301001000000016488", Creditor: "80000000002", Cents: 99_99})
	if want := "PAGOPA|002|301001000000016488|80000000002|9999"; err != nil || got != want {
		t.Errorf("QR: got %q, %v, want %q", got, err, want)
	}
	back, err := ReadQR("PAGOPA|002|301001000000016488|80000000002|0005\r\n")
	if err != nil || back.Cents != 5 || back.Notice != "301001000000016488" {
		t.Errorf("ReadQR: got %+v, %v", back, err)
	}
	for s, want := range map[string]string{
		"PAGOPA|002|301001000000016488|80000000002":             "codes.qr.form",
		"PAGOPA|002|301001000000016488|80000000002|":            "codes.qr.form",
		"PAGOPA|002|301001000000016488|80000000002|99,99":       "codes.qr.form",
		"PAGOPA|003|301001000000016488|80000000002|9999":        "codes.qr.form",
		"PAGOPA|002|30100100000001648|80000000002|9999":         "codes.notice.form",
		"PAGOPA|002|301001000000016488|80000000003|9999":        "codes.fiscal.check",
		"PAGOPA|002|301001000000016488|80000000002|99999999999": "codes.qr.form",
		"PAGOPA|002|000000000000000000|00000000000|9999":        "codes.fiscal.form",
	} {
		if _, err := ReadQR(s); answer(err) != want {
			t.Errorf("ReadQR(%s): got %q, want %q", s, answer(err), want)
		}
	}
	for _, cents := range []money.Cents{0, -1, maxQR + 1} {
		if _, err := QR(Printed{Notice: "301001000000016488", Creditor: "80000000002", Cents: cents}); answer(err) != "codes.notice.amount" {
			t.Errorf("QR of %d cents: got %v", cents, err)
		}
	}
}
