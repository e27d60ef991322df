package collections

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/tenants"
)

const noAttribution = "Attribuzione non trovata."

// FindAttribution returns an attribution of a collection; a text that is no id
// of one is NotFound.
func FindAttribution(tx *tenants.Tx, collection uuid.UUID, text string) (a Attribution, err error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return a, fault.New(fault.NotFound, "missing", noAttribution)
	}
	return a, tx.One(tx.Select(&a).Where("id = ?", id).Where("collection_id = ?", collection).Where("undoes IS NULL"), noAttribution)
}

// Undo takes an attribution back: the money waits again where it was, and the
// debt is as if it had not come. Taken back already, it answers so.
func Undo(tx *tenants.Tx, id uuid.UUID, reason string) error {
	var a Attribution
	if err := tx.One(tx.Select(&a).Where("id = ?", id).Where("undoes IS NULL"), noAttribution); err != nil {
		return err
	}
	c, before, err := hold(tx, a.CollectionID)
	if err != nil {
		return err
	}
	if reason == "" {
		return fault.New(fault.Invalid, "collections.reason", "Scrivi perché l'attribuzione va annullata.").On("motivo")
	}
	if undone, err := a.undone(tx); err != nil || undone {
		return err
	}
	if err := a.Booked.TakeBack(tx, a.InstalmentID, c.told(reason)); err != nil {
		return err
	}
	key := a.ledgerKey(c)
	posted, err := ledger.Void(tx, a.TxID, "void:"+key, reason)
	if err != nil {
		return err
	}
	back := Attribution{ID: tx.NewID(), CollectionID: c.ID, Number: before + 1, DebtID: a.DebtID, InstalmentID: a.InstalmentID, Cents: a.Cents,
		Undoes: a.ID, TxID: posted.ID, Reason: reason, Who: tx.Actor.Name, At: tx.Now()}
	if _, err := tx.Insert(&back).Exec(tx.Ctx); err != nil {
		return fmt.Errorf("insert undoing: %w", err)
	}
	if err := back.mirror(tx, a); err != nil {
		return err
	}
	if err := a.unallocate(tx, c, reason); err != nil {
		return err
	}
	return back.tell(tx, "collection.unattribute")
}

func (a Attribution) undone(tx *tenants.Tx) (bool, error) {
	return tx.Select((*Attribution)(nil)).Where("undoes = ?", a.ID).Exists(tx.Ctx)
}

// mirror writes the rows of an attribution again, the other way round.
func (back Attribution) mirror(tx *tenants.Tx, a Attribution) error {
	var rows []Line
	if err := tx.Select(&rows).Where("collection_id = ?", a.CollectionID).Where("attribution_id = ?", a.ID).OrderExpr("seq").Scan(tx.Ctx); err != nil {
		return fmt.Errorf("lines of attribution: %w", err)
	}
	for i := range rows {
		rows[i].Cents = -rows[i].Cents
	}
	return back.addLines(tx, rows)
}

// unallocate voids the edges between the items and the collection.
func (a Attribution) unallocate(tx *tenants.Tx, c Listed, reason string) error {
	edges, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R1, Right: c.ID, Status: ledger.Confirmed})
	if err != nil {
		return err
	}
	for _, e := range edges {
		if !strings.HasSuffix(e.Key, a.edgeKey(c)) {
			continue
		}
		if err := ledger.VoidAllocation(tx, e.ID, reason); err != nil {
			return err
		}
	}
	return nil
}

// Attributed is an attribution with what became of it.
type Attributed struct {
	Attribution
	Undone *Attribution // by which it was taken back
}

// AttributionsOf returns the attributions of a collection, oldest first.
func AttributionsOf(tx *tenants.Tx, collection uuid.UUID) (all []Attributed, err error) {
	var rows []Attribution
	if err := tx.Select(&rows).Where("collection_id = ?", collection).OrderExpr("number").Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("attributions: %w", err)
	}
	at := map[uuid.UUID]int{}
	for _, r := range rows {
		if r.Undoes == uuid.Nil {
			at[r.ID] = len(all)
			all = append(all, Attributed{Attribution: r})
			continue
		}
		all[at[r.Undoes]].Undone = &r
	}
	return all, nil
}
