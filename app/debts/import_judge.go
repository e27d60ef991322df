package debts

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/tenants"
)

// judge holds what the rows of a chunk are compared with: one query for each
// table, whatever the number of groups.
type judge struct {
	tx       *tenants.Tx
	by       tenants.Actor
	source   string
	types    map[string]tenants.DebtType
	existing map[string][]*Debt   // by position or alias
	left     map[uuid.UUID]int    // how many aliases of a debt are not annulled
	notices  map[string]uuid.UUID // debt that has a printed notice number
	gone     map[alias]bool       // aliases annulled, before or in this chunk
}

// Judge says what each group would do now, for an actor; it writes nothing.
// With lock, the debts that are there stay as they are until the transaction
// ends.
func Judge(tx *tenants.Tx, by tenants.Actor, groups []Group, source string, lock bool) ([]Judged, error) {
	j := &judge{tx: tx, by: by, source: source, existing: map[string][]*Debt{}, left: map[uuid.UUID]int{},
		notices: map[string]uuid.UUID{}, gone: map[alias]bool{}}
	var err error
	if j.types, err = typesOf(tx); err != nil {
		return nil, err
	}
	if err := j.load(groups, lock); err != nil {
		return nil, err
	}
	all := make([]Judged, len(groups))
	var changed []*Judged
	for i, g := range groups {
		all[i] = Judged{Group: g, Outcome: Refused}
		if len(g.Rows) == 0 {
			continue
		}
		j.group(&all[i])
		if all[i].Bad {
			all[i].Outcome = Refused
		}
		if all[i].Outcome == Altered {
			changed = append(changed, &all[i])
		}
	}
	return all, j.changes(changed)
}

func (j *judge) load(groups []Group, lock bool) error {
	var positions, units, notices []string
	for _, g := range groups {
		if len(g.Rows) == 0 {
			continue
		}
		positions = append(positions, g.Rows[0].Position)
		for _, r := range g.Rows {
			if r.Notice != "" {
				notices = append(notices, r.Notice)
			}
		}
		if g.Rows[0].Action == formats.Annul {
			units = append(units, g.Rows[0].Position)
		}
	}
	if err := j.loadAliases(units, lock); err != nil {
		return err
	}
	if err := j.loadDebts(positions, lock); err != nil {
		return err
	}
	for part := range slices.Chunk(notices, 1000) {
		var rows []Code
		if err := j.tx.Select(&rows).Where("code IN (?)", bun.List(part)).Scan(j.tx.Ctx); err != nil {
			return fmt.Errorf("printed notices: %w", err)
		}
		for _, c := range rows {
			j.notices[c.Code] = c.DebtID
		}
	}
	return nil
}

// alias is another key by which an office calls a debt.
type alias struct {
	bun.BaseModel `bun:"table:debt_alias"`
	tenants.Row

	Alias    string    `bun:"alias,pk"`
	DebtID   uuid.UUID `bun:"debt_id,pk"`
	Annulled bool
}

func (j *judge) loadAliases(units []string, lock bool) error {
	if len(units) == 0 {
		return nil
	}
	var found []alias
	if err := j.tx.Select(&found).Where("alias IN (?)", bun.List(units)).Scan(j.tx.Ctx); err != nil {
		return fmt.Errorf("aliases: %w", err)
	}
	if len(found) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(found))
	for i, a := range found {
		ids[i] = a.DebtID
	}
	debts, err := j.byID(ids, lock)
	if err != nil {
		return err
	}
	var all []alias
	if err := j.tx.Select(&all).Where("debt_id IN (?)", bun.List(ids)).Scan(j.tx.Ctx); err != nil {
		return err
	}
	for _, a := range all {
		if a.Annulled {
			j.gone[alias{Alias: a.Alias, DebtID: a.DebtID}] = true
			continue
		}
		j.left[a.DebtID]++
	}
	for _, a := range found {
		i := slices.IndexFunc(debts, func(d Debt) bool { return d.ID == a.DebtID })
		j.existing[a.Alias] = append(j.existing[a.Alias], &debts[i])
	}
	return nil
}

func (j *judge) loadDebts(positions []string, lock bool) error {
	if len(j.types) == 0 {
		return nil
	}
	types := make([]string, 0, len(j.types))
	for code := range j.types {
		types = append(types, code)
	}
	slices.Sort(types)
	for part := range slices.Chunk(positions, 1000) {
		var ids []uuid.UUID // an order by id here would have SQLite go through all debts
		if err := j.tx.SelectFrom("debt").Column("id").Where("type IN (?)", bun.List(types)).Where("position IN (?)", bun.List(part)).
			Scan(j.tx.Ctx, &ids); err != nil {
			return fmt.Errorf("debts that are there: %w", err)
		}
		found, err := j.byID(ids, lock)
		if err != nil {
			return err
		}
		for i := range found {
			d := &found[i]
			j.existing[d.Position] = append(j.existing[d.Position], d)
		}
	}
	return nil
}

// byID reads debts, and holds them in the order in which everybody does.
func (j *judge) byID(ids []uuid.UUID, lock bool) (found []Debt, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q := j.tx.Select(&found).Where("id IN (?)", bun.List(ids)).OrderExpr("id")
	if lock {
		q = j.tx.Lock(q)
	}
	return found, q.Scan(j.tx.Ctx)
}

func (j *judge) group(g *Judged) {
	first := g.Rows[0]
	if first.Action == formats.Annul {
		j.annul(g)
		return
	}
	t, ok := j.types[first.DebtType]
	switch {
	case !ok:
		g.refuse(first.Line, "tipo_dovuto", first.DebtType, "il tipo dovuto non è nel catalogo")
	case !j.by.Sees(t.Office):
		g.refuse(first.Line, "tipo_dovuto", first.DebtType, "il tipo dovuto è di un altro ufficio")
	case !t.Active:
		g.refuse(first.Line, "tipo_dovuto", first.DebtType, "il tipo dovuto non è attivo nel catalogo")
	}
	if g.new = g.debt(j.source); g.Bad {
		return
	}
	if g.new.Reason == "" {
		g.new.Reason = t.Name
	}
	n, err := g.new.complete()
	if err != nil {
		g.fault(err, fault.Of(err).Field)
		return
	}
	g.new, g.Cents, g.units = n, n.total(), g.Group.units()
	was := j.find(first.DebtType, first.Position)
	if was != nil && was.State == Unborn {
		g.refuse(first.Line, "codice_posizione", first.Position, "il codice è di un pagamento spontaneo non ancora fatto")
		return
	}
	for _, r := range g.Rows {
		if id, taken := j.notices[r.Notice]; r.Notice != "" && taken && (was == nil || was.ID != id) {
			g.refuse(r.Line, "numero_avviso", r.Notice, "il numero di avviso è già di un'altra posizione")
		}
	}
	switch {
	case was == nil && first.Action == formats.Change:
		g.refuse(first.Line, "codice_posizione", first.Position, "posizione da modificare non trovata per questo tipo dovuto")
	case was == nil:
		g.Outcome = Born
	case was.Hash == n.hash():
		g.Outcome, g.existing = Same, *was
	default:
		g.Outcome, g.existing = Altered, *was
	}
}

// find returns the debt of a type whose position it is; never by an alias.
func (j *judge) find(debtType, position string) *Debt {
	for _, d := range j.existing[position] {
		if d.Type == debtType && d.Position == position {
			return d
		}
	}
	return nil
}

// annul resolves a row that may carry no more than the office's key of a
// payable unit. A debt of many units is annulled with the last of them.
func (j *judge) annul(g *Judged) {
	first := g.Rows[0]
	var found []*Debt
	for _, d := range j.existing[first.Position] {
		if (first.DebtType == "" || d.Type == first.DebtType) && j.by.Sees(d.Office) && d.State != Unborn {
			found = append(found, d)
		}
	}
	switch {
	case len(found) == 0:
		g.refuse(first.Line, "codice_posizione", first.Position, "posizione da annullare non trovata")
		return
	case len(found) > 1:
		g.refuse(first.Line, "tipo_dovuto", first.DebtType, "più posizioni hanno questo codice: serve il tipo dovuto")
		return
	}
	d := found[0]
	g.existing = *d
	switch {
	case d.State == Annulled:
		g.Outcome = Same
	case d.Paid > 0:
		g.refuse(first.Line, "codice_posizione", first.Position, fmt.Sprintf("sulla posizione sono già arrivati %s: si può solo rimborsare", d.Paid))
	case d.Position != first.Position:
		j.annulUnit(g, alias{Alias: first.Position, DebtID: d.ID})
	default:
		g.Outcome = Relieved
	}
}

// annulUnit annuls one payable unit of a debt, and the debt with the last.
func (j *judge) annulUnit(g *Judged, unit alias) {
	g.Outcome = Same
	if j.gone[unit] {
		return
	}
	j.gone[unit] = true
	if j.left[unit.DebtID]--; j.left[unit.DebtID] == 0 {
		g.Outcome = Relieved
		return
	}
	g.annulled = []alias{unit}
	g.note("codice_posizione", unit.Alias, fmt.Sprintf("parte della posizione %q, che si annulla quando sono annullate tutte le sue parti: ne restano %d", g.existing.Position, j.left[unit.DebtID]))
}

// changes loads the debts that would change, whole, and asks whether they may.
func (j *judge) changes(list []*Judged) error {
	debts := make([]*Debt, len(list))
	for i, g := range list {
		debts[i] = &g.existing
	}
	if err := fillAll(j.tx, debts); err != nil {
		return fmt.Errorf("debts that change: %w", err)
	}
	for _, g := range list {
		c, err := planChange(g.existing, g.new)
		if f := fault.Of(err); f != nil {
			g.fault(err, f.Field)
			continue
		}
		if err != nil {
			return err
		}
		g.note("importo", fmt.Sprintf("%s → %s", g.existing.Cents.Comma(), c.debt.Cents.Comma()), "la posizione c'è già con un altro contenuto: sarà modificata")
	}
	return nil
}

// fillAll loads what belongs to many debts, with one query for each table.
func fillAll(tx *tenants.Tx, debts []*Debt) error {
	if len(debts) == 0 {
		return nil
	}
	byID := make(map[uuid.UUID]*Debt, len(debts))
	ids := make([]uuid.UUID, 0, len(debts))
	for _, d := range debts {
		byID[d.ID] = d
		ids = append(ids, d.ID)
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	var all Debt // its lists hold the rows of all debts
	if err := tx.Select(&all.Parties).Where("debt_id IN (?)", bun.List(ids)).OrderExpr("debt_id, seq").Scan(tx.Ctx); err != nil {
		return err
	}
	if err := tx.Select(&all.Items).Where("debt_id IN (?)", bun.List(ids)).OrderExpr("debt_id, seq").Scan(tx.Ctx); err != nil {
		return err
	}
	if err := tx.Select(&all.Instalments).Where("debt_id IN (?)", bun.List(ids)).OrderExpr("debt_id, due_on, option_key, number").Scan(tx.Ctx); err != nil {
		return err
	}
	if err := tx.Select(&all.Codes).Where("debt_id IN (?)", bun.List(ids)).OrderExpr("debt_id, issued_at, kind, code").Scan(tx.Ctx); err != nil {
		return err
	}
	var portions []Portion
	if err := tx.Select(&portions).Join("JOIN instalment AS i ON i.tenant_id = portion.tenant_id AND i.id = portion.instalment_id").
		Where("i.debt_id IN (?)", bun.List(ids)).OrderExpr("portion.instalment_id, portion.item_id").Scan(tx.Ctx); err != nil {
		return err
	}
	byInstalment := map[uuid.UUID][]Portion{}
	for _, p := range portions {
		byInstalment[p.InstalmentID] = append(byInstalment[p.InstalmentID], p)
	}
	codes := map[uuid.UUID][]Code{}
	for _, c := range all.Codes {
		codes[c.InstalmentID] = append(codes[c.InstalmentID], c)
		byID[c.DebtID].Codes = append(byID[c.DebtID].Codes, c)
	}
	for _, p := range all.Parties {
		byID[p.DebtID].Parties = append(byID[p.DebtID].Parties, p)
	}
	for _, it := range all.Items {
		byID[it.DebtID].Items = append(byID[it.DebtID].Items, it)
	}
	for _, in := range all.Instalments {
		in.Portions, in.Codes = byInstalment[in.ID], codes[in.ID]
		byID[in.DebtID].Instalments = append(byID[in.DebtID].Instalments, in)
	}
	return nil
}
