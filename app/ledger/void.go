package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"

	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// Void (storno) books the mirror of a transaction: its credits as debits, on
// the day of today. Voiding twice answers the first void. What the transaction
// moved must still be there: a collection that has been remitted is voided
// after its remittance, else a fault of kind Conflict. A void may be voided.
func Void(tx *tenants.Tx, id uuid.UUID, key, reason string) (Posted, error) {
	var voided txRow
	if err := tx.One(tx.Select(&voided).Where("id = ?", id), "Registrazione inesistente."); err != nil {
		return Posted{}, err
	}
	if p, ok, err := voidOf(tx, id); err != nil || ok {
		return p, err
	}
	rows, err := entriesOf(tx, id)
	if err != nil {
		return Posted{}, err
	}
	sum := sha256.Sum256([]byte("void " + voided.Key))
	p := prepared{content: `"void ` + voided.Key + `"`, tx: txRow{ID: tx.NewID(), Key: key, ContentHash: hex.EncodeToString(sum[:]), Kind: "void",
		EffectiveOn: tx.Today(), KnownAt: tx.Now(), Source: voided.Source, Actor: actor(tx), Derived: true, Voids: id, Reason: reason}}
	for i := len(rows) - 1; i >= 0; i-- {
		r := rows[i]
		p.postings = append(p.postings, Posting{Event: r.Event, Debit: r.Credit, DebitRef: r.CreditRef, Credit: r.Debit, CreditRef: r.DebitRef, Cents: r.Cents})
		p.mirrors = append(p.mirrors, !r.Mirror)
	}
	posted, err := book(tx, []prepared{p})
	if fault.Is(err, fault.Conflict) {
		if first, ok, again := voidOf(tx, id); again == nil && ok && first.ID != p.tx.ID {
			return first, nil
		}
	}
	if err != nil {
		return Posted{}, fmt.Errorf("void %s: %w", voided.Key, err)
	}
	return posted[0], nil
}

// voidOf finds the void of a transaction.
func voidOf(tx *tenants.Tx, id uuid.UUID) (Posted, bool, error) {
	var first []txRow
	if err := tx.Select(&first).Where("voids = ?", id).Scan(tx.Ctx); err != nil {
		return Posted{}, false, fmt.Errorf("void of %s: %w", id, err)
	}
	if len(first) == 0 {
		return Posted{}, false, nil
	}
	return Posted{ID: first[0].ID}, true, nil
}

func entriesOf(tx *tenants.Tx, id uuid.UUID) ([]entryRow, error) {
	var rows []entryRow
	if err := tx.Select(&rows).Where("tx_id = ?", id).Order("seq").Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("transfers of %s: %w", id, err)
	}
	return rows, nil
}
