package treasury

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/tenants"
)

// Filter limits a list of provisionals; what is zero does not limit.
type Filter struct {
	Side      Side
	State     State
	Account   string
	Year      int
	Number    string
	From, To  day.Date // effective day
	Unordered bool     // something is still to be regularised
	After     uuid.UUID
	Limit     int
}

// Provisionals returns the provisionals that the filter lets through, those
// whose 60 days end first first.
func Provisionals(tx *tenants.Tx, f Filter) (all []Provisional, err error) {
	q := tx.Select(&all).Order("effective_on", "account", "year", "number", "id")
	for _, c := range []struct {
		column string
		value  any
		set    bool
	}{
		{"side", f.Side, f.Side != ""}, {"state", f.State, f.State != ""}, {"account", f.Account, f.Account != ""},
		{"year", f.Year, f.Year != 0}, {"number", f.Number, f.Number != ""},
	} {
		if c.set {
			q = q.Where("? = ?", bun.Ident(c.column), c.value)
		}
	}
	if !f.From.IsZero() {
		q = q.Where("effective_on >= ?", f.From)
	}
	if !f.To.IsZero() {
		q = q.Where("effective_on <= ?", f.To)
	}
	if f.Unordered {
		q = q.Where("cents > cancelled + regularised")
	}
	if f.After != uuid.Nil {
		q = q.Where("(effective_on, account, year, number, id) > (SELECT p.effective_on, p.account, p.year, p.number, p.id FROM provisional AS p WHERE p.tenant_id = ? AND p.id = ?)", tx.Tenant, f.After)
	}
	if f.Limit > 0 {
		q = q.Limit(int64(f.Limit))
	}
	if err := q.Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("provisionals: %w", err)
	}
	return all, nil
}

// Find returns a provisional; an unknown id, or another town's, is NotFound.
func Find(tx *tenants.Tx, id uuid.UUID) (p Provisional, err error) {
	return p, tx.One(tx.Select(&p).Where("id = ?", id), "Provvisorio non trovato.")
}

// Some returns provisionals by id.
func Some(tx *tenants.Tx, ids []uuid.UUID) (map[uuid.UUID]Provisional, error) {
	out := make(map[uuid.UUID]Provisional, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Provisional
	if err := tx.Select(&rows).Where("id IN (?)", bun.List(ids)).Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("provisionals: %w", err)
	}
	for _, p := range rows {
		out[p.ID] = p
	}
	return out, nil
}

// FindNumber returns a provisional by the Treasurer's number.
func FindNumber(tx *tenants.Tx, account string, year int, s Side, number string) (p Provisional, err error) {
	q := tx.Select(&p).Where("account = ? AND year = ? AND side = ? AND number = ?", account, year, s, number)
	return p, tx.One(q, "Provvisorio non trovato.")
}

// Movements returns the movements of the journal that name a document, in the
// order of their days.
func Movements(tx *tenants.Tx, account string, year int, document, number string) (all []Entry, err error) {
	q := tx.Select(&all).Where("account = ? AND year = ? AND document = ? AND number = ?", account, year, document, number).
		Order("booked_on", "progressive", "operation", "movement")
	return all, q.Scan(tx.Ctx)
}

// Movement returns a movement by its id.
func Movement(tx *tenants.Tx, id uuid.UUID) (e Entry, err error) {
	return e, tx.One(tx.Select(&e).Where("id = ?", id), "Movimento non trovato.")
}

// Difference is a movement that a later file told in other words.
type Difference struct {
	Entry   uuid.UUID
	Was     string
	Now     string
	Source  string
	Line    int
	KnownAt time.Time
}

// Differences returns them, newest first: a person looks at each with the
// Treasurer.
func Differences(tx *tenants.Tx) ([]Difference, error) {
	var rows []difference
	if err := tx.Select(&rows).Order("id DESC").Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("differences: %w", err)
	}
	out := make([]Difference, len(rows))
	for i, r := range rows {
		out[i] = Difference{r.EntryID, r.Was, r.Now, r.Source, r.Line, r.KnownAt}
	}
	return out, nil
}

// Ageing counts open provisionals by how long they have waited.
type Ageing struct {
	Label string
	Count int
	Cents int64
}

// Age puts provisionals into the classes of the 60-day clock.
func Age(all []Provisional, today day.Date) []Ageing {
	classes := []Ageing{{Label: "0-15 giorni"}, {Label: "16-30 giorni"}, {Label: "31-45 giorni"}, {Label: "46-60 giorni"}, {Label: "oltre 60 giorni"}}
	for _, p := range all {
		n := today.Sub(p.EffectiveOn)
		i := min(max(0, (n-1)/15), 4)
		classes[i].Count++
		classes[i].Cents += int64(p.Remaining())
	}
	return classes
}
