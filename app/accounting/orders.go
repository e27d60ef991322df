package accounting

import (
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

// Orders returns the exported orders with their lines, newest first; a state
// of "" is every state.
func Orders(tx *tenants.Tx, state OrderState) ([]Order, error) {
	var orders []Order
	q := tx.Select(&orders).Order("year DESC", "label DESC")
	if state != "" {
		q = q.Where("state = ?", state)
	}
	if err := q.Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("orders: %w", err)
	}
	return orders, fill(tx, orders)
}

// FindOrder returns an exported order with its lines.
func FindOrder(tx *tenants.Tx, id uuid.UUID) (Order, error) {
	return oneOrder(tx, "id", id)
}

// OrderByLabel returns an exported order by our name of it.
func OrderByLabel(tx *tenants.Tx, label string) (Order, error) {
	return oneOrder(tx, "label", label)
}

func oneOrder(tx *tenants.Tx, column string, value any) (Order, error) {
	orders := make([]Order, 1)
	if err := tx.One(tx.Select(&orders[0]).Where("? = ?", bun.Ident(column), value), "Ordinativo non trovato."); err != nil {
		return Order{}, err
	}
	err := fill(tx, orders)
	return orders[0], err
}

func fill(tx *tenants.Tx, orders []Order) error {
	at := map[uuid.UUID]int{}
	for i, o := range orders {
		at[o.ID] = i
	}
	var lines []OrderLine
	for part := range slices.Chunk(orders, 500) {
		ids := make([]uuid.UUID, len(part))
		for i, o := range part {
			ids[i] = o.ID
		}
		var some []OrderLine
		if err := tx.Select(&some).Where("order_id IN (?)", bun.List(ids)).Order("order_id", "seq").Scan(tx.Ctx); err != nil {
			return fmt.Errorf("lines of orders: %w", err)
		}
		lines = append(lines, some...)
	}
	for part := range slices.Chunk(lines, 500) {
		ids := make([]uuid.UUID, len(part))
		for i, l := range part {
			ids[i] = l.ProvisionalID
		}
		credits, err := treasury.Some(tx, ids)
		if err != nil {
			return err
		}
		for _, l := range part {
			l.ProvisionalNumber = credits[l.ProvisionalID].Number
			o := &orders[at[l.OrderID]]
			o.Lines = append(o.Lines, l)
		}
	}
	b := &books{tx: tx}
	for i := range orders {
		if err := b.assess(&orders[i]); err != nil {
			return err
		}
		orders[i].Problems = nil // what the chart says today is no matter for what has left
	}
	return nil
}

// OrdersOn returns the exported orders that use a provisional.
func OrdersOn(tx *tenants.Tx, provisional uuid.UUID) ([]Order, error) {
	var ids []uuid.UUID
	if err := tx.SelectFrom("collection_order_line").ColumnExpr("DISTINCT order_id").Where("provisional_id = ?", provisional).Scan(tx.Ctx, &ids); err != nil {
		return nil, fmt.Errorf("orders on provisional: %w", err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var orders []Order
	if err := tx.Select(&orders).Where("id IN (?)", bun.List(ids)).Order("label").Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("orders on provisional: %w", err)
	}
	return orders, fill(tx, orders)
}

// Exports returns the files that left us, newest first.
func Exports(tx *tenants.Tx, limit int) (all []Export, err error) {
	return all, tx.Select(&all).Order("id DESC").Limit(int64(limit)).Scan(tx.Ctx)
}

// FindExport returns a file that left us.
func FindExport(tx *tenants.Tx, id uuid.UUID) (x Export, err error) {
	return x, tx.One(tx.Select(&x).Where("id = ?", id), "Esportazione non trovata.")
}

// Withdraw takes an exported order back before the accounting package has used
// it: its credits can be proposed, or undone, again.
func Withdraw(tx *tenants.Tx, id uuid.UUID, reason string) error {
	o, err := FindOrder(tx, id)
	if err != nil {
		return err
	}
	switch {
	case reason == "":
		return fault.New(fault.Invalid, "orders.reason", "Scrivi il motivo del ritiro.").On("motivo")
	case o.State == Withdrawn:
		return nil
	case o.State == Regularised:
		return fault.New(fault.Conflict, "orders.regularised", "L'ordinativo è già nel giornale di cassa con il numero %s: va stornato in contabilità.", o.Number)
	}
	if err := o.move(tx, Withdrawn); err != nil {
		return err
	}
	if err := holdCredits(tx, o, false); err != nil {
		return err
	}
	// Another order may still hold some of the same credits.
	for _, l := range o.Lines {
		others, err := OrdersOn(tx, l.ProvisionalID)
		if err != nil {
			return err
		}
		for _, other := range others {
			if other.State != Withdrawn {
				if err := holdCredits(tx, other, true); err != nil {
					return err
				}
			}
		}
	}
	return tx.Audit("orders.withdraw", id.String(), reason)
}

func (o *Order) move(tx *tenants.Tx, to OrderState) error {
	o.State, o.ChangedAt = to, tx.Now()
	_, err := tx.Update(o).Column("state", "number", "executed_id", "changed_at").WherePK().Exec(tx.Ctx)
	return err
}

// recognise gives exported orders the number under which the journal executed
// them: the same provisionals for the same cents.
func recognise(tx *tenants.Tx) error {
	orders, err := Orders(tx, Exported)
	if err != nil || len(orders) == 0 {
		return err
	}
	taken, err := alreadyRecognised(tx)
	if err != nil {
		return err
	}
	slices.Reverse(orders) // the oldest label first
	for _, o := range orders {
		want := map[uuid.UUID]money.Cents{}
		for _, l := range o.Lines {
			if l.Kind == Regularisation {
				want[l.ProvisionalID] += l.Cents
			}
		}
		executed, err := executedLike(tx, want, taken)
		if err != nil {
			return err
		}
		if executed.ID == uuid.Nil {
			continue
		}
		taken[executed.ID] = true
		o.Number, o.ExecutedID = executed.Number, executed.ID
		if err := o.move(tx, Regularised); err != nil {
			return err
		}
	}
	return nil
}

func alreadyRecognised(tx *tenants.Tx) (map[uuid.UUID]bool, error) {
	var ids []uuid.UUID
	if err := tx.SelectFrom("collection_order").Column("executed_id").Where("executed_id IS NOT NULL").Scan(tx.Ctx, &ids); err != nil {
		return nil, fmt.Errorf("recognised orders: %w", err)
	}
	taken := map[uuid.UUID]bool{}
	for _, id := range ids {
		taken[id] = true
	}
	return taken, nil
}

// executedLike finds the one order of the journal that used just these
// provisionals; of several alike, the one with the least number.
func executedLike(tx *tenants.Tx, want map[uuid.UUID]money.Cents, taken map[uuid.UUID]bool) (best Executed, err error) {
	candidates := map[uuid.UUID]bool{}
	for id := range want {
		edges, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R4, Left: id, Status: ledger.Confirmed})
		if err != nil {
			return best, err
		}
		for _, a := range edges {
			candidates[a.Right] = !taken[a.Right]
		}
	}
	for id, free := range candidates {
		if !free {
			continue
		}
		edges, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R4, Right: id, Status: ledger.Confirmed})
		if err != nil {
			return best, err
		}
		if !same(edges, want) {
			continue
		}
		o, err := ExecutedByID(tx, id)
		if err != nil {
			return best, err
		}
		if best.ID == uuid.Nil || len(o.Number) < len(best.Number) || len(o.Number) == len(best.Number) && o.Number < best.Number {
			best = o
		}
	}
	return best, nil
}

func same(edges []ledger.Allocation, want map[uuid.UUID]money.Cents) bool {
	got := map[uuid.UUID]money.Cents{}
	for _, a := range edges {
		got[a.Left] += a.Cents
	}
	if len(got) != len(want) {
		return false
	}
	for id, cents := range want {
		if got[id] != cents {
			return false
		}
	}
	return true
}
