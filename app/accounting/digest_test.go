package accounting_test

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/accounting"
	"cassacomune/app/reconcile"
	"cassacomune/app/trace"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// TestDigestOfShares spreads a batch over two credits, matched in either
// order.
func TestDigestOfShares(t *testing.T) {
	for _, order := range [][]string{{"1", "2"}, {"2", "1"}} {
		tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
			m := begin(t, db)
			m.spread(order)
			m.digests(reconcile.DigestInto,
				`share R3 "vpos" "F-0001" "" "" "" "" 500`,
				`share R3 "vpos" "F-0001" "pay-A" "MENSA" "A" "1" 9900`)
		})
	}
}

// TestDigestOfOrders exports the order of such a batch and takes it back.
func TestDigestOfOrders(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		m.spread([]string{"1", "2"})
		before := m.digest()
		m.digests(accounting.DigestInto)
		m.export(m.propose()[:1])
		lines := []string{
			`line "CC-2026-000001" COMPENSAZIONE "tes" "1"/2026 100`,
			`line "CC-2026-000001" REGOLARIZZAZIONE "tes" "1"/2026 4400`,
			`line "CC-2026-000001" REGOLARIZZAZIONE "tes" "2"/2026 5500`,
			`order "CC-2026-000001" "tes" 2026 2026/"12" "" "" "3010201008" 0 10000 exported ""`,
		}
		m.digests(accounting.DigestInto, lines...)
		exported := m.digest()
		m.within(clerk, func(tx *tenants.Tx) error {
			o, err := accounting.OrderByLabel(tx, "CC-2026-000001")
			if err != nil {
				return err
			}
			return accounting.Withdraw(tx, o.ID, "prova")
		})
		lines[3] = strings.Replace(lines[3], "exported", "withdrawn", 1)
		m.digests(accounting.DigestInto, lines...)
		if withdrawn := m.digest(); before == exported || exported == withdrawn || withdrawn == before {
			t.Errorf("one digest for what differs: before %s, exported %s, withdrawn %s", before, exported, withdrawn)
		}
	})
}

// spread pays a debt in a batch whose money comes in two credits, and matches
// them in an order.
func (m *month) spread(order []string) {
	m.Helper()
	m.paid("A", "vpos", 10000)
	batch := m.remit("vpos", "F-0001", "T1", second, line("A", 10000, 100), line("NESSUNO", 500, 0))
	late, early := entryOf("1", "X"), entryOf("2", "Y")
	early.Cents, late.Cents = 6000, 4400
	m.read(told(second, early))
	m.read(told(second.AddDays(1), late))
	for _, number := range order {
		p := m.provisional(number)
		m.within(clerk, func(tx *tenants.Tx) error {
			_, err := reconcile.Match(tx, batch.ID, p.ID, 0, "in due volte")
			return err
		})
	}
}

func (m *month) digest() (sum string) {
	m.Helper()
	m.within(system, func(tx *tenants.Tx) (err error) {
		sum, err = trace.Digest(tx)
		return err
	})
	return sum
}

// digests compares what a room writes into the digest.
func (m *month) digests(into func(*tenants.Tx, io.Writer) error, want ...string) {
	m.Helper()
	var b strings.Builder
	m.within(system, func(tx *tenants.Tx) error { return into(tx, &b) })
	if diff := cmp.Diff(strings.Join(want, "\n"), strings.TrimSuffix(b.String(), "\n")); diff != "" {
		m.Errorf("lines of the digest (-want +got)\n%s", diff)
	}
}
