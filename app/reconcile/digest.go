package reconcile

import (
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/collections"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// DigestInto writes which cents of which items stand in the matches of a batch
// that is spread over several credits: by batch, payment and item, as they are
// known today. In which of the credits they stand follows from which of them
// was known first.
func DigestInto(tx *tenants.Tx, w io.Writer) error {
	var spread []collections.Remittance
	shared := tx.SelectFrom("share").ColumnExpr("s.left_ref").
		Join("JOIN allocation_state AS s ON s.tenant_id = share.tenant_id AND s.allocation_id = share.allocation_id AND s.status <> ?", ledger.Voided)
	if err := tx.Select(&spread).Where("id IN (?)", shared).Scan(tx.Ctx); err != nil {
		return fmt.Errorf("batches with shares: %w", err)
	}
	var lines []string
	for _, r := range spread {
		some, err := digestOf(tx, r)
		if err != nil {
			return fmt.Errorf("digest of the shares of %s: %w", r.Flow, err)
		}
		lines = append(lines, some...)
	}
	slices.Sort(lines) // here, in bytes: each engine has an order of its own
	for _, l := range lines {
		if _, err := io.WriteString(w, l); err != nil {
			return err
		}
	}
	return nil
}

func digestOf(tx *tenants.Tx, r collections.Remittance) (lines []string, err error) {
	parts, err := Parts(tx, r)
	if err != nil {
		return nil, err
	}
	pieces, err := Pieces(tx, r.ID, parts)
	if err != nil {
		return nil, err
	}
	sums := map[Part]money.Cents{}
	var refs []uuid.UUID
	for _, piece := range pieces {
		var p Part // of none
		if piece.Part >= 0 {
			p = parts[piece.Part]
		}
		sums[p] += piece.Cents
		refs = append(refs, p.Line, p.Item)
	}
	names, err := keysOn(tx, refs)
	for p, cents := range sums {
		item := names.items[p.Item]
		lines = append(lines, fmt.Sprintf("share %s %q %q %q %q %q %q %d\n", ledger.R3, r.Channel, r.Flow, names.payments[p.Line], item.Type, item.Position, item.Key, cents))
	}
	return lines, err
}

// natural are the names by which payments and items are known everywhere.
type natural struct {
	payments map[uuid.UUID]string // none: unknown to us
	items    map[uuid.UUID]itemKey
}

type itemKey struct {
	ID                  uuid.UUID
	Type, Position, Key string // none: no item, an excess
}

func keysOn(tx *tenants.Tx, refs []uuid.UUID) (natural, error) {
	n := natural{map[uuid.UUID]string{}, map[uuid.UUID]itemKey{}}
	for some := range slices.Chunk(refs, 500) {
		var paid []collections.Collection
		if err := tx.Select(&paid).Column("id", "key").Where("id IN (?)", bun.List(some)).Scan(tx.Ctx); err != nil {
			return n, err
		}
		for _, c := range paid {
			n.payments[c.ID] = c.Key
		}
		var items []itemKey
		if err := tx.SelectFrom("debt_item").ColumnExpr("debt_item.id, d.type, d.position, debt_item.key").
			Join("JOIN debt AS d ON d.tenant_id = debt_item.tenant_id AND d.id = debt_item.debt_id").
			Where("debt_item.id IN (?)", bun.List(some)).Scan(tx.Ctx, &items); err != nil {
			return n, err
		}
		for _, it := range items {
			n.items[it.ID] = it
		}
	}
	return n, nil
}
