package main

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"cassacomune/app/accounting"
	"cassacomune/app/channels"
	"cassacomune/app/channels/vpos"
	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/formats/opi"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/payments"
	"cassacomune/app/price"
	"cassacomune/app/reconcile"
	"cassacomune/app/sandbox/treasurer"
	"cassacomune/app/trace"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

var first = day.New(2026, 3, 2)

// payment is a town in which one debt will be paid by card.
type payment struct {
	t    *testing.T
	db   *tenantstest.Data
	id   tenants.ID
	debt debts.Debt
	code string
}

func newPayment(t *testing.T, db *tenantstest.Data, slug string) *payment {
	t.Helper()
	p := &payment{t: t, db: db, id: db.Add(t, slug).ID}
	p.within(func(tx *tenants.Tx) error {
		town, err := tx.Municipality()
		if err != nil {
			return err
		}
		s := town.Settings
		s.Defaults = tenants.Imputation{Excess: "2026/90", Unknown: "2026/90", Others: "2026/90"}
		if err := errors.Join(
			tx.SaveSettings(s), tx.SaveOffice(tenants.Office{Code: "u", Name: "Ufficio"}),
			tx.SaveAccount(tenants.Account{Key: "tes", Name: "Tesoreria", Kind: tenants.AccountTreasury, Source: tenants.SourceJournal, Number: "1"}),
			tx.SaveChapter(tenants.Chapter{Year: 2026, Number: "3010", Name: "Mense", AccountCode: "E.3.01.02.01.008", Siope: "3010201008"}),
			tx.SaveAssessment(tenants.Assessment{Year: 2026, Number: "12", Chapter: "3010", Name: "Mense"}),
			tx.SaveAssessment(tenants.Assessment{Year: 2026, Number: "90", Chapter: "3010", Name: "Altro"}),
			tx.SaveChannel(tenants.Channel{Key: "vpos", Enabled: true, Settings: map[string]string{"base": "http://sandbox.localhost", "alias": "ALIAS", "terminal": "T1"}}),
			tx.SaveSecret("vpos", "mac_key", "chiave"),
			tx.SaveDebtType(tenants.DebtType{Code: "MENSA", Office: "u", Name: "Mensa", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed},
				Channels: []tenants.Permitted{{Channel: "vpos", Ground: tenants.GroundOutside}}, Revenue: tenants.Revenue{Year: 2026, Assessment: "12"}}}),
		); err != nil {
			return err
		}
		d, err := debts.Add(tx, debts.New{Type: "MENSA", Position: "A", Reason: "Mensa", DueOn: day.New(2026, 3, 31),
			Parties: []debts.Party{{Kind: "person", Name: "Ada Prova"}}, Items: []debts.NewItem{{Key: "1", Cents: 100_00}}})
		if err != nil {
			return err
		}
		if p.debt, err = debts.Load(tx, d.ID); err != nil {
			return err
		}
		p.code = p.debt.Instalments[0].Codes[0].Code
		return nil
	})
	return p
}

func (p *payment) within(fn func(*tenants.Tx) error) {
	p.t.Helper()
	must(p.t, p.db.Within(context.Background(), p.id, tenants.System("test"), fn))
}

// books are the digest of a town and its totals; every check must hold.
func (p *payment) books() string {
	p.t.Helper()
	var all string
	p.within(func(tx *tenants.Tx) error {
		sum, err := trace.Digest(tx)
		if err != nil {
			return err
		}
		breaches, err := trace.Check(tx)
		for _, b := range breaches {
			p.t.Errorf("check: %v", b)
		}
		if err != nil {
			return err
		}
		totals, err := ledger.Totals(tx)
		all = sum
		for _, t := range totals {
			if t.Cents != 0 {
				all += fmt.Sprintf(" %s=%d", t.Account, t.Cents)
			}
		}
		return err
	})
	return all
}

// TestEveryOrderOfOnePaymentsEvents lets the outside tell of one payment in
// every order: collected, remitted, credited, regularised.
func TestEveryOrderOfOnePaymentsEvents(t *testing.T) {
	t.Parallel()
	everyOrder(t, tellings(t, func(p *payment) string { return p.code }), func([]int) bool { return true })
}

// TestEveryOrderAroundAnAttribution has a person say what the payment was for,
// which came with a code of nobody: at any moment after it was told of.
func TestEveryOrderAroundAnAttribution(t *testing.T) {
	t.Parallel()
	attribute := func(p *payment) {
		must(p.t, p.db.Within(context.Background(), p.id, tenants.Actor{Name: "Rosa", Role: "clerk"}, func(tx *tenants.Tx) error {
			all, err := collections.List(tx, collections.Filter{}, "", false, 0, 1)
			if err != nil {
				return err
			}
			_, err = collections.Attribute(tx, collections.NewAttribution{Collection: all[0].ID, Instalment: p.debt.Instalments[0].ID, Reason: "prova", Key: "modulo"})
			return err
		}))
	}
	events := append(tellings(t, func(*payment) string { return "999999999999999999" }), attribute)
	everyOrder(t, events, func(order []int) bool { // the journals in turn: the other test has them in any
		at := func(event int) int { return slices.Index(order, event) }
		return at(0) < at(4) && at(2) < at(3)
	})
}

// tellings are the events of one payment, with a code; the first tells of it.
func tellings(t *testing.T, code func(*payment) string) []func(*payment) {
	bank := treasurer.New(treasurer.Config{Opening: 1000_00, Clock: func() time.Time { return first.Start() }})
	number, err := bank.Credit(treasurer.Movement{Cents: 98_00, On: first, Party: treasurer.Party{Name: "ACQUIRER"}, Text: "ACCREDITO POS RIF T1-20260302"})
	must(t, err)
	_, err = bank.Order(treasurer.Order{Cents: 100_00, Lines: []treasurer.Line{
		{Cents: 98_00, Kind: accounting.Regularisation, Closes: []treasurer.Closes{{Number: number, Cents: 98_00}}},
		{Cents: 2_00, Kind: accounting.Compensation}}}, first.AddDays(1))
	must(t, err)
	journal := func(on day.Date) func(*payment) {
		file, err := bank.Journal(on)
		must(t, err)
		return func(p *payment) {
			_, err := accounting.ReadJournal(context.Background(), p.db.DB, p.id, tenants.System("test"), on.String(), opi.Read(bytes.NewReader(file)), new(opi.Check))
			must(p.t, err)
		}
	}
	return []func(*payment){
		func(p *payment) {
			p.within(func(tx *tenants.Tx) error {
				_, _, err := collections.Book(tx, collections.New{Channel: "vpos", Key: "pay-1", Code: code(p), Cents: 100_00, PaidOn: first, Source: "notifica"})
				return err
			})
		},
		func(p *payment) {
			p.within(func(tx *tenants.Tx) error {
				_, _, err := collections.Remit(tx, collections.NewRemittance{Channel: "vpos", Flow: "T1-2026-03-02", Account: "T1", On: first, Source: "esiti",
					Lines: []collections.RemittanceLine{{Key: "pay-1", Cents: 100_00, Fee: 2_00}}})
				return err
			})
		},
		journal(first), journal(first.AddDays(1)),
	}
}

// everyOrder lets events happen in every order that may be, once and twice:
// the books are the same.
func everyOrder(t *testing.T, events []func(*payment), mayBe func(order []int) bool) {
	if testing.Short() {
		t.Skip("a town for each order, one after the other, is not short")
	}
	settle := func(p *payment) {
		p.within(func(tx *tenants.Tx) error {
			_, _, err := reconcile.Step(tx, uuid.Nil, 100)
			return errors.Join(err, accounting.SettleFees(tx))
		})
	}
	want := "" // one for all orders, and for both engines
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		for n, order := range permutations(len(events)) {
			if !mayBe(order) {
				continue
			}
			for _, between := range []bool{false, true} {
				p := newPayment(t, db, fmt.Sprintf("t%d%v", n, between))
				for _, e := range order {
					events[e](p)
					if between { // and everything twice
						settle(p)
						events[e](p)
					}
				}
				settle(p)
				settle(p)
				got := p.books()
				if want == "" {
					want = got
				}
				if got != want {
					t.Errorf("order %v, reconciled between %v:\n%s\nwant\n%s", order, between, got, want)
				}
			}
		}
	})
}

func permutations(n int) (all [][]int) {
	if n == 0 {
		return [][]int{{}}
	}
	for _, p := range permutations(n - 1) {
		for i := range n {
			all = append(all, append(append(append([]int{}, p[:i]...), n-1), p[i:]...))
		}
	}
	return all
}

// TestFiftyNotificationsAtOnce lets the acquirer tell the same fifty times at
// the same moment: each is answered well, and the money counts once.
func TestFiftyNotificationsAtOnce(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		p := newPayment(t, db, "alfa")
		ctx := context.Background()
		var cart payments.Cart
		p.within(func(tx *tenants.Tx) (err error) {
			if cart, _, err = payments.OpenCart(tx, ""); err != nil {
				return err
			}
			owed, err := debts.ByCode(tx, p.code, tx.Today())
			if err != nil {
				return err
			}
			if err := cart.Put(tx, owed); err != nil {
				return err
			}
			return cart.SetPayer(tx, "Ada Prova", "", "ada@example.org")
		})
		var attempt payments.Attempt
		here := func(a payments.Attempt) string { attempt = a; return "http://alfa.localhost/" }
		_, err := channels.Start(ctx, db.DB, p.id, tenants.Actor{Name: "anonimo", Role: "anonymous"}, vpos.XPay{}, cart.ID, channels.Addresses{Notify: "http://alfa.localhost/n", Return: here, Cancel: here}, "it")
		must(t, err)
		m := channels.Message{Form: map[string]string{"alias": "ALIAS", "codTrans": attempt.Code, "esito": "OK", "importo": "10000", "divisa": "EUR", "data": "20260302", "orario": "100500", "codAut": "T1"}}
		text := ""
		for _, f := range []string{"codTrans", "esito", "importo", "divisa", "data", "orario", "codAut"} {
			text += f + "=" + m.Form[f]
		}
		mac := sha1.Sum([]byte(text + "chiave"))
		m.Form["mac"] = hex.EncodeToString(mac[:])
		m.Body = []byte(text)

		var all sync.WaitGroup
		begin, errs := make(chan struct{}), make([]error, 50)
		for i := range errs {
			all.Go(func() {
				<-begin
				_, errs[i] = channels.Notify(ctx, db.DB, p.id, vpos.XPay{}, m)
			})
		}
		close(begin)
		all.Wait()
		for i, err := range errs {
			if err != nil {
				t.Errorf("notification %d: %v", i, err)
			}
		}
		p.within(func(tx *tenants.Tx) error {
			booked, err := tx.SelectFrom("collection").Count(tx.Ctx)
			if err != nil {
				return err
			}
			kept, err := tx.SelectFrom("inbound").Count(tx.Ctx)
			if booked != 1 || kept != 50 {
				t.Errorf("%d collections and %d messages kept, want 1 and 50", booked, kept)
			}
			d, err2 := debts.Load(tx, p.debt.ID)
			if d.State != debts.Paid || d.Paid != money.Cents(100_00) {
				t.Errorf("the debt is %s with %s paid, want paid once", d.State, d.Paid.Comma())
			}
			return errors.Join(err, err2)
		})
		p.books()
	})
}
