package accounting_test

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"cassacomune/app/accounting"
	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/formats/all"
	"cassacomune/app/formats/opi"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/price"
	"cassacomune/app/reconcile"
	"cassacomune/app/sandbox/treasurer"
	"cassacomune/app/trace"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

var (
	ctx    = context.Background()
	system = tenants.System("test")
	clerk  = tenants.Actor{Name: "Rosa", Role: "accountant"}
	second = day.New(2026, 3, 2)
)

// month is a town with its Treasurer.
type month struct {
	*testing.T
	db   *tenantstest.Data
	id   tenants.ID
	bank *treasurer.Treasurer
}

func begin(t *testing.T, db *tenantstest.Data) *month {
	t.Helper()
	m := &month{T: t, db: db, id: db.Add(t, "alfa").ID}
	m.bank = treasurer.New(treasurer.Config{Opening: 100000, Clock: func() time.Time { return second.Start() }})
	m.within(system, func(tx *tenants.Tx) error {
		town, err := tx.Municipality()
		if err != nil {
			return err
		}
		s := town.Settings
		s.Defaults = tenants.Imputation{Excess: "2026/90", Unknown: "2026/91", Others: "2026/92"}
		for _, err := range []error{
			tx.SaveSettings(s),
			tx.SaveOffice(tenants.Office{Code: "u", Name: "Ufficio"}),
			tx.SaveAccount(tenants.Account{Key: "tes", Name: "Tesoreria", Kind: tenants.AccountTreasury, Source: tenants.SourceJournal, Number: "1"}),
			tx.SaveChapter(tenants.Chapter{Year: 2026, Number: "3010", Name: "Mense", AccountCode: "E.3.01.02.01.008", Siope: "3010201008", Typology: "3010000"}),
			tx.SaveChapter(tenants.Chapter{Year: 2026, Number: "9010", Name: "Partite di giro", AccountCode: "E.9.02.99.99.999", Siope: "9029999999"}),
			tx.SaveAssessment(tenants.Assessment{Year: 2026, Number: "12", Chapter: "3010", Name: "Mense 2026"}),
			tx.SaveAssessment(tenants.Assessment{Year: 2026, Number: "90", Chapter: "9010", Name: "Eccedenze"}),
			tx.SaveAssessment(tenants.Assessment{Year: 2026, Number: "91", Chapter: "9010", Name: "Da attribuire"}),
			tx.SaveDebtType(tenants.DebtType{Code: "MENSA", Office: "u", Name: "Mensa", Active: true, Setup: tenants.TypeSetup{
				Price: price.Rule{Kind: price.Fixed}, Revenue: tenants.Revenue{Year: 2026, Assessment: "12"}}}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	return m
}

func (m *month) within(by tenants.Actor, fn func(*tenants.Tx) error) {
	m.Helper()
	if err := m.db.Within(ctx, m.id, by, fn); err != nil {
		m.Fatal(err)
	}
}

// paid makes a debt and its payment on a channel.
func (m *month) paid(position, channel string, cents money.Cents) {
	m.Helper()
	m.within(system, func(tx *tenants.Tx) error {
		d, err := debts.Add(tx, debts.New{Type: "MENSA", Position: position, Reason: "Mensa marzo", DueOn: day.New(2026, 3, 31),
			Parties: []debts.Party{{Kind: "person", Name: "Ada Prova"}}, Items: []debts.NewItem{{Key: "1", Cents: cents}}})
		if err != nil {
			return err
		}
		if d, err = debts.Load(tx, d.ID); err != nil {
			return err
		}
		_, _, err = collections.Book(tx, collections.New{Channel: channel, Key: "pay-" + position, Code: d.Instalments[0].Codes[0].Code, Cents: cents, PaidOn: second, Source: "prova"})
		return err
	})
}

func (m *month) remit(channel, flow, account string, on day.Date, lines ...collections.RemittanceLine) (r collections.Remittance) {
	m.Helper()
	m.within(system, func(tx *tenants.Tx) (err error) {
		r, _, err = collections.Remit(tx, collections.NewRemittance{Channel: channel, Flow: flow, Account: account, On: on, Source: "prova", Lines: lines})
		return err
	})
	return r
}

func line(position string, cents, fee money.Cents) collections.RemittanceLine {
	return collections.RemittanceLine{Key: "pay-" + position, Cents: cents, Fee: fee}
}

func (m *month) credit(cents money.Cents, on day.Date, who, text string) string {
	m.Helper()
	n, err := m.bank.Credit(treasurer.Movement{Cents: cents, On: on, Party: treasurer.Party{Name: who}, Text: text})
	if err != nil {
		m.Fatal(err)
	}
	return strconv.FormatInt(n, 10)
}

func (m *month) file(on day.Date) []byte {
	m.Helper()
	b, err := m.bank.Journal(on)
	if err != nil {
		m.Fatal(err)
	}
	return b
}

func (m *month) load(file []byte, name string) accounting.Imported {
	m.Helper()
	done, err := accounting.ReadJournal(ctx, m.db.DB, m.id, system, name, opi.Read(bytes.NewReader(file)), new(opi.Check))
	if err != nil {
		m.Fatal(err)
	}
	return done
}

func (m *month) journal(on day.Date) { m.Helper(); m.load(m.file(on), on.String()) }

func (m *month) reconcile() (out reconcile.Outcome) {
	m.Helper()
	m.within(system, func(tx *tenants.Tx) (err error) {
		if out, _, err = reconcile.Step(tx, uuid.Nil, 1000); err != nil {
			return err
		}
		return accounting.SettleFees(tx)
	})
	return out
}

func (m *month) provisional(number string) (p treasury.Provisional) {
	m.Helper()
	m.within(system, func(tx *tenants.Tx) (err error) {
		p, err = treasury.FindNumber(tx, "tes", 2026, treasury.Credit, number)
		return err
	})
	return p
}

// totals are the balances of the ledger; the ledger's own checks must hold.
func (m *month) totals() map[ledger.Account]money.Cents {
	m.Helper()
	got := map[ledger.Account]money.Cents{}
	m.within(system, func(tx *tenants.Tx) error {
		breaches, err := ledger.Check(tx)
		for _, b := range breaches {
			m.Errorf("check: %v", b)
		}
		if err != nil {
			return err
		}
		sums, err := ledger.Totals(tx)
		for _, s := range sums {
			if s.Cents != 0 {
				got[s.Account] = s.Cents
			}
		}
		return err
	})
	return got
}

func (m *month) want(when string, want map[ledger.Account]money.Cents) {
	m.Helper()
	if diff := cmp.Diff(want, m.totals()); diff != "" {
		m.Errorf("%s: balances (-want +got)\n%s", when, diff)
	}
}

func (m *month) squares() {
	m.Helper()
	m.within(system, func(tx *tenants.Tx) error {
		all, err := treasury.Quadrature(tx)
		if len(all) != 1 || !all[0].Complete || !all[0].Holds() {
			m.Errorf("quadrature: %+v, want one complete year that holds", all)
		}
		return err
	})
}

func (m *month) propose() (orders []accounting.Order) {
	m.Helper()
	m.within(clerk, func(tx *tenants.Tx) (err error) {
		orders, err = accounting.Propose(tx)
		return err
	})
	return orders
}

func (m *month) export(orders []accounting.Order) (x accounting.Export) {
	m.Helper()
	var keys []string
	for _, o := range orders {
		keys = append(keys, o.Key)
	}
	m.within(clerk, func(tx *tenants.Tx) (err error) {
		x, err = accounting.ExportOrders(tx, keys, all.WriteOrders)
		return err
	})
	return x
}

// execute has the Treasurer execute exported orders as they stand.
func (m *month) execute(on day.Date) {
	m.Helper()
	for _, o := range m.orders(accounting.Exported) {
		order := treasurer.Order{Cents: o.Cents}
		for _, l := range o.Lines {
			tl := treasurer.Line{Cents: l.Cents, Kind: l.Kind}
			if l.Kind == accounting.Regularisation {
				n, _ := strconv.ParseInt(l.ProvisionalNumber, 10, 64)
				tl.Closes = []treasurer.Closes{{Number: n, Cents: l.Cents}}
			}
			order.Lines = append(order.Lines, tl)
		}
		if _, err := m.bank.Order(order, on); err != nil {
			m.Fatal(err)
		}
	}
}

type sums = map[ledger.Account]money.Cents

func TestAMonthIsCarriedToTheOrder(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		m.paid("A", "vpos", 10000)
		m.paid("B", "vpos", 5000)
		m.paid("C", "slip", 3000)
		m.remit("vpos", "T1TERM-2026-03-02", "T1TERM", second, line("A", 10000, 200), line("B", 5000, 100))
		m.remit("slip", "12345-1", "12345", second, line("C", 3000, 0))
		m.want("remitted", sums{"ACC": 18000, "TRN.vpos": 14700, "FEE": 300, "TRN.slip": 3000})

		pos := m.credit(14700, second, "ACQUIRER DI PROVA", "ACCREDITO POS RIF T1TERM-20260302")
		state := m.credit(50000, second, "MINISTERO DELL'INTERNO", "FONDO DI SOLIDARIETA")
		post := m.credit(3000, second.AddDays(1), "BANCA POSTALE DI PROVA", "INCASSO BOLLETTINI")
		m.journal(second)
		m.journal(second.AddDays(1))
		m.want("credited", sums{"ACC": 18000, "TRN.vpos": 14700, "FEE": 300, "TRN.slip": 3000, "SOS.tes": 67700, "DAT.t": 67700})
		m.squares()

		out := m.reconcile()
		if out.Confirmed != 1 || out.Proposed != 1 {
			t.Errorf("reconcile = %+v, want the key confirmed and the amount proposed while the window is open", out)
		}
		m.journal(second.AddDays(8)) // the postal window has closed
		if out = m.reconcile(); out.Confirmed != 1 || out.Proposed != 0 {
			t.Errorf("reconcile = %+v, want the amount confirmed", out)
		}
		if out = m.reconcile(); out.Confirmed != 0 || out.Withdrawn != 0 || out.Proposed != 0 {
			t.Errorf("again = %+v, want nothing", out)
		}
		foreign := m.provisional(state)
		m.within(clerk, func(tx *tenants.Tx) error { return reconcile.MarkForeign(tx, foreign.ID, "Trasferimento dello Stato") })
		m.want("explained", sums{"ACC": 18000, "FEE": 300, "SOS.tes": 67700, "EXT": 50000})

		orders := m.propose()
		if len(orders) != 1 || orders[0].Cents != 18000 || len(orders[0].Lines) != 3 || len(orders[0].Problems) != 0 {
			t.Fatalf("Propose = %+v, want one order of 180,00 in three lines", orders)
		}
		x := m.export(orders)
		m.csv(x, "CC-2026-000001;1;REGOLARIZZAZIONE;147,00;"+pos+";147,00;2026;1;02/03/2026;COMPETENZA;2026;12;3010;", "CC-2026-000001;2;COMPENSAZIONE;3,00;;;")
		m.want("exported: nothing posted", sums{"ACC": 18000, "FEE": 300, "SOS.tes": 67700, "EXT": 50000})
		if again := m.propose(); len(again) != 0 {
			t.Errorf("Propose after the export = %+v, want none", again)
		}
		m.stale(orders[0].Key)

		m.execute(second.AddDays(9))
		file := m.file(second.AddDays(9))
		m.load(file, "ordini")
		ordered := sums{"ACC": 18000, "SOS.tes": 50000, "EXT": 50000, "TES": 18000, "COM": 300, "MAN": 300}
		m.want("regularised", ordered)
		m.squares()
		if got := m.provisional(post); got.State != treasury.Closed {
			t.Errorf("postal provisional = %s, want closed", got.State)
		}
		if done := m.load(file, "ordini di nuovo"); done.New != 0 || done.Different != 0 || done.Known == 0 {
			t.Errorf("the same day again = %+v, want nothing new", done)
		}
		m.want("the same day again", ordered)
		m.traced("CC-2026-000001", "reversale 1", "provvisorio 2026/"+pos, "T1TERM-2026-03-02")
		m.within(clerk, func(tx *tenants.Tx) error {
			done, err := accounting.Orders(tx, accounting.Regularised)
			if len(done) != 1 || done[0].Number != "1" {
				t.Errorf("regularised orders = %+v, want number 1", done)
			}
			days, err2 := treasury.Days(tx, 2026)
			for _, d := range days {
				if red := d.Red(); len(red) > 0 {
					t.Errorf("red equations on %s: %v", d.ToOn, red)
				}
			}
			if err == nil {
				err = err2
			}
			return err
		})
	})
}

// traced follows codes: each of them leads to both ends of the line.
func (m *month) traced(codes ...string) {
	m.Helper()
	m.within(clerk, func(tx *tenants.Tx) error {
		for _, code := range codes {
			l, err := trace.Follow(tx, code)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(trace.Stages, l.Reached()); diff != "" {
				m.Errorf("%s (%s): stages (-want +got)\n%s", code, l.What, diff)
			}
		}
		breaches, err := trace.Check(tx)
		for _, b := range breaches {
			m.Errorf("check: %v", b)
		}
		return err
	})
}

func (m *month) csv(x accounting.Export, rows ...string) {
	m.Helper()
	for _, sum := range []string{x.CSV, x.OPI} {
		r, err := m.db.OpenBlob(ctx, m.id, sum)
		if err != nil {
			m.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			m.Fatal(err)
		}
		if sum == x.OPI {
			rows = []string{"<reversale>", "<importo_reversale>180.00</importo_reversale>", "<tipo_riscossione>COMPENSAZIONE</tipo_riscossione>"}
		}
		for _, row := range rows {
			if !strings.Contains(string(b), row) {
				m.Errorf("the file lacks %q:\n%s", row, b)
			}
		}
	}
}

// stale exports a proposal that is no longer there.
func (m *month) stale(key string) {
	m.Helper()
	err := m.db.Within(ctx, m.id, clerk, func(tx *tenants.Tx) error {
		_, err := accounting.ExportOrders(tx, []string{key}, nil)
		return err
	})
	if !fault.Is(err, fault.Conflict) {
		m.Errorf("export twice = %v, want Conflict", err)
	}
}
