package accounting_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"cassacomune/app/accounting"
	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/reconcile"
	"cassacomune/app/treasury"
	"cassacomune/jobs"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// proposals are what waits for a person.
func (m *month) proposals() (all []reconcile.Proposal) {
	m.Helper()
	m.within(clerk, func(tx *tenants.Tx) (err error) {
		all, err = reconcile.Matches(tx, ledger.Filter{Status: ledger.Proposed})
		return err
	})
	return all
}

func entryOf(number, text string) formats.Entry {
	e := opened(number, 10000)
	e.Text, e.PartyName = text, "BANCA"
	return e
}

func TestTwoClerksConfirmTheSameCredit(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		m.paid("A", "vpos", 10000)
		m.paid("B", "vpos", 10000)
		m.remit("vpos", "F-0001", "T1", second, line("A", 10000, 0))
		m.remit("vpos", "F-0002", "T2", second, line("B", 10000, 0))
		m.read(told(second, entryOf("1", "POS")))
		m.reconcile()
		rivals := m.proposals()
		if len(rivals) != 2 || rivals[0].Rivals != 1 || rivals[0].Strength == "" || rivals[0].Provisional.Number != "1" {
			t.Fatalf("proposals = %+v, want two rivals", rivals)
		}
		errs := make([]error, 6) // each rival by three clerks at once
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				errs[i] = db.Within(context.Background(), m.id, clerk, func(tx *tenants.Tx) error {
					return reconcile.Confirm(tx, rivals[i%2].ID, "visto")
				})
			})
		}
		all.Wait()
		won := map[uuid.UUID]int{}
		for i, err := range errs {
			switch {
			case err == nil:
				won[rivals[i%2].ID]++
			case !fault.Is(err, fault.Conflict):
				t.Errorf("clerk %d: %v, want Conflict", i, err)
			}
		}
		if len(won) != 1 {
			t.Errorf("confirmed = %v, want one of the rivals, as often as it was said", won)
		}
		m.want("one credit explained once", sums{"ACC": 20000, "SOS.tes": 10000, "TRN.vpos": 10000})
		m.reconcile()
		if left := m.proposals(); len(left) != 0 {
			t.Errorf("proposals = %+v, want the loser withdrawn", left)
		}
	})
}

func TestARejectedProposalDoesNotComeBack(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		m.paid("A", "vpos", 10000)
		m.remit("vpos", "F-0001", "T1", second, line("A", 10000, 0))
		m.read(told(second, entryOf("1", "BONIFICO")))
		m.reconcile()
		weak := m.proposals()
		if len(weak) != 1 || weak[0].Rule != reconcile.ByNearness {
			t.Fatalf("proposals = %+v, want one by nearness", weak)
		}
		m.within(clerk, func(tx *tenants.Tx) error { return reconcile.Reject(tx, weak[0].ID, "è un altro") })
		m.reconcile()
		if again := m.proposals(); len(again) != 0 {
			t.Errorf("proposals = %+v, want none", again)
		}
		m.refuses("confirm what was rejected", fault.Conflict, func(tx *tenants.Tx) error { return reconcile.Confirm(tx, weak[0].ID, "") })
		m.refuses("confirm what is not there", fault.NotFound, func(tx *tenants.Tx) error { return reconcile.Confirm(tx, uuid.New(), "") })
	})
}

func TestTransfersThatHoldSeveralDaysOrAPart(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		for _, p := range []string{"A", "B", "C"} {
			m.paid(p, "vpos", 10000)
		}
		m.remit("vpos", "F-0001", "T1", second, line("A", 10000, 100))
		m.remit("vpos", "F-0002", "T1", second.AddDays(1), line("B", 10000, 100))
		part := m.remit("vpos", "F-0003", "T9", second.AddDays(1), line("C", 10000, 100))
		run := opened("1", 19800)
		run.Text = "ACCREDITO POS CUMULATIVO"
		m.read(told(second.AddDays(2), run, entryOf("2", "X"), entryOf("3", "Y")))
		m.reconcile()
		days := m.proposals()
		if len(days) != 2 || days[0].Rule != reconcile.ByRun {
			t.Fatalf("proposals = %+v, want the run of two days", days)
		}
		for _, d := range days {
			m.within(clerk, func(tx *tenants.Tx) error { return reconcile.Confirm(tx, d.ID, "due giorni") })
		}
		// The third batch comes in two transfers, one of which holds other money too.
		for number, cents := range map[string]int{"2": 4000, "3": 5900} {
			p := m.provisional(number)
			m.within(clerk, func(tx *tenants.Tx) error {
				_, err := reconcile.Match(tx, part.ID, p.ID, money.Cents(cents), "in due volte")
				return err
			})
		}
		m.want("explained", sums{"ACC": 30000, "FEE": 300, "SOS.tes": 39800, "DAT.t": 10100})
		orders := m.propose()
		if len(orders) != 1 || orders[0].Cents != 20000 || orders[0].Lines[0].Cents != 19800 || orders[0].Lines[1].Cents != 200 {
			t.Errorf("Propose = %+v, want the whole run gross, and no credit that is explained in part", orders)
		}
	})
}

// TestABatchSpreadOverTwoCredits has one batch for two assessments come in two
// transfers: each credit orders its own share, in file order as it was matched,
// and the fee once. What was shared out stays, whatever is matched later.
func TestABatchSpreadOverTwoCredits(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		m.paid("A", "vpos", 10000)
		batch := m.remit("vpos", "F-0001", "T1", second, line("A", 10000, 100), line("NESSUNO", 500, 0))
		late, early := entryOf("1", "X"), entryOf("2", "Y")
		early.Cents, late.Cents = 6000, 4400
		m.read(told(second, early))
		m.read(told(second.AddDays(1), late))
		for _, number := range []string{"1", "2"} { // decided in the other order
			p := m.provisional(number)
			m.within(clerk, func(tx *tenants.Tx) error {
				_, err := reconcile.Match(tx, batch.ID, p.ID, 0, "in due volte")
				return err
			})
		}
		var got []string
		for _, o := range m.propose() {
			for _, l := range o.Lines {
				got = append(got, fmt.Sprintf("%s %s %s %d", o.Assessment, l.ProvisionalNumber, l.Kind, l.Cents))
			}
		}
		want := []string{"12 2 REGOLARIZZAZIONE 5500", "12 1 REGOLARIZZAZIONE 4400", "12 1 COMPENSAZIONE 100", "91 2 REGOLARIZZAZIONE 500"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("lines (-want +got)\n%s", diff)
		}
	})
}

func TestColumnsAreThoseOfTheContract(t *testing.T) {
	doc, err := os.ReadFile("../../docs/formats/orders-csv.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := "\n    " + strings.Join(accounting.Columns, ";") + "\n"; !strings.Contains(string(doc), want) {
		t.Errorf("docs/formats/orders-csv.md does not have the line %q", want)
	}
}

func TestARunOfTheWorker(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		m.paid("A", "vpos", 10000)
		m.remit("vpos", "F-0001", "T1TERM", second, line("A", 10000, 200))
		m.read(told(second, opened("1", 9800)))
		m.read(told(second.AddDays(1), order("REGOLARIZZATO", 10000, closing("1", 9800))))
		run, err := reconcile.Run(ctx, db.DB, m.id, clerk)
		if err != nil {
			t.Fatal(err)
		}
		m.within(system, func(tx *tenants.Tx) (err error) {
			run, _, err = jobs.Claim(tx, run.ID, "w")
			return err
		})
		more, err := reconcile.Work(accounting.SettleFees)(ctx, db.DB, m.id, &run)
		if err != nil || more {
			t.Fatalf("Work = %v, %v, want the end", more, err)
		}
		var out reconcile.Outcome
		m.within(system, func(tx *tenants.Tx) error {
			done, err := jobs.Find(tx, run.ID)
			if err != nil {
				return err
			}
			if done.State != jobs.Done {
				t.Errorf("run = %s, want done", done.State)
			}
			return done.Outcome(&out)
		})
		if out.Confirmed != 1 || out.Credits != 0 || out.Batches != 0 {
			t.Errorf("outcome = %+v, want one match and nothing left", out)
		}
		m.want("the fee is known too", sums{"ACC": 10000, "TES": 10000})
	})
}

func TestProvisionalDebits(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		m := begin(t, db)
		charge := formats.Entry{Document: formats.DocProvisionalDebit, Operation: "ESEGUITO", Number: "4", Progressive: "0", Cents: 300, PartyName: "BANCA", Text: "COMMISSIONI"}
		twin := charge
		twin.Number = "5"
		m.read(told(second, charge, twin))
		m.want("charged", sums{"DAT.u": 600, "SOU.tes": 600})
		back := twin
		back.Operation = "STORNATO"
		warrant := formats.Entry{Document: formats.DocWarrant, Operation: "ESEGUITO", Number: "12", Progressive: "1", Cents: 300, Closes: []formats.Provisional{closing("4", 300)}}
		m.read(told(second.AddDays(1), back, warrant))
		m.want("one taken back, one paid by warrant", sums{"DAT.u": 300, "MAN": 300})
		m.within(system, func(tx *tenants.Tx) error {
			p, err := treasury.FindNumber(tx, "tes", 2026, treasury.Debit, "4")
			if p.State != treasury.Closed {
				t.Errorf("provisional debit = %s, want closed", p.State)
			}
			return err
		})
	})
}
