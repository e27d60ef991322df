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
}

func (p portion) net() money.Cents { return p.gross - p.fee }

// books reads once what imputations need.
type books struct {
	tx       *tenants.Tx
	settings tenants.Settings
	types    map[string]tenants.DebtType
	parts    map[uuid.UUID][]imputed // by remittance, in file order
}

func openBooks(tx *tenants.Tx) (*books, error) {
	m, err := tx.Municipality()
	if err != nil {
		return nil, err
	}
	b := &books{tx: tx, settings: m.Settings, types: map[string]tenants.DebtType{}, parts: map[uuid.UUID][]imputed{}}
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
		parts, err := b.remittance(a.Left)
		if err != nil {
			return nil, err
		}
		shares, err := ledger.Shares(b.tx, ledger.ShareFilter{Allocation: a.ID})
		if err != nil {
			return nil, err
		}
		if len(shares) == 0 {
			for _, p := range parts {
				all = append(all, p.portion)
			}
			continue
		}
		for _, s := range shares {
			p, err := b.shared(parts, s)
			if err != nil {
				return nil, err
			}
			all = append(all, p)
		}
	}
	return all, nil
}

// imputed is a part of a batch with where it goes.
type imputed struct {
	reconcile.Part
	portion
}

// shared is the portion of a share. The fee of a part goes with the first of
// its shares.
func (b *books) shared(parts []imputed, s ledger.Share) (portion, error) {
	i := slices.IndexFunc(parts, func(p imputed) bool { return p.Line == s.Line && p.Item == s.Item })
	if i < 0 {
		return portion{to: imputation{Problem: "Una quota del riversamento non trova più la sua riga: l'ordinativo va preparato a mano."}, gross: s.Cents}, nil
	}
	p := portion{to: parts[i].to, gross: s.Cents}
	all, err := ledger.Shares(b.tx, ledger.ShareFilter{Line: s.Line, Item: s.Item})
	if err != nil {
		return p, err
	}
	if len(all) > 0 && all[0].Allocation == s.Allocation {
		p.gross, p.fee = s.Cents+parts[i].fee, parts[i].fee
	}
	return p, nil
}

// remittance spreads a batch over the imputations of what it remits.
func (b *books) remittance(id uuid.UUID) ([]imputed, error) {
	if parts, ok := b.parts[id]; ok {
		return parts, nil
	}
	var r collections.Remittance
	if err := b.tx.One(b.tx.Select(&r).Where("id = ?", id), "Riversamento non trovato."); err != nil {
		return nil, err
	}
	parts, err := reconcile.Parts(b.tx, r)
	if err != nil {
		return nil, err
	}
	items, types, err := b.items(parts)
	if err != nil {
		return nil, err
	}
	all := make([]imputed, len(parts))
	for i, p := range parts {
		all[i] = imputed{p, portion{gross: p.Gross, fee: p.Fee}}
		switch p.Kind {
		case collections.OnItem:
			all[i].to = b.item(items[p.Item], types[p.Debt])
		case collections.Excess:
			all[i].to = byDefault(b.settings.Defaults.Excess, "le eccedenze")
		case reconcile.TakenBack:
			all[i].to = imputation{Problem: "Il riversamento " + r.Flow + " contiene storni: l'ordinativo va preparato a mano."}
		default:
			all[i].to = byDefault(b.settings.Defaults.Unknown, "gli incassi da attribuire")
		}
	}
	b.parts[id] = all
	return all, nil
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
