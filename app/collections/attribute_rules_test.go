package collections_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/uuid"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/price"
	"cassacomune/tenants"
)

// reduced is a debt of 100,00 that may also be paid at once with 90,00, or in
// two instalments.
func reduced() debts.New {
	n := canteen("R", 10000)
	part := func(number int, cents money.Cents) debts.NewInstalment {
		return debts.NewInstalment{Number: number, DueOn: day.New(2026, 3, 31), Portions: []debts.NewPortion{{Item: "1", Cents: cents}}}
	}
	n.Options = []debts.NewOption{{Key: "ridotta", Instalments: []debts.NewInstalment{part(1, 9000)}},
		{Key: "rate", Instalments: []debts.NewInstalment{part(1, 5000), part(2, 5000)}}}
	return n
}

func instalment(t *testing.T, of debts.Debt, option string, number int) debts.Instalment {
	t.Helper()
	for _, in := range of.Instalments {
		if in.Option == option && in.Number == number {
			return in
		}
	}
	t.Fatalf("no instalment %s %d", option, number)
	return debts.Instalment{}
}

func TestTheOptionChosenIsTakenBack(t *testing.T) {
	eachDesk(t, func(d *desk) {
		owed := d.open(reduced())
		c := d.unknown("k", 9500)
		before := d.digest()
		a := d.attribute(collections.NewAttribution{Collection: c.ID, Instalment: instalment(d.T, owed, "ridotta", 1).ID, Reason: "ha scelto la riduzione"})
		now := d.loaded(owed)
		if now.State != debts.Paid || now.Cents != 9000 || now.Chosen != "ridotta" || instalment(d.T, now, "rate", 1).State != debts.InstalmentClosed {
			d.Errorf("debt = %s of %d by %q, want paid by the reduced option and the other closed", now.State, now.Cents, now.Chosen)
		}
		d.refuses("an option that is excluded", fault.Conflict, "già pagato", collections.NewAttribution{Collection: c.ID,
			Instalment: instalment(d.T, owed, "rate", 1).ID, Reason: "prova"})
		d.undo(a)
		now = d.loaded(owed)
		for _, code := range now.Codes {
			if code.State != debts.Active {
				d.Errorf("code %s is %s, want active again", code.Code, code.State)
			}
		}
		for _, in := range now.Instalments {
			if in.State != debts.InstalmentOpen {
				d.Errorf("instalment %s %d is %s, want open again", in.Option, in.Number, in.State)
			}
		}
		d.wants("digest", d.digest(), before)
		d.sound()
	})
}

// TestWhatOthersPaidStays undoes one of two payments of an option.
func TestWhatOthersPaidStays(t *testing.T) {
	eachDesk(t, func(d *desk) {
		owed := d.open(reduced())
		c := d.unknown("k", 5000)
		first := instalment(d.T, owed, "rate", 1)
		a := d.attribute(collections.NewAttribution{Collection: c.ID, Instalment: first.ID, Reason: "prima rata"})
		d.comes("l", instalment(d.T, owed, "rate", 2).Codes[0].Code, 5000)
		d.undo(a)
		now := d.loaded(owed)
		if now.State != debts.Partly || now.Paid != 5000 || now.Chosen != "rate" || instalment(d.T, now, "ridotta", 1).State != debts.InstalmentClosed {
			d.Errorf("debt = %s, paid %d by %q, want half of it by instalments", now.State, now.Paid, now.Chosen)
		}
		if code := instalment(d.T, now, "rate", 2).Codes[0]; code.State != debts.Closed {
			d.Errorf("code of what another money paid is %s, want closed", code.State)
		}
		if code := instalment(d.T, now, "rate", 1).Codes[0]; code.State != debts.Active {
			d.Errorf("code of what nothing pays is %s, want active", code.State)
		}
		d.sound()
	})
}

// TestAPriceOnWhichOthersPaidIsKept refuses to undo what set the price of a
// later payment.
func TestAPriceOnWhichOthersPaidIsKept(t *testing.T) {
	eachDesk(t, func(d *desk) {
		n := reduced()
		n.Options = []debts.NewOption{{Key: "dilazione", Instalments: []debts.NewInstalment{
			{Number: 1, DueOn: march, Portions: []debts.NewPortion{{Item: "1", Cents: 6000}}},
			{Number: 2, DueOn: march, Portions: []debts.NewPortion{{Item: "1", Cents: 6000}}}}}}
		owed := d.open(n)
		c := d.unknown("k", 6000)
		a := d.attribute(collections.NewAttribution{Collection: c.ID, Instalment: instalment(d.T, owed, "dilazione", 1).ID, Reason: "prima rata"})
		d.comes("l", instalment(d.T, owed, "dilazione", 2).Codes[0].Code, 6000)
		before := d.digest()
		err := d.db.Within(ctx, d.id, rosa, func(tx *tenants.Tx) error { return collections.Undo(tx, a.ID, "prova") })
		if !fault.Is(err, fault.Conflict) {
			d.Errorf("undo = %v, want Conflict", err)
		}
		d.wants("digest", d.digest(), before)
		d.sound()
	})
}

func TestAttributionsThatAreRefused(t *testing.T) {
	eachDesk(t, func(d *desk) {
		owed, paid := d.open(canteen("A", 4500)), d.open(canteen("B", 100))
		d.comes("l", paid.Codes[0].Code, 100)
		c := d.unknown("k", 5000)
		silent := ask(c, owed, 0)
		silent.Reason = ""
		d.refuses("without a reason", fault.Invalid, "perché", silent)
		d.refuses("more than there is", fault.Conflict, "restano da attribuire 50,00", ask(c, owed, 5001))
		d.refuses("more than is asked", fault.Conflict, "chiede 45,00", ask(c, owed, 5000))
		d.refuses("less than nothing", fault.Invalid, "maggiore di zero", ask(c, owed, -1))
		d.refuses("a debt that is paid", fault.Conflict, "già pagato", ask(c, paid, 0))
		d.refuses("no collection", fault.NotFound, "", ask(collections.Collection{ID: uuid.New()}, owed, 0))
		d.refuses("no debt", fault.NotFound, "", collections.NewAttribution{Collection: c.ID, Instalment: uuid.New(), Reason: "prova"})

		beta := town2(d)
		theirs := beta.open(canteen("A", 4500))
		d.refuses("another town's debt", fault.NotFound, "", ask(c, theirs, 0))
		beta.refuses("another town's collection", fault.NotFound, "", ask(c, theirs, 0))
		if _, err := d.try(police, ask(c, owed, 0)); !fault.Is(err, fault.NotFound) {
			d.Errorf("a debt of another office: %v, want NotFound", err)
		}
		a := d.attribute(ask(c, owed, 4000))
		for name, by := range map[string]tenants.Actor{"another office": police, "another town": rosa} {
			on := d
			if name == "another town" {
				on = beta
			}
			err := on.db.Within(ctx, on.id, by, func(tx *tenants.Tx) error { return collections.Undo(tx, a.ID, "prova") })
			if !fault.Is(err, fault.NotFound) {
				d.Errorf("undo from %s: %v, want NotFound", name, err)
			}
		}
		d.sound()
	})
}

func town2(d *desk) *desk {
	d.Helper()
	id := d.db.Add(d.T, "beta").ID
	within(d.T, d.db, id, func(tx *tenants.Tx) error {
		if err := tx.SaveOffice(tenants.Office{Code: "u", Name: "Ufficio"}); err != nil {
			return err
		}
		return tx.SaveDebtType(tenants.DebtType{Code: "MENSA", Office: "u", Name: "Mensa", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}})
	})
	return &desk{d.T, d.db, id}
}

// TestASecondOfficeSeesTheRest: what nobody knows yet is everybody's, what is
// known is of the office whose debt it paid, and what was taken back is
// everybody's again.
func TestASecondOfficeSeesTheRest(t *testing.T) {
	eachDesk(t, func(d *desk) {
		owed := d.open(canteen("A", 4500))
		c := d.unknown("k", 5000)
		sees := func(what string, want int) {
			d.Helper()
			d.within(police, func(tx *tenants.Tx) error {
				all, err := collections.List(tx, collections.Filter{}, "", false, 0, 10)
				d.wants("collections that another office sees "+what, len(all), want)
				return err
			})
		}
		sees("before", 1)
		part := d.attribute(ask(c, owed, 4000))
		sees("in part", 1)
		d.undo(part)
		whole := d.comes("l", "1", 4500)
		a := d.attribute(ask(whole, owed, 0))
		sees("of what is all known", 1)
		d.undo(a)
		sees("after the undoing", 2)
		d.within(by, func(tx *tenants.Tx) error {
			if err := tx.SaveOffice(tenants.Office{Code: "polizia", Name: "Polizia locale"}); err != nil {
				return err
			}
			return tx.SaveDebtType(tenants.DebtType{Code: "ZTL", Office: "polizia", Name: "Permesso", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}})
		})
		n := canteen("Z", 4500)
		n.Type = "ZTL"
		theirs := d.attribute(ask(whole, d.open(n), 0))
		sees("of what was its own", 2)
		d.undo(theirs)
		d.attribute(ask(whole, owed, 0))
		sees("of what was its own once", 1)
	})
}

func TestTheSameFormTwiceIsOneAttribution(t *testing.T) {
	eachDesk(t, func(d *desk) {
		owed := d.open(canteen("A", 4500))
		c := d.unknown("k", 10000)
		n := ask(c, owed, 2000)
		n.Key = "modulo"
		first := d.attribute(n)
		if again := d.attribute(n); again.ID != first.ID {
			d.Errorf("the same form = %s, want the first attribution %s", again.ID, first.ID)
		}
		d.wants("lines", d.lines(c), []string{"unknown 8000", "item A 2000"})
		n.Cents = 1000
		d.refuses("the same form with other cents", fault.Conflict, "già stato inviato", n)
		d.undo(first)
		n.Cents = 2000
		d.refuses("the same form after the undoing", fault.Conflict, "annullata", n)
	})
}

// TestTwoClerksAttributeTheSameMoney, to two debts: the second reads that it
// is no longer there.
func TestTwoClerksAttributeTheSameMoney(t *testing.T) {
	eachDesk(t, func(d *desk) {
		owed := []debts.Debt{d.open(canteen("A", 4500)), d.open(canteen("B", 4500))}
		c := d.unknown("k", 4500)
		errs := make([]error, 6)
		made := make([]collections.Attribution, len(errs))
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { made[i], errs[i] = d.try(rosa, ask(c, owed[i%2], 0)) })
		}
		all.Wait()
		won := -1
		for i, err := range errs {
			switch {
			case err == nil && won < 0:
				won = i
			case err == nil:
				d.Errorf("clerks %d and %d have both attributed it", won, i)
			case !fault.Is(err, fault.Conflict):
				d.Errorf("clerk %d: %v, want Conflict", i, err)
			}
		}
		if won < 0 {
			d.Fatal("nobody has attributed it")
		}
		d.wants("balances", d.totals(), totals{"CLR.slip": 4500, "ACC": 9000, "CRE": 4500})
		for range 3 { // and take it back
			all.Go(func() {
				err := d.db.Within(ctx, d.id, rosa, func(tx *tenants.Tx) error { return collections.Undo(tx, made[won].ID, "insieme") })
				if err != nil {
					d.Errorf("undo at once: %v", err)
				}
			})
		}
		all.Wait()
		d.wants("lines after the undoing", d.lines(c), []string{"unknown 4500"})
		d.sound()
	})
}

// TestAnyAttributionsLeaveTheBooksSound attributes and takes back at random.
// What holds of each state is in sound; once all is taken back, nothing has
// happened.
func TestAnyAttributionsLeaveTheBooksSound(t *testing.T) {
	eachDesk(t, func(d *desk) {
		dice := rand.New(rand.NewPCG(26, 11))
		var owed []debts.Debt
		for _, p := range []string{"A", "B", "C"} {
			owed = append(owed, d.open(canteen(p, money.Cents(1000+dice.IntN(3000)))))
		}
		owed = append(owed, d.open(fine()), d.open(reduced()))
		own := d.open(canteen("D", 700))
		all := []collections.Collection{d.unknown("k", 9000), d.unknown("l", 2500), d.comes("m", own.Codes[0].Code, 3700)}
		before := d.digest()
		var standing []collections.Attribution
		for range 40 {
			if len(standing) > 0 && dice.IntN(3) == 0 {
				i := dice.IntN(len(standing))
				err := d.db.Within(ctx, d.id, rosa, func(tx *tenants.Tx) error { return collections.Undo(tx, standing[i].ID, "a caso") })
				if err == nil {
					standing = append(standing[:i], standing[i+1:]...)
				} else if !fault.Is(err, fault.Conflict) {
					d.Fatal(err)
				}
			} else {
				to := owed[dice.IntN(len(owed))]
				n := ask(all[dice.IntN(len(all))], to, money.Cents(dice.IntN(3)*dice.IntN(1500)))
				n.Instalment = to.Instalments[dice.IntN(len(to.Instalments))].ID
				a, err := d.try(rosa, n)
				if err == nil {
					standing = append(standing, a)
				} else if !fault.Is(err, fault.Conflict) {
					d.Fatal(err)
				}
			}
			d.sound()
		}
		for len(standing) > 0 { // the last first: prices stand on one another
			last := len(standing) - 1
			d.undo(standing[last])
			standing = standing[:last]
		}
		d.sound()
		d.wants("digest once all is taken back", d.digest(), before)
	})
}
