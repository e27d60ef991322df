package treasury

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/tenants"
)

// Waiting is a movement that cannot be applied yet: it names a provisional or
// an order that no journal has told of, or takes more than there is.
type Waiting struct {
	bun.BaseModel `bun:"table:journal_waiting"`
	tenants.Row

	EntryID uuid.UUID `bun:"entry_id,pk"`
	Account string
	Year    int
	Side    Side
	Number  string
	Why     string // Italian
	Since   time.Time
}

// ForOrder is the side under which movements wait for an order, not for a
// provisional.
const ForOrder Side = "order"

// twice is the side of movements that open what is open already: no arrival
// wakes them, a person looks at them.
const twice Side = "twice"

// strange is the side of movements of an operation that no rule knows: a
// person looks at them too.
const strange Side = "strange"

// Wait keeps a movement until what it names arrives.
func Wait(tx *tenants.Tx, e Entry, s Side, number, why string) error {
	_, err := tx.Insert(&Waiting{EntryID: e.ID, Account: e.Account, Year: e.Year, Side: s, Number: number, Why: why, Since: tx.Now()}).
		On("CONFLICT (tenant_id, entry_id) DO UPDATE").Set("side = EXCLUDED.side").Set("number = EXCLUDED.number").Set("why = EXCLUDED.why").Exec(tx.Ctx)
	if err != nil {
		return fmt.Errorf("keep waiting movement: %w", err)
	}
	return nil
}

// Waitings returns the movements that wait, oldest first.
func Waitings(tx *tenants.Tx) (all []Waiting, err error) {
	return all, tx.Select(&all).Order("since", "entry_id").Scan(tx.Ctx)
}

// wake takes out the movements that waited for provisionals.
func wake(tx *tenants.Tx, opened []Provisional) (all []Entry, err error) {
	waiting, err := tx.SelectFrom("journal_waiting").Where("side <> ?", ForOrder).Exists(tx.Ctx)
	if err != nil || !waiting { // as a rule nothing waits
		return nil, err
	}
	for _, p := range opened {
		some, err := Wake(tx, p.Account, p.Year, p.Side, p.Number)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// Wake takes out the movements that waited for a provisional or an order.
func Wake(tx *tenants.Tx, account string, year int, s Side, number string) ([]Entry, error) {
	var rows []Waiting
	if err := tx.Select(&rows).Where("account = ? AND year = ? AND side = ? AND number = ?", account, year, s, number).Scan(tx.Ctx); err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.EntryID
	}
	if _, err := tx.Delete((*Waiting)(nil)).Where("entry_id IN (?)", bun.List(ids)).Exec(tx.Ctx); err != nil {
		return nil, fmt.Errorf("wake movements: %w", err)
	}
	var all []Entry
	return all, tx.Select(&all).Where("id IN (?)", bun.List(ids)).Order("booked_on", "document", "number", "progressive", "operation", "movement").Scan(tx.Ctx)
}
