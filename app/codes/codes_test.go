package codes

import (
	"math/rand/v2"
	"strings"
	"testing"

	"cassacomune/app/day"
	"github.com/google/go-cmp/cmp"
)

// answer names the outcome of a check: "" when right, else the fault's key.
func answer(err error) string {
	if err == nil {
		return ""
	}
	return keyOf(err)
}

func TestCheck(t *testing.T) {
	checks := map[string]func(string) error{
		"fiscal": CheckFiscalCode, "vat": CheckVAT, "iban": CheckIBAN, "rf": CheckRF,
		"creditor": CheckCreditorID, "notice": CheckNotice, "slip": CheckSlip,
	}
	for _, c := range []struct{ check, code, want string }{
		{"fiscal", "RCCMNL83S18D969H", ""},
		{"fiscal", "RCCMNL83S18D969A", "codes.fiscal.check"},
		{"fiscal", "rccmnl83s18d969h", "codes.fiscal.form"},
		{"fiscal", "RCCMNL83F18D969H", "codes.fiscal.form"}, // F is no month
		{"fiscal", "RCCMNL8AS18D969H", "codes.fiscal.form"}, // A stands for no digit
		{"fiscal", "RCCMNL83S31D969H", "codes.fiscal.date"}, // 31 November
		{"fiscal", "RCCMNL83B29D969H", "codes.fiscal.date"}, // neither 1983 nor 2083 is a leap year
		{"fiscal", "RCCMNL83S00D969H", "codes.fiscal.date"},
		{"fiscal", "RCCMNL83S40D969H", "codes.fiscal.date"}, // no day 40, and women start at 41
		{"fiscal", "RCCMNL83S18D969", "codes.fiscal.length"},
		{"fiscal", "RCCMNL83S18D96ÀH", "codes.fiscal.length"}, // 17 bytes
		{"fiscal", "", "codes.fiscal.length"},
		{"fiscal", "00743110157", ""},
		{"fiscal", "00743110158", "codes.fiscal.check"},
		{"fiscal", "0074311015A", "codes.fiscal.form"},
		{"fiscal", "00000000000", "codes.fiscal.form"},
		{"fiscal", "80000000011", "codes.fiscal.check"},
		{"fiscal", "80000000002", ""}, // a public body: fiscal code, and no VAT number
		{"vat", "00743110157", ""},
		{"vat", "00743110156", "codes.vat.check"},
		{"vat", "80000000002", "codes.vat.office"},
		{"vat", "00000000018", "codes.vat.office"},
		{"vat", "743110157", "codes.vat.form"},
		{"iban", "IT60X0542811101000000123456", ""},
		{"iban", "IT60X0542811101000000123457", "codes.iban.check"},
		{"iban", "IT61X0542811101000000123456", "codes.iban.check"},
		{"iban", "IT64Y0542811101000000123456", "codes.iban.cin.check"}, // 97 is right, the letter is not
		{"iban", "IT60X054281110100000012345", "codes.iban.length"},
		{"iban", "IT60X05428A1101000000123456", "codes.iban.form"},
		{"iban", "DE89370400440532013000", ""}, // the German example of the public registry
		{"iban", "RF18539007547034", "codes.iban.form"},
		{"iban", "IT", "codes.iban.form"},
		{"rf", "RF18539007547034", ""},
		{"rf", "RF63010000000000000000473", ""},
		{"rf", "RF23567483937849450550875", "codes.rf.check"}, // printed as an example by a manual, and wrong
		{"rf", "RF18", "codes.rf.form"},
		{"rf", "RF1853900754703412345678901", "codes.rf.form"},
		{"creditor", "IT74ZZZ0000009848941002", ""},
		{"creditor", "IT74A010000009848941002", ""}, // the business code is not checked
		{"creditor", "IT75ZZZ0000009848941002", "codes.creditor.check"},
		{"creditor", "IT74ZZZ09848941002", "codes.creditor.length"},
		{"creditor", "IT7", "codes.creditor.form"},
		{"notice", "301001000000016488", ""},
		{"notice", "341000000000030285", ""},
		{"notice", "001000000025275723", ""},
		{"notice", "002152784547130177", ""},
		{"notice", "100000000000000000", ""}, // aux 1 has no check digits
		{"notice", "347000000880099993", "codes.notice.check"},
		{"notice", "302012387654312384", "codes.notice.check"},
		{"notice", "401001000000016488", "codes.notice.form"},
		{"notice", "30100100000001648", "codes.notice.form"},
		{"notice", "30100100000001648x", "codes.notice.form"},
		{"slip", "240704900900004256", ""},
		{"slip", "025257650095110900", ""},
		{"slip", "240704900900004257", "codes.slip.check"},
		{"slip", "24070490090000425", "codes.slip.form"},
	} {
		got := answer(checks[c.check](c.code))
		if got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.check, c.code, got, c.want)
		}
		if got, want := WrongCheck(checks[c.check](c.code)), strings.HasSuffix(c.want, ".check"); got != want {
			t.Errorf("WrongCheck of %s %q: got %v, want %v", c.check, c.code, got, want)
		}
	}
}

// TestErrorsHideTheCode holds that no error repeats a personal code.
func TestErrorsHideTheCode(t *testing.T) {
	for _, s := range []string{"RCCMNL83S18D969A", "RCCMNL83S31D969H", "RCCMNL83S18D969", "IT60X0542811101000000123457"} {
		for _, k := range kinds {
			if err := k.check(s); err != nil && strings.Contains(err.Error(), s[:6]) {
				t.Errorf("%s: the error repeats the code: %v", k.sort, err)
			}
		}
	}
}

func TestReadPerson(t *testing.T) {
	got, err := ReadPerson("RCCMNL83S18D969H")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Person{YearOfCentury: 83, Month: 11, Day: 18, Place: "D969"}, got); diff != "" {
		t.Error(diff)
	}
	woman := "RSSMRA00B69E625"
	got, err = ReadPerson(woman + string(letter26(woman)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Person{Month: 2, Day: 29, Female: true, Place: "E625"}, got); diff != "" {
		t.Error(diff)
	}
	// 29 February 1900 did not exist, 2000 did.
	if got, want := got.Born(day.New(2026, 7, 1)), day.New(2000, 2, 29); got != want {
		t.Errorf("Born: got %v, want %v", got, want)
	}
	if got, want := (Person{YearOfCentury: 30, Month: 1, Day: 5}).Born(day.New(2026, 7, 1)), day.New(1930, 1, 5); got != want {
		t.Errorf("Born: got %v, want %v", got, want)
	}
}

func TestOmocodiaRoundTrip(t *testing.T) {
	const base = "RCCMNL83S18D969H"
	want, err := ReadPerson(base)
	if err != nil {
		t.Fatal(err)
	}
	for mask := range 1 << len(omocodiaPlaces) {
		b := []byte(base)
		want.Substituted = 0
		for i, place := range omocodiaPlaces {
			if mask>>i&1 == 1 {
				b[place] = omocodiaLetters[b[place]-'0']
				want.Substituted++
			}
		}
		b[15] = letter26(string(b[:15]))
		if got, err := ReadPerson(string(b)); err != nil || got != want {
			t.Fatalf("ReadPerson(%s): got %+v, %v, want %+v", b, got, err, want)
		}
		if plain, _, ok := decodeOmocodia(string(b)); !ok || plain[:15] != base[:15] {
			t.Fatalf("decodeOmocodia(%s): got %s, want %s", b, plain, base)
		}
	}
}

// TestSingleErrors changes one character of a right code into every other of
// its class: each algorithm guarantees that it notices.
func TestSingleErrors(t *testing.T) {
	for name, c := range map[string]struct {
		check func(string) error
		codes []string
	}{
		"fiscal":   {CheckFiscalCode, []string{"RCCMNL83S18D969H", "00743110157", "80000000002"}},
		"vat":      {CheckVAT, []string{"00743110157"}},
		"iban":     {CheckIBAN, []string{"IT60X0542811101000000123456"}},
		"rf":       {CheckRF, []string{"RF18539007547034"}},
		"notice":   {CheckNotice, []string{"301001000000016488", "001000000025275723"}},
		"slip":     {CheckSlip, []string{"240704900900004256"}},
		"creditor": {CheckCreditorID, []string{"IT74ZZZ0000009848941002"}},
	} {
		for _, code := range c.codes {
			if err := c.check(code); err != nil {
				t.Fatalf("%s %s: %v", name, code, err)
			}
			for i := range code {
				if name == "creditor" && i >= 4 && i < 7 || name == "notice" && i == 0 {
					continue // not checked; another auxiliary digit is another layout
				}
				for _, other := range classOf(code[i]) {
					wrong := code[:i] + string(other) + code[i+1:]
					if wrong != code && c.check(wrong) == nil {
						t.Errorf("%s: %s passes as %s", name, code, wrong)
					}
				}
			}
		}
	}
}

func classOf(c byte) string {
	if isDigit(c) {
		return "0123456789"
	}
	return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
}

func TestBuiltCodesPass(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		notice, err := NewNotice(r.IntN(100), r.Int64N(maxNoticeBase+1))
		if err != nil || CheckNotice(notice) != nil {
			t.Fatalf("NewNotice: %q, %v", notice, err)
		}
		if back, err := NoticeOfIUV(IUV(notice)); err != nil || back != notice {
			t.Fatalf("NoticeOfIUV(%q): got %q, %v, want %q", IUV(notice), back, err, notice)
		}
		slip, err := NewSlip(notice[:16])
		if err != nil || slip != notice {
			t.Fatalf("NewSlip: got %q, %v, want the notice's check digits, %q", slip, err, notice)
		}
		rf, err := NewRF(notice)
		if err != nil || CheckRF(rf) != nil {
			t.Fatalf("NewRF: %q, %v", rf, err)
		}
		iban, err := NewItalianIBAN(abiPoste, notice[:5], notice[4:16])
		if err != nil || CheckIBAN(iban) != nil {
			t.Fatalf("NewItalianIBAN: %q, %v", iban, err)
		}
		if got, ok := PostalAccount(iban); !ok || got != notice[4:16] {
			t.Fatalf("PostalAccount(%s): got %q, %v", iban, got, ok)
		}
		fiscal := notice[2:12] + string(luhn(notice[2:12]))
		id, err := NewCreditorID("ZZZ", fiscal)
		if fiscal != "00000000000" && (err != nil || CheckCreditorID(id) != nil) {
			t.Fatalf("NewCreditorID(%s): %q, %v", fiscal, id, err)
		}
	}
	if got, _ := NewCreditorID("ZZZ", "09848941002"); got != "IT74ZZZ0000009848941002" {
		t.Errorf("NewCreditorID: got %s", got)
	}
	if got, _ := NewItalianIBAN("05428", "11101", "000000123456"); got != "IT60X0542811101000000123456" {
		t.Errorf("NewItalianIBAN: got %s", got)
	}
	if got, _ := NewRF("539007547034"); got != "RF18539007547034" {
		t.Errorf("NewRF: got %s", got)
	}
}

func TestBuildRefuses(t *testing.T) {
	refused := func(name string, err error, want string) {
		t.Helper()
		if got := answer(err); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	_, err := NewNotice(100, 1)
	refused("segregation 100", err, "codes.notice.segregation")
	_, err = NewNotice(-1, 1)
	refused("segregation -1", err, "codes.notice.segregation")
	_, err = NewNotice(1, maxNoticeBase+1)
	refused("base of 14 digits", err, "codes.notice.base")
	_, err = NewNotice(1, -1)
	refused("negative base", err, "codes.notice.base")
	_, err = NewSlip("123")
	refused("short base", err, "codes.slip.base")
	_, err = NewRF("")
	refused("empty reference", err, "codes.rf.form")
	_, err = NewCreditorID("ZZZ", "09848941003")
	refused("wrong fiscal code", err, "codes.fiscal.check")
	_, ok := PostalAccount("IT60X0542811101000000123456")
	if ok {
		t.Error("PostalAccount of a bank's IBAN: got true, want false")
	}
}

func TestReadNotice(t *testing.T) {
	for notice, want := range map[string]Notice{
		"301001000000016488": {Aux: 3, Segregation: "01", IUV: "01001000000016488"},
		"001000000025275723": {Aux: 0, Application: "01", IUV: "000000025275723"},
		"112345678901234567": {Aux: 1, IUV: "12345678901234567"},
		"347000000880099993": {Aux: 3, Segregation: "47", IUV: "47000000880099993"}, // wrong check, read all the same
	} {
		got, _ := ReadNotice(notice)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ReadNotice(%s): %s", notice, diff)
		}
		if got := IUV(notice); got != want.IUV {
			t.Errorf("IUV(%s): got %s, want %s", notice, got, want.IUV)
		}
	}
	if got := IUV("999"); got != "" {
		t.Errorf("IUV(999): got %q, want none", got)
	}
}
