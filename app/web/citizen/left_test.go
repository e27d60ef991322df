package citizen_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/payments"
	"cassacomune/app/web/citizen"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// payers are the carts, by what they still say of who pays.
func (p *portal) payers() map[string]string {
	p.t.Helper()
	all := map[string]string{}
	p.within(func(tx *tenants.Tx) error {
		var carts []payments.Cart
		err := tx.Select(&carts).Scan(tx.Ctx)
		for _, c := range carts {
			all[c.ID.String()] = c.PayerName + c.PayerCode + c.PayerEmail + c.Owner
		}
		return err
	})
	return all
}

// rows counts what tells of money and of what was to be paid.
func (p *portal) rows() map[string]int64 {
	p.t.Helper()
	n := map[string]int64{}
	p.within(func(tx *tenants.Tx) error {
		for _, table := range []string{"cart", "cart_line", "attempt", "code", "debt", "collection", "receipt", "ledger_tx"} {
			count, err := tx.SelectFrom(table).Count(tx.Ctx)
			if err != nil {
				return err
			}
			n[table] = count
		}
		return nil
	})
	return n
}

// TestLeftCarts leaves carts at every stage. Who would have paid is forgotten
// after the town's term, counted from the last sign of each; what was paid, and
// what a person has to look at, keeps its payer, and nothing else changes.
func TestLeftCarts(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		position := 0
		begin := func() {
			p.t.Helper()
			p.cookies = map[string]string{}
			position++
			p.post("/carrello/voci", "codice", p.owe("MENSA", string(rune('a'+position)), 2300)).leads("/carrello")
			p.post("/carrello/versante", "nome", "Bruno Neri", "cf", debtor, "email", "bruno@example.it").leads("/carrello/riepilogo")
		}
		newest := func(before map[string]string) (id string) {
			for now := range p.payers() {
				if _, ok := before[now]; !ok {
					id = now
				}
			}
			return id
		}
		at := map[string]string{} // the carts, by how far they came
		stage := func(name string, walk func()) {
			before := p.payers()
			begin()
			if walk != nil {
				walk()
			}
			at[name] = newest(before)
		}
		bank := func() string {
			return p.post("/carrello/pagamenti", "canale", "vpos", "totale", p.get("/carrello/riepilogo").field("totale")).is(200).field("codTrans")
		}
		stage("open", nil)
		stage("refused", func() { p.notify(outcome(bank(), "KO", "2300")).is(200) })
		stage("at the bank's", func() { bank() })
		stage("told wrong", func() { p.notify(outcome(bank(), "OK", "9900")).is(200) })
		stage("paid", func() { p.notify(outcome(bank(), "OK", "2300")).is(200) })
		stage("on a slip", func() {
			p.post("/carrello/pagamenti", "canale", "slip", "totale", p.get("/carrello/riepilogo").field("totale")).leads("/carrello/bollettino")
		})
		rows, digest := p.rows(), p.digest()

		p.within(func(tx *tenants.Tx) error {
			m, err := tx.Municipality()
			if err != nil {
				return err
			}
			m.Settings.KeptUnpaid = 40
			return tx.SaveSettings(m.Settings)
		})
		const who = "Bruno Neri" + debtor + "bruno@example.it"
		stands := func(when string, gone ...string) {
			t.Helper()
			got, want := map[string]string{}, map[string]string{}
			all := p.payers()
			for name, id := range at {
				got[name], want[name] = strings.TrimSpace(all[id]), who
			}
			for _, name := range gone {
				want[name] = ""
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s, payers (-want +got):\n%s", when, d)
			}
		}
		db.Clock.Move(40*24*time.Hour - time.Minute)
		p.within(payments.Sweep)
		stands("a minute before the term")
		db.Clock.Move(2*time.Minute + payments.Validity)
		p.within(payments.Sweep)
		stands("after the term", "open", "refused", "at the bank's")
		db.Clock.Move(31 * 24 * time.Hour)
		p.within(payments.Sweep)
		stands("a term after the slip was to be paid", "open", "refused", "at the bank's", "on a slip")
		p.within(payments.Sweep)
		if d := cmp.Diff(rows, p.rows()); d != "" {
			t.Errorf("rows (-before +after):\n%s", d)
		}
		if after := p.digest(); after != digest {
			t.Errorf("digest %s, want %s as before", after, digest)
		}
	})
}
