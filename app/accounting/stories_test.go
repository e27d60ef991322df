package accounting_test

import (
	"bytes"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"cassacomune/app/accounting"
	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/reconcile"
	"cassacomune/app/sandbox/treasurer"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// told is a journal made by hand, for what our Treasurer never writes.
func told(on day.Date, entries ...formats.Entry) formats.Reader {
	return func(yield func(formats.Event) bool) {
		s := formats.Statement{ID: "X", Account: "0000001", Year: 2026, From: on, To: on, Revision: "X-" + on.String()}
		events := []formats.Event{{Statement: &s}}
		for i := range entries {
			entries[i].Booked, entries[i].BookedOn, entries[i].Credit = true, on, true
			entries[i].Movement = fmt.Sprint(on, "/", i+1)
			events = append(events, formats.Event{Entry: &entries[i]})
		}
		for _, e := range append(events, formats.Event{Closing: &formats.Closing{}}) {
			if !yield(e) {
				return
			}
		}
	}
}

func opened(number string, cents money.Cents) formats.Entry {
	return formats.Entry{Document: formats.DocProvisionalCredit, Operation: "ESEGUITO", Number: number, Progressive: "0", Cents: cents,
		PartyName: "ACQUIRER", Text: "ACCREDITO POS RIF T1TERM-20260302"}
}

func cancelled(number string, cents money.Cents) formats.Entry {
	return formats.Entry{Document: formats.DocProvisionalCredit, Operation: "STORNATO", Number: number, Progressive: "0", Cents: cents}
}

func order(operation string, cents money.Cents, closes ...formats.Provisional) formats.Entry {
	return formats.Entry{Document: formats.DocOrder, Operation: operation, Number: "31", Progressive: "1", Cents: cents, Closes: closes}
}

func closing(number string, cents money.Cents) formats.Provisional {
	return formats.Provisional{Number: number, Cents: &cents}
}

func (m *month) read(events formats.Reader) accounting.Imported {
	m.Helper()
	done, err := accounting.ReadJournal(ctx, m.db.DB, m.id, system, "prova", events, nil)
	if err != nil {
		m.Fatal(err)
	}
	return done
}

func (m *month) waiting() (all []treasury.Waiting) {
	m.Helper()
	m.within(system, func(tx *tenants.Tx) (err error) {
		all, err = treasury.Waitings(tx)
		return err
	})
	return all
}

func TestGrossAboveTheProvisional(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		m.paid("A", "vpos", 10000)
		m.read(told(second, opened("1", 9800)))
		m.read(told(second.AddDays(1), order("REGOLARIZZATO", 10000, closing("1", 9800))))
		m.want("fee unknown", sums{"ACC": 10000, "CLR.vpos": 10000, "TES": 10000, "DAT.t": 10000})
		m.remit("vpos", "F-0001", "T1TERM", second, line("A", 10000, 200))
		m.reconcile()
		m.want("then known", sums{"ACC": 10000, "TES": 10000})
		m.read(told(second.AddDays(2), order("STORNATO", 10000)))
		m.want("order reversed", sums{"ACC": 10000, "SOS.tes": 9800, "FEE": 200})
		m.read(told(second.AddDays(3), order("REGOLARIZZATO", 10000, closing("1", 9800))))
		m.want("ordered again", sums{"ACC": 10000, "TES": 10000})
		if got := m.provisional("1"); got.State != treasury.Closed || got.Regularised != 9800 {
			t.Errorf("provisional = %s %d, want closed 9800", got.State, got.Regularised)
		}
	})
}

func TestJournalsThatNameWhatIsNotThere(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		m.read(told(second.AddDays(3), order("STORNATO", 5000)))
		m.read(told(second.AddDays(2), order("REGOLARIZZATO", 5000, closing("7", 5000))))
		m.read(told(second.AddDays(1), cancelled("8", 100)))
		if got := m.waiting(); len(got) != 3 {
			t.Errorf("waiting = %+v, want three movements", got)
		}
		m.want("nothing posted", sums{})
		m.read(told(second, opened("7", 5000), opened("8", 900)))
		if got := m.waiting(); len(got) != 0 {
			t.Errorf("waiting = %+v, want none", got)
		}
		m.want("all applied", sums{"SOS.tes": 5800, "DAT.t": 5800})
		m.read(told(second.AddDays(4), order("REGOLARIZZATO", 6000, closing("7", 6000))))
		if got := m.waiting(); len(got) != 1 || !strings.Contains(got[0].Why, "più di quanto resta") {
			t.Errorf("waiting = %+v, want the order that takes too much", got)
		}
		m.want("too much is not posted", sums{"SOS.tes": 5800, "DAT.t": 5800})
	})
}

func TestTheBankCancelsACreditThatIsExplained(t *testing.T) {
	for name, byPerson := range map[string]bool{"by a rule": false, "by a person": true} {
		t.Run(name, func(t *testing.T) {
			tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
				m := begin(t, db)
				m.paid("A", "vpos", 10000)
				r := m.remit("vpos", "F-0001", "T1TERM", second, line("A", 10000, 200))
				m.read(told(second, opened("1", 9800)))
				p := m.provisional("1")
				var match uuid.UUID
				if byPerson {
					m.within(clerk, func(tx *tenants.Tx) (err error) {
						match, err = reconcile.Match(tx, r.ID, p.ID, 0, "lo so")
						return err
					})
				} else {
					m.reconcile()
				}
				explained := sums{"ACC": 10000, "FEE": 200, "SOS.tes": 9800}
				m.want("explained", explained)
				m.read(told(second.AddDays(1), cancelled("1", 9800)))
				if byPerson {
					m.want("a person's decision stands", explained)
					if got := m.waiting(); len(got) != 1 {
						t.Fatalf("waiting = %+v, want the cancellation", got)
					}
					m.within(clerk, func(tx *tenants.Tx) error { return reconcile.Undo(tx, match, "la banca ha annullato") })
				}
				m.want("cancelled", sums{"ACC": 10000, "FEE": 200, "TRN.vpos": 9800})
				if got := m.provisional("1"); got.State != treasury.Cancelled {
					t.Errorf("provisional = %s, want cancelled", got.State)
				}
			})
		})
	}
}

func TestPeopleDecide(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		m.paid("A", "vpos", 10000)
		r := m.remit("vpos", "F-0001", "T1TERM", second, line("A", 10000, 200))
		m.read(told(second, opened("1", 9800)))
		p := m.provisional("1")
		m.reconcile()
		var match ledger.Allocation
		m.within(clerk, func(tx *tenants.Tx) error {
			all, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R3, Right: p.ID, Status: ledger.Confirmed})
			if len(all) != 1 || all[0].Rule != reconcile.ByKey || len(all[0].Evidence) == 0 {
				t.Fatalf("matches = %+v, want one by key with its reasons", all)
			}
			match = all[0]
			return err
		})
		m.refuses("an undo without a reason", fault.Invalid, func(tx *tenants.Tx) error { return reconcile.Undo(tx, match.ID, "") })
		m.within(clerk, func(tx *tenants.Tx) error { return reconcile.Undo(tx, match.ID, "sbagliato") })
		m.within(clerk, func(tx *tenants.Tx) error { return reconcile.Undo(tx, match.ID, "sbagliato") })
		undone := sums{"ACC": 10000, "FEE": 200, "TRN.vpos": 9800, "SOS.tes": 9800, "DAT.t": 9800}
		m.want("undone", undone)
		if out := m.reconcile(); out.Confirmed != 0 || out.Proposed != 0 {
			t.Errorf("after a person's undo a rule found %+v, want nothing", out)
		}
		m.refuses("more than there is", fault.Conflict, func(tx *tenants.Tx) error {
			_, err := reconcile.Match(tx, r.ID, p.ID, 9801, "")
			return err
		})
		for range 2 { // redo, undo, redo
			var again uuid.UUID
			m.within(clerk, func(tx *tenants.Tx) (err error) {
				again, err = reconcile.Match(tx, r.ID, p.ID, 0, "era giusto")
				return err
			})
			m.want("redone", sums{"ACC": 10000, "FEE": 200, "SOS.tes": 9800})
			m.within(clerk, func(tx *tenants.Tx) error { return reconcile.Undo(tx, again, "anzi no") })
			m.want("undone again", undone)
		}
		m.within(clerk, func(tx *tenants.Tx) error { return reconcile.MarkForeign(tx, p.ID, "un mutuo") })
		m.within(clerk, func(tx *tenants.Tx) error { return reconcile.UnmarkForeign(tx, p.ID, "non era un mutuo") })
		m.within(clerk, func(tx *tenants.Tx) error { return reconcile.MarkForeign(tx, p.ID, "un mutuo davvero") })
		m.want("foreign", sums{"ACC": 10000, "FEE": 200, "TRN.vpos": 9800, "SOS.tes": 9800, "EXT": 9800})
		m.within(clerk, func(tx *tenants.Tx) error {
			items, err := reconcile.Open(tx)
			for _, i := range items {
				if i.Reason == "" || i.Next == "" || i.Name == "" {
					t.Errorf("open item without a reason, a name or a next action: %+v", i)
				}
			}
			if len(items) != 2 {
				t.Errorf("open = %+v, want the batch and the provisional", items)
			}
			return err
		})
	})
}

func (m *month) refuses(what string, kind fault.Kind, fn func(*tenants.Tx) error) {
	m.Helper()
	if err := m.db.Within(ctx, m.id, clerk, fn); !fault.Is(err, kind) {
		m.Errorf("%s = %v, want %s", what, err, kind)
	}
}

// saysOfCredit wants a reason of the one credit that waits to be regularised.
func (m *month) saysOfCredit(want string) {
	m.Helper()
	m.within(clerk, func(tx *tenants.Tx) error {
		items, err := reconcile.Open(tx)
		for _, i := range items {
			if strings.HasPrefix(string(i.Account), "SOS") && !strings.Contains(i.Reason, want) {
				m.Errorf("the list says %q of the credit, want %q", i.Reason, want)
			}
		}
		if len(items) == 0 {
			m.Error("nothing is open")
		}
		return err
	})
}

func TestAnExportedOrderLocksItsCredits(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		m.paid("A", "vpos", 10000)
		m.remit("vpos", "F-0001", "T1TERM", second, line("A", 10000, 200))
		m.read(told(second, opened("1", 9800)))
		m.reconcile()
		m.export(m.propose())
		var match ledger.Allocation
		var exported accounting.Order
		m.within(clerk, func(tx *tenants.Tx) error {
			all, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R3, Status: ledger.Confirmed})
			if err != nil || len(all) != 1 {
				return fmt.Errorf("matches: %v %v", all, err)
			}
			match = all[0]
			orders, err := accounting.Orders(tx, accounting.Exported)
			exported = orders[0]
			return err
		})
		if !match.Held {
			t.Error("the match of an exported order is not held")
		}
		m.saysOfCredit("L'ordinativo è esportato")
		m.refuses("undo under an exported order", fault.Conflict, func(tx *tenants.Tx) error { return reconcile.Undo(tx, match.ID, "x") })
		m.within(clerk, func(tx *tenants.Tx) error { return accounting.Withdraw(tx, exported.ID, "errore") })
		m.saysOfCredit("manca l'ordinativo")
		if again := m.propose(); len(again) != 1 {
			t.Errorf("after the withdrawal Propose = %+v, want the order again", again)
		}
		m.within(clerk, func(tx *tenants.Tx) error { return reconcile.Undo(tx, match.ID, "ora sì") })
		if again := m.propose(); len(again) != 0 {
			t.Errorf("an unexplained credit is proposed: %+v", again)
		}
	})
}

func TestWhatTheAccountingSideWouldRefuse(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		m.paid("A", "vpos", 10000)
		m.remit("vpos", "F-0001", "T1TERM", second, line("A", 10000, 200), line("NESSUNO", 500, 0))
		m.read(told(second, opened("1", 10300)))
		m.reconcile()
		m.within(system, func(tx *tenants.Tx) error {
			town, err := tx.Municipality()
			if err != nil {
				return err
			}
			town.Settings.Defaults.Unknown = "2026/99"
			town.Settings.Year = 2025
			return tx.SaveSettings(town.Settings)
		})
		orders := m.propose()
		var got []string
		for _, o := range orders {
			got = append(got, fmt.Sprintf("%s %s: %s", o.Assessment, o.Cents.Comma(), strings.Join(o.Problems, " ")))
		}
		want := []string{"12 100,00: L'esercizio 2026 è successivo al bilancio in gestione (2025).",
			"99 5,00: L'accertamento 99 del 2026 non esiste. L'esercizio 2026 è successivo al bilancio in gestione (2025)."}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("problems (-want +got)\n%s", diff)
		}
		m.refuses("export of an order with problems", fault.Conflict, func(tx *tenants.Tx) error {
			_, err := accounting.ExportOrders(tx, []string{orders[0].Key}, nil)
			return err
		})
	})
}

func TestFilesThatAreNotOurs(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		other := told(second, opened("1", 100))
		foreign := func(yield func(formats.Event) bool) {
			for e := range iter.Seq[formats.Event](other) {
				if e.Statement != nil {
					e.Statement.Account = "9"
				}
				if !yield(e) {
					return
				}
			}
		}
		_, err := accounting.ReadJournal(ctx, db.DB, m.id, system, "altro", foreign, nil)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("an unknown sub-account = %v, want Invalid", err)
		}
		m.read(told(second, opened("1", 100)))
		if done := m.read(told(second, opened("1", 200))); done.Different != 1 || done.New != 0 {
			t.Errorf("the same movement with another amount = %+v, want one difference", done)
		}
		m.want("the first word stands", sums{"SOS.tes": 100, "DAT.t": 100})
		m.within(system, func(tx *tenants.Tx) error {
			all, err := treasury.Differences(tx)
			if len(all) != 1 {
				t.Errorf("differences = %+v, want one", all)
			}
			days, err2 := treasury.Days(tx, 2026)
			if len(days) != 1 || days[0].Revises == uuid.Nil {
				t.Errorf("days = %+v, want the revision alone", days)
			}
			if err == nil {
				err = err2
			}
			return err
		})
	})
}

// TestTheOrderOfFilesDoesNotMatter gives the same files in every order, with a
// reconciliation at the end: the digest is the same.
func TestTheOrderOfFilesDoesNotMatter(t *testing.T) {
	bank := treasurer.New(treasurer.Config{Opening: 1000, Clock: second.Start})
	must(t, func() error {
		_, err := bank.Credit(treasurer.Movement{Cents: 9800, On: second, Party: treasurer.Party{Name: "ACQUIRER"}, Text: "POS RIF T1TERM-20260302"})
		return err
	})
	must(t, func() error {
		_, err := bank.Credit(treasurer.Movement{Cents: 700, On: second, Party: treasurer.Party{Name: "REGIONE"}, Text: "CONTRIBUTO"})
		return err
	})
	days := [][]byte{journalOf(t, bank, second)}
	must(t, func() error { return bank.Cancel(2, 300, second.AddDays(1), "ERRATO") })
	days = append(days, journalOf(t, bank, second.AddDays(1)))
	must(t, func() error {
		_, err := bank.Order(treasurer.Order{Cents: 10000, Lines: []treasurer.Line{
			{Cents: 200, Kind: treasurer.Compensation}, {Cents: 9800, Kind: treasurer.Regularised, Closes: []treasurer.Closes{{Number: 1, Cents: 9800}}}}}, second.AddDays(2))
		return err
	})
	days = append(days, journalOf(t, bank, second.AddDays(2)))

	first := ""
	for _, turn := range permutations(4) {
		m := begin(t, tenantstest.SQLite(t))
		m.paid("A", "vpos", 10000)
		for _, i := range turn {
			if i < 3 {
				m.load(days[i], fmt.Sprint("giorno ", i))
			} else {
				m.remit("vpos", "F-0001", "T1TERM", second, line("A", 10000, 200))
			}
			if turn[0]%2 == 0 {
				m.reconcile()
			}
		}
		m.reconcile()
		m.want(fmt.Sprint("order ", turn), sums{"ACC": 10000, "SOS.tes": 400, "DAT.t": 400, "TES": 10000, "COM": 200, "MAN": 200})
		m.squares()
		digest := m.digest()
		if first == "" {
			first = digest
		}
		if digest != first {
			t.Errorf("files in the order %v give another digest", turn)
		}
	}
}

func must(t *testing.T, fn func() error) {
	t.Helper()
	if err := fn(); err != nil {
		t.Fatal(err)
	}
}

func journalOf(t *testing.T, bank *treasurer.Treasurer, on day.Date) []byte {
	t.Helper()
	b, err := bank.Journal(on)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(b)
}

func permutations(n int) (all [][]int) {
	if n == 0 {
		return [][]int{nil}
	}
	for _, p := range permutations(n - 1) {
		for at := range n {
			q := append(append(append([]int{}, p[:at]...), n-1), p[at:]...)
			all = append(all, q)
		}
	}
	return all
}
