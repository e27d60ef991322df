package accounting

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/collections"
	"cassacomune/app/debts"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

// portion is a part of a remittance that goes to one imputation.
type portion struct {
	to         imputation
	gross, fee money.Cents
}

func (p portion) net() money.Cents { return p.gross - p.fee }

// books reads once what imputations need.
type books struct {
	tx       *tenants.Tx
	settings tenants.Settings
	types    map[string]tenants.DebtType
	parts    map[uuid.UUID][]portion // by remittance, in file order
}

func openBooks(tx *tenants.Tx) (*books, error) {
	m, err := tx.Municipality()
	if err != nil {
		return nil, err
	}
	b := &books{tx: tx, settings: m.Settings, types: map[string]tenants.DebtType{}, parts: map[uuid.UUID][]portion{}}
	types, err := tx.DebtTypes()
	if err != nil {
		return nil, err
	}
	for _, t := range types {
		b.types[t.Code] = t
	}
	return b, nil
}

// portionsOf spreads what one credit holds over the imputations: of the lines
// of its remittances, in file order.
func (b *books) portionsOf(p treasury.Provisional, edges []ledger.Allocation) (all []portion, err error) {
	for _, a := range edges {
		parts, err := b.remittance(a.Left)
		if err != nil {
			return nil, err
		}
		from, err := b.before(a, p)
		if err != nil {
			return nil, err
		}
		all = append(all, cut(parts, from, a.Cents)...)
	}
	return all, nil
}

// before is how many cents of a remittance other credits took first: those of
// an earlier day.
func (b *books) before(mine ledger.Allocation, p treasury.Provisional) (money.Cents, error) {
	all, err := ledger.Allocations(b.tx, ledger.Filter{Level: ledger.R3, Left: mine.Left, Status: ledger.Confirmed})
	if err != nil || len(all) == 1 {
		return 0, err
	}
	var ids []uuid.UUID
	for _, a := range all {
		ids = append(ids, a.Right)
	}
	others, err := treasury.Some(b.tx, ids)
	if err != nil {
		return 0, err
	}
	var sum money.Cents
	for _, a := range all {
		o := others[a.Right]
		n := o.EffectiveOn.Compare(p.EffectiveOn)
		if n < 0 || n == 0 && creditName(o) < creditName(p) {
			sum += a.Cents
		}
	}
	return sum, nil
}

// cut takes net cents out of portions, from a point on. A fee goes with the
// part that it was withheld from, as far as that is taken.
func cut(parts []portion, from, cents money.Cents) (taken []portion) {
	for _, p := range parts {
		if cents <= 0 {
			break
		}
		if from >= p.net() {
			from -= p.net()
			continue
		}
		net := min(p.net()-from, cents)
		part := portion{to: p.to, gross: net}
		if from == 0 { // its first piece carries the fee
			part.gross, part.fee = net+p.fee, p.fee
		}
		from, cents = 0, cents-net
		taken = append(taken, part)
	}
	return taken
}

// remittance spreads a batch over the imputations of what it remits.
func (b *books) remittance(id uuid.UUID) ([]portion, error) {
	if parts, ok := b.parts[id]; ok {
		return parts, nil
	}
	var r collections.Remittance
	if err := b.tx.One(b.tx.Select(&r).Where("id = ?", id), "Riversamento non trovato."); err != nil {
		return nil, err
	}
	var lines []collections.RemittanceLine
	if err := b.tx.Select(&lines).Where("remittance_id = ?", id).Order("seq").Scan(b.tx.Ctx); err != nil {
		return nil, fmt.Errorf("lines of remittance: %w", err)
	}
	paid, err := b.collected(r.Channel, lines)
	if err != nil {
		return nil, err
	}
	var parts []portion
	for _, l := range lines {
		if l.Cents < 0 {
			parts = append(parts, portion{to: imputation{Problem: "Il riversamento " + r.Flow + " contiene storni: l'ordinativo va preparato a mano."}, gross: l.Cents, fee: l.Fee})
			continue
		}
		parts = append(parts, spread(l, paid[l.Key])...)
	}
	b.parts[id] = parts
	return parts, nil
}

// spread divides a line over what its collection paid; the fee is taken from
// the first parts.
func spread(l collections.RemittanceLine, paid []portion) (parts []portion) {
	left, fee := l.Cents, l.Fee
	for i, p := range paid {
		gross := min(left, p.gross)
		if i == len(paid)-1 {
			gross = left
		}
		f := min(fee, gross)
		if gross > 0 {
			parts = append(parts, portion{p.to, gross, f})
		}
		left, fee = left-gross, fee-f
	}
	return parts
}

// collected says where the money of each collection of a batch goes; a
// collection that nobody knows goes to the default of the unknown.
func (b *books) collected(channel string, lines []collections.RemittanceLine) (map[string][]portion, error) {
	out := map[string][]portion{}
	for part := range slices.Chunk(lines, 500) {
		keys := make([]string, len(part))
		for i, l := range part {
			keys[i] = l.Key
		}
		var found []collections.Collection
		if err := b.tx.Select(&found).Where("channel = ?", channel).Where("key IN (?)", bun.List(keys)).Scan(b.tx.Ctx); err != nil {
			return nil, fmt.Errorf("collections of batch: %w", err)
		}
		if err := b.lines(found, out); err != nil {
			return nil, err
		}
		for _, l := range part {
			if out[l.Key] == nil {
				out[l.Key] = []portion{{to: byDefault(b.settings.Defaults.Unknown, "gli incassi da attribuire"), gross: l.Cents}}
			}
		}
	}
	return out, nil
}

func (b *books) lines(found []collections.Collection, out map[string][]portion) error {
	if len(found) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(found))
	keys := map[uuid.UUID]string{}
	for i, c := range found {
		ids[i], keys[c.ID] = c.ID, c.Key
	}
	var lines []collections.Line
	if err := b.tx.Select(&lines).Where("collection_id IN (?)", bun.List(ids)).Order("collection_id", "seq").Scan(b.tx.Ctx); err != nil {
		return fmt.Errorf("lines of collections: %w", err)
	}
	items, types, err := b.items(lines)
	if err != nil {
		return err
	}
	for _, l := range lines {
		to := byDefault(b.settings.Defaults.Unknown, "gli incassi da attribuire")
		switch l.Kind {
		case collections.OnItem:
			to = b.item(items[l.ItemID], types[l.DebtID])
		case collections.Excess:
			to = byDefault(b.settings.Defaults.Excess, "le eccedenze")
		}
		out[keys[l.CollectionID]] = append(out[keys[l.CollectionID]], portion{to: to, gross: l.Cents})
	}
	return nil
}

func (b *books) items(lines []collections.Line) (map[uuid.UUID]debts.Item, map[uuid.UUID]string, error) {
	var itemIDs, debtIDs []uuid.UUID
	for _, l := range lines {
		if l.Kind == collections.OnItem {
			itemIDs, debtIDs = append(itemIDs, l.ItemID), append(debtIDs, l.DebtID)
		}
	}
	items, types := map[uuid.UUID]debts.Item{}, map[uuid.UUID]string{}
	if len(itemIDs) == 0 {
		return items, types, nil
	}
	var rows []debts.Item
	if err := b.tx.Select(&rows).Where("id IN (?)", bun.List(itemIDs)).Scan(b.tx.Ctx); err != nil {
		return nil, nil, fmt.Errorf("items paid: %w", err)
	}
	for _, it := range rows {
		items[it.ID] = it
	}
	var owed []debts.Debt
	if err := b.tx.Select(&owed).Column("id", "type").Where("id IN (?)", bun.List(debtIDs)).Scan(b.tx.Ctx); err != nil {
		return nil, nil, fmt.Errorf("debts paid: %w", err)
	}
	for _, d := range owed {
		types[d.ID] = d.Type
	}
	return items, types, nil
}

// item says where an item goes: another body's money to its own assessment,
// ours to what the item says, else to what its debt type says.
func (b *books) item(it debts.Item, debtType string) imputation {
	if it.Body != "" {
		return byDefault(b.settings.Defaults.Others, "le somme di altri enti")
	}
	r := it.Revenue
	if r == (tenants.Revenue{}) {
		r = b.types[debtType].Setup.Revenue
	}
	if r.Year == 0 {
		r.Year = b.settings.Year
	}
	if r.Assessment == "" && r.Chapter == "" {
		return imputation{Problem: "Il tipo dovuto " + debtType + " non ha né accertamento né capitolo."}
	}
	return imputation{AssessmentYear: r.Year, Assessment: r.Assessment, Chapter: r.Chapter, Article: r.Article}
}

// byDefault reads "year/number" of the settings.
func byDefault(text, what string) imputation {
	year, number, ok := strings.Cut(text, "/")
	y, err := strconv.Atoi(year)
	if !ok || err != nil || number == "" {
		return imputation{Problem: "Manca l'accertamento predefinito per " + what + "."}
	}
	return imputation{AssessmentYear: y, Assessment: number}
}
