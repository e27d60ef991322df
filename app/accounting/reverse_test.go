package accounting_test

import (
	"testing"

	"cassacomune/app/accounting"
	"cassacomune/app/formats"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// orders are those that have left us, by state.
func (m *month) orders(state accounting.OrderState) (all []accounting.Order) {
	m.Helper()
	m.within(clerk, func(tx *tenants.Tx) (err error) {
		all, err = accounting.Orders(tx, state)
		return err
	})
	return all
}

// TestTheTreasurerReversesOurOrder executes an exported order, reverses it, and
// executes it again under another number, or lets a person withdraw it.
func TestTheTreasurerReversesOurOrder(t *testing.T) {
	for name, withdraw := range map[string]bool{"executed again": false, "withdrawn": true} {
		t.Run(name, func(t *testing.T) {
			tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
				m := begin(t, db)
				m.paid("A", "vpos", 10000)
				m.remit("vpos", "F-0001", "T1TERM", second, line("A", 10000, 200))
				m.read(told(second, opened("1", 9800)))
				m.reconcile()
				m.export(m.propose())
				m.read(told(second.AddDays(1), order("REGOLARIZZATO", 10000, closing("1", 9800))))
				if got := m.orders(accounting.Regularised); len(got) != 1 || got[0].Number != "31" {
					t.Fatalf("regularised = %+v, want ours under number 31", got)
				}

				m.read(told(second.AddDays(2), order("STORNATO", 10000)))
				m.want("reversed", sums{"ACC": 10000, "FEE": 200, "SOS.tes": 9800})
				waiting := m.orders(accounting.Exported)
				if len(waiting) != 1 || waiting[0].Number != "" || len(m.orders(accounting.Regularised)) != 0 {
					t.Fatalf("after the reversal exported = %+v, want ours without a number", waiting)
				}
				if got := m.propose(); len(got) != 0 {
					t.Errorf("proposed = %+v, want nothing while our order is out", got)
				}

				if withdraw {
					m.within(clerk, func(tx *tenants.Tx) error { return accounting.Withdraw(tx, waiting[0].ID, "stornato") })
					if got := m.propose(); len(got) != 1 || got[0].Cents != 10000 {
						t.Errorf("proposed = %+v, want the credit again", got)
					}
					return
				}
				again := order("REGOLARIZZATO", 10000, closing("1", 9800))
				again.Number = "32"
				m.read(told(second.AddDays(3), again))
				if got := m.orders(accounting.Regularised); len(got) != 1 || got[0].Number != "32" {
					t.Errorf("regularised = %+v, want ours under number 32", got)
				}
				m.want("ordered again", sums{"ACC": 10000, "TES": 10000})
			})
		})
	}
}

// TestReversalsOfWarrants reverses warrants of ours and of others, before and
// after the journal executes them: nothing waits, and what was ours is undone.
func TestReversalsOfWarrants(t *testing.T) {
	charge := formats.Entry{Document: formats.DocProvisionalDebit, Operation: "ESEGUITO", Number: "4", Progressive: "0", Cents: 300, PartyName: "BANCA", Text: "COMMISSIONI"}
	ours := formats.Entry{Document: formats.DocWarrant, Operation: "ESEGUITO", Number: "12", Progressive: "1", Cents: 300, Closes: []formats.Provisional{closing("4", 300)}}
	others := formats.Entry{Document: formats.DocWarrant, Operation: "ESEGUITO", Number: "13", Progressive: "1", Cents: 700}
	reversed := func(e formats.Entry) formats.Entry {
		e.Operation = "STORNATO"
		return e
	}
	for name, first := range map[string]bool{"before": true, "after": false} {
		t.Run(name, func(t *testing.T) {
			tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
				m := begin(t, db)
				m.read(told(second, charge))
				executed, back := told(second.AddDays(1), ours, others), told(second.AddDays(2), reversed(ours), reversed(others))
				if first {
					executed, back = back, executed
				}
				m.read(executed)
				m.read(back)
				if got := m.waiting(); len(got) != 0 {
					t.Errorf("waiting = %+v, want nothing", got)
				}
				m.want("all undone", sums{"DAT.u": 300, "SOU.tes": 300})
			})
		})
	}
}
