package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/accounting"
	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

// Follow returns the line on which a code stands. A code that is nothing here
// is NotFound.
func Follow(tx *tenants.Tx, code string) (Line, error) {
	start, what, err := find(tx, code)
	if err != nil {
		return Line{}, err
	}
	w := &walk{tx: tx, seen: map[uuid.UUID]bool{}, line: Line{Code: code, What: what, From: start.stage()}}
	if err := w.from(start); err != nil {
		return Line{}, err
	}
	if len(w.line.Nodes) == 0 {
		return Line{}, unknown(code)
	}
	slices.SortStableFunc(w.line.Nodes, func(a, b Node) int {
		if d := slices.Index(Stages, a.Stage) - slices.Index(Stages, b.Stage); d != 0 {
			return d
		}
		if d := a.On.Compare(b.On); d != 0 {
			return d
		}
		return cmp.Compare(a.Title, b.Title)
	})
	return w.line, nil
}

// start is where a walk begins: some refs at a level's end.
type start struct {
	debts       []uuid.UUID
	collections []uuid.UUID
	remittances []uuid.UUID
	credits     []uuid.UUID
	orders      []uuid.UUID
}

// stage is the step at which the walk begins.
func (s start) stage() Stage {
	switch {
	case len(s.collections) > 0:
		return Collected
	case len(s.remittances) > 0:
		return Remitted
	case len(s.credits) > 0:
		return Credited
	case len(s.orders) > 0:
		return Ordered
	}
	return Due
}

type walk struct {
	tx   *tenants.Tx
	seen map[uuid.UUID]bool
	line Line
}

// from walks forward from where it begins to the order, and back from there to
// the debts. It never turns: what shares a batch or an order with it, and no
// cents, is not on its line.
func (w *walk) from(s start) error {
	if err := w.debts(s.debts); err != nil {
		return err
	}
	items, err := w.items()
	if err != nil {
		return err
	}
	collected, err := w.grow(ledger.R1, items, s.collections, w.collections)
	if err != nil {
		return err
	}
	remitted, err := w.grow(ledger.R2, collected, s.remittances, w.remittances)
	if err != nil {
		return err
	}
	credited, err := w.grow(ledger.R3, remitted, s.credits, w.credits)
	if err != nil {
		return err
	}
	if _, err = w.grow(ledger.R4, credited, s.orders, w.orders); err != nil {
		return err
	}
	return w.back(s)
}

// back walks from where the line begins to the debts.
func (w *walk) back(s start) error {
	credited, err := w.shrink(ledger.R4, s.orders, s.credits, w.credits)
	if err != nil {
		return err
	}
	remitted, err := w.shrink(ledger.R3, credited, s.remittances, w.remittances)
	if err != nil {
		return err
	}
	collected, err := w.shrink(ledger.R2, remitted, s.collections, w.collections)
	if err != nil {
		return err
	}
	items, err := w.shrink(ledger.R1, collected, nil, func([]uuid.UUID) error { return nil })
	if err != nil {
		return err
	}
	return w.debtsOf(items)
}

// grow crosses a level towards the order.
func (w *walk) grow(level ledger.Level, left, right []uuid.UUID, visit func([]uuid.UUID) error) ([]uuid.UUID, error) {
	return w.cross(level, left, right, visit, true)
}

// shrink crosses a level back towards the debt.
func (w *walk) shrink(level ledger.Level, right, left []uuid.UUID, visit func([]uuid.UUID) error) ([]uuid.UUID, error) {
	return w.cross(level, right, left, visit, false)
}

func (w *walk) cross(level ledger.Level, from, to []uuid.UUID, visit func([]uuid.UUID) error, forward bool) ([]uuid.UUID, error) {
	for _, ref := range from {
		f := ledger.Filter{Level: level, Status: ledger.Confirmed}
		if forward {
			f.Left = ref
		} else {
			f.Right = ref
		}
		edges, err := ledger.Allocations(w.tx, f)
		if err != nil {
			return nil, err
		}
		for _, a := range edges {
			if w.seen[a.ID] {
				continue
			}
			w.seen[a.ID] = true
			w.line.Edges = append(w.line.Edges, Edge{From: a.Left, To: a.Right, Cents: a.Cents, Origin: a.Decided, Rule: a.Rule, Who: a.Who, When: a.When, Evidence: a.Evidence})
			next := a.Right
			if !forward {
				next = a.Left
			}
			if !slices.Contains(to, next) {
				to = append(to, next)
			}
		}
	}
	return to, visit(w.fresh(to))
}

// fresh returns the refs whose node is not on the line yet.
func (w *walk) fresh(refs []uuid.UUID) (out []uuid.UUID) {
	for _, r := range refs {
		if !w.seen[r] {
			w.seen[r] = true
			out = append(out, r)
		}
	}
	return out
}

func (w *walk) put(n Node) { w.line.Nodes = append(w.line.Nodes, n) }

// items are the ends from which R1 starts: those of the debts on the line.
func (w *walk) items() (refs []uuid.UUID, err error) {
	for _, n := range w.line.Nodes {
		if n.Stage != Due {
			continue
		}
		var items []debts.Item
		if err := w.tx.Select(&items).Where("debt_id = ?", n.ID).OrderExpr("seq").Scan(w.tx.Ctx); err != nil {
			return nil, fmt.Errorf("items of debt %s: %w", n.ID, err)
		}
		for _, it := range items {
			refs = append(refs, it.ID)
		}
	}
	return refs, nil
}

func (w *walk) debtsOf(items []uuid.UUID) error {
	if len(items) == 0 {
		return nil
	}
	var ids []uuid.UUID
	err := w.tx.SelectFrom("debt_item").ColumnExpr("DISTINCT debt_id").Where("id IN (?)", bun.List(items)).OrderExpr("debt_id").Scan(w.tx.Ctx, &ids)
	if err != nil {
		return fmt.Errorf("debts of items: %w", err)
	}
	return w.debts(ids)
}

func (w *walk) debts(ids []uuid.UUID) error {
	for _, id := range w.fresh(ids) {
		d, err := debts.Load(w.tx, id)
		if fault.Is(err, fault.NotFound) {
			continue // of an office that the actor does not see
		}
		if err != nil {
			return err
		}
		on, err := w.dueSince(d)
		if err != nil {
			return err
		}
		w.put(Node{Stage: Due, ID: d.ID, Title: d.Type + " " + d.Position, Detail: d.Reason, Cents: d.Cents, On: on, Evidence: d.Source})
		for _, c := range d.Codes {
			for _, in := range d.Instalments {
				if in.ID == c.InstalmentID {
					w.put(Node{Stage: Asked, ID: in.ID, Title: c.Code, Detail: askedAs[c.Kind] + ", " + codeState[c.State], Cents: in.Cents, On: dayOf(c.IssuedAt), Evidence: "emesso da noi o dall'ufficio"})
				}
			}
		}
	}
	return nil
}

// dueSince is the day on which the ledger began to know of a debt: that of its
// load, or of the payment with which it was born.
func (w *walk) dueSince(d debts.Debt) (day.Date, error) {
	entries, err := ledger.Entries(w.tx, d.Items[0].ID)
	if err != nil || len(entries) == 0 {
		return dayOf(d.CreatedAt), err
	}
	return entries[0].EffectiveOn, nil
}

func (w *walk) collections(ids []uuid.UUID) error {
	all, err := collections.Some(w.tx, ids)
	if err != nil {
		return err
	}
	for _, c := range all {
		w.put(Node{Stage: Collected, ID: c.ID, Title: c.Channel + " " + c.Key, Detail: "Pagato il " + c.PaidOn.Long(), Cents: c.Cents, On: c.PaidOn, Evidence: c.Source})
	}
	return nil
}

func (w *walk) remittances(ids []uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	var all []collections.Remittance
	if err := w.tx.Select(&all).Where("id IN (?)", bun.List(ids)).OrderExpr("id").Scan(w.tx.Ctx); err != nil {
		return err
	}
	for _, r := range all {
		w.put(Node{Stage: Remitted, ID: r.ID, Title: r.Channel + " " + r.Flow, Detail: fmt.Sprintf("Lordo %s, commissioni %s, netto %s", r.Gross, r.Fee, r.Net()),
			Cents: r.Net(), On: r.RemittedOn, Evidence: r.Source})
	}
	return nil
}

func (w *walk) credits(ids []uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	found, err := treasury.Some(w.tx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		p, ok := found[id]
		if !ok {
			continue
		}
		w.put(Node{Stage: Credited, ID: p.ID, Title: fmt.Sprintf("Provvisorio %s/%d", p.Number, p.Year), Detail: p.State.Italian() + ": " + p.Text,
			Cents: p.Cents, On: p.EffectiveOn, Evidence: fmt.Sprintf("%s, riga %d", p.Source, p.Line)})
	}
	return nil
}

// orders are what the journal says was executed, with its first movement as
// evidence.
func (w *walk) orders(ids []uuid.UUID) error {
	for _, id := range ids {
		o, err := accounting.ExecutedByID(w.tx, id)
		if err != nil {
			return err
		}
		movements, err := treasury.Movements(w.tx, o.Account, o.Year, o.Document, o.Number)
		if err != nil {
			return err
		}
		n := Node{Stage: Ordered, ID: o.ID, Title: fmt.Sprintf("Reversale %s/%d", o.Number, o.Year)}
		used, err := ledger.Allocations(w.tx, ledger.Filter{Level: ledger.R4, Right: id, Status: ledger.Confirmed})
		if err != nil {
			return err
		}
		for _, a := range used {
			n.Cents += a.Cents
		}
		if len(movements) > 0 {
			e := movements[0]
			n.Detail, n.On, n.Evidence = e.Text, e.BookedOn, fmt.Sprintf("%s, riga %d", e.Source, e.Line)
			if e.Quittance != "" {
				n.Detail = strings.TrimSuffix("Quietanza "+e.Quittance+": "+e.Text, ": ")
			}
		}
		w.put(n)
	}
	return nil
}
