package ledger_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	. "cassacomune/app/ledger"
	"cassacomune/tenants"
)

// sabotages are what somebody with the database in his hands might do. Each
// must be found, under the letter of the invariant that it breaks.
var sabotages = []struct{ name, sql, want string }{
	{"a posting that skips the balance", `insert into ledger_entry select tenant_id, tx_id, 99, event, mirror, debit, debit_ref, credit, credit_ref, 7 from ledger_entry where event = 'due'`, "f: CRE"},
	{"a balance altered", `update ledger_balance set cents = cents + 1 where account = 'TRN.pos'`, "f: TRN.pos"},
	{"a ledger that does not sum to zero", `update ledger_balance set cents = cents + 1 where account = 'TRN.pos'`, "a: ledger"},
	{"a balance on the wrong side", `update ledger_balance set cents = -1 where account = 'CLR.pos'`, "b: CLR.pos"},
	{"a balance lost", `delete from ledger_balance where account = 'ACC'`, "f: ACC"},
	{"a row of no event", `update ledger_entry set event = 'due' where event = 'collected'`, "a: due"},
	{"a transaction without transfers", `delete from ledger_entry where event = 'collected'`, "a: k2"},
	{"a sealed transaction altered", `update ledger_tx set source = 'altro' where key = 'k1'`, "f: block 1, transaction"},
	{"a sealed transaction moved to another day", `update ledger_tx set effective_on = '2026-03-03' where key = 'k2'`, "f: block 1, transaction"},
	{"a sealed transfer altered", `update ledger_entry set cents = cents + 1 where event = 'due'`, "f: block 1, transaction"},
	{"a row of the seal altered", `update ledger_seal_tx set hash = 'x' where seq = 1`, "f: block 1, transaction"},
	{"a row of the seal removed", `delete from ledger_seal_tx where number = 2`, "f: block 2"},
	{"a seal altered", `update ledger_seal set hash = 'x' where number = 1`, "f: block 1"},
	{"a seal removed", `delete from ledger_seal where number = 1`, "f: block 2"},
	{"an allocation beyond its end", `update allocation_state set status = 'confirmed' where live_key = 'b'`, "b: R3"},
	{"an allocation confirmed by nobody", `update allocation_state set status = 'confirmed' where live_key = 'b'`, "f: allocation"},
	{"a decision removed", `delete from allocation_event where status = 'confirmed'`, "f: allocation"},
	{"an end made smaller", `update allocation_end set total = 1 where side = 'L' and level = 'R3'`, "b: R3 L"},
	{"an end that says less used", `update allocation_end set used = 0 where side = 'R' and level = 'R3'`, "f: R3 R"},
	{"a share beyond its line", `update share set cents = 61`, "b: S3 L"},
}

func TestSabotagesAreFound(t *testing.T) {
	each(t, func(t *testing.T, db town) {
		for _, s := range sabotages {
			t.Run(s.name, func(t *testing.T) {
				town := town{db.Data, db.Add(t, "t"+strings.ToLower(strings.ReplaceAll(s.name, " ", "-"))[:min(len(s.name), 38)]).ID}
				town.smallHistory(t)
				town.mustBeSound(t)
				if changed := town.sabotage(t, s.sql); changed == 0 {
					t.Fatal("the sabotage changed nothing")
				}
				var found []Breach
				town.must(t, rules, func(tx *tenants.Tx) (err error) { found, err = Check(tx); return err })
				for _, b := range found {
					if strings.HasPrefix(b.String(), s.want) {
						return
					}
				}
				t.Errorf("Check = %v, want one that begins with %q", found, s.want)
			})
		}
	})
}

// smallHistory is a due paid, remitted in part, in two sealed blocks, with one
// confirmed and one proposed allocation and a share.
func (d town) smallHistory(t *testing.T) {
	t.Helper()
	d.mustPost(t, "k1", move(Due, CRE, ACC, "i", 100))
	d.mustPost(t, "k2", move(Collected, CLR("pos"), CRE, "i", 60))
	d.seal(t)
	d.mustPost(t, "k3", move(Remitted, TRN("pos"), CLR("pos"), "i", 60))
	d.seal(t)
	posted, err := d.allocate(rules, edge("a", "l", "r", 60, Confirmed), edge("b", "l", "r", 60, Proposed))
	if err != nil {
		t.Fatal(err)
	}
	d.must(t, rules, func(tx *tenants.Tx) error {
		return AddShares(tx, Share{Allocation: posted[0].ID, Level: R3, Line: ref("line"), Item: ref("i"), Cents: 60, LineTotal: 60, AllocationTotal: 60})
	})
}

// sabotage goes around the doors, with the checks and foreign keys off.
func (d town) sabotage(t *testing.T, text string) int64 {
	t.Helper()
	if d.Engine == "sqlite" {
		file, err := sql.Open("sqlite", filepath.Join(d.Dir, "tenants", d.id.String()+".db")+"?_pragma=ignore_check_constraints(1)&_pragma=busy_timeout(5000)")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		r, err := file.Exec(text)
		if err != nil {
			t.Fatal(err)
		}
		n, _ := r.RowsAffected()
		return n
	}
	conn, err := pgx.Connect(context.Background(), d.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, `set session_replication_role = replica; alter table ledger_balance drop constraint if exists ledger_balance_side;
		alter table allocation_end drop constraint if exists allocation_end_used`); err != nil {
		t.Fatal(err)
	}
	tag, err := conn.Exec(ctx, only(text, d.id.String()))
	if err != nil {
		t.Fatal(err)
	}
	return tag.RowsAffected()
}

// only limits the statement to a municipality: on PostgreSQL all share the
// tables, and who owns the database sees through the wall.
func only(text, tenant string) string {
	if strings.Contains(text, " where ") {
		return text + " and tenant_id = " + tenant
	}
	return text + " where tenant_id = " + tenant
}

func TestLateCommitsAreSealed(t *testing.T) {
	each(t, func(t *testing.T, db town) {
		db.mustPost(t, "early", move(Due, CRE, ACC, "i", 1))
		if got := db.seal(t); got != 1 {
			t.Errorf("sealed %d, want 1", got)
		}
		db.Clock.Move(-1e9) // a transaction that began before the seal and ends after it
		db.mustPost(t, "late", move(Due, CRE, ACC, "i", 1))
		if got := db.seal(t); got != 1 {
			t.Errorf("sealed %d late transactions, want 1", got)
		}
		if got := db.seal(t); got != 0 {
			t.Errorf("sealed %d of nothing", got)
		}
		db.mustBeSound(t)
	})
}
