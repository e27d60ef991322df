package ledger_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"cassacomune/app/fault"
	. "cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// model is the ledger as a person would keep it on paper.
type model map[Account]map[string]money.Cents // debit less credit

func (m model) add(a Account, r string, cents money.Cents) {
	if m[a] == nil {
		m[a] = map[string]money.Cents{}
	}
	m[a][r] += cents
}

// takes reports whether the posting leaves every account on its side.
func (m model) takes(debit, credit Account, d, c string, cents money.Cents) bool {
	m.add(debit, d, cents)
	m.add(credit, c, -cents)
	wrong := func(a Account, r string) bool {
		return a.Side() == Debit && m[a][r] < 0 || a.Side() == Credit && m[a][r] > 0
	}
	if wrong(debit, d) || wrong(credit, c) {
		m.add(debit, d, -cents)
		m.add(credit, c, cents)
		return false
	}
	return true
}

// TestRandomHistories lets chance choose rows of the table, references and
// amounts, and now and then a void: the ledger takes what the model takes, its
// balances are the model's, and Check finds nothing.
func TestRandomHistories(t *testing.T) {
	each(t, func(t *testing.T, db town) {
		for seed := range uint64(3) {
			chance := rand.New(rand.NewPCG(seed, 7))
			events := slices.Sorted(maps.Keys(Table))
			m, taken, refused := model{}, 0, 0
			type made struct {
				posted        Posted
				debit, credit Account
				d, c          string
				cents         money.Cents
			}
			var history []made
			for n := range 250 {
				key := fmt.Sprint(seed, "/", n)
				if len(history) > 0 && chance.IntN(8) == 0 {
					i := chance.IntN(len(history))
					h := history[i]
					history = slices.Delete(history, i, i+1)
					want := m.takes(h.credit, h.debit, h.c, h.d, h.cents)
					err := db.as(clerk, func(tx *tenants.Tx) error { _, err := Void(tx, h.posted.ID, key, "caso"); return err })
					if (err == nil) != want || err != nil && !fault.Is(err, fault.Conflict) {
						t.Fatalf("seed %d step %d: void = %v, want taken %t", seed, n, err, want)
					}
					continue
				}
				event := events[chance.IntN(len(events))]
				pair := Table[event][chance.IntN(len(Table[event]))]
				if event == Rounded {
					pair = Pair{Debit: "DIF", Credit: CRE}
				}
				h := made{debit: named(string(pair.Debit)), credit: named(string(pair.Credit)), cents: money.Cents(1 + chance.IntN(50)),
					d: fmt.Sprint(seed, chance.IntN(3)), c: fmt.Sprint(seed, chance.IntN(3))}
				want := m.takes(h.debit, h.credit, h.d, h.c, h.cents)
				var err error
				h.posted, err = db.post(key, Posting{event, h.debit, h.credit, ref(h.d), ref(h.c), h.cents})
				if (err == nil) != want || err != nil && !fault.Is(err, fault.Conflict) {
					t.Fatalf("seed %d step %d: %s %s/%s = %v, want taken %t", seed, n, event, h.debit, h.credit, err, want)
				}
				if want {
					taken++
					history = append(history, h)
				} else {
					refused++
				}
			}
			if taken < 50 || refused < 20 {
				t.Errorf("seed %d: %d taken, %d refused: the history proves too little", seed, taken, refused)
			}
			for a, refs := range m {
				for r, want := range refs {
					if got := db.signed(t, a, r); got != want {
						t.Errorf("seed %d: %s %s = %d, want %d", seed, a, r, got, want)
					}
				}
			}
			db.seal(t)
			db.mustBeSound(t)
		}
	})
}

func (d town) seal(t testing.TB) (total int) {
	t.Helper()
	for {
		n := 0
		d.must(t, rules, func(tx *tenants.Tx) (err error) { n, err = Seal(tx); return err })
		if n == 0 {
			return total
		}
		total += n
	}
}

func (d town) digest(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	d.must(t, rules, func(tx *tenants.Tx) error { return DigestInto(tx, &b) })
	return b.String()
}

// arrival is a file of the outside, as a step that looks at the ledger and
// posts what the table says for what it finds.
type arrival struct {
	name string
	run  func(tx *tenants.Tx) error
}

func entry(tx *tenants.Tx, key string, derived bool, p ...Posting) error {
	_, err := Post(tx, Entry{Key: key, Kind: "file", Content: key, EffectiveOn: today, Derived: derived, Postings: p})
	return err
}

// arrivals is a month of one payment: debt, collection, remittance, credit.
// The collection and the remittance may come in either order, and the credit
// at any time: whoever comes last explains what waits.
func arrivals() []arrival {
	explain := func(tx *tenants.Tx) error {
		sent, err := Balance(tx, TRN("pos"), ref("r"))
		if err != nil {
			return err
		}
		waits, err := Balance(tx, DATt, ref("s"))
		if err != nil || min(sent, waits) == 0 {
			return err
		}
		if err := entry(tx, "explained", true, Posting{CreditExplained, DATt, TRN("pos"), ref("s"), ref("r"), min(sent, waits)}); err != nil {
			return err
		}
		_, err = Allocate(tx, Allocation{Key: "r-s", Level: R3, Left: ref("r"), Right: ref("s"), Cents: min(sent, waits), Origin: FromRule,
			Rule: "P3", Status: Confirmed, LeftTotal: sent, RightTotal: waits})
		return err
	}
	return []arrival{
		{"collection", func(tx *tenants.Tx) error {
			if err := entry(tx, "collection", false, Posting{Collected, CLR("pos"), CRE, ref("c"), ref("i"), 100}); err != nil {
				return err
			}
			if early, err := Balance(tx, DATr, ref("r")); err != nil || early == 0 {
				return err
			}
			return entry(tx, "found", true, Posting{RemittedFound, DATr, CLR("pos"), ref("r"), ref("c"), 100})
		}},
		{"remittance", func(tx *tenants.Tx) error {
			there, err := Balance(tx, CLR("pos"), ref("c"))
			if err != nil {
				return err
			}
			event, credit, from := Remitted, CLR("pos"), ref("c")
			if there == 0 {
				event, credit, from = RemittedUnknown, DATr, ref("r")
			}
			if err := entry(tx, "remittance", false, Posting{event, TRN("pos"), credit, ref("r"), from, 98}, Posting{event, FEE, credit, ref("r"), from, 2}); err != nil {
				return err
			}
			return explain(tx)
		}},
		{"journal", func(tx *tenants.Tx) error {
			if err := entry(tx, "journal", false, Posting{CreditOpened, SOS("1"), DATt, ref("s"), ref("s"), 98}); err != nil {
				return err
			}
			return explain(tx)
		}},
	}
}

// TestAnyOrderAnyEngineSameDigest runs every order of the arrivals, on
// both engines.
func TestAnyOrderAnyEngineSameDigest(t *testing.T) {
	want := `entry "collection" "file"
entry "due" "file"
entry "journal" "file"
entry "remittance" "file"
balance ACC 100 1
balance FEE 2 1
balance SOS.1 98 1
allocation R3 "r-s" 98 confirmed
`
	tenantstest.Each(t, func(t *testing.T, data *tenantstest.Data) {
		for i, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			db := town{data, data.Add(t, fmt.Sprint("town", i)).ID}
			db.must(t, rules, func(tx *tenants.Tx) error { return entry(tx, "due", false, move(Due, CRE, ACC, "i", 100)) })
			steps := arrivals()
			for _, n := range order {
				db.must(t, rules, steps[n].run)
				db.Clock.Move(1)
			}
			if got := db.digest(t); got != want {
				t.Errorf("order %v: digest\n%swant\n%s", order, got, want)
			}
			db.seal(t)
			db.mustBeSound(t)
		}
	})
}

// TestConfirmedNeverExceedsAnEnd lets chance propose, confirm and void over
// few ends; the sums of the confirmed ones are counted apart.
func TestConfirmedNeverExceedsAnEnd(t *testing.T) {
	each(t, func(t *testing.T, db town) {
		chance := rand.New(rand.NewPCG(1, 2))
		var ids []Posted
		refused := 0
		for n := range 150 {
			var err error
			if len(ids) == 0 || chance.IntN(2) == 0 {
				var p []Posted
				status := []Status{Proposed, Confirmed}[chance.IntN(2)]
				p, err = db.allocate(rules, edge(fmt.Sprint(n), fmt.Sprint("l", chance.IntN(3)), fmt.Sprint("r", chance.IntN(3)), money.Cents(1+chance.IntN(60)), status))
				ids = append(ids, p...)
			} else {
				id, decide := ids[chance.IntN(len(ids))].ID, Confirm
				if chance.IntN(2) == 0 {
					decide = VoidAllocation
				}
				err = db.as(rules, func(tx *tenants.Tx) error { return decide(tx, id, "") })
			}
			if err != nil && !fault.Is(err, fault.Conflict) {
				t.Fatal(err)
			}
			if err != nil {
				refused++
			}
		}
		used := map[string]money.Cents{}
		db.must(t, rules, func(tx *tenants.Tx) error {
			all, err := Allocations(tx, Filter{Status: Confirmed})
			for _, a := range all {
				used["l"+a.Left.String()] += a.Cents
				used["r"+a.Right.String()] += a.Cents
			}
			return err
		})
		for end, cents := range used {
			if cents > 100 {
				t.Errorf("%s: %d confirmed of 100", end, cents)
			}
		}
		if len(used) == 0 || refused == 0 {
			t.Errorf("%d ends used, %d refused: the history proves too little", len(used), refused)
		}
		db.mustBeSound(t)
	})
}
