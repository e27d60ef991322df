package fulfilment_test

import (
	"slices"
	"testing"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	. "cassacomune/app/fulfilment"
	"cassacomune/jobs"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// owes makes a debt that nobody has paid.
func (w *town) owes(code string) (d debts.Debt) {
	w.Helper()
	w.within(func(tx *tenants.Tx) (err error) {
		if d, err = debts.Add(tx, debts.New{Type: code, Position: "A", Reason: "Prova", DueOn: day.New(2026, 3, 31),
			Parties: []debts.Party{{Kind: "person", Name: "Ada Prova"}}, Items: []debts.NewItem{{Key: "1", Cents: 4500}}}); err != nil {
			return err
		}
		d, err = debts.Load(tx, d.ID)
		return err
	})
	return d
}

func (w *town) comes(key, code string) (c collections.Collection) {
	w.Helper()
	w.within(func(tx *tenants.Tx) (err error) {
		c, _, err = collections.Book(tx, collections.New{Channel: "slip", Key: key, Code: code, Cents: 4500, PaidOn: paidOn, Source: "prova"})
		return err
	})
	return c
}

func (w *town) attribute(c collections.Collection, to debts.Debt) (a collections.Attribution) {
	w.Helper()
	w.within(func(tx *tenants.Tx) (err error) {
		a, err = collections.Attribute(tx, collections.NewAttribution{Collection: c.ID, Instalment: to.Instalments[0].ID, Reason: "prova"})
		return err
	})
	return a
}

func (w *town) undo(a collections.Attribution) {
	w.Helper()
	w.within(func(tx *tenants.Tx) error { return collections.Undo(tx, a.ID, "prova") })
}

// hears looks at a debt, and compares all that the office has heard of it.
func (w *town) hears(d debts.Debt, want ...Kind) {
	w.Helper()
	w.within(func(tx *tenants.Tx) error {
		if _, err := Evaluate(tx, d.ID); err != nil {
			return err
		}
		events, err := Of(tx, d.ID)
		var got []Kind
		for _, e := range events {
			got = append(got, e.Kind)
		}
		if !slices.Equal(got, want) {
			w.Errorf("heard %v, want %v", got, want)
		}
		return err
	})
}

// runs counts those that tell the office of a debt.
func (w *town) runs(d debts.Debt, want int) {
	w.Helper()
	w.within(func(tx *tenants.Tx) error {
		all, err := jobs.List(tx, 10, jobs.Fulfil)
		if len(all) != want {
			w.Errorf("%d runs, want %d", len(all), want)
		}
		for _, r := range all {
			var paid collections.Paid
			if err := r.Decode(&paid); err != nil || !slices.Contains(paid.Debts, d.ID) {
				w.Errorf("run of %v, %v, want the debt", paid.Debts, err)
			}
		}
		return err
	})
}

// TestTheOfficeHearsOfAnAttribution, and of its undoing, as of a payment.
func TestTheOfficeHearsOfAnAttribution(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		w := newTown(t, db)
		d := w.owes("PAGATO")
		a := w.attribute(w.comes("k", "9"), d)
		w.runs(d, 1)
		w.hears(d, Released)
		w.undo(a)
		w.runs(d, 2)
		w.hears(d, Released, Revoked)
	})
}

// TestMoneyTakenBackIsNoMeasure of how certain the money is that pays a debt.
func TestMoneyTakenBackIsNoMeasure(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		w := newTown(t, db)
		d := w.owes("RIVERSATO")
		w.undo(w.attribute(w.comes("k", "9"), d))
		w.comes("l", d.Codes[0].Code)
		w.hears(d)
		w.within(func(tx *tenants.Tx) error {
			_, _, err := collections.Remit(tx, collections.NewRemittance{Channel: "slip", Flow: "F", On: paidOn.AddDays(1), Source: "prova",
				Lines: []collections.RemittanceLine{{Key: "l", Cents: 4500}}})
			return err
		})
		w.hears(d, Released)
	})
}
