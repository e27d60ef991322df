package camt

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// differences from the table of expectations, each with its reason. An amount
// that we refuse is not there for us; a balance in a currency that is not the
// account's closes nothing.
var differences = map[string]string{
	"camt.052/hbci4j__test-camt-parse-5200108-invalid-saldo.xml opening": "thirteen decimals of euro are refused",
	"camt.052/hbci4j__test-camt-parse-5200108-invalid-saldo.xml closing": "thirteen decimals of euro are refused",
	"camt.053/genkgo__camt053.v2.minimal.ultimate.xml closing":           "the closing balance is in SEK, the account in EUR",
	"camt.053/genkgo__camt053.v2.minimal.xml closing":                    "the closing balance is in SEK, the account in EUR",
	"camt.053/genkgo__camt053.v8.xml closing":                            "the closing balance is in SEK, the account in EUR",
}

// TestPublishedStatements meets the table of expectations row by row.
func TestPublishedStatements(t *testing.T) {
	dir := shared(t, "corpora/bank")
	table, err := os.Open(filepath.Join(dir, "EXPECTED.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	rows, err := csv.NewReader(table).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	files, met := 0, map[string]bool{}
	for _, row := range rows[1:] {
		if !strings.HasPrefix(row[0], "camt.") && !strings.HasPrefix(row[0], "cbi-xml/") {
			continue
		}
		files++
		in, err := os.ReadFile(filepath.Join(dir, row[0]))
		if err != nil {
			t.Fatal(err)
		}
		if sniff(in) == "" {
			t.Errorf("%s: not recognised", row[0])
		}
		got := counted(t, in)
		for i, column := range []string{"statements", "entries", "transactions", "credit_total", "debit_total", "opening", "closing"} {
			if key := row[0] + " " + column; got[i] == plainAmounts(t, row[i+1]) == (differences[key] != "") {
				t.Errorf("%s: got %q, want %q; explained: %q", key, got[i], row[i+1], differences[key])
			} else if differences[key] != "" {
				met[key] = true
			}
		}
	}
	if files != 42 || len(met) != len(differences) {
		t.Errorf("got %d files, %d differences, want 42 and %d", files, len(met), len(differences))
	}
}

// counted is what the reader says, as the columns of the table.
func counted(t *testing.T, in []byte) [7]string {
	t.Helper()
	statements, entries, transactions := 0, 0, 0
	credit, debit := map[string]money.Cents{}, map[string]money.Cents{}
	var opening, closing []string
	var at *formats.Statement
	balance := func(list *[]string, cents *money.Cents) {
		if cents != nil {
			*list = append(*list, at.Currency+" "+formats.Decimal(*cents, at.Currency))
		}
	}
	judge(t, func(yield func(formats.Event) bool) {
		for e := range Read(bytes.NewReader(in)) {
			switch {
			case e.Statement != nil:
				statements++
				at = e.Statement
				balance(&opening, at.Opening)
			case e.Entry != nil && e.Entry.Credit:
				entries++
				credit[e.Entry.Currency] += e.Entry.Cents
			case e.Entry != nil:
				entries++
				debit[e.Entry.Currency] += e.Entry.Cents
			case e.Detail != nil:
				transactions++
			case e.Closing != nil:
				balance(&closing, e.Closing.Closing)
			}
			if !yield(e) {
				return
			}
		}
	})
	return [7]string{fmt.Sprint(statements), fmt.Sprint(entries), fmt.Sprint(transactions), sums(credit), sums(debit), strings.Join(opening, " | "), strings.Join(closing, " | ")}
}

func sums(by map[string]money.Cents) string {
	var out []string
	for currency, cents := range by {
		out = append(out, currency+" "+formats.Decimal(cents, currency))
	}
	slices.Sort(out)
	return strings.Join(out, ";")
}

// plainAmounts writes the amounts of a cell as we do: without the type of a
// balance, with the currency's decimals.
func plainAmounts(t *testing.T, cell string) string {
	t.Helper()
	words := strings.FieldsFunc(cell, func(r rune) bool { return r == ' ' || r == ';' || r == '|' })
	if len(words) < 2 {
		return cell
	}
	var out []string
	for i, word := range words {
		if i == 0 || !strings.ContainsAny(word, "0123456789") {
			continue
		}
		cents, err := formats.ParseAmount(word, words[i-1])
		if err != nil {
			return cell
		}
		out = append(out, words[i-1]+" "+formats.Decimal(cents, words[i-1]))
	}
	if strings.Contains(cell, ";") || !strings.Contains(cell, "|") {
		return strings.Join(out, ";")
	}
	return strings.Join(out, " | ")
}

// Cases that the public samples hold, each with what must come of it.
func TestPublishedCases(t *testing.T) {
	dir := shared(t, "corpora/bank")
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

// shared finds the reference files beside the checkout, or skips.
func shared(t *testing.T, path string) string {
	t.Helper()
	if dir := os.Getenv("CASSACOMUNE_SHARED"); dir != "" {
		return filepath.Join(dir, path)
	}
	at, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; at != filepath.Dir(at); at = filepath.Dir(at) {
		dir := filepath.Join(at, "shared", path)
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
	}
	t.Skip("no shared folder beside the checkout")
	return ""
}
