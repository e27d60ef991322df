package fulfilment_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"cassacomune/app/accounting"
	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/formats"
	. "cassacomune/app/fulfilment"
	"cassacomune/app/money"
	"cassacomune/app/price"
	"cassacomune/app/reconcile"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

var (
	ctx    = context.Background()
	system = tenants.System("test")
	clerk  = tenants.Actor{Name: "Rosa", Role: "accountant"}
	paidOn = day.New(2026, 3, 2)
)

// town has a debt type for each grade that a policy may want.
type town struct {
	*testing.T
	db *tenantstest.Data
	id tenants.ID
}

func newTown(t *testing.T, db *tenantstest.Data) *town {
	t.Helper()
	w := &town{t, db, db.Add(t, "alfa").ID}
	w.within(func(tx *tenants.Tx) error {
		if err := tx.SaveOffice(tenants.Office{Code: "u", Name: "Ufficio"}); err != nil {
			return err
		}
		if err := tx.SaveAccount(tenants.Account{Key: "tes", Name: "Tesoreria", Kind: tenants.AccountTreasury, Source: tenants.SourceJournal, Number: "1"}); err != nil {
			return err
		}
		for code, policy := range map[string]tenants.Policy{"NIENTE": {}, "PAGATO": {Grade: tenants.Confirmed, Reversal: "revoke"},
			"RIVERSATO": {Grade: tenants.Remitted, Reversal: "tell"}, "ACCREDITATO": {Grade: tenants.Credited, Reversal: "suspend"}} {
			if err := tx.SaveDebtType(tenants.DebtType{Code: code, Office: "u", Name: code, Active: true,
				Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}, Fulfilment: policy}}); err != nil {
				return err
			}
		}
		return nil
	})
	return w
}

func (w *town) within(fn func(*tenants.Tx) error) {
	w.Helper()
	if err := w.db.Within(ctx, w.id, clerk, fn); err != nil {
		w.Fatal(err)
	}
}

// paid makes a debt of each type, paid by card, and returns them by type.
func (w *town) paid(types ...string) map[string]uuid.UUID {
	w.Helper()
	ids := map[string]uuid.UUID{}
	w.within(func(tx *tenants.Tx) error {
		for _, code := range types {
			d, err := debts.Add(tx, debts.New{Type: code, Position: code, Reason: "Prova", DueOn: day.New(2026, 3, 31),
				Parties: []debts.Party{{Kind: "person", Name: "Ada Prova"}}, Items: []debts.NewItem{{Key: "1", Cents: 1000}}})
			if err != nil {
				return err
			}
			if d, err = debts.Load(tx, d.ID); err != nil {
				return err
			}
			ids[code] = d.ID
			if _, _, err = collections.Book(tx, collections.New{Channel: "vpos", Key: code, Code: d.Instalments[0].Codes[0].Code, Cents: 1000, PaidOn: paidOn, Source: "prova"}); err != nil {
				return err
			}
		}
		return nil
	})
	return ids
}

// credits reads a journal with provisional credits, and returns them.
func (w *town) credits(cents ...money.Cents) (all []treasury.Provisional) {
	w.Helper()
	read := formats.Reader(func(yield func(formats.Event) bool) {
		events := []formats.Event{{Statement: &formats.Statement{ID: "X", Account: "0000001", Year: 2026, From: paidOn, To: paidOn, Revision: "X"}}}
		for i, c := range cents {
			events = append(events, formats.Event{Entry: &formats.Entry{Document: formats.DocProvisionalCredit, Operation: "ESEGUITO", Number: fmt.Sprint(i + 1),
				Progressive: "0", Cents: c, PartyName: "ACQUIRER", Text: "ACCREDITO", Booked: true, BookedOn: paidOn, Credit: true, Movement: fmt.Sprint("m", i)}})
		}
		for _, e := range append(events, formats.Event{Closing: &formats.Closing{}}) {
			if !yield(e) {
				return
			}
		}
	})
	if _, err := accounting.ReadJournal(ctx, w.db.DB, w.id, system, "prova", read, nil); err != nil {
		w.Fatal(err)
	}
	w.within(func(tx *tenants.Tx) error { return tx.Select(&all).OrderExpr("number").Scan(tx.Ctx) })
	if len(all) != len(cents) {
		w.Fatalf("%d credits, want %d", len(all), len(cents))
	}
	return all
}

// expect looks at all debts after a reconciliation, and wants the last word on
// each of some.
func (w *town) expect(when string, ids map[string]uuid.UUID, want map[string]Kind) {
	w.Helper()
	for range 2 { // it is safe to repeat
		w.within(func(tx *tenants.Tx) error {
			_, err := EvaluateAll(tx)
			return err
		})
	}
	w.within(func(tx *tenants.Tx) error {
		for code, id := range ids {
			all, err := Of(tx, id)
			if err != nil {
				return err
			}
			got := Kind("")
			for i, e := range all {
				if got = e.Kind; i > 0 && all[i-1].Kind == got {
					w.Errorf("%s: %s was said twice in a row: %q", when, code, got)
				}
			}
			if got != want[code] {
				w.Errorf("%s: %s is %q, want %q", when, code, got, want[code])
			}
		}
		return nil
	})
}

// TestAServiceIsReleasedByItsGrade takes money along the line, and back.
func TestAServiceIsReleasedByItsGrade(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		w := newTown(t, db)
		ids := w.paid("NIENTE", "PAGATO", "RIVERSATO", "ACCREDITATO")
		w.expect("a reconciliation without news", ids, map[string]Kind{})
		w.within(func(tx *tenants.Tx) error {
			_, err := Evaluate(tx, ids["NIENTE"], ids["PAGATO"], ids["RIVERSATO"], ids["ACCREDITATO"])
			return err
		})
		want := map[string]Kind{"PAGATO": Released}
		w.expect("paid", ids, want)

		var batch collections.Remittance
		w.within(func(tx *tenants.Tx) (err error) {
			var lines []collections.RemittanceLine
			for _, code := range []string{"NIENTE", "PAGATO", "RIVERSATO", "ACCREDITATO"} {
				lines = append(lines, collections.RemittanceLine{Key: code, Cents: 1000})
			}
			batch, _, err = collections.Remit(tx, collections.NewRemittance{Channel: "vpos", Flow: "F1", Account: "T1", On: paidOn, Source: "prova", Lines: lines})
			return err
		})
		want["RIVERSATO"] = Released
		w.expect("remitted", ids, want)

		credits := w.credits(2500, 1500)
		match := func(p treasury.Provisional) (id uuid.UUID) {
			w.within(func(tx *tenants.Tx) (err error) {
				id, err = reconcile.Match(tx, batch.ID, p.ID, 0, "lo so")
				return err
			})
			return id
		}
		match(credits[0])
		w.expect("credited in part", ids, want)
		second := match(credits[1])
		want["ACCREDITATO"] = Released
		w.expect("credited", ids, want)

		w.within(func(tx *tenants.Tx) error { return reconcile.Undo(tx, second, "era un altro") })
		want["ACCREDITATO"] = Suspended
		w.expect("a match undone", ids, want)
		match(credits[1])
		want["ACCREDITATO"] = Released
		w.expect("matched again", ids, want)
	})
}
