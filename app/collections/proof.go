package collections

import (
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/tenants"
)

// Proof is a receipt with the collection that it proves.
type Proof struct {
	Receipt    Receipt
	Collection Collection
}

// FindProof returns what stands at a receipt's unguessable address.
func FindProof(tx *tenants.Tx, token string) (p Proof, err error) {
	if err := tx.One(tx.Select(&p.Receipt).Where("token = ?", token), "Ricevuta non trovata."); err != nil {
		return p, err
	}
	return p, p.load(tx)
}

// ProofOf returns the receipt of what a channel calls by a key.
func ProofOf(tx *tenants.Tx, channel, key string) (p Proof, err error) {
	q := tx.Select(&p.Collection).Where("channel = ?", channel).Where("key = ?", key)
	if err := tx.One(q, "Incasso non trovato."); err != nil {
		return p, err
	}
	if err := tx.One(tx.Select(&p.Receipt).Where("collection_id = ?", p.Collection.ID), "Ricevuta non trovata."); err != nil {
		return p, err
	}
	return p, p.load(tx)
}

func (p *Proof) load(tx *tenants.Tx) error {
	if err := tx.One(tx.Select(&p.Collection).Where("id = ?", p.Receipt.CollectionID), "Incasso non trovato."); err != nil {
		return err
	}
	lines, err := LinesOf(tx, p.Collection.ID)
	p.Collection.Lines = lines[p.Collection.ID]
	return err
}

// ProofsOn returns the receipts of what was paid on debts, by debt, oldest
// first.
func ProofsOn(tx *tenants.Tx, debts []uuid.UUID) (map[uuid.UUID][]Proof, error) {
	if len(debts) == 0 {
		return nil, nil
	}
	var ids []uuid.UUID
	if err := tx.SelectFrom("collection_line").ColumnExpr("DISTINCT collection_id").Where("debt_id IN (?)", bun.List(debts)).Scan(tx.Ctx, &ids); err != nil {
		return nil, fmt.Errorf("collections of debts: %w", err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	lines, err := LinesOf(tx, ids...)
	if err != nil {
		return nil, err
	}
	var found []Collection
	if err := tx.Select(&found).Where("id IN (?)", bun.List(ids)).OrderExpr("paid_on, id").Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("collections of debts: %w", err)
	}
	var receipts []Receipt
	if err := tx.Select(&receipts).Where("collection_id IN (?)", bun.List(ids)).Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("receipts of debts: %w", err)
	}
	out := map[uuid.UUID][]Proof{}
	for _, c := range found {
		p := Proof{Collection: c}
		for _, r := range receipts {
			if r.CollectionID == c.ID {
				p.Receipt = r
			}
		}
		seen := map[uuid.UUID]bool{}
		p.Collection.Lines = slices.DeleteFunc(lines[c.ID], func(l Line) bool { return !slices.Contains(debts, l.DebtID) })
		for _, l := range p.Collection.Lines {
			if !seen[l.DebtID] {
				seen[l.DebtID] = true
				out[l.DebtID] = append(out[l.DebtID], p)
			}
		}
	}
	return out, nil
}

// ProofOfCode returns the latest receipt of what was paid by a code.
func ProofOfCode(tx *tenants.Tx, code string) (p Proof, err error) {
	q := tx.Select(&p.Collection).Where("code = ?", code).OrderExpr("id DESC")
	if err := tx.One(q, "Incasso non trovato."); err != nil {
		return p, err
	}
	if err := tx.One(tx.Select(&p.Receipt).Where("collection_id = ?", p.Collection.ID), "Ricevuta non trovata."); err != nil {
		return p, err
	}
	return p, p.load(tx)
}
