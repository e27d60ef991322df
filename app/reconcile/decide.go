package reconcile

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/collections"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Confirm takes a proposal: a person says that it is so.
func Confirm(tx *tenants.Tx, id uuid.UUID, reason string) error {
	a, err := Allocation(tx, id)
	if err != nil {
		return err
	}
	if err := ledger.Confirm(tx, id, reason); err != nil {
		return err
	}
	if a.Status == ledger.Proposed {
		if err := explainOnce(tx, a); err != nil {
			return err
		}
	}
	return tx.Audit("reconcile.confirm", id.String(), reason)
}

// explainOnce is explain where two clerks may have said the same at once.
func explainOnce(tx *tenants.Tx, a ledger.Allocation) error {
	var e explanation
	err := tx.One(tx.Select(&e).Where("allocation_id = ?", a.ID), "")
	if fault.Is(err, fault.NotFound) {
		return explain(tx, a)
	}
	return err
}

// Match is a person's own match of a remittance and a credit, for cents that
// both still have (0: as many as both have).
func Match(tx *tenants.Tx, remittance, provisional uuid.UUID, cents money.Cents, reason string) (uuid.UUID, error) {
	a := ledger.Allocation{ID: tx.NewID(), Level: ledger.R3, Left: remittance, Right: provisional, Origin: ledger.FromPerson, Rule: ByPerson, Status: ledger.Confirmed}
	r, p, err := ends(tx, a)
	if err != nil {
		return uuid.Nil, err
	}
	left, err := ledger.Balance(tx, ledger.TRN(r.Channel), r.ID)
	if err != nil {
		return uuid.Nil, err
	}
	right, err := ledger.Balance(tx, ledger.DATt, p.ID)
	if err != nil {
		return uuid.Nil, err
	}
	if cents == 0 {
		cents = min(left, right)
	}
	if cents <= 0 || cents > left || cents > right {
		return uuid.Nil, fault.New(fault.Conflict, "reconcile.cents", "Si possono abbinare al massimo %s: il riversamento ha ancora %s, il provvisorio %s.", min(left, right), left, right)
	}
	if err := dropProposals(tx, r, p); err != nil {
		return uuid.Nil, err
	}
	before, err := turn(tx, a)
	if err != nil {
		return uuid.Nil, err
	}
	a.Cents, a.LeftTotal, a.RightTotal = cents, r.Net(), p.Standing()
	if a.Key = edgeKey(r, p); before > 1 {
		a.Key = fmt.Sprintf("%s#%d", a.Key, before)
	}
	a.Evidence = []ledger.Reason{{What: "motivo", Left: reason}, {What: "importo", Left: left.Comma(), Right: right.Comma()}}
	if _, err := ledger.Allocate(tx, a); err != nil {
		return uuid.Nil, err
	}
	if err := explain(tx, a); err != nil {
		return uuid.Nil, err
	}
	return a.ID, tx.Audit("reconcile.match", a.ID.String(), reason)
}

// dropProposals takes back what rules had proposed for the same two.
func dropProposals(tx *tenants.Tx, r collections.Remittance, p treasury.Provisional) error {
	all, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R3, Left: r.ID, Right: p.ID, Status: ledger.Proposed})
	if err != nil {
		return err
	}
	for _, a := range all {
		if err := ledger.VoidByRule(tx, a.ID, a.Rule, "Una persona ha abbinato a mano."); err != nil {
			return err
		}
	}
	return nil
}

// Reject says that a proposal is wrong: rules do not make it again.
func Reject(tx *tenants.Tx, id uuid.UUID, reason string) error {
	a, err := Allocation(tx, id)
	if err != nil {
		return err
	}
	if a.Status == ledger.Confirmed {
		return fault.New(fault.Conflict, "reconcile.confirmed", "L'abbinamento è già confermato: si può annullare, non respingere.")
	}
	if err := ledger.VoidAllocation(tx, id, reason); err != nil {
		return err
	}
	return tx.Audit("reconcile.reject", id.String(), reason)
}

// Undo takes a confirmed match back, with its posting. One whose credit is in
// an exported order is a Conflict: the order is withdrawn first.
func Undo(tx *tenants.Tx, id uuid.UUID, reason string) error {
	a, err := Allocation(tx, id)
	if err != nil {
		return err
	}
	switch {
	case reason == "":
		return fault.New(fault.Invalid, "reconcile.reason", "Scrivi il motivo dell'annullamento.").On("motivo")
	case a.Held:
		return fault.New(fault.Conflict, "reconcile.held", "L'accredito è in un ordinativo già esportato: ritira prima l'ordinativo.")
	case a.Status == ledger.Voided:
		return nil
	}
	if err := ledger.VoidAllocation(tx, id, reason); err != nil {
		return err
	}
	if err := retract(tx, a, reason); err != nil {
		return err
	}
	if err := treasury.Retry(tx, a.Right, Free); err != nil {
		return err
	}
	return tx.Audit("reconcile.undo", id.String(), reason)
}

// Mark is a person's word on a credit that no remittance explains.
type Mark struct {
	bun.BaseModel `bun:"table:credit_mark"`
	tenants.Row

	ID            uuid.UUID `bun:"id,pk"`
	ProvisionalID uuid.UUID
	Kind          string
	Cents         money.Cents
	TxID          uuid.UUID
	Reason        string
	Who           string
	At            time.Time
}

// The kinds of Mark.
const (
	Foreign = "foreign" // not from our channels: a State transfer, a loan; others order it
	Ours    = "ours"    // takes Foreign back
)

// MarkForeign says that what is still unexplained of a credit is not of our
// channels: its order is made elsewhere.
func MarkForeign(tx *tenants.Tx, provisional uuid.UUID, reason string) error {
	p, err := treasury.Find(tx, provisional)
	if err != nil {
		return err
	}
	if reason == "" {
		return fault.New(fault.Invalid, "reconcile.reason", "Scrivi di che cosa si tratta.").On("motivo")
	}
	open, err := ledger.Balance(tx, ledger.DATt, p.ID)
	if err != nil {
		return err
	}
	if open <= 0 {
		return fault.New(fault.Conflict, "reconcile.explained", "Il provvisorio %s è già spiegato per intero.", p.Number)
	}
	marks, err := Marks(tx, p.ID)
	if err != nil {
		return err
	}
	posted, err := ledger.Post(tx, ledger.Entry{Key: fmt.Sprintf("foreign:%s:%d", creditName(p), len(marks)+1), Content: []string{creditName(p), open.Decimal()},
		Kind: "reconcile", EffectiveOn: p.BookedOn, Source: "decisione di una persona", Postings: []ledger.Posting{{Event: ledger.CreditExplained,
			Debit: ledger.DATt, DebitRef: p.ID, Credit: ledger.EXT, CreditRef: p.ID, Cents: open}}})
	if err != nil {
		return err
	}
	return keepMark(tx, Mark{ProvisionalID: p.ID, Kind: Foreign, Cents: open, TxID: posted.ID, Reason: reason})
}

// UnmarkForeign takes MarkForeign back.
func UnmarkForeign(tx *tenants.Tx, provisional uuid.UUID, reason string) error {
	p, err := treasury.Find(tx, provisional)
	if err != nil {
		return err
	}
	marks, err := Marks(tx, p.ID)
	if err != nil {
		return err
	}
	if len(marks) == 0 || marks[len(marks)-1].Kind != Foreign {
		return nil
	}
	last := marks[len(marks)-1]
	posted, err := ledger.Void(tx, last.TxID, fmt.Sprintf("void:foreign:%s:%d", creditName(p), len(marks)), reason)
	if err != nil {
		return err
	}
	if err := keepMark(tx, Mark{ProvisionalID: p.ID, Kind: Ours, Cents: last.Cents, TxID: posted.ID, Reason: reason}); err != nil {
		return err
	}
	return treasury.Retry(tx, p.ID, Free)
}

func keepMark(tx *tenants.Tx, m Mark) error {
	m.ID, m.Who, m.At = tx.NewID(), tx.Actor.Name, tx.Now()
	if _, err := tx.Insert(&m).Exec(tx.Ctx); err != nil {
		return fmt.Errorf("keep mark: %w", err)
	}
	return tx.Audit("reconcile."+m.Kind, m.ProvisionalID.String(), m.Reason)
}

// Marks returns what people said of a credit, in order.
func Marks(tx *tenants.Tx, provisional uuid.UUID) (all []Mark, err error) {
	return all, tx.Select(&all).Where("provisional_id = ?", provisional).Order("id").Scan(tx.Ctx)
}

// Free makes cents of a credit unexplained again, because the bank takes them
// back; it is given to treasury.Load. What a person decided, or an exported
// order holds, is a Conflict: a person undoes it, and the cancellation waits.
func Free(tx *tenants.Tx, p treasury.Provisional, cents money.Cents, why string) error {
	all, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R3, Right: p.ID, Status: ledger.Confirmed})
	if err != nil {
		return err
	}
	slices.Reverse(all)
	for _, a := range all {
		open, err := ledger.Balance(tx, ledger.DATt, p.ID)
		if err != nil || open >= cents {
			return err
		}
		if err := ledger.VoidByRule(tx, a.ID, a.Rule, why); err != nil {
			return err
		}
		if err := retract(tx, a, why); err != nil {
			return err
		}
	}
	open, err := ledger.Balance(tx, ledger.DATt, p.ID)
	if err != nil || open >= cents {
		return err
	}
	return fault.New(fault.Conflict, "reconcile.foreign", "Il provvisorio %s è segnato come estraneo: la segnatura va tolta prima.", p.Number)
}
