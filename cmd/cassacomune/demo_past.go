package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/money"
	"cassacomune/app/reconcile"
	"cassacomune/app/sandbox/outside"
	"cassacomune/app/sandbox/treasurer"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// past loads the debts, lets three working days go by on which people pay, and
// imports what the outside says of the first two. The files of the third are
// left for the visitor.
func (s *seeding) past() error {
	owedBy := map[*demoTown][]owed{}
	for _, t := range s.towns {
		owedBy[t] = t.owe(s.today)
	}
	for _, ago := range loads {
		s.clock.set(s.morning(-ago))
		for _, t := range s.towns {
			if err := s.load(t, owedBy[t], ago); err != nil {
				return fmt.Errorf("debts of %s: %w", t.slug, err)
			}
		}
	}
	for n, on := range lastWorkingDays(s.today, history) {
		for _, t := range s.towns {
			if err := s.day(t, on, n); err != nil {
				return fmt.Errorf("%s of %s: %w", on, t.slug, err)
			}
		}
	}
	return nil
}

// history is how many working days the outside has closed.
const history = 3

// lastWorkingDays are those before a day, oldest first.
func lastWorkingDays(today day.Date, n int) (all []day.Date) {
	for d := today.AddDays(-1); len(all) < n; d = d.AddDays(-1) {
		if d.IsWorking() {
			all = append(all, d)
		}
	}
	slices.Reverse(all)
	return all
}

// load is the load of a day: those debts that its office knows since then. One
// in ninety is annulled again.
func (s *seeding) load(t *demoTown, all []owed, ago int) error {
	var list []debts.New
	for _, o := range all {
		if o.ago == ago {
			list = append(list, o.New)
		}
	}
	for part := range slices.Chunk(list, 250) {
		if err := s.db.Within(s.ctx, t.id, seeder, func(tx *tenants.Tx) error {
			added, err := debts.AddAll(tx, part)
			if err != nil {
				return err
			}
			for _, d := range added {
				t.loaded = append(t.loaded, d.ID)
				if len(t.loaded)%90 == 7 {
					if err := debts.Annul(tx, d.ID, "Annullato in autotutela: importo non dovuto"); err != nil {
						return err
					}
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// day is a working day: people pay, the outside closes it, and the next
// morning, but for the last day, its files are imported and reconciled.
func (s *seeding) day(t *demoTown, on day.Date, n int) error {
	s.clock.set(on.Start().Add(10 * time.Hour))
	if err := s.payBySlip(t, on, n); err != nil {
		return fmt.Errorf("slips: %w", err)
	}
	if err := s.payByCard(t, n); err != nil {
		return fmt.Errorf("cards: %w", err)
	}
	last := n == history-1
	if last { // money of others, which no file of ours explains
		bank, err := s.world.Treasurer(t.slug)
		if err != nil {
			return err
		}
		m := treasurer.Movement{Cents: t.stateTransfer / 8, On: on, Text: "CONTRIBUTO REGIONALE DIRITTO ALLO STUDIO",
			Execution: treasurer.StateAccount, Party: treasurer.Party{Name: "REGIONE DI PROVA"}}
		if _, err := bank.Credit(m); err != nil {
			return err
		}
		if err := s.record.note(asked{Path: t.slug, Credit: &m}); err != nil {
			return err
		}
	}
	files, err := s.close(t, on)
	if err != nil {
		return fmt.Errorf("close: %w", err)
	}
	if last {
		t.left = files
		return nil
	}
	s.clock.set(on.AddDays(1).Start().Add(8 * time.Hour))
	for _, f := range files {
		if err := s.bring(t, f); err != nil {
			return fmt.Errorf("import %s: %w", f.Name, err)
		}
	}
	run, err := reconcile.Run(s.ctx, s.db, t.id, accountant)
	if err != nil {
		return err
	}
	if _, err := s.finish(t, run); err != nil || n != 0 || lastWorkingDays(s.today, history)[1].Year() != on.Year() {
		return err // a provisional is not regularised in the next year
	}
	return s.order(t)
}

var accountant = tenants.Actor{Name: "Rita Ragioni", Role: "accountant"}

// payer is who pays at the portal, with no log-in.
var payer = tenants.Actor{Name: "anonimo", Role: "anonymous"}

// payBySlip pays at the postal counters. On the second day somebody pays
// twice, somebody too little, and somebody with a code that is not ours.
func (s *seeding) payBySlip(t *demoTown, on day.Date, n int) error {
	browser := s.browser()
	for i := range t.slips {
		code, cents, err := s.slipOf(t, t.next(), on)
		if err != nil {
			return err
		}
		if code == "" {
			continue
		}
		if n == 1 && i%20 == 3 {
			cents -= cents / 3
		}
		times := 1
		if n == 1 && i%20 == 5 {
			times = 2
		}
		for range times {
			if err := s.payAtPost(browser, t, code, cents); err != nil {
				return err
			}
		}
	}
	if n != 1 {
		return nil
	}
	stranger, err := codes.NewSlip("9912345678901234")
	if err != nil {
		return err
	}
	return s.payAtPost(browser, t, stranger, 47_50)
}

func (s *seeding) payAtPost(browser *http.Client, t *demoTown, code string, cents money.Cents) error {
	_, err := press(browser, s.place.url(sandboxHost)+"/comune/"+t.slug+"/bollettino", url.Values{"codice": {code}, "importo": {cents.Comma()}})
	return err
}

// close ends a day of the outside and returns its files.
func (s *seeding) close(t *demoTown, on day.Date) ([]outside.File, error) {
	before, err := s.world.Files(t.slug)
	if err != nil {
		return nil, err
	}
	if _, err := press(s.browser(), s.place.url(sandboxHost)+"/comune/"+t.slug+"/chiudi", url.Values{"giorno": {on.String()}}); err != nil {
		return nil, err
	}
	after, err := s.world.Files(t.slug)
	return after[len(before):], err
}

// next chooses who pays now, the same in every demo: far apart, and some of
// the citizens among them.
func (t *demoTown) next() uuid.UUID {
	t.chosen = (t.chosen + 37) % len(t.loaded)
	return t.loaded[t.chosen]
}

// slipOf is the slip of a debt's first payable instalment on a day; "" where
// there is none.
func (s *seeding) slipOf(t *demoTown, id uuid.UUID, on day.Date) (code string, cents money.Cents, err error) {
	err = s.db.Read(s.ctx, t.id, func(tx *tenants.Tx) error {
		p, ok, err := t.payable(tx, id, on)
		if !ok || err != nil {
			return err
		}
		for _, c := range p.Instalment.Codes {
			if c.Kind == debts.SlipCode && c.State == debts.Active {
				code, cents = c.Code, p.Cents
			}
		}
		return nil
	})
	return code, cents, err
}

// payable is the instalment that somebody pays of a debt: of some the whole,
// of others the first of the plan.
func (t *demoTown) payable(tx *tenants.Tx, id uuid.UUID, on day.Date) (p debts.Payable, ok bool, err error) {
	d, err := debts.Load(tx, id)
	if err != nil {
		return p, false, err
	}
	for i, in := range d.Instalments {
		if in.Option != debts.SingleOption && i > 0 || len(d.Instalments) > 1 && t.chosen%2 == 0 && in.Option != debts.SingleOption {
			continue
		}
		p, err = debts.PayableOf(tx, in.ID, on)
		return p, err == nil && p.Why == "" && p.Cents > 0, err
	}
	return p, false, nil
}

// bring imports a file as the accountant does: preview, then approval.
func (s *seeding) bring(t *demoTown, f outside.File) error {
	check, err := jobs.StartImport(s.ctx, s.db, t.id, accountant, f.Name, bytes.NewReader(f.Bytes))
	if err != nil {
		return err
	}
	if _, err := s.finish(t, check); err != nil {
		return err
	}
	apply, err := jobs.ApproveImport(s.ctx, s.db, t.id, accountant, check.ID, jobs.AllOrNothing)
	if err != nil {
		return err
	}
	_, err = s.finish(t, apply)
	return err
}

// finish works on a run until it has ended, and says why it did not end well.
func (s *seeding) finish(t *demoTown, run jobs.Run) (jobs.Run, error) {
	for range 1000 {
		if err := s.work(t, run); err != nil {
			return run, err
		}
		err := s.db.Read(s.ctx, t.id, func(tx *tenants.Tx) (err error) {
			run, err = jobs.Find(tx, run.ID)
			return err
		})
		if err != nil {
			return run, err
		}
		if run.State == jobs.Done {
			return run, nil
		}
		if run.Ended() || run.Failures > 0 {
			return run, fmt.Errorf("run %s: %s %s", run.Kind, run.State, run.Error)
		}
	}
	return run, fmt.Errorf("run %s does not end", run.Kind)
}
