package collections_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/ledger/ledgertest"
	"cassacomune/app/money"
	"cassacomune/app/trace"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// desk is a town where a person attributes money.
type desk struct {
	*testing.T
	db *tenantstest.Data
	id tenants.ID
}

var (
	rosa   = tenants.Actor{Name: "Rosa", Role: "clerk"}
	police = tenants.Actor{Name: "Sara", Role: "clerk", Offices: []string{"polizia"}}
	march  = day.New(2026, 3, 2)
)

func eachDesk(t *testing.T, fn func(d *desk)) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) { fn(&desk{t, db, town(t, db)}) })
}

func (d *desk) within(by tenants.Actor, fn func(*tenants.Tx) error) {
	d.Helper()
	if err := d.db.Within(ctx, d.id, by, fn); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) open(n debts.New) debts.Debt { d.Helper(); return open(d.T, d.db, d.id, n) }

// comes books money with a code.
func (d *desk) comes(key, code string, cents money.Cents) (c collections.Collection) {
	d.Helper()
	d.within(by, func(tx *tenants.Tx) (err error) {
		c, _, err = collections.Book(tx, pay(code, key, cents, march))
		return err
	})
	return c
}

// unknown books money of nobody known.
func (d *desk) unknown(key string, cents money.Cents) collections.Collection {
	d.Helper()
	return d.comes(key, "9"+key, cents)
}

func ask(c collections.Collection, to debts.Debt, cents money.Cents) collections.NewAttribution {
	return collections.NewAttribution{Collection: c.ID, Instalment: to.Instalments[0].ID, Cents: cents, Reason: "causale del bollettino"}
}

func (d *desk) try(by tenants.Actor, n collections.NewAttribution) (a collections.Attribution, err error) {
	err = d.db.Within(ctx, d.id, by, func(tx *tenants.Tx) error {
		a, err = collections.Attribute(tx, n)
		return err
	})
	return a, err
}

func (d *desk) attribute(n collections.NewAttribution) collections.Attribution {
	d.Helper()
	a, err := d.try(rosa, n)
	if err != nil {
		d.Fatal(err)
	}
	return a
}

func (d *desk) undo(a collections.Attribution) {
	d.Helper()
	d.within(rosa, func(tx *tenants.Tx) error { return collections.Undo(tx, a.ID, "non era sua") })
}

func (d *desk) refuses(what string, kind fault.Kind, says string, n collections.NewAttribution) {
	d.Helper()
	if _, err := d.try(rosa, n); !fault.Is(err, kind) || !strings.Contains(err.Error(), says) {
		d.Errorf("%s: %v, want %s that says %q", what, err, kind, says)
	}
}

// loaded is a debt as it stands.
func (d *desk) loaded(was debts.Debt) (now debts.Debt) {
	d.Helper()
	d.within(by, func(tx *tenants.Tx) (err error) {
		now, err = debts.Load(tx, was.ID)
		return err
	})
	return now
}

// lines are the parts of a collection as they stand: kind, position, cents.
func (d *desk) lines(c collections.Collection) (all []string) {
	d.Helper()
	d.within(by, func(tx *tenants.Tx) error {
		now, err := collections.Load(tx, c.ID)
		for _, l := range now.Lines {
			position := ""
			if l.DebtID != uuid.Nil {
				owed, err := debts.Load(tx, l.DebtID)
				if err != nil {
					return err
				}
				position = " " + owed.Position
			}
			all = append(all, fmt.Sprintf("%s%s %d", l.Kind, position, l.Cents))
		}
		return err
	})
	return all
}

func (d *desk) wants(what string, got, want any) {
	d.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		d.Errorf("%s (-want +got)\n%s", what, diff)
	}
}

// sound looks for broken invariants, and that the lines of each collection are
// its cents and say what the ledger says.
func (d *desk) sound() {
	d.Helper()
	d.within(by, func(tx *tenants.Tx) error {
		breaches, err := trace.Check(tx)
		for _, b := range breaches {
			d.Errorf("check: %v", b)
		}
		if err != nil {
			return err
		}
		all, err := collections.List(tx, collections.Filter{}, "", false, 0, 100)
		for _, c := range all {
			now, err := collections.Load(tx, c.ID)
			if err != nil {
				return err
			}
			sum := map[collections.LineKind]money.Cents{}
			for _, l := range now.Lines {
				if l.Cents <= 0 {
					d.Errorf("%s: a line of %d", c.Key, l.Cents)
				}
				sum[l.Kind] += l.Cents
			}
			if sum[collections.Unknown] != c.Unknown || sum[collections.Excess] != c.Excess || sum[collections.OnItem] != c.Cents-c.Unknown-c.Excess {
				d.Errorf("%s: lines %v, the ledger says unknown %d and excess %d of %d", c.Key, sum, c.Unknown, c.Excess, c.Cents)
			}
		}
		return err
	})
}

func (d *desk) digest() (sum string) {
	d.Helper()
	d.within(by, func(tx *tenants.Tx) (err error) {
		sum, err = trace.Digest(tx)
		return err
	})
	return sum
}

func (d *desk) reached(of debts.Debt) (got map[uuid.UUID]collections.Reach) {
	d.Helper()
	d.within(by, func(tx *tenants.Tx) (err error) {
		got, err = collections.Reached(tx, []uuid.UUID{of.ID})
		return err
	})
	return got
}

type totals = map[ledger.Account]money.Cents

func (d *desk) totals() totals {
	d.Helper()
	return ledgertest.Totals(d.T, d.db, d.id)
}

func TestUnknownMoneyPaysADebtAndIsTakenBack(t *testing.T) {
	eachDesk(t, func(d *desk) {
		owed, other := d.open(canteen("A", 4500)), d.open(canteen("B", 2000))
		c := d.unknown("k", 5000)
		before := d.digest()
		a := d.attribute(ask(c, owed, 0))
		d.wants("balances", d.totals(), totals{"CLR.slip": 5000, "ACC": 6500, "CRE": 2000, "DAT.c": 500})
		d.wants("lines", d.lines(c), []string{"unknown 500", "item A 4500"})
		if now := d.loaded(owed); now.State != debts.Paid || now.Paid != 4500 || now.Codes[0].State != debts.Closed {
			d.Errorf("debt is %s, paid %d, code %s; want paid and its codes closed", now.State, now.Paid, now.Codes[0].State)
		}
		d.within(by, func(tx *tenants.Tx) error {
			paid, err := collections.OfDebt(tx, owed.ID)
			if len(paid) != 1 || len(paid[0].Lines) != 1 || paid[0].Lines[0].Cents != 4500 {
				d.Errorf("collections of the debt = %+v, want the one", paid)
			}
			line, err2 := trace.Follow(tx, owed.Codes[0].Code)
			if len(line.At(trace.Collected)) != 1 || line.Edges[0].Origin != ledger.FromPerson {
				d.Errorf("line = %+v, want the collection, by a person", line)
			}
			back, err3 := trace.Follow(tx, "k")
			if len(back.At(trace.Due)) != 1 {
				d.Errorf("line back = %+v, want the debt", back)
			}
			return cmp.Or(err, err2, err3)
		})
		d.sound()

		d.wants("what has come of the debt", d.reached(owed), map[uuid.UUID]collections.Reach{owed.ID: {Collected: 4500}})

		d.attribute(ask(c, other, 0))
		d.wants("lines of both", d.lines(c), []string{"item A 4500", "item B 500"})
		d.refuses("nothing is left", fault.Conflict, "non resta nulla", ask(c, other, 0))
		d.undo(a)
		d.undo(a) // once
		d.wants("after the undoing", d.totals(), totals{"CLR.slip": 5000, "ACC": 6500, "CRE": 6000, "DAT.c": 4500})
		d.wants("lines after the undoing", d.lines(c), []string{"unknown 4500", "item B 500"})
		if now := d.loaded(owed); now.State != debts.Open || now.Paid != 0 || now.Codes[0].State != debts.Active || now.Chosen != "" {
			d.Errorf("debt after the undoing = %s, paid %d, code %s", now.State, now.Paid, now.Codes[0].State)
		}
		d.wants("what has come of the debt after the undoing", d.reached(owed), map[uuid.UUID]collections.Reach{})
		d.sound()
		again := d.attribute(ask(c, other, 1500))
		d.wants("lines of what was attributed again", d.lines(c), []string{"unknown 3000", "item B 2000"})
		d.undo(again)
		var all []collections.Attributed
		d.within(by, func(tx *tenants.Tx) (err error) {
			all, err = collections.AttributionsOf(tx, c.ID)
			if len(all) != 3 || all[0].Undone == nil || all[0].Undone.Reason != "non era sua" || all[1].Undone != nil || all[2].Undone == nil {
				d.Errorf("attributions = %+v, want three, the second standing", all)
			}
			return err
		})
		d.undo(all[1].Attribution)
		d.wants("digest after all was undone", d.digest(), before)
		d.sound()
	})
}

func TestAnExcessPaysAnotherDebt(t *testing.T) {
	eachDesk(t, func(d *desk) {
		owed, other := d.open(canteen("A", 4500)), d.open(canteen("B", 2000))
		c := d.comes("k", owed.Codes[0].Code, 5000)
		a := d.attribute(ask(c, other, 0))
		d.wants("balances", d.totals(), totals{"CLR.slip": 5000, "ACC": 6500, "CRE": 1500})
		d.wants("lines", d.lines(c), []string{"item A 4500", "item B 500"})
		if now := d.loaded(other); now.State != debts.Partly || now.Paid != 500 || now.Codes[0].State != debts.Active {
			d.Errorf("debt = %s, paid %d, want in part", now.State, now.Paid)
		}
		d.sound()
		d.undo(a)
		d.wants("lines after the undoing", d.lines(c), []string{"item A 4500", "excess A 500"})
		d.sound()
	})
}

func TestAnAttributionIsPricedOnThePayersDay(t *testing.T) {
	eachDesk(t, func(d *desk) {
		owed := d.open(fine()) // within five days: 42,00 less 30 %, and the costs
		c := d.unknown("k", 5000)
		before := d.digest()
		a := d.attribute(ask(c, owed, 0))
		d.wants("balances", d.totals(), totals{"CLR.slip": 5000, "ACC": 4440, "DAT.c": 560})
		if now := d.loaded(owed); now.State != debts.Paid || now.Cents != 4440 {
			d.Errorf("fine = %s of %d, want paid at the reduced price", now.State, now.Cents)
		}
		d.sound()
		d.undo(a)
		d.wants("after the undoing", d.totals(), totals{"CLR.slip": 5000, "ACC": 5700, "CRE": 5700, "DAT.c": 5000})
		if now := d.loaded(owed); now.Cents != 5700 || now.Instalments[0].Cents != 5700 || now.Instalments[0].Portions[0].Paid != 0 {
			d.Errorf("fine after the undoing = %d, want the title again", now.Cents)
		}
		d.wants("digest", d.digest(), before)
		d.sound()
	})
}

func TestABodysItemIsPaidByAttribution(t *testing.T) {
	eachDesk(t, func(d *desk) {
		n := canteen("A", 4500)
		n.Items = append(n.Items, debts.NewItem{Key: "2", Cents: 500, Body: "80012345678"})
		owed := d.open(n)
		a := d.attribute(ask(d.unknown("k", 4800), owed, 0))
		d.attribute(ask(d.comes("l", d.open(canteen("B", 100)).Codes[0].Code, 300), owed, 0))
		d.wants("balances", d.totals(), totals{"CLR.slip": 5100, "ACC": 4600, "TRZ.80012345678": 500})
		d.sound()
		d.undo(a)
		d.sound()
	})
}
