package codes

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestKind(t *testing.T) {
	matrix, err := Matrix(Printed{Notice: "301001000000016488", Creditor: "80000000002", Account: "1", Cents: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		typed, code string
		sorts       []Sort
	}{
		{"3010 0100 0000 0164 88", "301001000000016488", []Sort{SortNotice, SortSlip}},
		{"347000000880099993", "347000000880099993", []Sort{SortNotice, SortSlip}},
		{"02525-76500951109-00", "025257650095110900", []Sort{SortNotice, SortSlip}},
		{"9307 0490 0900 0042 35", "930704900900004235", []Sort{SortSlip}},
		{"rccmnl 83s18 d969h", "RCCMNL83S18D969H", []Sort{SortPerson}},
		{"007 431 101 57", "00743110157", []Sort{SortVAT, SortFiscal}},
		{"80000000002", "80000000002", []Sort{SortFiscal}},
		{"it60 X054 2811 1010 0000 0123 456", "IT60X0542811101000000123456", []Sort{SortIBAN}},
		{"RF18 5390 0754 7034", "RF18539007547034", []Sort{SortRF, SortIUV}},
		{"IT74ZZZ0000009848941002", "IT74ZZZ0000009848941002", []Sort{SortCreditorID}},
		{"01001000000016488", "01001000000016488", []Sort{SortIUV}},
		{"000000025275723", "000000025275723", []Sort{SortIUV}},
		{"PAGOPA|002|301001000000016488|80000000002|9999", "301001000000016488", []Sort{SortNotice}},
		{matrix, "301001000000016488", []Sort{SortNotice}},
		{strings.TrimRight(matrix, "A ") + "\n", "301001000000016488", []Sort{SortNotice}},
		{"<240704900900004256> 00000135+50> 000000012345< 896>", "240704900900004256", []Sort{SortSlip, SortNotice}},
		{"18240704900900004256120000000123451000000135503896", "240704900900004256", []Sort{SortSlip, SortNotice}},
		{"Verbale 123/2026", "VERBALE1232026", nil},
		{"", "", nil},
	} {
		code, sorts := Kind(c.typed)
		if code != c.code {
			t.Errorf("Kind(%q): got %q, want %q", c.typed, code, c.code)
		}
		if diff := cmp.Diff(c.sorts, sorts, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("Kind(%q): %s", c.typed, diff)
		}
	}
}

func TestClean(t *testing.T) {
	for typed, want := range map[string]string{
		" it60\u00a0x054-2811\t": "IT60X0542811",
		"3010–0100—0000":         "301001000000",
		"12.34/5\u200b":          "12345",
		"a_b'":                   "A_B'",
	} {
		if got := Clean(typed); got != want {
			t.Errorf("Clean(%q): got %q, want %q", typed, got, want)
		}
	}
}

// FuzzKind holds that no text makes a reader fail, that what is read is
// written back alike, and that Clean changes nothing twice.
func FuzzKind(f *testing.F) {
	for _, s := range []string{"301001000000016488", "RCCMNL83S18D969H", "IT60X0542811101000000123456", "RF18539007547034",
		"PAGOPA|002|301001000000016488|80000000002|9999", "<240704900900004256> 00000135+50> 000000012345< 896>",
		"18240704900900004256120000000123451000000135503896", "codfase=NBPA;183010010000000164881200000000000110000000000138961P180000000002"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, _ := Kind(s)
		if got := Clean(Clean(s)); got != Clean(s) {
			t.Errorf("Clean twice: got %q, want %q", got, Clean(s))
		}
		if slip, err := ReadSlipPayload(s); err == nil {
			if got, err := SlipPayload(slip.Code, slip.Account, slip.Cents); err != nil || got != s {
				t.Errorf("payload read and written: got %q, %v, want %q", got, err, s)
			}
		}
		if slip, err := ReadSlipLine(s); err == nil && code != slip.Code {
			t.Errorf("Kind of a line: got %q, want %q", code, slip.Code)
		}
		if p, err := ReadQR(s); err == nil && p.Cents > 0 {
			text, err := QR(p)
			if err != nil {
				t.Fatal(err)
			}
			if back, err := ReadQR(text); err != nil || back != p {
				t.Errorf("square symbol read, written and read: got %+v, %v, want %+v", back, err, p)
			}
		}
		if p, err := ReadMatrix(s); err == nil {
			if _, err := Matrix(p); err != nil {
				t.Errorf("postal symbol read but not written: %v", err)
			}
		}
	})
}
