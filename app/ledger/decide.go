package ledger

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// Confirm makes a proposed allocation count. Who decides is the transaction's
// actor: a person, or the system for a rule (ConfirmByRule). Confirming twice
// is the same answer.
func Confirm(tx *tenants.Tx, id uuid.UUID, reason string) error {
	return decide(tx, id, decision{status: Confirmed, origin: origin(tx), reason: reason})
}

// ConfirmByRule confirms in the name of a rule, whoever started the run.
func ConfirmByRule(tx *tenants.Tx, id uuid.UUID, rule, reason string) error {
	return decide(tx, id, decision{status: Confirmed, origin: FromRule, rule: rule, reason: reason})
}

// VoidAllocation takes an allocation back, with its shares. The system (and
// VoidByRule) cannot take back what a person decided, nor what an exported
// order holds: a fault of kind Conflict. Voiding twice is the same answer.
func VoidAllocation(tx *tenants.Tx, id uuid.UUID, reason string) error {
	return decide(tx, id, decision{status: Voided, origin: origin(tx), reason: reason})
}

// VoidByRule takes an allocation back in the name of a rule.
func VoidByRule(tx *tenants.Tx, id uuid.UUID, rule, reason string) error {
	return decide(tx, id, decision{status: Voided, origin: FromRule, rule: rule, reason: reason})
}

// Hold marks a confirmed allocation as used by an exported order: rules leave
// it alone from now on. Release undoes it, when the order is withdrawn.
func Hold(tx *tenants.Tx, id uuid.UUID, reason string) error { return hold(tx, id, true, reason) }

// Release undoes Hold.
func Release(tx *tenants.Tx, id uuid.UUID, reason string) error { return hold(tx, id, false, reason) }

// HeldOf returns which of these credits stand in an exported order.
func HeldOf(tx *tenants.Tx, credits []uuid.UUID) (held []uuid.UUID, err error) {
	err = tx.SelectFrom("allocation_state").ColumnExpr("DISTINCT right_ref").Where("level = ?", R3).Where("held = ?", true).
		Where("right_ref IN (?)", bun.List(credits)).Scan(tx.Ctx, &held)
	if err != nil {
		return nil, fmt.Errorf("held credits: %w", err)
	}
	return held, nil
}

type decision struct {
	status       Status
	origin       Origin
	rule, reason string
}

func origin(tx *tenants.Tx) Origin {
	if tx.Actor.Role == "system" {
		return FromRule
	}
	return FromPerson
}

func decide(tx *tenants.Tx, id uuid.UUID, d decision) error {
	s, err := lockState(tx, id)
	if err != nil {
		return err
	}
	switch {
	case s.Status == d.status && (d.origin != FromPerson || s.Origin == FromPerson):
		return nil
	case s.Status == Voided:
		if d.status == Voided { // a person insists on what a rule voided
			break
		}
		return fault.New(fault.Conflict, "ledger.allocation_void", "L'abbinamento è annullato: se ne può solo proporre un altro.")
	case d.origin != FromPerson && s.Origin == FromPerson:
		return fault.New(fault.Conflict, "ledger.person", "L'abbinamento è stato deciso da una persona: una regola non può cambiarlo.")
	case d.status == Voided && s.Held && d.origin != FromPerson:
		return fault.New(fault.Conflict, "ledger.held", "L'abbinamento è usato da un ordinativo già esportato: una regola non può annullarlo.")
	}
	was := s.Status
	s.Status, s.Origin = d.status, d.origin
	if d.status == Voided {
		s.LiveKey, s.Held = nil, false
	}
	if err := keepDecision(tx, s, d); err != nil {
		return err
	}
	return moveEnds(tx, s, was)
}

// moveEnds takes from the ends what a confirmation uses, and gives back what a
// void frees.
func moveEnds(tx *tenants.Tx, s stateRow, was Status) error {
	use := s.Cents
	switch {
	case was != Confirmed && s.Status == Confirmed:
	case was == Confirmed && s.Status == Voided:
		use = -use
	default:
		return freeShares(tx, s, was)
	}
	if err := useEnds(tx, []End{{Level: s.Level, Side: Left, Ref: s.LeftRef, use: use}, {Level: s.Level, Side: Right, Ref: s.RightRef, use: use}}); err != nil {
		return err
	}
	return freeShares(tx, s, was)
}

func hold(tx *tenants.Tx, id uuid.UUID, held bool, reason string) error {
	s, err := lockState(tx, id)
	if err != nil || s.Held == held {
		return err
	}
	if s.Status != Confirmed {
		return fault.New(fault.Conflict, "ledger.hold", "Solo un abbinamento confermato può entrare in un ordinativo.")
	}
	s.Held = held
	return keepDecision(tx, s, decision{status: heldStatus(held), origin: s.Origin, reason: reason})
}

// The events of Hold and Release, which change no status.
const (
	heldEvent     Status = "held"
	releasedEvent Status = "released"
)

func heldStatus(held bool) Status {
	if held {
		return heldEvent
	}
	return releasedEvent
}

func lockState(tx *tenants.Tx, id uuid.UUID) (stateRow, error) {
	var s stateRow
	err := tx.One(tx.Lock(tx.Select(&s).Where("allocation_id = ?", id)), "Abbinamento inesistente.")
	return s, err
}

func keepDecision(tx *tenants.Tx, s stateRow, d decision) error {
	s.Seq++
	if _, err := tx.Update(&s).WherePK().Exec(tx.Ctx); err != nil {
		return fmt.Errorf("decide allocation %s: %w", s.AllocationID, err)
	}
	if _, err := tx.Insert(&decisionRow{AllocationID: s.AllocationID, Seq: s.Seq, Status: d.status, Origin: d.origin, Rule: d.rule,
		Reason: d.reason, Who: actor(tx), At: tx.Now()}).Exec(tx.Ctx); err != nil {
		return fmt.Errorf("decide allocation %s: %w", s.AllocationID, err)
	}
	return nil
}

// Decision is a row in the life of an allocation.
type Decision struct {
	Status       Status // or "held", "released"
	Origin       Origin
	Rule, Reason string
	Who          string
	At           time.Time
}

// Decisions returns the life of an allocation, for the trace.
func Decisions(tx *tenants.Tx, id uuid.UUID) ([]Decision, error) {
	var rows []decisionRow
	if err := tx.Select(&rows).Where("allocation_id = ?", id).Order("seq").Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("decisions on %s: %w", id, err)
	}
	out := make([]Decision, len(rows))
	for i, r := range rows {
		out[i] = Decision{r.Status, r.Origin, r.Rule, r.Reason, r.Who, r.At}
	}
	return out, nil
}
