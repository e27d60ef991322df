package codes

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/shared"
)

func TestMentions(t *testing.T) {
	const flow = "2026-03-11ABCDITR1XXX-S2026031101"
	whole := []Mention{{NamesFlow, flow, "", true}}
	for text, want := range map[string][]Mention{
		"/PUR/LGPE-RIVERSAMENTO/URI/" + flow:                                              whole,
		"/PUR/LGPE-RIVERSAMENTO/TXT/0/URI/" + flow + " DA BANCA":                          whole,
		".PUR.LGPE-RIVERSAMENTO.URI." + flow:                                              whole,
		"lgpe- riversamento uri 2026-0 3-11ABCDITR1XXX-S2026031101":                       whole,
		"L GPE-RIVERS AMENTO/URI/2026-03-11 ABCDITR1XXX-S2026031101":                      whole,
		":RI3:/PUR/LGPE-RIVERSAMENTO/URI/" + flow + " :SEC:CASH":                          whole,
		"/PUR/LGPE-RIVERSAMENTO/URI/" + flow + " PER .PUR.LGPE-RIVERSAMENTO.URI.2026-03-": whole,
		".PUR.LGPE-RIVERSAMENTO.URI.2026-03- PER /PUR/LGPE-RIVERSAMENTO/URI/" + flow:      whole,
		"/PUR/LGPE-RIVERSAMENTO/URI/2026-03-":                                             {{NamesFlow, "2026-03-", "", false}},
		"/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11 BONIFICO":                                  {{NamesFlow, "2026-03-11BONIFICO", "", false}},
		"/PUR/LGPE-RIVERSAMENTO/URI/":                                                     {{NamesFlow, "", "", false}},
		"/PUR/LGPE/RIVERSAMENTO/" + flow:                                                  nil,
		"/RFB/010000000000000473/35.01/TXT/mensa":                                         {{NamesPayment, "010000000000000473", "35.01", true}},
		"RFS/RF63 0100 0000 0000 0000 0047 3/35.01":                                       {{NamesPayment, "RF63010000000000000000473", "35.01", true}},
		"bollo, IUV: 010000000000473":                                                     {{NamesPayment, "010000000000473", "", true}},
		"saldo RF63010000000000000000473 grazie":                                          {{NamesPayment, "RF63010000000000000000473", "", true}},
		"saldo RF64010000000000000000473 grazie":                                          nil,
		"avviso 301001000000016488.":                                                      {{NamesCode, "301001000000016488", "", true}},
		"avviso 301001000000016489 e 3010010000000164880":                                 nil,
		"": nil,
		"VERSAMENTO INCASSI POS DEL 11/03 TERM 01234567": nil,
	} {
		if d := cmp.Diff(want, Mentions(text)); d != "" {
			t.Errorf("%s: %s", text, d)
		}
	}
}

func TestResolve(t *testing.T) {
	known := NewFlowIDs("2026-03-11ABCDITR1XXX-S1", "2026-03-11ABCDITR1XXX-S12", "2026-03-12SATYLUL1-6739409545322700", "2026-03-11EFGHITR1-7", "f3c6ec9ad3ae49d6")
	for _, c := range []struct {
		text  string
		ids   string
		exact bool
	}{
		{"/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11ABCDITR1XXX-S12", "2026-03-11ABCDITR1XXX-S12", true},
		{"/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11ABCDITR1XXX-S1 2", "2026-03-11ABCDITR1XXX-S12", true}, // glued, and the longer one is known
		{"/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11ABCDITR1XXX-S1", "2026-03-11ABCDITR1XXX-S1", true},
		{"/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11ABCDITR1XXX-S13", "2026-03-11ABCDITR1XXX-S1", false}, // another id that begins alike
		{"/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11ABCDITR1XXX-", "2026-03-11ABCDITR1XXX-S1 2026-03-11ABCDITR1XXX-S12", false},
		{"/PUR/LGPE-RIVERSAMENTO/URI/2026-03-", "", false},
		{"/PUR/LGPE-RIVERSAMENTO/URI/2026-03-12SATYLUL1-67394095 /ZZ4/45322700/ZZ4/ x", "2026-03-12SATYLUL1-6739409545322700", true},
		{"/PUR/LGPE-RIVERSAMENTO/URI/f3c6ec9ad3ae49d6 e poi", "f3c6ec9ad3ae49d6", true},
		{"accredito 20 26-03-11EFGHITR1-7 senza marchio", "2026-03-11EFGHITR1-7", true},
		{"accredito 2026-03-11EFGHITR1-78", "", false},
		{"LGPE-RIVERSAMENTO/URI/2026-03-11EFGHITR1-7 e LGPE-RIVERSAMENTO/URI/2026-03-11ABCDITR1XXX-S1", "2026-03-11EFGHITR1-7 2026-03-11ABCDITR1XXX-S1", true},
		{"/PUR/LGPE-RIVERSAMENTO/URI/2026-04-01ABCDITR1XXX-S9", "", false},
	} {
		ids, exact := known.Resolve(c.text)
		if strings.Join(ids, " ") != c.ids || exact != c.exact {
			t.Errorf("%s: got %v %t, want %s %t", c.text, ids, exact, c.ids, c.exact)
		}
	}
}

// sample is a text that others wrote and what it names.
type sample struct {
	text, code string
	naming     Naming
	whole      bool
}

func publicSamples(t *testing.T) (samples []sample) {
	dir := shared.Path(t, "corpora")
	for _, row := range records(t, filepath.Join(dir, "pagopa", "causali.tsv"), '\t') {
		s := sample{text: row[0], naming: map[string]Naming{"IUF": NamesFlow, "IUV": NamesPayment}[row[1]], whole: true}
		switch s.code, _, _ = strings.Cut(row[2], " amount "); {
		case strings.HasPrefix(s.code, "(not asserted; the routine stops at the blank: "):
			s.code = "10c4f341267947eca9f8f6a7a567a414"
		case strings.HasPrefix(s.code, "(not asserted in the source) first occurrence reads "):
			s.code = "2021-03-17SIGPITM1XXX-S005147952"
		case s.naming == "":
			s.code = ""
		}
		samples = append(samples, s)
	}
	for _, row := range records(t, filepath.Join(dir, "treasury", "causale_reference_vectors_synthetic.csv"), ',') {
		naming := map[string]Naming{"cumulative": NamesFlow, "truncated": NamesFlow, "single": NamesPayment}[row[1]]
		samples = append(samples, sample{row[0], row[2], naming, row[1] != "truncated"})
	}
	return samples
}

func records(t *testing.T, path string, comma rune) [][]string {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = comma, true
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 10 {
		t.Fatal(len(rows), err)
	}
	return rows[1:]
}

func TestPublicTexts(t *testing.T) {
	samples := publicSamples(t)
	var known []string
	for _, s := range samples {
		if s.naming == NamesFlow && s.whole {
			known = append(known, s.code, s.code+"9", "2020"+s.code[4:]) // and rivals that differ a little
		}
	}
	index := NewFlowIDs(known...)
	for _, s := range samples {
		got := Mentions(s.text)
		if s.naming == "" {
			if len(got) != 0 {
				t.Errorf("%s: got %v, want nothing", s.text, got)
			}
			continue
		}
		if len(got) == 0 || got[0].Naming != s.naming || got[0].Code != s.code || got[0].Whole != s.whole {
			t.Errorf("%s: got %v, want %s %s, whole %t", s.text, got, s.naming, s.code, s.whole)
		}
		if ids, exact := index.Resolve(s.text); s.naming == NamesFlow && (exact != s.whole || exact && !slices.Equal(ids, []string{s.code})) {
			t.Errorf("%s: resolved %v %t, want %s", s.text, ids, exact, s.code)
		}
	}
	t.Logf("%d texts", len(samples))
}

func FuzzMentions(f *testing.F) {
	for _, text := range []string{
		"/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11ABCDITR1XXX-S2026031101 TRN 1", "L GPE-RIVERSAMENTO URI 2026-03- 11 A-1",
		"/RFS/RF63 0100 0000 0000 0000 0047 3/35.01", "RFB 123456789012345", "IUV 1", "avviso 301001000000016488", "LGPE-RIVERSAMENTO/URI/é",
	} {
		f.Add(text)
	}
	known := NewFlowIDs("2026-03-11ABCDITR1XXX-S2026031101", "A1")
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range Mentions(text) {
			if len(m.Code) > maxFlowID && m.Naming != NamesFlow || strings.ContainsAny(m.Code, " \n") {
				t.Errorf("%q: got %+v", text, m)
			}
		}
		if ids, exact := known.Resolve(text); exact && len(ids) == 0 {
			t.Errorf("%q: exact and nothing", text)
		}
	})
}
