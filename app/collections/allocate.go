package collections

import (
	"fmt"

	"cassacomune/app/debts"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// allocate writes the edges between the items and this collection, as the
// channel states them.
func (c *Collection) allocate(tx *tenants.Tx, plans []debts.Plan) error {
	var edges []ledger.Allocation
	var ends []ledger.End
	for _, p := range plans {
		due := p.Due()
		for _, l := range p.Lines {
			ends = append(ends, ledger.End{Level: ledger.R1, Side: ledger.Left, Ref: l.Item.ID, Total: due[l.Item.ID]})
			edges = append(edges, ledger.Allocation{
				Key:   fmt.Sprintf("%s/%s/%s>%s:%s", p.Debt.Type, p.Debt.Position, l.Item.Key, c.Channel, c.Key),
				Level: ledger.R1, Left: l.Item.ID, Right: c.ID, Cents: l.Cents, Origin: ledger.FromFile, Rule: "codice", Status: ledger.Confirmed,
				Evidence:   []ledger.Reason{{What: "codice di pagamento", Left: p.Debt.Position, Right: c.Code, Where: c.Source}},
				RightTotal: c.Cents})
		}
	}
	if len(edges) == 0 {
		return nil
	}
	if err := ledger.SetEnds(tx, ends...); err != nil {
		return fmt.Errorf("ends of items: %w", err)
	}
	if _, err := ledger.Allocate(tx, edges...); err != nil {
		return fmt.Errorf("allocate collection: %w", err)
	}
	return nil
}

// allocate writes the edges between the items and the collection, as a person
// says.
func (a Attribution) allocate(tx *tenants.Tx, c Listed, p debts.Plan) error {
	due := p.Due()
	var edges []ledger.Allocation
	var ends []ledger.End
	for _, l := range p.Lines {
		ends = append(ends, ledger.End{Level: ledger.R1, Side: ledger.Left, Ref: l.Item.ID, Total: due[l.Item.ID]})
		edges = append(edges, ledger.Allocation{
			Key:   fmt.Sprintf("%s/%s/%s%s", p.Debt.Type, p.Debt.Position, l.Item.Key, a.edgeKey(c)),
			Level: ledger.R1, Left: l.Item.ID, Right: c.ID, Cents: l.Cents, Origin: ledger.FromPerson, Rule: "attribuzione", Status: ledger.Confirmed,
			Evidence:   []ledger.Reason{{What: "motivo", Left: a.Reason}, {What: "posizione", Left: p.Debt.Position}},
			RightTotal: c.Cents})
	}
	if err := ledger.SetEnds(tx, ends...); err != nil {
		return fmt.Errorf("ends of items: %w", err)
	}
	if _, err := ledger.Allocate(tx, edges...); err != nil {
		return fmt.Errorf("allocate attribution: %w", err)
	}
	return nil
}

// edgeKey ends the natural key of an edge of the attribution.
func (a Attribution) edgeKey(c Listed) string { return fmt.Sprintf(">%s#%d", c.name(), a.Number) }

// allocate writes the edge between a collection and this remittance, as the
// file states it.
func (r *Remittance) allocate(tx *tenants.Tx, c Collection, cents money.Cents) error {
	_, err := ledger.Allocate(tx, ledger.Allocation{
		Key:   c.Channel + ":" + c.Key + ">" + r.Flow,
		Level: ledger.R2, Left: c.ID, Right: r.ID, Cents: cents, Origin: ledger.FromFile, Rule: "riga del riversamento", Status: ledger.Confirmed,
		Evidence:  []ledger.Reason{{What: "codice della transazione", Left: c.Key, Right: r.Flow, Where: r.Source}},
		LeftTotal: c.Cents, RightTotal: r.positives})
	if err != nil {
		return fmt.Errorf("allocate remittance: %w", err)
	}
	return nil
}
