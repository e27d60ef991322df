package mt

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/money"
	"cassacomune/app/shared"
)

// counted is what a file holds, in the columns of the table: statements,
// entries, credits, debits, openings, closings.
func counted(in []byte) []string {
	statements, entries := 0, 0
	credit, debit := map[string]money.Cents{}, map[string]money.Cents{}
	var opening, closing []string
	for e := range Read(bytes.NewReader(in)) {
		switch {
		case e.Statement != nil:
			statements++
			opening = append(opening, kept(e.Statement.Balances, "60F")...)
		case e.Closing != nil:
			closing = append(closing, kept(e.Closing.Balances, "62F")...)
		case e.Entry != nil:
			entries++
			if e.Entry.Cents == 0 && !e.Entry.Booked { // unreadable: the table does not sum it
				continue
			}
			to := debit
			if e.Entry.Credit {
				to = credit
			}
			to[e.Entry.Currency] += e.Entry.Cents
		}
	}
	return []string{strconv.Itoa(statements), strconv.Itoa(entries), sums(credit), sums(debit), strings.Join(opening, " | "), strings.Join(closing, " | ")}
}

func kept(balances []formats.Balance, kind string) (s []string) {
	for _, b := range balances {
		if b.Kind == kind {
			s = append(s, b.Currency+" "+formats.Decimal(b.Cents, b.Currency))
		}
	}
	return s
}

func sums(by map[string]money.Cents) string {
	var s []string
	for currency, cents := range by {
		s = append(s, currency+" "+formats.Decimal(cents, currency))
	}
	slices.Sort(s)
	return strings.Join(s, " | ")
}

// decimals writes the amounts of a cell with all their decimals.
func decimals(t *testing.T, cell string) string {
	if cell == "" {
		return ""
	}
	parts := strings.Split(cell, " | ")
	for i, part := range parts {
		currency, amount, _ := strings.Cut(part, " ")
		cents, err := formats.ParseAmount(amount, currency)
		if err != nil {
			t.Fatalf("%q: %v", cell, err)
		}
		parts[i] = currency + " " + formats.Decimal(cents, currency)
	}
	return strings.Join(parts, " | ")
}

// differs lists the cells in which we read otherwise than the table, and why.
var differs = map[string]string{
	// The table's script summed euro, zloty and marks into the first currency.
	"mt940/cmxl__mt940.txt/2": "DEM 98793.48 | EUR 3000.00 | PLN 20040.00",
	"mt940/cmxl__mt940.txt/3": "DEM 98618.88 | EUR 800.00 | PLN 10000.00",
}

// unknown lists the files that are no statement: lines with a number each.
var unknown = map[string]bool{"mt940/wolph__self-provided_invalid_statement.sta": true}

// TestCorpus holds every file of the corpus against its row. A fragment has
// no statement that could hold its balances.
func TestCorpus(t *testing.T) {
	dir := shared.Path(t, "corpora/bank")
	n := 0
	for _, row := range shared.Table(t, "corpora/bank/EXPECTED.csv")[1:] {
		if !strings.HasPrefix(row[0], "mt94") {
			continue
		}
		n++
		t.Run(row[0], func(t *testing.T) {
			in, err := os.ReadFile(filepath.Join(dir, row[0]))
			if err != nil {
				t.Fatal(err)
			}
			if Sniff(in) == unknown[row[0]] {
				t.Errorf("Sniff = %v", !unknown[row[0]])
			}
			want := []string{row[1], row[2], decimals(t, row[4]), decimals(t, row[5]), decimals(t, row[6]), decimals(t, row[7])}
			if row[1] == "0" {
				want[4], want[5] = "", ""
			}
			for i, got := range counted(in) {
				if other, ok := differs[row[0]+"/"+strconv.Itoa(i)]; ok {
					want[i] = other
				}
				if got != want[i] {
					t.Errorf("column %d: got %s, want %s", i, got, want[i])
				}
			}
		})
	}
	if n != 93 {
		t.Errorf("%d rows, want 93", n)
	}
}
