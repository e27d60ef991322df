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
	"cassacomune/app/reconcile"
	"cassacomune/tenants"
)

// portion is a part of a remittance that goes to one imputation.
type portion struct {
	to         imputation
	gross, fee money.Cents
	own, item  uuid.UUID // as in reconcile.Part
	later      int
}

func (p portion) net() money.Cents { return p.gross - p.fee }

// books reads once what imputations need.
type books struct {
	tx       *tenants.Tx
	settings tenants.Settings
	types    map[string]tenants.DebtType
	batches  map[uuid.UUID]batch
}

func openBooks(tx *tenants.Tx) (*books, error) {
	m, err := tx.Municipality()
	if err != nil {
		return nil, err
	}
	b := &books{tx: tx, settings: m.Settings, types: map[string]tenants.DebtType{}, batches: map[uuid.UUID]batch{}}
	types, err := tx.DebtTypes()
	if err != nil {
		return nil, err
	}
	for _, t := range types {
		b.types[t.Code] = t
	}
	return b, nil
}

// portionsOf spreads what one credit holds over the imputations: its shares of
// the batches behind it, or the whole of them.
func (b *books) portionsOf(edges []ledger.Allocation) (all []portion, err error) {
	for _, a := range edges {
		batch, err := b.remittance(a.Left)
		if err != nil {
			return nil, err
		}
		some, shared := batch.held[a.ID]
		if !shared {
			some = batch.portions
		}
		all = append(all, some...)
	}
	return all, nil
}

// batch is a remittance with where its money goes.
type batch struct {
	portions []portion               // in file order
	held     map[uuid.UUID][]portion // by match, where it is spread over several credits
}

// remittance spreads a batch over the imputations of what it remits.
func (b *books) remittance(id uuid.UUID) (batch, error) {
	if known, ok := b.batches[id]; ok {
		return known, nil
	}
	var r collections.Remittance
	if err := b.tx.One(b.tx.Select(&r).Where("id = ?", id), "Riversamento non trovato."); err != nil {
		return batch{}, err
	}
	parts, err := reconcile.Parts(b.tx, r)
	if err != nil {
		return batch{}, err
	}
	items, types, err := b.items(parts)
	if err != nil {
		return batch{}, err
	}
	one := batch{portions: make([]portion, len(parts)), held: map[uuid.UUID][]portion{}}
	for i, p := range parts {
		one.portions[i] = portion{gross: p.Gross, fee: p.Fee, own: p.Own, item: p.Item, later: p.Later}
		to := &one.portions[i].to
		switch p.Kind {
		case collections.OnItem:
			*to = b.item(items[p.Item], types[p.Debt])
		case collections.Excess:
			*to = byDefault(b.settings.Defaults.Excess, "le eccedenze")
		case reconcile.TakenBack:
			to.Problem = "Il riversamento " + r.Flow + " contiene storni: l'ordinativo va preparato a mano."
		default:
			*to = byDefault(b.settings.Defaults.Unknown, "gli incassi da attribuire")
		}
	}
	pieces, err := reconcile.Pieces(b.tx, id, parts)
	if err != nil {
		return batch{}, err
	}
	one.share(pieces)
	b.batches[id] = one
	return one, nil
}

// share gives each match its pieces of the batch. The fee of a part goes with
// the first of them.
func (b batch) share(pieces []reconcile.Piece) {
	begun := map[int]bool{}
	for _, piece := range pieces {
		p := portion{to: imputation{Problem: "Una quota del riversamento non trova più la sua riga: l'ordinativo va preparato a mano."}}
		if piece.Part >= 0 {
			p = b.portions[piece.Part]
		}
		if begun[piece.Part] {
			p.fee = 0
		}
		begun[piece.Part] = true
		p.gross = piece.Cents + p.fee
		b.held[piece.Match] = append(b.held[piece.Match], p)
	}
}

// items reads the items of parts, and the debt types by debt.
func (b *books) items(parts []reconcile.Part) (map[uuid.UUID]debts.Item, map[uuid.UUID]string, error) {
	items, types := map[uuid.UUID]debts.Item{}, map[uuid.UUID]string{}
	for some := range slices.Chunk(parts, 500) {
		var itemIDs, debtIDs []uuid.UUID
		for _, p := range some {
			if p.Kind == collections.OnItem {
				itemIDs, debtIDs = append(itemIDs, p.Item), append(debtIDs, p.Debt)
			}
		}
		if len(itemIDs) == 0 {
			continue
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
