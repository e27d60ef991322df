package camt

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cassacomune/app/shared"
)

// What holds for any file holds for those that others wrote. What they are
// expected to hold is compared where inspect is.
func TestPublishedFiles(t *testing.T) {
	dir := shared.Path(t, "corpora/bank")
	files, err := filepath.Glob(filepath.Join(dir, "c*", "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, file := range files {
		in, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if sniff(in) != "" {
			read++
			judge(t, Read(bytes.NewReader(in)))
		}
	}
	if read < 42 {
		t.Errorf("got %d files, want the 42 that are ours", read)
	}
}

// Cases that the public samples hold, each with what must come of it.
func TestPublishedCases(t *testing.T) {
	dir := shared.Path(t, "corpora/bank")
	for file, wants := range map[string][]string{
		"camt.054/moov__200519_camt054-returns_p_ch2909000000250094239_1109800798_0_2019052023472022.xml": {`Returned="AC01"`, "Credit=true Cents=400.00"},
		"camt.053/oca__test-camt053-no-ntry.xml":                                                          {"Statement ", "Closing Closing=1520.76"},
		"camt.053/bsp__camt053_duplicate_same_day.xml":                                                    {"Cents=4.50"},
		"camt.053/bsp__camt053_multicurrency.xml":                                                         {`Account="US-ACCT-0099" Currency="USD"`},
		"camt.053/moov__FI_camt_053_sample.xml.xml":                                                       {"Batch=4", "Agrees=true"},
		"camt.052/srcamt__business_sample_camt.052.001.04.xml":                                            {"Batch=20", `Status="PDNG"`, "EntryEnd\n"},
		"camt.053/viafintech__camt053_valid_example_v8.xml":                                               {`Ultimate={Name="John Doe"}`, `UETR="d0826d0f-a005-5e3b-b3dc-54da4ac7f0d0"`},
		"camt.053/viafintech__camt053_valid_example_v4.xml":                                               {"Reversal=true", `Returned="MD06"`, `Returned="NARR"`},
		"cbi-xml/tpmedi__example-in-strn-st-001-cbi-dly-stmt-req-log-msg.xml":                             {`BankCode="48"`, `Version="CBIDlyStmtReqLogMsg.00.01.02"`, `Body="CY3KU"`, `Bank="DLONQFHGORX"`},
		"camt.054/moov__FI_camt_054_sample.xml.xml":                                                       {"Reversal=true", `Returned="AC01"`, `Returned="CUST"`},
		"camt.053/genkgo__camt053.v2.five.decimals.xml":                                                   {"Cents=8.85"},
	} {
		in, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		got := printed(string(in))
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %s in\n%s", file, want, got)
			}
		}
	}
}
