package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	. "cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

var (
	ctx   = context.Background()
	today = day.New(2026, 3, 2)
	clerk = tenants.Actor{Name: "Anna", Role: "accountant"}
	rules = tenants.System("test")
)

// ref makes the same id for the same name in every run.
func ref(name string) uuid.UUID { return uuid.NewSHA1(uuid.NameSpaceOID, []byte(name)) }

type town struct {
	*tenantstest.Data
	id tenants.ID
}

func each(t *testing.T, fn func(t *testing.T, db town)) {
	t.Helper()
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) { fn(t, town{db, db.Add(t, "alfa").ID}) })
}

func (d town) as(by tenants.Actor, fn func(tx *tenants.Tx) error) error {
	return d.Within(ctx, d.id, by, fn)
}

func (d town) must(t testing.TB, by tenants.Actor, fn func(tx *tenants.Tx) error) {
	t.Helper()
	if err := d.as(by, fn); err != nil {
		t.Fatal(err)
	}
}

func (d town) post(key string, postings ...Posting) (p Posted, err error) {
	err = d.as(rules, func(tx *tenants.Tx) error {
		p, err = Post(tx, Entry{Key: key, Kind: "test", EffectiveOn: today, Source: "test", Postings: postings})
		return err
	})
	return p, err
}

func (d town) mustPost(t testing.TB, key string, postings ...Posting) Posted {
	t.Helper()
	p, err := d.post(key, postings...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (d town) balance(t testing.TB, a Account, r uuid.UUID) (cents money.Cents) {
	t.Helper()
	d.must(t, rules, func(tx *tenants.Tx) (err error) { cents, err = Balance(tx, a, r); return err })
	return cents
}

func (d town) mustBeSound(t testing.TB) {
	t.Helper()
	d.must(t, rules, func(tx *tenants.Tx) error {
		got, err := Check(tx)
		if len(got) > 0 {
			t.Errorf("Check = %v, want nothing", got)
		}
		return err
	})
}

func move(e Event, debit, credit Account, r string, cents money.Cents) Posting {
	return Posting{Event: e, Debit: debit, Credit: credit, DebitRef: ref(r), CreditRef: ref(r), Cents: cents}
}

func TestSameKeySameAnswer(t *testing.T) {
	each(t, func(t *testing.T, db town) {
		due := func(cents money.Cents, content any) Entry {
			return Entry{Key: "k", Kind: "due", EffectiveOn: today, Content: content, Postings: []Posting{move(Due, CRE, ACC, "i", cents)}}
		}
		var first, again Posted
		db.must(t, rules, func(tx *tenants.Tx) (err error) {
			first, err = Post(tx, due(100, map[string]any{"a": 1, "b": "x"}))
			return err
		})
		db.must(t, rules, func(tx *tenants.Tx) (err error) {
			again, err = Post(tx, due(100, struct {
				B string `json:"b"`
				A int    `json:"a"`
			}{"x", 1}))
			return err
		})
		if !first.Fresh || again.Fresh || again.ID != first.ID {
			t.Errorf("first %+v, again %+v; want one fresh transaction", first, again)
		}
		err := db.as(rules, func(tx *tenants.Tx) error {
			_, err := Post(tx, due(101, map[string]any{"a": 2, "b": "x"}))
			return err
		})
		var conflict *ConflictError
		if !errors.As(err, &conflict) || !fault.Is(err, fault.Conflict) || conflict.First != first.ID {
			t.Fatalf("other content = %v, want a conflict with %s", err, first.ID)
		}
		db.must(t, rules, func(tx *tenants.Tx) error { return KeepConflict(tx, conflict) })
		db.must(t, rules, func(tx *tenants.Tx) error {
			kept, err := Conflicts(tx)
			if len(kept) != 1 || kept[0].Key != "k" || !strings.Contains(kept[0].Content, `"a":2`) {
				t.Errorf("Conflicts = %+v, want the refused content", kept)
			}
			return err
		})
		if got := db.balance(t, CRE, ref("i")); got != 100 {
			t.Errorf("balance = %d, want 100", got)
		}
		db.mustBeSound(t)
	})
}

func TestBatchWithRepeatedKeys(t *testing.T) {
	each(t, func(t *testing.T, db town) {
		db.mustPost(t, "due:1", move(Due, CRE, ACC, "1", 10))
		var entries []Entry
		for i := range 1300 {
			n := fmt.Sprint(i % 1200)
			entries = append(entries, Entry{Key: "due:" + n, Kind: "test", EffectiveOn: today, Postings: []Posting{move(Due, CRE, ACC, n, 10)}})
		}
		var posted []Posted
		db.must(t, rules, func(tx *tenants.Tx) (err error) { posted, err = PostAll(tx, entries); return err })
		if posted[1].Fresh || posted[3].ID != posted[1203].ID {
			t.Errorf("repeated keys were booked twice: %v, %v", posted[1], posted[1203])
		}
		db.must(t, rules, func(tx *tenants.Tx) error {
			totals, err := Totals(tx)
			want := []Total{{ACC, 12000, 1200}, {CRE, 12000, 1200}}
			if diff := cmp.Diff(totals, want); diff != "" {
				t.Errorf("Totals (-got +want):\n%s", diff)
			}
			return err
		})
		db.mustBeSound(t)
	})
}

func TestOverdrawIsRefused(t *testing.T) {
	each(t, func(t *testing.T, db town) {
		_, err := db.post("never", move(Remitted, TRN("pos"), CLR("pos"), "a", 5))
		if !fault.Is(err, fault.Conflict) || !strings.Contains(fmt.Sprint(err), "CLR.pos") {
			t.Errorf("first movement on the wrong side = %v, want Conflict on CLR.pos", err)
		}
		db.mustPost(t, "in", move(Collected, CLR("pos"), DATc, "a", 10))
		if _, err := db.post("much", move(Remitted, TRN("pos"), CLR("pos"), "a", 11)); !fault.Is(err, fault.Conflict) {
			t.Errorf("more than is there = %v, want Conflict", err)
		}
		db.mustPost(t, "all", move(Remitted, TRN("pos"), CLR("pos"), "a", 10))
		if got := db.balance(t, CLR("pos"), ref("a")); got != 0 {
			t.Errorf("CLR = %d, want 0", got)
		}
		db.mustBeSound(t)
	})
}

func TestTwoAtOnceOverdrawOne(t *testing.T) {
	each(t, func(t *testing.T, db town) {
		for round := range 5 {
			r := fmt.Sprint("c", round)
			db.mustPost(t, "in:"+r, move(Collected, CLR("pos"), ANT, r, 100))
			var wait sync.WaitGroup
			errs := make([]error, 2)
			for i := range errs {
				wait.Add(1)
				go func() {
					defer wait.Done()
					_, errs[i] = db.post(fmt.Sprint("out:", r, i), move(RefundDecided, ANT, RIM, r, 60))
				}()
			}
			wait.Wait()
			won := 0
			for _, err := range errs {
				switch {
				case err == nil:
					won++
				case !fault.Is(err, fault.Conflict):
					t.Errorf("the loser got %v, want Conflict", err)
				}
			}
			if won != 1 {
				t.Errorf("%d of two won, want 1", won)
			}
			if got := db.balance(t, ANT, ref(r)); got != 40 {
				t.Errorf("balance = %d, want 40", got)
			}
		}
		db.mustBeSound(t)
	})
}

func TestVoid(t *testing.T) {
	each(t, func(t *testing.T, db town) {
		void := func(id uuid.UUID, key string) (p Posted, err error) {
			err = db.as(clerk, func(tx *tenants.Tx) error { p, err = Void(tx, id, key, "caricato due volte"); return err })
			return p, err
		}
		due := db.mustPost(t, "due", move(Due, CRE, ACC, "i", 100))
		first, err := void(due.ID, "void:due")
		if err != nil || !first.Fresh {
			t.Fatalf("Void = %+v, %v", first, err)
		}
		if again, err := void(due.ID, "void:due:2"); err != nil || again.ID != first.ID || again.Fresh {
			t.Errorf("second Void = %+v, %v; want the first, %s", again, err, first.ID)
		}
		if got := db.balance(t, CRE, ref("i")); got != 0 {
			t.Errorf("after the void CRE = %d, want 0", got)
		}
		if _, err := void(first.ID, "void:void"); err != nil {
			t.Errorf("void of the void: %v", err)
		}
		if got := db.balance(t, CRE, ref("i")); got != 100 {
			t.Errorf("after the void's void CRE = %d, want 100", got)
		}
		paid := db.mustPost(t, "paid", Posting{Collected, CLR("pos"), CRE, ref("c"), ref("i"), 100})
		db.mustPost(t, "sent", Posting{Remitted, TRN("pos"), CLR("pos"), ref("r"), ref("c"), 100})
		if _, err := void(paid.ID, "void:paid"); !fault.Is(err, fault.Conflict) {
			t.Errorf("void of what has moved on = %v, want Conflict", err)
		}
		if _, err := void(ref("no such"), "x"); !fault.Is(err, fault.NotFound) {
			t.Errorf("void of nothing = %v, want NotFound", err)
		}
		db.must(t, rules, func(tx *tenants.Tx) error {
			lines, err := Entries(tx, ref("i"))
			if len(lines) != 4 || lines[1].Voids != due.ID || lines[1].Reason != "caricato due volte" || lines[3].Debit != CLR("pos") {
				t.Errorf("Entries = %+v, want due, void, its void, collection", lines)
			}
			return err
		})
		db.mustBeSound(t)
	})
}

func TestOpenIsOldestFirst(t *testing.T) {
	each(t, func(t *testing.T, db town) {
		for i, d := range []day.Date{today, today.AddDays(-3), today.AddDays(-1)} {
			db.must(t, rules, func(tx *tenants.Tx) error {
				n := fmt.Sprint(i)
				_, err := Post(tx, Entry{Key: n, EffectiveOn: d, Postings: []Posting{move(Collected, CLR("pos"), DATc, n, 10)}})
				return err
			})
		}
		db.mustPost(t, "gone", move(Remitted, TRN("pos"), CLR("pos"), "2", 10))
		db.must(t, rules, func(tx *tenants.Tx) error {
			got, err := Open(tx, "CLR")
			want := []Standing{{CLR("pos"), ref("1"), 10, today.AddDays(-3)}, {CLR("pos"), ref("0"), 10, today}}
			if diff := cmp.Diff(got, want, cmp.Comparer(func(a, b day.Date) bool { return a == b })); diff != "" {
				t.Errorf("Open (-got +want):\n%s", diff)
			}
			if none, err := Open(tx, "CL"); err != nil || len(none) != 0 {
				t.Errorf("Open of half a name = %v, %v; want nothing", none, err)
			}
			return err
		})
	})
}
