package ledger_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"cassacomune/app/fault"
	. "cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

func edge(key, left, right string, cents money.Cents, status Status) Allocation {
	return Allocation{Key: key, Level: R3, Left: ref(left), Right: ref(right), Cents: cents, Origin: FromRule, Rule: "P3", Status: status,
		Evidence: []Reason{{What: "importo", Left: "1", Right: "1"}}, Rivals: 2, Run: ref("run"), LeftTotal: 100, RightTotal: 100}
}

func (d town) allocate(by tenants.Actor, list ...Allocation) (p []Posted, err error) {
	err = d.as(by, func(tx *tenants.Tx) error { p, err = Allocate(tx, list...); return err })
	return p, err
}

func (d town) end(t *testing.T, side EndSide, name string) (e End) {
	t.Helper()
	d.must(t, rules, func(tx *tenants.Tx) (err error) { e, err = EndOf(tx, R3, side, ref(name)); return err })
	return e
}

func TestAllocationLife(t *testing.T) {
	each(t, func(t *testing.T, db town) {
		posted, err := db.allocate(rules, edge("a", "l", "r", 60, Proposed), edge("b", "l", "r2", 60, Proposed))
		if err != nil {
			t.Fatal(err)
		}
		a, b := posted[0].ID, posted[1].ID
		if again, err := db.allocate(rules, edge("a", "l", "r", 60, Proposed)); err != nil || again[0].ID != a || again[0].Fresh {
			t.Errorf("the same key again = %+v, %v; want %s", again, err, a)
		}
		if _, err := db.allocate(rules, edge("a", "l", "r", 61, Proposed)); !fault.Is(err, fault.Conflict) {
			t.Errorf("the same key with other cents = %v, want Conflict", err)
		}
		step := func(by tenants.Actor, fn func(*tenants.Tx, uuid.UUID, string) error, id uuid.UUID) error {
			return db.as(by, func(tx *tenants.Tx) error { return fn(tx, id, "motivo") })
		}
		if err := step(clerk, Confirm, a); err != nil {
			t.Fatal(err)
		}
		if err := step(clerk, Confirm, a); err != nil {
			t.Errorf("Confirm twice = %v", err)
		}
		if got := db.end(t, Left, "l"); got.Used != 60 || got.Total != 100 {
			t.Errorf("left end = %+v, want 60 of 100", got)
		}
		if err := step(clerk, Confirm, b); !fault.Is(err, fault.Conflict) {
			t.Errorf("beyond the end = %v, want Conflict", err)
		}
		if err := step(rules, VoidAllocation, a); !fault.Is(err, fault.Conflict) {
			t.Errorf("a rule voids a person's = %v, want Conflict", err)
		}
		if err := db.as(clerk, func(tx *tenants.Tx) error { return VoidByRule(tx, a, "P3", "") }); !fault.Is(err, fault.Conflict) {
			t.Errorf("a rule that a person runs voids a person's = %v, want Conflict", err)
		}
		if err := step(clerk, VoidAllocation, a); err != nil {
			t.Fatal(err)
		}
		if err := step(clerk, Confirm, a); !fault.Is(err, fault.Conflict) {
			t.Errorf("Confirm of a void = %v, want Conflict", err)
		}
		if err := step(rules, Confirm, b); err != nil {
			t.Errorf("the end is free again, yet: %v", err)
		}
		if err := step(clerk, Hold, b); err != nil {
			t.Fatal(err)
		}
		if err := step(rules, VoidAllocation, b); !fault.Is(err, fault.Conflict) {
			t.Errorf("a rule voids what an order holds = %v, want Conflict", err)
		}
		db.must(t, rules, func(tx *tenants.Tx) error {
			got, err := Allocations(tx, Filter{Ref: ref("l"), Status: Confirmed})
			if err != nil {
				return err
			}
			if len(got) != 1 || got[0].ID != b || !got[0].Held || got[0].Decided != FromRule {
				t.Errorf("Allocations = %+v, want the second", got)
			} else if diff := cmp.Diff(got[0].Evidence, []Reason{{What: "importo", Left: "1", Right: "1"}}); diff != "" {
				t.Errorf("evidence (-got +want):\n%s", diff)
			}
			life, err := Decisions(tx, a)
			if len(life) != 3 || life[2].Status != Voided || life[2].Reason != "motivo" {
				t.Errorf("Decisions = %+v, want proposed, confirmed, void", life)
			}
			return err
		})
		db.mustBeSound(t)
		if p, err := db.allocate(rules, edge("a", "l", "r", 40, Confirmed)); err != nil || !p[0].Fresh {
			t.Errorf("the key of a void used again = %+v, %v", p, err)
		}
		db.mustBeSound(t)
	})
}

func TestTwoClerksConfirmTheSameCredit(t *testing.T) {
	each(t, func(t *testing.T, db town) {
		var wait sync.WaitGroup
		errs := make([]error, 2)
		for i, l := range []string{"one", "two"} {
			wait.Add(1)
			go func() {
				defer wait.Done()
				_, errs[i] = db.allocate(clerk, edge(l, l, "credit", 100, Confirmed))
			}()
		}
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !fault.Is(errs[0], fault.Conflict) && !fault.Is(errs[1], fault.Conflict) {
			t.Errorf("errors %v; want one Conflict", errs)
		}
		db.mustBeSound(t)
	})
}

func TestEndsChange(t *testing.T) {
	each(t, func(t *testing.T, db town) {
		if _, err := db.allocate(rules, Allocation{Level: R2, Left: ref("x"), Right: ref("y"), Cents: 1, Origin: FromFile, Status: Confirmed}); !fault.Is(err, fault.Conflict) {
			t.Errorf("ends that hold nothing = %v, want Conflict", err)
		}
		if _, err := db.allocate(rules, edge("a", "l", "r", 60, Confirmed)); err != nil {
			t.Fatal(err)
		}
		set := func(total money.Cents) error {
			return db.as(rules, func(tx *tenants.Tx) error {
				return SetEnds(tx, End{Level: R3, Side: Left, Ref: ref("l"), Total: total})
			})
		}
		if err := set(59); !fault.Is(err, fault.Conflict) {
			t.Errorf("less than is confirmed = %v, want Conflict", err)
		}
		if err := set(60); err != nil {
			t.Error(err)
		}
		db.mustBeSound(t)
	})
}

func TestShares(t *testing.T) {
	each(t, func(t *testing.T, db town) {
		posted, err := db.allocate(rules, edge("a", "batch", "credit 1", 60, Confirmed), edge("b", "batch", "credit 2", 40, Confirmed))
		if err != nil {
			t.Fatal(err)
		}
		share := func(n int, line string, cents money.Cents) Share {
			return Share{Allocation: posted[n].ID, Level: R3, Line: ref(line), Item: ref("item " + line), Cents: cents, LineTotal: 50, AllocationTotal: []money.Cents{60, 40}[n]}
		}
		add := func(s ...Share) error {
			return db.as(rules, func(tx *tenants.Tx) error { return AddShares(tx, s...) })
		}
		if err := add(share(0, "1", 50), share(0, "2", 10), share(1, "2", 40)); err != nil {
			t.Fatal(err)
		}
		if err := add(share(1, "3", 1)); !fault.Is(err, fault.Conflict) {
			t.Errorf("more shares than the allocation = %v, want Conflict", err)
		}
		db.mustBeSound(t)
		db.must(t, clerk, func(tx *tenants.Tx) error {
			if err := VoidAllocation(tx, posted[1].ID, "credito sbagliato"); err != nil {
				return err
			}
			got, err := Shares(tx, ShareFilter{Line: ref("2")})
			if len(got) != 1 || got[0].Cents != 10 {
				t.Errorf("shares after the void = %+v, want the one of 10 cents", got)
			}
			return err
		})
		db.mustBeSound(t)
		again, err := db.allocate(clerk, edge("c", "batch", "credit 3", 40, Confirmed))
		if err != nil {
			t.Fatal(err)
		}
		s := share(1, "2", 40)
		s.Allocation = again[0].ID
		if err := add(s); err != nil {
			t.Errorf("the line is free again, yet: %v", err)
		}
		db.mustBeSound(t)
	})
}
