package citizen_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/auth"
	"cassacomune/app/collections"
	"cassacomune/app/debts"
	"cassacomune/app/formats/poste"
	"cassacomune/app/ledger"
	"cassacomune/app/ledger/ledgertest"
	"cassacomune/app/money"
	"cassacomune/app/payments"
	"cassacomune/app/trace"
	"cassacomune/app/web"
	"cassacomune/app/web/citizen"
	"cassacomune/app/web/desk"
	"cassacomune/app/web/webtest"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

var kept = tenants.Settings{}.Unpaid()

const hall = "Uso di una sala: 12/05/2026" // the reason of a spontaneous payment

// choose fills in the form of a service, and returns the notice number that
// the cart shows.
func (p *portal) choose(amount string) (code string) {
	p.t.Helper()
	p.post("/servizi/SALA", "nome", "Anna Verdi", "cf", debtor, "c_giorno", "12/05/2026", "importo", amount).leads("/carrello")
	cart := p.get("/carrello").is(200, "Uso di una sala", amount)
	i := strings.LastIndex(cart.body, `cc-code">`)
	return field(answer{body: cart.body[i:]}, `cc-code">`)
}

// clerk is the same town as its offices see it.
func (p *portal) clerk() *portal {
	p.t.Helper()
	return &portal{t: p.t, db: p.db, town: p.town, cookies: map[string]string{"sessione": string(webtest.Join(p.t, p.db, p.town, "ugo", auth.RoleClerk))},
		app: webtest.App(p.t, web.Config{DB: p.db.DB, Routes: desk.Routes()})}
}

type totals map[ledger.Account]money.Cents

// stands compares the ledger's totals, and lets everything be checked.
func (p *portal) stands(when string, want totals) {
	p.t.Helper()
	if d := cmp.Diff(want, totals(ledgertest.Totals(p.t, p.db, p.town.ID))); d != "" {
		p.t.Errorf("%s, totals (-want +got):\n%s", when, d)
	}
	p.within(func(tx *tenants.Tx) error {
		breaches, err := trace.Check(tx)
		for _, b := range breaches {
			p.t.Errorf("%s, check: %s", when, b)
		}
		return err
	})
}

func (p *portal) digest() (sum string) {
	p.t.Helper()
	p.within(func(tx *tenants.Tx) (err error) { sum, err = trace.Digest(tx); return err })
	return sum
}

// toSlip walks from the cart to its slip, and returns the code on it.
func (p *portal) toSlip(total string) (code string) {
	p.t.Helper()
	p.post("/carrello/versante", "nome", "Anna Verdi").leads("/carrello/riepilogo")
	p.post("/carrello/pagamenti", "canale", "slip", "totale", total).leads("/carrello/bollettino")
	if pdf := p.get("/carrello/bollettino.pdf").is(200); !strings.HasPrefix(pdf.body, "%PDF-") {
		p.t.Errorf("the slip begins with %.8q", pdf.body)
	}
	return field(p.get("/carrello/bollettino").is(200), `cc-code">`)
}

// slipOf is the slip code beside a notice number.
func (p *portal) slipOf(notice string) (code string) {
	p.t.Helper()
	p.within(func(tx *tenants.Tx) error {
		asked, err := debts.ByCode(tx, notice, tx.Today())
		for _, c := range asked.Instalment.Codes {
			if c.Kind == debts.SlipCode {
				code = c.Code
			}
		}
		return err
	})
	return code
}

// postal books the flow of a day of March 2026, about slips paid on the 9th.
func (p *portal) postal(on int, cents money.Cents, codes ...string) {
	p.t.Helper()
	pad := func(s string) string { return s + strings.Repeat(" ", 200-len(s)) + "\r\n" }
	file := ""
	for i, code := range codes {
		file += pad(fmt.Sprintf("%015d%012d%s%s%010d%8s2%s%18s00D", i+1, 12345, "260309", "896", int64(cents), "", fmt.Sprintf("2603%02d", on), code))
	}
	n, sum := len(codes), int64(cents)*int64(len(codes))
	file += pad(fmt.Sprintf("1%012d%s%14s999%08d%012d%08d%012d%08d%012d", 12345, fmt.Sprintf("2603%02d", on), "", n, sum, n, sum, 0, 0))
	for step, err := range collections.Steps(fmt.Sprint("flusso ", on), poste.Read(strings.NewReader(file))) {
		if err != nil {
			p.t.Fatal(err)
		}
		p.within(step)
	}
}

// due is the first step of a code's line.
func (p *portal) due(code string) (n trace.Node) {
	p.t.Helper()
	p.within(func(tx *tenants.Tx) error {
		line, err := trace.Follow(tx, code)
		if err == nil {
			n = line.Nodes[0]
		}
		return err
	})
	return n
}

// TestAbandoned leaves a cart behind: nobody owes anything, and after a while
// nobody is remembered.
func TestAbandoned(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		clerk, before := p.clerk(), p.digest()
		code := p.choose("20,00")
		p.stands("in the cart", totals{})
		if after := p.digest(); after != before {
			t.Errorf("digest %s, want %s as before", after, before)
		}
		for _, path := range []string{"/desk", "/desk/posizioni", "/desk/posizioni?stato=unborn", "/desk/posizioni?stato=unpaid", "/desk/posizioni?nome=anna", "/desk/posizioni.csv", "/segui?codice=" + code} {
			clerk.get(path).lacks("Anna", "Verdi", debtor, "Uso di una sala:", "20,00")
		}
		clerk.get("/segui?codice="+code).is(404, "non risulta")
		p.within(func(tx *tenants.Tx) error {
			owed, err := debts.OwedBy(tx, debtor)
			if len(owed) > 0 {
				t.Errorf("%s owes %v", debtor, owed[0].Reason)
			}
			return err
		})
		p.get("/avvisi/"+code).is(200, "Uso di una sala", "20,00").lacks("Anna")
		cart := p.get("/carrello")
		i := strings.Index(cart.body, "/carrello/voci/")
		p.post(cart.body[i : i+strings.IndexByte(cart.body[i:], '"')]).leads("/carrello")
		p.get("/carrello").is(200, "Il carrello è vuoto")

		db.Clock.Move(kept - time.Hour)
		p.within(payments.Sweep)
		p.get("/avvisi/"+code).is(200, "Uso di una sala")
		db.Clock.Move(2 * time.Hour)
		p.within(payments.Sweep)
		p.get("/avvisi/" + code).is(404)
		p.within(func(tx *tenants.Tx) error {
			for _, table := range []string{"debt", "debt_party", "debt_item", "debt_event", "instalment", "portion", "code", "cart_line", "ledger_tx"} {
				if n, err := tx.SelectFrom(table).Count(tx.Ctx); err != nil || n > 0 {
					t.Errorf("%s still has %d rows (%v)", table, n, err)
				}
			}
			return nil
		})
		p.stands("forgotten", totals{})
	})
}

// TestBornByCard pays by card, told many times at once, with a second payer
// behind the first.
func TestBornByCard(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		code := p.choose("20,00")
		one, back := p.toBank()
		p.cookies = map[string]string{}
		two, _ := p.toBank(code)
		p.stands("at the bank's", totals{})
		db.Clock.Move(26 * time.Hour) // both are told on the next day
		var wg sync.WaitGroup
		for i := range 12 {
			order := []string{one, two}[i%2]
			wg.Go(func() {
				r := httptest.NewRequest("POST", "/notifiche/vpos", strings.NewReader(outcome(order, "OK", "2000").Encode()))
				r.Host = host
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				if res, err := p.app.Test(r, 30_000); err != nil || res.StatusCode != 200 {
					t.Errorf("notification = %v, %v, want 200", res, err)
				}
			})
		}
		wg.Wait()
		p.stands("paid twice", totals{"ACC": 2000, "CLR.vpos": 4000, "ANT": 2000})
		paid := p.get(back).is(200, "Pagamento riuscito")
		i := strings.Index(paid.body, "/ricevute/")
		p.get(paid.body[i:i+strings.IndexByte(paid.body[i:], '"')]).is(200, "20,00", "Uso di una sala")
		if n := p.due(code); n.Stage != trace.Due || n.Cents != 2000 || n.On.String() != "2026-03-02" {
			t.Errorf("the line begins with %+v, want 20,00 due on the payer's day", n)
		}
		d := p.debtOf(code)
		var kinds []string
		p.within(func(tx *tenants.Tx) error {
			events, err := debts.Events(tx, d.ID)
			for _, e := range events {
				kinds = append(kinds, e.Kind)
			}
			return err
		})
		if fmt.Sprint(kinds) != "[born paid]" || d.State != debts.Paid {
			t.Errorf("the debt is %s after %v, want paid after its birth", d.State, kinds)
		}
		clerk := p.clerk()
		clerk.get("/desk/posizioni").is(200, hall, "20,00", "Pagato")
		clerk.get("/desk/posizioni/"+d.ID.String()).is(200, "Nata con il pagamento", "dal portale")
	})
}

// TestBornByPost pays slips days later: that of the cart, that of a notice, one
// short, one twice.
func TestBornByPost(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		inCart := p.choose("20,00")
		slip := p.toSlip("20.00")
		p.cookies = map[string]string{}
		alone, short := p.choose("20,00"), p.choose("30,00")
		p.stands("printed", totals{})
		db.Clock.Move(20 * 24 * time.Hour)
		for range 2 { // the same file again
			p.postal(11, 2000, slip, p.slipOf(alone), p.slipOf(short))
			p.stands("paid at the counter", totals{"ACC": 7000, "CRE": 1000, "TRN.slip": 6000})
		}
		for _, code := range []string{inCart, alone} {
			if n := p.due(code); n.Stage != trace.Due || n.On.String() != "2026-03-09" || p.debtOf(code).State != debts.Paid {
				t.Errorf("the line of %s begins with %+v, want due on the payer's day", code, n)
			}
		}
		if d := p.debtOf(short); d.State != debts.Partly || d.Remaining() != 1000 {
			t.Errorf("paid short: %s, %s remain, want 10,00 of a debt born whole", d.State, d.Remaining())
		}
		p.postal(12, 500, slip) // once more: an excess
		p.stands("paid again", totals{"ACC": 7000, "CRE": 1000, "TRN.slip": 6500, "ANT": 500})
		db.Clock.Move(2 * kept)
		p.within(payments.Sweep) // what is born stays
		p.stands("swept", totals{"ACC": 7000, "CRE": 1000, "TRN.slip": 6500, "ANT": 500})
	})
}

// TestTooLate lets money come after the sweeper: it is kept as unknown, to the
// cent, beside what it still pays.
func TestTooLate(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		notice := p.owe("MENSA", "1", 2300)
		p.choose("20,00")
		card, back := p.toBank(notice) // both in one cart
		p.cookies = map[string]string{}
		printed := p.choose("20,00")
		slip := p.toSlip("20.00")
		db.Clock.Move(kept + 24*time.Hour)
		p.within(payments.Sweep)
		p.get("/avvisi/" + printed).is(200) // its slip was awaited for a month
		p.notify(outcome(card, "OK", "4300")).is(200)
		p.stands("the card told too late", totals{"ACC": 2300, "CLR.vpos": 4300, "DAT.c": 2000})
		paid := p.get(back).is(200, "Pagamento riuscito")
		i := strings.Index(paid.body, "/ricevute/")
		p.get(paid.body[i:i+strings.IndexByte(paid.body[i:], '"')]).is(200, "43,00")
		if d := p.debtOf(notice); d.State != debts.Paid {
			t.Errorf("the notice beside it is %s, want paid", d.State)
		}
		db.Clock.Move(31 * 24 * time.Hour)
		p.within(payments.Sweep)
		p.postal(11, 2000, slip)
		p.stands("the slip paid too late", totals{"ACC": 2300, "CLR.vpos": 4300, "DAT.c": 4000, "TRN.slip": 2000})
	})
}

// TestBirthIsNotUndone voids what a collection posted: the debt stays due, and
// may be paid again.
func TestBirthIsNotUndone(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPortal(t, db, citizen.Limits{})
		code := p.choose("20,00")
		order, _ := p.toBank()
		p.notify(outcome(order, "OK", "2000")).is(200)
		d := p.debtOf(code)
		p.within(func(tx *tenants.Tx) error {
			lines, err := ledger.Entries(tx, d.Items[0].ID)
			if err != nil {
				return err
			}
			_, err = ledger.Void(tx, lines[len(lines)-1].Tx, "void:prova", "prova")
			if err != nil {
				return err
			}
			all, err := ledger.Totals(tx)
			if d := cmp.Diff([]ledger.Total{{Account: "ACC", Cents: 2000, Refs: 1}, {Account: "CRE", Cents: 2000, Refs: 1}}, all); d != "" {
				t.Errorf("after the void (-want +got):\n%s", d)
			}
			breaches, err2 := ledger.Check(tx)
			for _, b := range breaches {
				t.Errorf("check: %s", b)
			}
			return errors.Join(err, err2)
		})
	})
}
