package accounting_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"cassacomune/app/accounting"
	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/money"
	"cassacomune/app/reconcile"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// owe makes a debt, of another chapter's assessment than the default ones.
func (m *month) owe(position string, cents money.Cents) (d debts.Debt) {
	m.Helper()
	m.within(system, func(tx *tenants.Tx) (err error) {
		if d, err = debts.Add(tx, debts.New{Type: "MENSA", Position: position, Reason: "Mensa marzo", DueOn: day.New(2026, 3, 31),
			Parties: []debts.Party{{Kind: "person", Name: "Ada Prova"}}, Items: []debts.NewItem{{Key: "1", Cents: cents}}}); err != nil {
			return err
		}
		d, err = debts.Load(tx, d.ID)
		return err
	})
	return d
}

// comes books a payment with a code of no debt, or of one.
func (m *month) comes(key, code string, cents money.Cents) (c collections.Collection) {
	m.Helper()
	m.within(system, func(tx *tenants.Tx) (err error) {
		c, _, err = collections.Book(tx, collections.New{Channel: "vpos", Key: "pay-" + key, Code: code, Cents: cents, PaidOn: second, Source: "prova"})
		return err
	})
	return c
}

func (m *month) attribute(c collections.Collection, to debts.Debt, cents money.Cents) (a collections.Attribution) {
	m.Helper()
	m.within(clerk, func(tx *tenants.Tx) (err error) {
		a, err = collections.Attribute(tx, collections.NewAttribution{Collection: c.ID, Instalment: to.Instalments[0].ID, Cents: cents, Reason: "prova"})
		return err
	})
	return a
}

func (m *month) undo(a collections.Attribution) {
	m.Helper()
	m.within(clerk, func(tx *tenants.Tx) error { return collections.Undo(tx, a.ID, "prova") })
}

// proposed are the lines of the proposals, by assessment; a problem is a line.
func (m *month) proposed() (all []string) {
	m.Helper()
	for _, o := range m.propose() {
		for _, l := range o.Lines {
			all = append(all, fmt.Sprintf("%s %s %s %d", o.Assessment, l.ProvisionalNumber, strings.ToLower(l.Kind[:3]), l.Cents))
		}
		all = append(all, o.Problems...)
	}
	slices.Sort(all)
	return all
}

func (m *month) says(what string, got []string, want ...string) {
	m.Helper()
	if !slices.Equal(got, want) {
		m.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// exportOf exports the proposals on an assessment.
func (m *month) exportOf(assessment string) {
	m.Helper()
	m.export(slices.DeleteFunc(m.propose(), func(o accounting.Order) bool { return o.Assessment != assessment }))
}

// batch pays a debt, a surplus and an unknown in one batch with a fee on each,
// credited whole.
func (m *month) batch() (unknown, excess collections.Collection) {
	m.Helper()
	m.paid("A", "vpos", 10000)
	unknown = m.comes("U", "sconosciuto", 3000)
	excess = m.comes("E", m.owe("B", 1000).Codes[0].Code, 1500)
	batch := m.remit("vpos", "F-0001", "T1", second, line("A", 10000, 100), line("U", 3000, 30), line("E", 1500, 10))
	e := entryOf("1", "X")
	e.Cents = 14360
	m.read(told(second, e))
	m.match(batch, "1")
	return unknown, excess
}

func (m *month) match(batch collections.Remittance, number string) {
	m.Helper()
	p := m.provisional(number)
	m.within(clerk, func(tx *tenants.Tx) error {
		_, err := reconcile.Match(tx, batch.ID, p.ID, 0, "prova")
		return err
	})
}

// TestAttributedMoneyGoesWhereItsDebtGoes: what was attributed before an order
// left is proposed with its debt, and back.
func TestAttributedMoneyGoesWhereItsDebtGoes(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		unknown, excess := m.batch()
		m.says("nothing attributed", m.proposed(), "12 1 com 110", "12 1 reg 10890", "90 1 reg 500", "91 1 com 30", "91 1 reg 2970")
		c := m.owe("C", 2000)
		a := m.attribute(unknown, c, 0)
		m.attribute(excess, m.owe("D", 9000), 0)
		m.says("attributed", m.proposed(), "12 1 com 110", "12 1 reg 13390", "91 1 com 30", "91 1 reg 970")
		m.undo(a)
		m.says("taken back", m.proposed(), "12 1 com 110", "12 1 reg 11390", "91 1 com 30", "91 1 reg 2970")
		m.totals()
	})
}

// TestAnExportedOrderKeepsItsMoney: what is attributed, or taken back, after
// an order left stays in that order, and the others get no more and no less.
func TestAnExportedOrderKeepsItsMoney(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		unknown, excess := m.batch()
		c, d := m.owe("C", 2000), m.owe("D", 9000)
		early := m.attribute(unknown, c, 500)
		m.exportOf("91")
		m.says("the unknown has left", m.proposed(), "12 1 com 110", "12 1 reg 11390", "90 1 reg 500")
		late := m.attribute(unknown, d, 0)
		m.says("attributed since", m.proposed(), "12 1 com 110", "12 1 reg 11390", "90 1 reg 500")
		m.attribute(excess, d, 0)
		m.says("the excess had not left", m.proposed(), "12 1 com 110", "12 1 reg 11890")
		m.exportOf("12")
		m.says("all has left", m.proposed())
		m.undo(early)
		m.undo(late)
		m.says("taken back since", m.proposed())
		m.attribute(unknown, d, 0)
		m.says("and attributed again", m.proposed())

		m.holds(unknown, nil, "CC-2026-000001 exported", "CC-2026-000002 exported")
		m.holds(unknown, []uuid.UUID{c.Items[0].ID}, "CC-2026-000001 exported")
		m.read(told(second.AddDays(1), order("REGOLARIZZATO", 12000, closing("1", 11890))))
		m.within(clerk, func(tx *tenants.Tx) error {
			orders, err := accounting.Orders(tx, "")
			if err != nil || len(orders) != 2 || orders[0].Cents != 12000 || orders[0].State != accounting.Regularised || orders[1].Cents != 2500 {
				t.Errorf("orders = %+v, %v, want 120,00 and 25,00 as they left", orders, err)
			}
			return accounting.Withdraw(tx, orders[1].ID, "prova")
		})
		m.holds(unknown, nil, "CC-2026-000002 regularised")
		m.says("the order of the unknown is withdrawn: the money goes with its debt", m.proposed(), "12 1 com 30", "12 1 reg 2470")
		m.exportOf("12")
		m.says("all has left again", m.proposed())
	})
}

// holds are the orders in which the money of a collection stands.
func (m *month) holds(c collections.Collection, settled []uuid.UUID, want ...string) {
	m.Helper()
	var got []string
	m.within(clerk, func(tx *tenants.Tx) error {
		h, err := accounting.Holds(tx, c, settled...)
		for _, o := range h.Orders {
			got = append(got, o.Label+" "+string(o.State))
		}
		for _, o := range h.Journal {
			got = append(got, "reversale "+o.Number)
		}
		return err
	})
	m.says("orders that hold "+c.Key, got, want...)
}

// TestSharesFollowWhatIsLearned spreads a batch over two credits, and learns
// of its money before or after: the proposals and the digest are the same.
func TestSharesFollowWhatIsLearned(t *testing.T) {
	var digests [2]string
	for i, after := range []bool{false, true} {
		tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
			m := begin(t, db)
			c := m.owe("C", 2000)
			unknown := m.comes("U", "sconosciuto", 3000)
			m.paid("A", "vpos", 10000)
			if !after {
				m.attribute(unknown, c, 0)
			}
			batch := m.remit("vpos", "F-0001", "T1", second, line("U", 3000, 30), line("A", 10000, 100), line("L", 700, 0))
			one, two := entryOf("1", "X"), entryOf("2", "Y")
			one.Cents, two.Cents = 2000, 11570
			m.read(told(second, one))
			m.read(told(second.AddDays(1), two))
			if !after {
				m.paid("L", "vpos", 700)
			}
			m.match(batch, "1")
			if after {
				m.attribute(unknown, c, 0)
			}
			m.match(batch, "2")
			if after {
				m.paid("L", "vpos", 700)
			}
			m.says("proposals", m.proposed(), "12 1 reg 1030", "12 2 com 100", "12 2 reg 11570", "91 1 com 30", "91 1 reg 970")
			if digests[i] == "" {
				digests[i] = m.digest()
			}
			m.totals()
		})
	}
	if digests[0] != digests[1] {
		t.Error("the digest knows when the money was attributed")
	}
}

// TestAnOrderFromBeforeItsPartsWereKept holds what goes where it went.
func TestAnOrderFromBeforeItsPartsWereKept(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		m.batch()
		p := m.provisional("1")
		m.within(clerk, func(tx *tenants.Tx) error {
			x := accounting.Export{ID: tx.NewID(), At: tx.Now(), Who: "Rosa", Year: 2026, Orders: 1, Cents: 3000}
			o := accounting.Order{ID: tx.NewID(), ExportID: x.ID, Label: "CC-2026-000001", Year: 2026, Account: "tes", AssessmentYear: 2026, Assessment: "91",
				Cents: 3000, State: accounting.Exported, ChangedAt: tx.Now()}
			l := accounting.OrderLine{OrderID: o.ID, Seq: 1, Kind: accounting.Regularisation, Cents: 2970, ProvisionalID: p.ID, Payer: "X"}
			for _, row := range []any{&x, &o, &l} {
				if _, err := tx.Insert(row).Exec(tx.Ctx); err != nil {
					return err
				}
			}
			return nil
		})
		m.says("proposals", m.proposed(), "12 1 com 110", "12 1 reg 10890", "90 1 reg 500")
	})
}

// TestAPaymentToldLateStaysInItsOrder: a line of a batch that left as unknown
// is known later, by the channel's own word.
func TestAPaymentToldLateStaysInItsOrder(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		m.paid("A", "vpos", 10000)
		batch := m.remit("vpos", "F-0001", "T1", second, line("A", 10000, 0), line("L", 700, 0))
		e := entryOf("1", "X")
		e.Cents = 10700
		m.read(told(second, e))
		m.match(batch, "1")
		m.exportOf("91")
		m.paid("L", "vpos", 700)
		m.says("proposals", m.proposed(), "12 1 reg 10000")
	})
}
