package debts

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/codes"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Create opens one debt by hand. A position that exists already is a Conflict.
func Create(ctx context.Context, db *tenants.DB, tenant tenants.ID, by tenants.Actor, n New) (d Debt, err error) {
	err = db.Within(ctx, tenant, by, func(tx *tenants.Tx) error {
		d, err = Add(tx, n)
		return err
	})
	return d, err
}

// Add is the step of Create.
func Add(tx *tenants.Tx, n New) (Debt, error) {
	d, err := addOne(tx, n)
	if err != nil {
		return d, err
	}
	return d, tx.Audit("debt.create", d.ID.String(), d.Type)
}

// addOne adds a debt of which the actor sees the office.
func addOne(tx *tenants.Tx, n New) (Debt, error) {
	if !tx.Actor.Sees(n.office(tx)) {
		return Debt{}, fault.New(fault.NotFound, "missing", "Tipo dovuto non trovato.")
	}
	exists, err := tx.Select((*Debt)(nil)).Where("type = ?", n.Type).Where("position = ?", n.Position).Exists(tx.Ctx)
	if err != nil {
		return Debt{}, err
	}
	if exists {
		return Debt{}, fault.New(fault.Conflict, "debts.position", "La posizione %q esiste già per questo tipo dovuto.", n.Position).On("codice_posizione")
	}
	all, err := addAll(tx, []New{n})
	if err != nil {
		return Debt{}, err
	}
	return all[0], nil
}

// AddAll is Add for many at once, of one source that knows them to be new: a
// position that exists already is an error of the database.
func AddAll(tx *tenants.Tx, all []New) ([]Debt, error) { return addAll(tx, all) }

func (n New) office(tx *tenants.Tx) string {
	t, err := tx.DebtType(n.Type)
	if err != nil {
		return "\x00" // no office has this name: nobody sees it
	}
	return t.Office
}

// batch collects the rows of many debts, to insert each table at once.
type batch struct {
	debts       []Debt
	parties     []Party
	items       []Item
	instalments []Instalment
	portions    []Portion
	codes       []Code
	events      []Event
	entries     []ledger.Entry
}

// addAll inserts new debts with their codes and posts what is due, but for
// those that are born with their payment.
func addAll(tx *tenants.Tx, all []New) ([]Debt, error) {
	town, err := tx.Municipality()
	if err != nil {
		return nil, err
	}
	types, err := typesOf(tx)
	if err != nil {
		return nil, err
	}
	var b batch
	issued := 0
	for i := range all {
		if all[i], err = all[i].complete(); err != nil {
			return nil, err
		}
		for _, o := range all[i].Options {
			issued += len(o.Instalments)
		}
	}
	numbers, err := takeNumbers(tx, "code", issued)
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		t, ok := types[n.Type]
		if !ok {
			return nil, fault.New(fault.Invalid, "debts.type", "Il tipo dovuto %q non è nel catalogo.", n.Type).On("tipo_dovuto")
		}
		if err := b.add(tx, town.Settings, t, n, &numbers); err != nil {
			return nil, err
		}
	}
	if err := b.insert(tx); err != nil {
		return nil, err
	}
	return b.debts, nil
}

func typesOf(tx *tenants.Tx) (map[string]tenants.DebtType, error) {
	var all []tenants.DebtType
	if err := tx.Select(&all).Scan(tx.Ctx); err != nil {
		return nil, err
	}
	byCode := make(map[string]tenants.DebtType, len(all))
	for _, t := range all {
		byCode[t.Code] = t
	}
	return byCode, nil
}

func (b *batch) add(tx *tenants.Tx, town tenants.Settings, t tenants.DebtType, n New, number *int64) error {
	p := n.Parties[0]
	d := Debt{ID: tx.NewID(), Type: t.Code, Office: t.Office, Position: n.Position, Reason: n.Reason,
		DebtorKind: p.Kind, DebtorCode: p.Code, DebtorName: p.Name, DebtorKey: Fold(p.Name),
		NotifiedOn: n.NotifiedOn, DueOn: n.firstDue(), Minimum: n.Minimum, Maximum: n.Maximum,
		Suspensions: n.Suspensions, Fields: n.Fields, Cents: n.total(), State: Open,
		Source: n.Source, Hash: n.hash(), CreatedAt: tx.Now(), ChangedAt: tx.Now()}
	for i, p := range n.Parties {
		p.DebtID, p.Seq = d.ID, i+1
		if p.Role == "" {
			p.Role = "debtor"
		}
		b.parties = append(b.parties, p)
	}
	if n.unborn {
		d.State = Unborn
	}
	ids := b.addItems(tx, d, n, t)
	if err := b.addOptions(tx, town, d, n.Options, ids, number); err != nil {
		return err
	}
	b.debts = append(b.debts, d)
	if n.unborn {
		return nil
	}
	b.events = append(b.events, Event{ID: tx.NewID(), DebtID: d.ID, At: tx.Now(), Actor: tx.Actor.Name, Kind: "loaded", Cents: d.Cents, Detail: n.Source})
	return nil
}

func (b *batch) addItems(tx *tenants.Tx, d Debt, n New, t tenants.DebtType) map[string]uuid.UUID {
	ids := map[string]uuid.UUID{}
	from := len(b.items)
	for i, it := range n.Items {
		row := Item{ID: tx.NewID(), DebtID: d.ID, Seq: i + 1, Key: it.Key, Label: it.Label, Cents: it.Cents, IsCost: it.IsCost,
			Body: it.Body, IBAN: it.IBAN, VAT: it.VAT, Revenue: it.Revenue}
		if row.Label == "" {
			row.Label = t.Name
		}
		if row.Revenue == (tenants.Revenue{}) {
			row.Revenue = t.Setup.Revenue
		}
		ids[it.Key] = row.ID
		b.items = append(b.items, row)
	}
	if !n.unborn {
		b.entries = append(b.entries, d.due(b.items[from:], tx.Today()))
	}
	return ids
}

// Claims is the account on which an item is owed: to us, or to a Body.
func (it Item) Claims() ledger.Account {
	if it.Body != "" {
		return ledger.CREtrz
	}
	return ledger.CRE
}

func (it Item) counterpart() ledger.Account {
	if it.Body != "" {
		return ledger.TRZ(it.Body)
	}
	return ledger.ACC
}

func (it Item) due(cents money.Cents) ledger.Posting {
	return ledger.Posting{Event: ledger.Due, Debit: it.Claims(), Credit: it.counterpart(), DebitRef: it.ID, CreditRef: it.ID, Cents: cents}
}

// changed moves what is due by title up or down.
func (it Item) changed(cents money.Cents) ledger.Posting {
	if cents > 0 {
		p := it.due(cents)
		p.Event = ledger.DueChanged
		return p
	}
	return ledger.Posting{Event: ledger.DueChanged, Debit: it.counterpart(), Credit: it.Claims(), DebitRef: it.ID, CreditRef: it.ID, Cents: -cents}
}

func (b *batch) addOptions(tx *tenants.Tx, town tenants.Settings, d Debt, options []NewOption, items map[string]uuid.UUID, number *int64) error {
	for _, o := range options {
		for _, in := range o.Instalments {
			row := Instalment{ID: tx.NewID(), DebtID: d.ID, Option: o.Key, Number: in.Number, DueOn: in.DueOn, ValidUntil: in.ValidUntil, State: InstalmentOpen}
			for _, p := range in.Portions {
				row.Cents += p.Cents
				b.portions = append(b.portions, Portion{InstalmentID: row.ID, ItemID: items[p.Item], Cents: p.Cents})
			}
			issued, err := issue(town, d, row, in.Notice, *number, tx)
			if err != nil {
				return err
			}
			*number++
			b.codes = append(b.codes, issued...)
			b.instalments = append(b.instalments, row)
		}
	}
	return nil
}

// issue gives an instalment its codes: the notice number that the office has
// printed or one of ours, and a slip code where the town has a postal account.
func issue(town tenants.Settings, d Debt, in Instalment, printed string, number int64, tx *tenants.Tx) ([]Code, error) {
	notice := printed
	if notice == "" {
		var err error
		if notice, err = codes.NewNotice(town.Segregation, number); err != nil {
			return nil, fmt.Errorf("issue notice number: %w", err)
		}
	}
	issued := []Code{{Code: notice, Kind: NoticeCode, DebtID: d.ID, InstalmentID: in.ID, State: Active, IssuedAt: tx.Now()}}
	if town.Postal.Account == "" {
		return issued, nil
	}
	slip, err := codes.NewSlip(fmt.Sprintf("%02d%014d", tx.Today().Year()%100, number))
	if err != nil {
		return nil, fmt.Errorf("issue slip code: %w", err)
	}
	return append(issued, Code{Code: slip, Kind: SlipCode, DebtID: d.ID, InstalmentID: in.ID, State: Active, IssuedAt: tx.Now()}), nil
}

func (b *batch) insert(tx *tenants.Tx) error {
	for _, err := range []error{
		chunks(tx, b.debts), chunks(tx, b.parties), chunks(tx, b.items), chunks(tx, b.instalments),
		chunks(tx, b.portions), chunks(tx, b.codes), chunks(tx, b.events),
	} {
		if err != nil {
			return err
		}
	}
	if _, err := ledger.PostAll(tx, b.entries); err != nil {
		return fmt.Errorf("post what is due: %w", err)
	}
	return nil
}

// chunks inserts a slice, 1,000 rows a statement.
func chunks[T any](tx *tenants.Tx, rows []T) error {
	for len(rows) > 0 {
		part := rows[:min(1000, len(rows))]
		if _, err := tx.Insert(&part).Returning("NULL").Exec(tx.Ctx); err != nil {
			return fmt.Errorf("insert %T: %w", part, err)
		}
		rows = rows[len(part):]
	}
	return nil
}

// counter is the last number given out under a name.
type counter struct {
	bun.BaseModel `bun:"table:counter"`
	tenants.Row

	Name  string `bun:"name,pk"`
	Value int64
}

// takeNumbers gives out n numbers that nobody else gets, and returns the first.
func takeNumbers(tx *tenants.Tx, name string, n int) (int64, error) {
	c := counter{Name: name, Value: int64(n)}
	_, err := tx.Insert(&c).On("CONFLICT (tenant_id, name) DO UPDATE").
		Set("value = ?TableAlias.value + EXCLUDED.value").Returning("value").Exec(tx.Ctx)
	if err != nil {
		return 0, fmt.Errorf("take numbers: %w", err)
	}
	return c.Value - int64(n) + 1, nil
}

// NextNumber gives out one number of a series.
func NextNumber(tx *tenants.Tx, series string) (int64, error) { return takeNumbers(tx, series, 1) }
