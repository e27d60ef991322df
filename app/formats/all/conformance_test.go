package all

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/formats"
	"cassacomune/app/shared"
)

var update = flag.Bool("update", false, "write docs/formats/conformance.md")

// conformance is a table of what is expected of files and what we read.
type conformance struct {
	title, source string
	rows          []compared
}

type compared struct{ file, expected, read string }

func (c compared) agrees() bool { return c.expected == c.read }

// TestConformance reads every file of the corpora. What we read differently
// stands in testdata/differences.csv with its reason, and nothing else may; the
// page of it all is docs/formats/conformance.md, which -update writes.
func TestConformance(t *testing.T) {
	dir := shared.Path(t, "corpora")
	seen := map[string]bool{}
	tables := []conformance{
		statementTable(t, dir, seen), paymentTable(t, dir, seen), signatureTable(t, dir, seen), debtTable(t, dir, seen), factTable(t, dir, seen), restTable(t, dir, seen),
	}
	reasons := differences(t)
	for _, table := range tables {
		for _, row := range table.rows {
			reason, known := reasons[row.file]
			switch {
			case row.agrees() && known:
				t.Errorf("%s: agrees now; take it out of the differences (%s)", row.file, reason)
			case !row.agrees() && !known:
				t.Errorf("%s:\n  expected %s\n  read     %s", row.file, row.expected, row.read)
			}
		}
	}
	page := conformancePage(tables, reasons)
	const path = "../../../docs/formats/conformance.md"
	if *update {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), page); d != "" {
		t.Errorf("%s is not what this reading gives; run with -update\n%s", path, d)
	}
}

// differences are the files that we read otherwise than expected, and why.
func differences(t *testing.T) map[string]string {
	reasons := map[string]string{}
	for _, row := range table(t, "testdata/differences.csv") {
		reasons[row["file"]] = row["why"]
	}
	return reasons
}

// table reads a CSV with a header.
func table(t *testing.T, path string) (rows []map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	all, err := r.ReadAll()
	if err != nil || len(all) == 0 {
		t.Fatalf("%s: %d rows, %v", path, len(all), err)
	}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, cell := range cells {
			if i < len(all[0]) {
				row[all[0][i]] = cell
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func read(t *testing.T, path string) Result { return trusting(t, path, formats.Trust{}) }

func trusting(t *testing.T, path string, trust formats.Trust) Result {
	t.Helper()
	in, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return Inspect(filepath.Base(path), bytes.NewReader(in), trust)
}

// words joins what is there: "2 entries, balances".
func words(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// number writes a decimal without zeros that say nothing.
func number(s string) string {
	s = strings.TrimPrefix(strings.TrimSpace(s), "+")
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "" || s == "-0" {
		return "0"
	}
	return s
}

// sums writes sums by currency, those that are zero left out.
func sums(name string, of map[string]string) string {
	var out []string
	for _, currency := range slices.Sorted(maps.Keys(of)) {
		if n := number(of[currency]); n != "0" {
			out = append(out, currency+" "+n)
		}
	}
	if out == nil {
		return ""
	}
	return name + " " + strings.Join(out, " ")
}

// statementTable holds bank statements against bank/EXPECTED.csv.
func statementTable(t *testing.T, dir string, seen map[string]bool) conformance {
	c := conformance{title: "Statements", source: "`bank/EXPECTED.csv`: counts of an independent script, in part confirmed by the samples of the peer projects"}
	for _, row := range table(t, filepath.Join(dir, "bank", "EXPECTED.csv")) {
		file := "bank/" + row["file"]
		seen[file] = true
		r := read(t, filepath.Join(dir, file))
		s, ok := r.Content.(*Statements)
		if !ok {
			s = newStatements(false)
			s.end()
		}
		c.rows = append(c.rows, compared{file,
			words(row["statements"]+" statements", row["entries"]+" entries", row["transactions"]+" transactions",
				sums("credit", currencies(row["credit_total"])), sums("debit", currencies(row["debit_total"])),
				balances("opening", row["opening"]), balances("closing", row["closing"]), judgements[row["balance_check"]]),
			words(fmt.Sprint(s.Totals.Statements)+" statements", fmt.Sprint(s.Totals.Entries)+" entries", fmt.Sprint(s.Totals.Transactions)+" transactions",
				sums("credit", s.Totals.Credit), sums("debit", s.Totals.Debit),
				readBalances("opening", s, func(s Statement) *string { return s.Opening }), readBalances("closing", s, func(s Statement) *string { return s.Closing }),
				weighed(row["balance_check"] != "n/a", s))})
	}
	return c
}

// currencies reads "EUR 500.25;USD 99.99".
func currencies(text string) map[string]string {
	out := map[string]string{}
	for _, part := range strings.Split(text, ";") {
		if currency, amount, ok := strings.Cut(strings.TrimSpace(part), " "); ok {
			out[currency] = amount
		}
	}
	return out
}

// balances reads "OPBD EUR 18.15 | EUR 27": the amounts, in their order.
func balances(name, text string) string {
	var out []string
	for _, part := range strings.Split(text, "|") {
		if words := strings.Fields(part); len(words) > 0 {
			out = append(out, number(words[len(words)-1]))
		}
	}
	if out == nil {
		return ""
	}
	return name + " " + strings.Join(out, " ")
}

func readBalances(name string, s *Statements, of func(Statement) *string) string {
	var out []string
	for _, one := range s.Statements {
		if b := of(one); b != nil {
			out = append(out, *b)
		}
	}
	return balances(name, strings.Join(out, "|"))
}

// judgements of the source. Where it has none, ours is not asked for.
var judgements = map[string]string{"balances": "balances", "DOES NOT BALANCE": "does not balance"}

func weighed(asked bool, s *Statements) string {
	verdict := ""
	for _, one := range s.Statements {
		switch {
		case !asked || one.Balances == nil:
		case !*one.Balances:
			return "does not balance"
		default:
			verdict = "balances"
		}
	}
	return verdict
}

// paymentTable holds payment messages against bank/EXPECTED_PAIN.csv.
func paymentTable(t *testing.T, dir string, seen map[string]bool) conformance {
	c := conformance{title: "Payment messages", source: "`bank/EXPECTED_PAIN.csv`: counts of an independent script"}
	for _, row := range table(t, filepath.Join(dir, "bank", "EXPECTED_PAIN.csv")) {
		file := "bank/" + row["file"]
		seen[file] = true
		r := read(t, filepath.Join(dir, file))
		p, ok := r.Content.(*Paid)
		if !ok {
			p = newPaid()
		}
		declared := ""
		if p.DeclaredTransactions != nil {
			declared = fmt.Sprint(*p.DeclaredTransactions)
		}
		declaredSum := ""
		if p.DeclaredSum != nil {
			declaredSum = p.DeclaredSum.Decimal()
		}
		statuses := slices.Concat(codesOf(row["group_status"]), codesOf(row["tx_statuses"]))
		slices.Sort(statuses)
		c.rows = append(c.rows, compared{file,
			paid(row["msg_id"], row["blocks"], row["transactions"], row["sum"], row["decl_ntx"], row["decl_ctrlsum"], codesOf(row["seq_types"]), slices.Compact(statuses), codesOf(row["reasons"])),
			paid(p.MessageID, fmt.Sprint(p.Blocks), fmt.Sprint(p.Transactions), p.Sum.Decimal(), declared, declaredSum, sorted(p.sequences), sorted(p.statuses), sorted(p.reasons))})
	}
	return c
}

// codesOf reads "AC01=1; MS03=2" or "OOFF;RCUR": the codes, sorted.
func codesOf(text string) []string {
	codes := strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == ',' || r == ' ' })
	for i, code := range codes {
		codes[i], _, _ = strings.Cut(code, "=")
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func paid(id, blocks, transactions, sum, declared, declaredSum string, sequences, statuses, reasons []string) string {
	if declared != "" {
		declared = "declared " + declared
	}
	if declaredSum != "" {
		declaredSum = "of " + number(declaredSum)
	}
	return words("message "+id, blocks+" batches", transactions+" payments", "sum "+number(sum), declared, declaredSum,
		strings.Join(sequences, " "), strings.Join(statuses, " "), strings.Join(reasons, " "))
}

// signatureTable holds signed files against signatures/EXPECTED.csv: accept is
// valid, reject invalid, but undetermined where a certificate or its chain is
// missing.
func signatureTable(t *testing.T, dir string, seen map[string]bool) conformance {
	c := conformance{title: "Signed files", source: "`signatures/EXPECTED.csv`, with `root.crt` and 24 November 2026"}
	f, err := os.Open(filepath.Join(dir, "signatures", "root.crt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	at := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	list, problems := Trust(f, at)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, row := range table(t, filepath.Join(dir, "signatures", "EXPECTED.csv")) {
		file := "signatures/" + row["file"]
		seen[file] = true
		expected := map[string]formats.Verdict{"accept": formats.Valid, "reject": formats.Invalid}[row["verdict"]]
		if name := row["file"]; name == "nocerts.p7m" || name == "untrusted.p7m" {
			expected = formats.Undetermined
		}
		r := trusting(t, filepath.Join(dir, file), list.Trust(at))
		s, ok := r.Content.(*Signed)
		if !ok {
			t.Errorf("%s: read as %s", file, r.Format)
			continue
		}
		c.rows = append(c.rows, compared{file, italian[expected], italian[s.Verdict]})
		if r.OK != (expected == formats.Valid) {
			t.Errorf("%s: ok is %t", file, r.OK)
		}
	}
	return c
}

// debtTable holds GovPay's files against pagopa/govpay-csv/EXPECTED.csv.
func debtTable(t *testing.T, dir string, seen map[string]bool) conformance {
	c := conformance{title: "Debts of GovPay", source: "`pagopa/govpay-csv/EXPECTED.csv`; the sum is that of the rows read"}
	for _, row := range table(t, filepath.Join(dir, "pagopa", "govpay-csv", "EXPECTED.csv")) {
		file := "pagopa/govpay-csv/" + row["file"]
		seen[file] = true
		r := read(t, filepath.Join(dir, file))
		o, ok := r.Content.(*Owed)
		if !ok {
			o = newOwed()
		}
		c.rows = append(c.rows, compared{file,
			words(row["rows"]+" rows", "sum "+number(row["sum_importo"])),
			words(fmt.Sprint(o.Rows)+" rows", "sum "+number(o.Sum.Decimal()))})
	}
	return c
}

// factTable holds files about which their source, or their INDEX, says one
// thing.
func factTable(t *testing.T, dir string, seen map[string]bool) conformance {
	c := conformance{title: "Other facts that the sources declare", source: "`INDEX.md` of the corpora and pages of reference; as `inspect` says them"}
	for _, row := range table(t, "testdata/facts.csv") {
		seen[row["file"]] = true
		c.rows = append(c.rows, compared{row["file"], row["expected"], told(read(t, filepath.Join(dir, row["file"])))})
	}
	return c
}

// told is the summary of a file without its name.
func told(r Result) string {
	_, line, _ := strings.Cut(r.Line(), ": ")
	if s, ok := r.Content.(*Statements); ok && s.Journalled != nil {
		for _, key := range slices.Sorted(maps.Keys(s.Equations)) {
			switch e := s.Equations[key]; {
			case e == nil:
				line += " " + key + "=?"
			case *e:
				line += " " + key + "=sì"
			default:
				line += " " + key + "=no"
			}
		}
	}
	return line
}

// restTable lists every other file with what is inside: nobody says what to
// expect, so only that it is recognised is checked.
func restTable(t *testing.T, dir string, seen map[string]bool) conformance {
	c := conformance{title: "The rest", source: "nothing is declared: only that the format is known is checked; as `inspect` says them"}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		file, err := filepath.Rel(dir, path)
		if err != nil || seen[file] || about(file) {
			return err
		}
		r := read(t, path)
		expected := told(r)
		if r.Format == "" {
			expected = "known"
		}
		c.rows = append(c.rows, compared{file, expected, told(r)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// about reports whether a file of the corpora tells about others: tables of
// layouts, codes and vectors, certificates.
func about(file string) bool {
	switch filepath.Ext(file) {
	case ".md", ".crt", ".json", ".tsv":
		return true
	case ".csv":
		return !strings.HasPrefix(file, "pagopa/govpay-csv/tracciato")
	}
	return false
}

// conformancePage writes the tables for people.
func conformancePage(tables []conformance, reasons map[string]string) string {
	var b strings.Builder
	b.WriteString("# Conformance\n\nWritten by `go test ./app/formats/all -run Conformance -update`, which reads the public corpora beside the repository: it is not edited by hand. The differences are fixed in `app/formats/all/testdata/differences.csv`; one more or one less fails the test.\n")
	for _, table := range tables {
		agree := 0
		for _, row := range table.rows {
			if row.agrees() {
				agree++
			}
		}
		fmt.Fprintf(&b, "\n## %s\n\nExpected: %s. Files: %d; in agreement: %d.\n\n| file | read | |\n|---|---|---|\n", table.title, table.source, len(table.rows), agree)
		for _, row := range table.rows {
			verdict := "="
			if !row.agrees() {
				verdict = "expected: " + row.expected + ". " + reasons[row.file]
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(row.file), cell(row.read), cell(verdict))
		}
	}
	return b.String()
}

func cell(s string) string { return strings.NewReplacer("|", "\\|", "\n", " ").Replace(s) }
