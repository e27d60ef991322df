package ledger_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/fault"
	. "cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/shared"
	"cassacomune/tenants"
)

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// named gives a family its name: "CLR" is "CLR.x".
func named(a string) Account {
	if Account(a).Side() == 0 {
		a += ".x"
	}
	return Account(a)
}

// signed is the balance as debit less credit.
func (d town) signed(t *testing.T, a Account, r string) money.Cents {
	cents := d.balance(t, a, ref(r))
	if a.Side() == Credit {
		return -cents
	}
	return cents
}

// TestEveryRowOfTheTable posts each row of the hand-typed list on accounts
// that hold enough, and voids it.
func TestEveryRowOfTheTable(t *testing.T) {
	rows := readCSV(t, "testdata/posting-table.csv")
	each(t, func(t *testing.T, db town) {
		for n, row := range rows {
			name := strings.Join(row, " ")
			debit, credit, d, c := named(row[1]), named(row[2]), fmt.Sprint("d", n), fmt.Sprint("c", n)
			for i, seed := range []Posting{
				{Rounded, debit, DIF("seed"), ref(d), ref("seed"), 100}, {Rounded, DIF("seed"), debit, ref("seed"), ref(d), 100},
				{Rounded, credit, DIF("seed"), ref(c), ref("seed"), 100}, {Rounded, DIF("seed"), credit, ref("seed"), ref(c), 100},
			} {
				side := []Account{debit, credit}[i/2].Side()
				if side == Debit && i%2 == 0 || side == Credit && i%2 == 1 {
					db.mustPost(t, fmt.Sprint("seed", n, i), seed)
				}
			}
			before := [2]money.Cents{db.signed(t, debit, d), db.signed(t, credit, c)}
			p := db.mustPost(t, name, Posting{Event(row[0]), debit, credit, ref(d), ref(c), 40})
			if got := db.signed(t, debit, d) - before[0]; got != 40 {
				t.Errorf("%s: the debit moved by %d, want 40", name, got)
			}
			if got := db.signed(t, credit, c) - before[1]; got != -40 {
				t.Errorf("%s: the credit moved by %d, want -40", name, got)
			}
			db.must(t, clerk, func(tx *tenants.Tx) error { _, err := Void(tx, p.ID, "void "+name, "prova"); return err })
			if got := [2]money.Cents{db.signed(t, debit, d), db.signed(t, credit, c)}; got != before {
				t.Errorf("%s: after the void %v, want %v", name, got, before)
			}
		}
		db.mustBeSound(t)
	})
}

// TestTableIsTheList compares the table in code with the hand-typed list, both
// ways: a row more or less in either is an error.
func TestTableIsTheList(t *testing.T) {
	var got, want []string
	for event, pairs := range Table {
		for _, p := range pairs {
			got = append(got, fmt.Sprintf("%s %s %s", event, p.Debit, p.Credit))
		}
	}
	for _, row := range readCSV(t, "testdata/posting-table.csv") {
		if row[0] == string(Rounded) {
			row = []string{row[0], strings.Replace(row[1], "CRE", "*", 1), strings.Replace(row[2], "CRE", "*", 1)}
		}
		want = append(want, strings.Join(row, " "))
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("table (-got +want):\n%s", diff)
	}
}

func TestWhatIsNoRowIsRefused(t *testing.T) {
	each(t, func(t *testing.T, db town) {
		for name, p := range map[string]Posting{
			"pair of another event": move(Due, CLR("pos"), CRE, "i", 1),
			"a row backwards":       move(Remitted, CLR("pos"), TRN("pos"), "i", 1),
			"unknown event":         move("invented", CRE, ACC, "i", 1),
			"a Body's for ours":     move(Collected, CLR("pos"), CREtrz, "i", 1),
			"unknown account":       move(Rounded, "XYZ", DIF("cent"), "i", 1),
			"family without a name": move(Collected, "CLR", CRE, "i", 1),
			"name where none is":    move(Due, CRE, "ACC.x", "i", 1),
			"name with a blank":     move(Collected, CLR("a b"), ANT, "i", 1),
			"zero":                  move(Due, CRE, ACC, "i", 0),
			"negative":              move(Due, CRE, ACC, "i", -1),
			"no reference":          {Event: Due, Debit: CRE, Credit: ACC, CreditRef: ref("i"), Cents: 1},
		} {
			if _, err := db.post(name, p); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s = %v, want Invalid", name, err)
			}
		}
	})
}

// TestStories runs our own stories; the last rows of each say what stands at
// the end, and nothing else may.
func TestStories(t *testing.T) {
	rows := readCSV(t, "testdata/stories.csv")
	each(t, func(t *testing.T, db town) {
		want := map[string]map[Account]money.Cents{}
		for n, row := range rows {
			cents, err := strconv.Atoi(row[4])
			if err != nil {
				t.Fatal(err)
			}
			story := row[0]
			if row[1] == "end" {
				if want[story] == nil {
					want[story] = map[Account]money.Cents{}
				}
				want[story][Account(row[2])] = money.Cents(cents)
				continue
			}
			db.mustPost(t, fmt.Sprint(story, n), move(Event(row[1]), Account(row[2]), Account(row[3]), story, money.Cents(cents)))
		}
		for story, end := range want {
			if diff := cmp.Diff(db.standing(t, story), end); diff != "" {
				t.Errorf("%s (-got +want):\n%s", story, diff)
			}
		}
		db.mustBeSound(t)
	})
}

func (d town) standing(t *testing.T, r string) map[Account]money.Cents {
	t.Helper()
	got := map[Account]money.Cents{}
	d.must(t, rules, func(tx *tenants.Tx) error {
		all, err := Standings(tx, ref(r))
		for _, s := range all {
			got[s.Account] = s.Cents
		}
		return err
	})
	return got
}

// TestSharedStories runs the stories of the shared material in their order.
// They carry no event: the pair must be a row of some event. Where they move
// an outside account straight (its sweep), the table goes over TRN.sweep.
func TestSharedStories(t *testing.T) {
	rows := readCSV(t, shared.Path(t, "reference", "ledger-scenarios.csv"))
	sweep := map[[2]string][][2]string{
		{"TES", "OUT"}:   {{"DAT.u", "OUT"}, {"TRN.sweep", "DAT.u"}, {"TES", "DAT.t"}, {"DAT.t", "TRN.sweep"}},
		{"DAT.t", "OUT"}: {{"DAT.u", "OUT"}, {"TRN.sweep", "DAT.u"}, {"DAT.t", "TRN.sweep"}},
	}
	each(t, func(t *testing.T, db town) {
		stories := map[string]bool{}
		for n, row := range rows {
			stories[row[0]] = true
			cents, err := strconv.Atoi(row[4])
			if err != nil {
				t.Fatal(err)
			}
			pairs := [][2]string{{row[2], row[3]}}
			if long, ok := sweep[pairs[0]]; ok {
				pairs = long
			}
			for i, p := range pairs {
				debit, credit := named(p[0]), named(p[1])
				db.mustPost(t, fmt.Sprint(row[0], n, i), move(eventFor(t, debit, credit), debit, credit, row[0], money.Cents(cents)))
			}
		}
		if len(stories) != 21 {
			t.Errorf("%d stories, want 21", len(stories))
		}
		db.mustBeSound(t)
	})
}

// eventFor finds an event that moves the pair; a named rule is none.
func eventFor(t *testing.T, debit, credit Account) Event {
	t.Helper()
	match := func(pattern, a Account) bool {
		return a == pattern || named(string(pattern)) != pattern && strings.HasPrefix(string(a), string(pattern)+".")
	}
	for event, pairs := range Table {
		for _, p := range pairs {
			if event != Rounded && match(p.Debit, debit) && match(p.Credit, credit) {
				return event
			}
		}
	}
	t.Fatalf("%s / %s is a row of no event", debit, credit)
	return ""
}
