package reconcile

import (
	"context"
	"time"

	"github.com/google/uuid"

	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// Outcome is what a run did.
type Outcome struct {
	Confirmed int `json:"confirmed"`
	Proposed  int `json:"proposed"`  // standing proposals, for a person
	Withdrawn int `json:"withdrawn"` // proposals that no longer hold
	Credits   int `json:"credits"`   // credits still without an explanation
	Batches   int `json:"batches"`   // remittances still not credited
}

// Run is the use case that asks for a reconciliation; the worker does it.
func Run(ctx context.Context, db *tenants.DB, tenant tenants.ID, by tenants.Actor) (run jobs.Run, err error) {
	err = db.Within(ctx, tenant, by, func(tx *tenants.Tx) error {
		if run, err = jobs.Start(tx, jobs.Reconcile, struct{}{}); err != nil {
			return err
		}
		return tx.Audit("reconcile.run", run.ID.String(), "")
	})
	return run, err
}

// slice is how long Work goes on before it lets other towns' runs by.
const slice = 5 * time.Second

// Work does a slice of a run: what the worker calls. The rooms to the right
// give what follows from new explanations (fees, fulfilments); it runs once,
// in the transaction that ends the run.
func Work(after ...func(tx *tenants.Tx) error) func(ctx context.Context, db *tenants.DB, tenant tenants.ID, run *jobs.Run) (bool, error) {
	return func(ctx context.Context, db *tenants.DB, tenant tenants.ID, run *jobs.Run) (bool, error) {
		by := tenants.Actor{Name: run.CreatedBy, Role: "system"}
		beaten := 0
		for began := time.Now(); time.Since(began) < slice; {
			ended := false
			err := db.Within(ctx, tenant, by, func(tx *tenants.Tx) error {
				out, more, err := Step(tx, run.ID, stepSize)
				if err != nil {
					return err
				}
				total := run.Done + int64(out.Confirmed)
				// What was confirmed may make another match unique: look again.
				again := more || out.Confirmed > 0
				if err := run.Advance(tx, "", total, 0); err != nil || again {
					return err
				}
				for _, fn := range after {
					if err := fn(tx); err != nil {
						return err
					}
				}
				out.Confirmed, ended = int(total), true
				return run.Finish(tx, out)
			})
			// A person who decided in the meantime has beaten the rule: look again.
			if fault.Is(err, fault.Conflict) && beaten < maxBeaten {
				beaten++
				continue
			}
			if err != nil || ended {
				return false, err
			}
		}
		return true, nil
	}
}

// maxBeaten is how often a slice looks again before it gives the conflict up.
const maxBeaten = 5

const stepSize = 5000

// Step is a chunk of a run: the passes over everything that is open. It
// confirms at the most limit matches; more says that others are waiting. A
// step on the same state changes nothing.
func Step(tx *tenants.Tx, run uuid.UUID, limit int) (out Outcome, more bool, err error) {
	s, err := look(tx)
	if err != nil {
		return out, false, err
	}
	standing, err := proposals(tx)
	if err != nil {
		return out, false, err
	}
	edges := s.pass()
	var wanted []match
	keep := map[uuid.UUID]bool{}
	for _, e := range edges {
		a := s.allocation(e, run)
		old, ok := standing[a.Key]
		switch {
		case s.matched[pair{a.Left, a.Right}]:
		case ok && old.Cents == a.Cents && old.Rule == a.Rule:
			keep[old.ID] = true
			if !e.confirm {
				out.Proposed++
			} else if out.Confirmed == limit {
				more = true
			} else {
				if err := confirmByRule(tx, old); err != nil {
					return out, false, err
				}
				out.Confirmed++
			}
		case e.confirm && out.Confirmed == limit:
			more = true
		default:
			if ok { // found by another rule, or for other cents
				keep[old.ID] = true
				if err := ledger.VoidByRule(tx, old.ID, old.Rule, "Sostituito da un abbinamento migliore."); err != nil {
					return out, false, err
				}
			}
			if e.confirm {
				out.Confirmed++
			} else {
				out.Proposed++
			}
			turns := s.turns[pair{a.Left, a.Right}] + 1
			a.ID = tx.NewID()
			wanted = append(wanted, match{a, s.batches[e.batch].Remittance, s.credits[e.credit].Provisional, turns})
		}
	}
	if out.Withdrawn, err = withdraw(tx, standing, keep, more); err != nil {
		return out, false, err
	}
	if err := write(tx, wanted); err != nil {
		return out, false, err
	}
	out.Credits, out.Batches = len(s.credits)-out.Confirmed, len(s.batches)-out.Confirmed
	return out, more, nil
}

// proposals returns what waits for a person, by key.
func proposals(tx *tenants.Tx) (map[string]ledger.Allocation, error) {
	all, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R3, Status: ledger.Proposed})
	if err != nil {
		return nil, err
	}
	byKey := make(map[string]ledger.Allocation, len(all))
	for _, a := range all {
		byKey[a.Key] = a
	}
	return byKey, nil
}

func (s *state) allocation(e edge, run uuid.UUID) ledger.Allocation {
	r, p := s.batches[e.batch], s.credits[e.credit]
	a := ledger.Allocation{Key: edgeKey(r.Remittance, p.Provisional), Level: ledger.R3, Left: r.ID, Right: p.ID, Cents: e.cents,
		Origin: ledger.FromRule, Rule: e.rule, Evidence: e.evidence, Status: ledger.Proposed, Rivals: e.rivals, Run: run,
		LeftTotal: r.Net(), RightTotal: p.Standing()}
	if e.confirm {
		a.Status = ledger.Confirmed
	}
	return a
}

func confirmByRule(tx *tenants.Tx, a ledger.Allocation) error {
	if err := ledger.ConfirmByRule(tx, a.ID, a.Rule, ""); err != nil {
		return err
	}
	return explain(tx, a)
}

// withdraw voids the rules' proposals that this pass did not find again.
func withdraw(tx *tenants.Tx, standing map[string]ledger.Allocation, keep map[uuid.UUID]bool, more bool) (n int, err error) {
	if more {
		return 0, nil // the last chunk looks at everything
	}
	for _, key := range sortedKeys(standing) {
		a := standing[key]
		if a.Decided == ledger.FromPerson || keep[a.ID] {
			continue
		}
		if err := ledger.VoidByRule(tx, a.ID, a.Rule, "Non vale più: l'importo è stato abbinato altrove o è cambiato."); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func write(tx *tenants.Tx, wanted []match) error {
	if len(wanted) == 0 {
		return nil
	}
	all := make([]ledger.Allocation, len(wanted))
	var confirmed []match
	for i, m := range wanted {
		all[i] = m.Allocation
		if m.Status == ledger.Confirmed {
			confirmed = append(confirmed, m)
		}
	}
	if _, err := ledger.Allocate(tx, all...); err != nil {
		return err
	}
	return explainAll(tx, confirmed)
}
