package pain

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/money"
	"cassacomune/app/shared"
)

// TestCorpus meets the table of what an independent count found in the public
// payment files, row by row. A column that is empty there is empty here.
func TestCorpus(t *testing.T) {
	dir := shared.Path(t, "corpora/bank")
	rows := shared.Table(t, "corpora/bank/EXPECTED_PAIN.csv")
	if len(rows) < 20 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows[1:] {
		want := map[string]string{}
		for i, name := range rows[0] {
			if name != "file" && name != "origin" {
				want[name] = row[i]
			}
		}
		for _, name := range []string{"decl_ctrlsum", "sum"} {
			if want[name] != "" {
				want[name] = cents(t, want[name])
			}
		}
		got := count(t, filepath.Join(dir, row[0]))
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%s: %s: got %q, want %q", row[0], name, got[name], want[name])
			}
		}
	}
}

func cents(t *testing.T, decimal string) string {
	c, err := money.ParseDecimal(decimal)
	if err != nil {
		t.Fatal(err)
	}
	return c.Decimal()
}

// count sums a file up in the table's columns.
func count(t *testing.T, name string) map[string]string {
	in, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var sum money.Cents
	blocks, transactions, mandates, amendments := 0, 0, 0, 0
	sequences, schemes, statuses, reasons := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	got := map[string]string{}
	for e := range Read(in) {
		switch {
		case e.Message != nil:
			got["msg_id"], got["group_status"] = e.Message.ID, e.Message.Status
			if n := e.Message.DeclaredTransactions; n != nil {
				got["decl_ntx"] = fmt.Sprint(*n)
			}
			if c := e.Message.DeclaredSum; c != nil {
				got["decl_ctrlsum"] = c.Decimal()
			}
			if e.Message.Kind == "direct-debit" {
				got["notes"] = "mandate amendments 0"
			}
		case e.Batch != nil:
			blocks++
			sequences[e.Batch.Sequence]++
			schemes[e.Batch.Scheme]++
		case e.Payment != nil:
			transactions++
			h, _ := formats.Hundredths(e.Payment.Cents, e.Payment.Currency)
			sum += h
			sequences[e.Payment.Sequence]++
			statuses[e.Payment.Status]++
			for _, r := range e.Payment.Reasons {
				reasons[r]++
			}
			if e.Payment.References.Mandate != "" && e.Payment.Status == "" {
				mandates++
			}
			if e.Payment.Amendment != nil {
				amendments++
				got["notes"] = fmt.Sprintf("mandate amendments %d", amendments)
			}
		}
	}
	got["blocks"], got["transactions"], got["sum"] = fmt.Sprint(blocks), fmt.Sprint(transactions), sum.Decimal()
	got["seq_types"], got["local_instr"] = names(sequences), names(schemes)
	got["tx_statuses"], got["reasons"] = counts(statuses), counts(reasons)
	if got["notes"] != "" {
		got["mandates"] = fmt.Sprint(mandates)
	}
	return got
}

func names(set map[string]int) string {
	delete(set, "")
	return strings.Join(slices.Sorted(maps.Keys(set)), " ")
}

func counts(set map[string]int) string {
	delete(set, "")
	var list []string
	for _, name := range slices.Sorted(maps.Keys(set)) {
		list = append(list, fmt.Sprintf("%s=%d", name, set[name]))
	}
	return strings.Join(list, " ")
}
