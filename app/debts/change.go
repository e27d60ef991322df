package debts

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Correct replaces the content of one debt by hand.
func Correct(ctx context.Context, db *tenants.DB, tenant tenants.ID, by tenants.Actor, id uuid.UUID, n New) (d Debt, err error) {
	err = db.Within(ctx, tenant, by, func(tx *tenants.Tx) error {
		if d, err = Load(tx, id); err != nil {
			return err
		}
		if d, err = Change(tx, d, n); err != nil {
			return err
		}
		return tx.Audit("debt.change", d.ID.String(), "")
	})
	return d, err
}

// Change (rettifica) replaces the content of a debt, given whole, by newer
// word of the office: what is due goes up or down by act, item by item;
// instalments that say something else are replaced, and their codes with them.
// It is a Conflict on a debt that is annulled, and where money has come on
// what would change. The same content changes nothing.
func Change(tx *tenants.Tx, existing Debt, n New) (Debt, error) {
	changed, err := changeAll(tx, []Debt{existing}, []New{n})
	if err != nil {
		return existing, err
	}
	return changed[0], nil
}

// changeAll is Change for many debts, with one posting for all of them.
func changeAll(tx *tenants.Tx, existing []Debt, news []New) ([]Debt, error) {
	town, err := tx.Municipality()
	if err != nil {
		return nil, err
	}
	types, err := typesOf(tx)
	if err != nil {
		return nil, err
	}
	plans := make([]*change, len(existing))
	fresh := 0
	for i, d := range existing {
		if plans[i], err = planChange(d, news[i]); err != nil {
			return nil, err
		}
		fresh += len(plans[i].issue)
	}
	number, err := takeNumbers(tx, "code", fresh)
	if err != nil {
		return nil, err
	}
	var b batch
	for i, c := range plans {
		if c.none {
			continue
		}
		if err := c.apply(tx, &b, town.Settings, types[c.was.Type], &number); err != nil {
			return nil, fmt.Errorf("change %s: %w", c.was.ID, err)
		}
		existing[i] = c.debt
	}
	if err := b.insert(tx); err != nil {
		return nil, err
	}
	return existing, moveCodes(tx, plans)
}

// moveCodes lets codes that are there ask for the instalments just inserted.
func moveCodes(tx *tenants.Tx, plans []*change) error {
	for _, c := range plans {
		for _, code := range c.moved {
			if _, err := tx.Update(&code).Column("instalment_id", "state").WherePK().Exec(tx.Ctx); err != nil {
				return fmt.Errorf("move code: %w", err)
			}
		}
	}
	return nil
}

// change is what becomes of a debt, decided before anything is written.
type change struct {
	was, debt Debt
	n         New
	none      bool // the content is the same
	items     []itemChange
	close     []Instalment
	issue     []optionInstalment
	parties   bool
	moved     []Code
}

// itemChange takes an item to another content; a new one has no ID yet.
type itemChange struct {
	item  Item
	by    money.Cents
	fresh bool
}

type optionInstalment struct {
	option string
	NewInstalment
}

// planChange decides without writing. It wants the debt whole.
func planChange(d Debt, n New) (*change, error) {
	n, err := n.complete()
	if err != nil {
		return nil, err
	}
	c := &change{was: d, debt: d, n: n}
	if n.hash() == d.Hash {
		c.none = true
		return c, nil
	}
	if d.State == Annulled {
		return nil, fault.New(fault.Conflict, "debts.annulled", "La posizione %q è stata annullata: non si può più modificare.", d.Position)
	}
	if n.Type != d.Type || n.Position != d.Position {
		return nil, fault.New(fault.Invalid, "debts.key", "Tipo dovuto e codice della posizione non si modificano: annulla e carica di nuovo.").On("codice_posizione")
	}
	if err := c.planItems(); err != nil {
		return nil, err
	}
	if err := c.planInstalments(); err != nil {
		return nil, err
	}
	c.planDebt()
	return c, nil
}

func (c *change) planItems() error {
	paid := c.paidItems()
	kept := map[string]bool{}
	seq := 0
	for _, it := range c.was.Items {
		seq = max(seq, it.Seq)
		i := slices.IndexFunc(c.n.Items, func(n NewItem) bool { return n.Key == it.Key })
		if i < 0 {
			if it.Cents > 0 {
				if err := c.move(it, Item{}, -it.Cents, paid); err != nil {
					return err
				}
			}
			continue
		}
		kept[it.Key] = true
		n := c.n.Items[i]
		if n.Body != it.Body {
			return fault.New(fault.Conflict, "debts.body", "La voce %q non può cambiare beneficiario: annulla la posizione e caricala di nuovo.", it.Key).On("beneficiario")
		}
		if err := c.move(it, n.row(), n.Cents-it.Cents, paid); err != nil {
			return err
		}
	}
	for _, n := range c.n.Items {
		if !kept[n.Key] {
			seq++
			row := n.row()
			row.Seq = seq
			c.items = append(c.items, itemChange{item: row, by: n.Cents, fresh: true})
		}
	}
	return nil
}

func (n NewItem) row() Item {
	return Item{Key: n.Key, Label: n.Label, Cents: n.Cents, IsCost: n.IsCost, Body: n.Body, IBAN: n.IBAN, VAT: n.VAT, Revenue: n.Revenue}
}

func (c *change) move(was, to Item, by money.Cents, paid map[uuid.UUID]bool) error {
	if by != 0 && paid[was.ID] {
		return fault.New(fault.Conflict, "debts.paid", "Sulla voce %q sono già arrivati pagamenti: il suo importo (%s) non si può cambiare.", was.Key, was.Cents).On("importo")
	}
	row := was
	row.Cents = was.Cents + by
	if to.Key != "" {
		row.Label, row.IsCost, row.IBAN, row.VAT, row.Revenue = to.Label, to.IsCost, to.IBAN, to.VAT, to.Revenue
	}
	c.items = append(c.items, itemChange{item: row, by: by})
	return nil
}

func (c *change) paidItems() map[uuid.UUID]bool {
	paid := map[uuid.UUID]bool{}
	for _, in := range c.was.Instalments {
		for _, p := range in.Portions {
			if p.Paid > 0 {
				paid[p.ItemID] = true
			}
		}
	}
	return paid
}

// planInstalments keeps the instalments that say the same, closes the others
// and has new ones issued.
func (c *change) planInstalments() error {
	kept := map[uuid.UUID]bool{}
	for _, o := range c.n.Options {
		for _, n := range o.Instalments {
			if same := c.same(o.Key, n); same != uuid.Nil {
				kept[same] = true
				continue
			}
			if c.was.Chosen != "" && c.was.Chosen != o.Key {
				continue // excluded by the option that a payment has chosen
			}
			c.issue = append(c.issue, optionInstalment{o.Key, n})
		}
	}
	for _, in := range c.was.Instalments {
		if kept[in.ID] || in.State == InstalmentClosed {
			continue
		}
		if in.Paid > 0 {
			return fault.New(fault.Conflict, "debts.paid", "Sulla rata %d sono già arrivati %s: non si può sostituire.", in.Number, in.Paid).On("rata")
		}
		c.close = append(c.close, in)
	}
	return nil
}

// same finds a living instalment of the debt that says what n says.
func (c *change) same(option string, n NewInstalment) uuid.UUID {
	for _, in := range c.was.Instalments {
		if in.State == InstalmentClosed || in.Option != option || in.Number != n.Number || in.DueOn != n.DueOn || in.ValidUntil != n.ValidUntil {
			continue
		}
		if n.Notice != "" && !slices.ContainsFunc(in.Codes, func(code Code) bool { return code.Code == n.Notice && code.State != Replaced }) {
			continue
		}
		if c.samePortions(in, n) {
			return in.ID
		}
	}
	return uuid.Nil
}

func (c *change) samePortions(in Instalment, n NewInstalment) bool {
	if len(in.Portions) != len(n.Portions) {
		return false
	}
	for _, p := range n.Portions {
		i := slices.IndexFunc(c.was.Items, func(it Item) bool { return it.Key == p.Item })
		if i < 0 {
			return false
		}
		if was := portionOf(in, c.was.Items[i].ID); was == nil || was.Cents != p.Cents {
			return false
		}
	}
	return true
}

func (c *change) planDebt() {
	p, d := c.n.Parties[0], &c.debt
	d.Reason, d.NotifiedOn, d.DueOn = c.n.Reason, c.n.NotifiedOn, c.n.firstDue()
	d.DebtorKind, d.DebtorCode, d.DebtorName, d.DebtorKey = p.Kind, p.Code, p.Name, Fold(p.Name)
	d.Minimum, d.Maximum, d.Suspensions, d.Fields = c.n.Minimum, c.n.Maximum, c.n.Suspensions, c.n.Fields
	for _, it := range c.items {
		d.Cents += it.by
	}
	d.State = stateOf(*d)
	d.Hash = c.n.hash()
	c.parties = !slices.EqualFunc(c.was.Parties, c.n.Parties, func(a, b Party) bool {
		return a.Kind == b.Kind && a.Code == b.Code && a.Name == b.Name && a.Email == b.Email && a.Address == b.Address && (b.Role == "" || a.Role == b.Role)
	})
}

// apply writes the change; what is new goes into the batch.
func (c *change) apply(tx *tenants.Tx, b *batch, town tenants.Settings, t tenants.DebtType, number *int64) error {
	ids, err := c.applyItems(tx, b, t)
	if err != nil {
		return err
	}
	if err := c.applyInstalments(tx, b, town, ids, number); err != nil {
		return err
	}
	if c.parties {
		if _, err := tx.Delete((*Party)(nil)).Where("debt_id = ?", c.was.ID).Exec(tx.Ctx); err != nil {
			return err
		}
		for i, p := range c.n.Parties {
			p.DebtID, p.Seq = c.was.ID, i+1
			if p.Role == "" {
				p.Role = "debtor"
			}
			b.parties = append(b.parties, p)
		}
	}
	c.debt.ChangedAt, c.debt.Source = tx.Now(), c.n.Source
	_, err = tx.Update(&c.debt).Column("reason", "notified_on", "due_on", "debtor_kind", "debtor_code", "debtor_name", "debtor_key",
		"minimum", "maximum", "suspensions", "fields", "cents", "state", "hash", "changed_at", "source").WherePK().Exec(tx.Ctx)
	if err != nil {
		return err
	}
	detail := c.n.Source
	if c.was.Cents != c.debt.Cents {
		detail = fmt.Sprintf("%s: %s → %s", c.n.Source, c.was.Cents, c.debt.Cents)
	}
	b.events = append(b.events, Event{ID: tx.NewID(), DebtID: c.was.ID, At: tx.Now(), Actor: tx.Actor.Name, Kind: "changed", Cents: c.debt.Cents, Detail: detail})
	return nil
}

func (c *change) applyItems(tx *tenants.Tx, b *batch, t tenants.DebtType) (map[string]uuid.UUID, error) {
	before, err := tx.Select((*Event)(nil)).Where("debt_id = ?", c.was.ID).Where("kind = ?", "changed").Count(tx.Ctx)
	if err != nil {
		return nil, err
	}
	// The turn is part of the key: a debt may go back to what it was.
	entry := ledger.Entry{Key: fmt.Sprintf("change:%s/%s/%d", c.was.Type, c.was.Position, before+1), Content: c.debt.Hash,
		Kind: "change", EffectiveOn: tx.Today(), Source: c.n.Source}
	ids := map[string]uuid.UUID{}
	for i := range c.items {
		it := &c.items[i].item
		if it.Label == "" {
			it.Label = t.Name
		}
		if it.Revenue == (tenants.Revenue{}) {
			it.Revenue = t.Setup.Revenue
		}
		if c.items[i].fresh {
			it.ID, it.DebtID = tx.NewID(), c.was.ID
			b.items = append(b.items, *it)
		} else if _, err := tx.Update(it).Column("label", "cents", "is_cost", "iban", "vat", "revenue").WherePK().Exec(tx.Ctx); err != nil {
			return nil, err
		}
		ids[it.Key] = it.ID
		if by := c.items[i].by; by != 0 {
			entry.Postings = append(entry.Postings, it.changed(by))
		}
	}
	if len(entry.Postings) > 0 {
		b.entries = append(b.entries, entry)
	}
	return ids, nil
}

func (c *change) applyInstalments(tx *tenants.Tx, b *batch, town tenants.Settings, items map[string]uuid.UUID, number *int64) error {
	for _, in := range c.close {
		in.State = InstalmentClosed
		if _, err := tx.Update(&in).Column("state").WherePK().Exec(tx.Ctx); err != nil {
			return err
		}
		if err := closeCodes(tx, in.ID, Replaced); err != nil {
			return err
		}
	}
	for _, n := range c.issue {
		row := Instalment{ID: tx.NewID(), DebtID: c.was.ID, Option: n.option, Number: n.Number, DueOn: n.DueOn, ValidUntil: n.ValidUntil, State: InstalmentOpen}
		for _, p := range n.Portions {
			row.Cents += p.Cents
			b.portions = append(b.portions, Portion{InstalmentID: row.ID, ItemID: items[p.Item], Cents: p.Cents})
		}
		issued, err := issue(town, c.was, row, n.Notice, *number, tx)
		if err != nil {
			return err
		}
		*number++
		b.instalments = append(b.instalments, row)
		for _, code := range issued {
			if slices.ContainsFunc(c.was.Codes, func(old Code) bool { return old.Code == code.Code }) {
				c.moved = append(c.moved, code) // printed by the office: it asks for the new instalment now
				continue
			}
			b.codes = append(b.codes, code)
		}
	}
	return nil
}

// Reissue (ristampa con nuovi codici) gives an instalment new codes; the old
// ones are replaced. Money on a replaced code is kept as an excess.
func Reissue(tx *tenants.Tx, instalment uuid.UUID) ([]Code, error) {
	d, in, err := byInstalment(tx, instalment)
	if err != nil {
		return nil, err
	}
	if !tx.Actor.Sees(d.Office) || d.State == Unborn {
		return nil, fault.New(fault.NotFound, "missing", "Avviso non trovato.")
	}
	if why := whyNot(d, in); why != "" {
		return nil, fault.New(fault.Conflict, "debts.reissue", "I codici non si possono rinnovare. %s", why)
	}
	town, err := tx.Municipality()
	if err != nil {
		return nil, err
	}
	number, err := takeNumbers(tx, "code", 1)
	if err != nil {
		return nil, err
	}
	if err := closeCodes(tx, in.ID, Replaced); err != nil {
		return nil, err
	}
	issued, err := issue(town.Settings, d, in, "", number, tx)
	if err != nil {
		return nil, err
	}
	if err := chunks(tx, issued); err != nil {
		return nil, err
	}
	if err := record(tx, d.ID, "reissued", 0, issued[0].Code); err != nil {
		return nil, err
	}
	return issued, tx.Audit("debt.reissue", in.ID.String(), "")
}
