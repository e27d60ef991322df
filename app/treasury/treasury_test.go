package treasury

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

var second = day.New(2026, 3, 2)

func TestTheClockOfSixtyDays(t *testing.T) {
	p := Provisional{EffectiveOn: day.New(2026, 3, 2), Cents: 1000, Cancelled: 100, Regularised: 300}
	if got := p.Deadline(); got != day.New(2026, 5, 1) {
		t.Errorf("Deadline = %s, want 2026-05-01", got)
	}
	if got := p.DaysLeft(day.New(2026, 5, 2)); got != -1 {
		t.Errorf("DaysLeft = %d, want -1", got)
	}
	if p.Standing() != 900 || p.Remaining() != 600 {
		t.Errorf("got %d standing, %d remaining, want 900 and 600", p.Standing(), p.Remaining())
	}
	var all []Provisional
	for _, age := range []int{0, 15, 16, 45, 46, 60, 61, 400} {
		all = append(all, Provisional{EffectiveOn: second.AddDays(-age), Cents: 1})
	}
	var got []int
	for _, a := range Age(all, second) {
		got = append(got, a.Count)
	}
	if diff := cmp.Diff([]int{2, 1, 1, 2, 2}, got); diff != "" {
		t.Errorf("Age (-want +got)\n%s", diff)
	}
}

// journal is a day of the cash journal with the totals of its tail.
func journal(on day.Date, before, after, open money.Cents, entries ...formats.Entry) formats.Reader {
	return func(yield func(formats.Event) bool) {
		s := formats.Statement{Account: "1", Year: 2026, From: on, To: on, Revision: "GDC-" + on.String() + "#001#001"}
		events := []formats.Event{{Statement: &s}}
		for i := range entries {
			entries[i].Booked, entries[i].BookedOn = true, on
			events = append(events, formats.Event{Entry: &entries[i]})
		}
		events = append(events, formats.Event{Closing: &formats.Closing{Opening: &before, Closing: &after}})
		for name, v := range map[string]money.Cents{"saldo_complessivo_precedente": before, "fondo_di_cassa": 1000, "totale_sospesi_entrata": open} {
			events = append(events, formats.Event{Header: &formats.Header{Name: name, Value: v.Decimal()}})
		}
		for _, e := range events {
			if !yield(e) {
				return
			}
		}
	}
}

func credit(number string, cents money.Cents) formats.Entry {
	return formats.Entry{Credit: true, Document: formats.DocProvisionalCredit, Operation: executed, Number: number, Progressive: "0", Cents: cents}
}

func load(tx *tenants.Tx, events formats.Reader, size int) (l Loaded, err error) {
	for c, err := range Chunks(events, "prova", size, nil) {
		if err != nil {
			return l, err
		}
		some, err := Load(tx, c, nil)
		if err != nil {
			return l, err
		}
		l.New, l.Known, l.Different = l.New+some.New, l.Known+some.Known, l.Different+some.Different
	}
	return l, nil
}

func town(t *testing.T, db *tenantstest.Data) func(func(*tenants.Tx) error) error {
	t.Helper()
	id := db.Add(t, "alfa").ID
	within := func(fn func(*tenants.Tx) error) error {
		return db.Within(context.Background(), id, tenants.System("test"), fn)
	}
	if err := within(func(tx *tenants.Tx) error {
		return tx.SaveAccount(tenants.Account{Key: "tes", Name: "Tesoreria", Kind: tenants.AccountTreasury, Source: tenants.SourceJournal, Number: "0000001"})
	}); err != nil {
		t.Fatal(err)
	}
	return within
}

func TestQuadratureSpeaksOnlyOfAWholeYear(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		within := town(t, db)
		for _, step := range []struct {
			what            string
			events          formats.Reader
			complete, holds bool
		}{
			{"the second day alone", journal(second.AddDays(1), 1500, 1800, 800, credit("2", 300)), false, false},
			{"the first too", journal(second, 1000, 1500, 500, credit("1", 500)), true, true},
			{"a day after a gap", journal(second.AddDays(9), 2000, 2100, 1100, credit("4", 100)), false, false},
			{"the gap filled", journal(second.AddDays(5), 1800, 2000, 1000, credit("3", 200)), true, true},
			{"a day whose movement the file lost", journal(second.AddDays(10), 2100, 2150, 1150), true, false},
		} {
			if err := within(func(tx *tenants.Tx) error {
				if _, err := load(tx, step.events, 1); err != nil {
					return err
				}
				all, err := Quadrature(tx)
				if len(all) != 1 || all[0].Complete != step.complete || all[0].Holds() != step.holds {
					t.Errorf("%s: got %+v, want complete %v, holds %v", step.what, all, step.complete, step.holds)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestOneStrangeMovementDoesNotStopTheFile(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		within := town(t, db)
		again := credit("1", 700)
		again.Movement = "M9"
		if err := within(func(tx *tenants.Tx) error {
			l, err := load(tx, journal(second, 0, 0, 0, credit("1", 500), again, credit("2", 300)), 100)
			if err != nil {
				return err
			}
			if l.New != 3 {
				t.Errorf("Load = %+v, want three movements kept", l)
			}
			waiting, err := Waitings(tx)
			if len(waiting) != 1 || waiting[0].Number != "1" {
				t.Errorf("waiting = %+v, want the second opening of number 1", waiting)
			}
			if err != nil {
				return err
			}
			p, err := FindNumber(tx, "tes", 2026, Credit, "1")
			if p.Cents != 500 {
				t.Errorf("provisional 1 = %d, want the first word", p.Cents)
			}
			balance, err2 := ledger.Balance(tx, ledger.SOS("tes"), p.ID)
			if balance != 500 {
				t.Errorf("SOS = %d, want 500", balance)
			}
			if err == nil {
				err = err2
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAnUnknownOperationWaitsForAPerson(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		within := town(t, db)
		odd, order := credit("1", 700), credit("2", 300)
		odd.Operation, order.Operation, order.Document = "CONGELATO", "CONGELATO", formats.DocOrder
		if err := within(func(tx *tenants.Tx) error {
			l, err := load(tx, journal(second, 0, 0, 0, odd, order), 100)
			if err != nil {
				return err
			}
			waiting, err := Waitings(tx)
			if l.New != 2 || len(l.Orders) > 0 || len(waiting) != 2 {
				t.Errorf("Load = %+v, waiting %+v, want both kept and both waiting", l, waiting)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestMovementsWithoutANumberAreNamedByTheirTurn(t *testing.T) {
	half := credit("6", 50)
	half.Operation = reversed
	var got []string
	for c, err := range Chunks(journal(second, 0, 0, 0, half, half, credit("6", 100)), "prova", 1, nil) {
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range c.Entries {
			got = append(got, fmt.Sprintf("%d %s %s", c.Number, e.Operation, e.Movement))
		}
	}
	want := []string{"1 STORNATO 2026-03-02/1", "2 STORNATO 2026-03-02/2", "3 ESEGUITO 2026-03-02/1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("movements (-want +got)\n%s", diff)
	}
}

func TestAFileThatBreaksOffIsRefused(t *testing.T) {
	broken := func(yield func(formats.Event) bool) {
		s := formats.Statement{Account: "1"}
		if yield(formats.Event{Statement: &s}) {
			yield(formats.Event{Problem: &formats.Problem{Line: 7, Field: "file", Reason: "il file si interrompe", Severity: formats.Error}})
		}
	}
	var last error
	n := 0
	for _, err := range Chunks(broken, "prova", 10, nil) {
		last = err
		n++
	}
	if n != 1 || !fault.Is(last, fault.Invalid) {
		t.Errorf("got %d chunks, %v, want Invalid alone", n, last)
	}
}
