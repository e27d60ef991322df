package ledger

import (
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// EndSide is the side of an allocation on which an end stands.
type EndSide string

// The sides of an allocation: left is nearer to the due, right to the order.
const (
	Left  EndSide = "L"
	Right EndSide = "R"
)

// End is an end of allocations: what it holds in all.
type End struct {
	Level Level
	Side  EndSide
	Ref   uuid.UUID
	Total money.Cents
	Used  money.Cents // by confirmed allocations; SetEnds ignores it

	use money.Cents // to be added to Used
}

type endRow struct {
	bun.BaseModel `bun:"table:allocation_end,alias:allocation_end"`
	tenants.Row

	Level Level     `bun:"level,pk"`
	Side  EndSide   `bun:"side,pk"`
	Ref   uuid.UUID `bun:"ref,pk"`
	Total money.Cents
	Used  money.Cents
}

// SetEnds registers what ends hold, or changes it (a revised remittance, an
// item that a relief made smaller). Less than what is already confirmed is a
// fault of kind Conflict.
func SetEnds(tx *tenants.Tx, ends ...End) error { return changeEnds(tx, ends, true) }

// EndOf returns an end; one that nobody registered holds nothing.
func EndOf(tx *tenants.Tx, level Level, side EndSide, ref uuid.UUID) (End, error) {
	var rows []endRow
	if err := tx.Select(&rows).Where("level = ? AND side = ? AND ref = ?", level, side, ref).Scan(tx.Ctx); err != nil {
		return End{}, fmt.Errorf("end %s: %w", ref, err)
	}
	e := End{Level: level, Side: side, Ref: ref}
	if len(rows) > 0 {
		e.Total, e.Used = rows[0].Total, rows[0].Used
	}
	return e, nil
}

// useEnds adds what each end is used for. An end that is not known yet is
// registered with its total.
func useEnds(tx *tenants.Tx, ends []End) error { return changeEnds(tx, ends, false) }

type endKey struct {
	level Level
	side  EndSide
	ref   uuid.UUID
}

// changeEnds makes sure that the ends exist, takes them in one order for
// everybody, and writes what they become. Two clerks who confirm the same cents
// at once wait for each other here.
func changeEnds(tx *tenants.Tx, ends []End, set bool) error {
	merged := map[endKey]End{}
	for _, e := range ends {
		k := endKey{e.Level, e.Side, e.Ref}
		m, ok := merged[k]
		if !ok {
			merged[k] = e
			continue
		}
		m.use += e.use
		if e.Total != 0 {
			m.Total = e.Total
		}
		merged[k] = m
	}
	sorted := make([]End, 0, len(merged))
	for _, e := range merged {
		sorted = append(sorted, e)
	}
	slices.SortFunc(sorted, byLevelSideRef)
	for part := range slices.Chunk(sorted, chunk) {
		if err := changeSome(tx, part, set); err != nil {
			return err
		}
	}
	return nil
}

func changeSome(tx *tenants.Tx, ends []End, set bool) error {
	var rows []endRow
	for _, e := range ends {
		rows = append(rows, endRow{Level: e.Level, Side: e.Side, Ref: e.Ref, Total: e.Total})
	}
	if _, err := tx.Insert(&rows).On("CONFLICT DO NOTHING").Exec(tx.Ctx); err != nil {
		return fmt.Errorf("register ends: %w", err)
	}
	there, err := lockEnds(tx, ends)
	if err != nil {
		return err
	}
	var changed []endRow
	for _, e := range ends {
		r := there[endKey{e.Level, e.Side, e.Ref}]
		was := r
		if set {
			r.Total = e.Total
		}
		r.Used += e.use
		if r.Used < 0 || r.Used > r.Total {
			return fault.New(fault.Conflict, "ledger.end", "Gli abbinamenti confermati (%s) supererebbero l'importo disponibile (%s). Qualcun altro può averlo già usato.", r.Used, r.Total)
		}
		if r != was {
			changed = append(changed, r)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	if _, err := tx.Insert(&changed).On("CONFLICT (tenant_id, level, side, ref) DO UPDATE").
		Set("total = EXCLUDED.total").Set("used = EXCLUDED.used").Exec(tx.Ctx); err != nil {
		return fmt.Errorf("change ends: %w", err)
	}
	return nil
}

func lockEnds(tx *tenants.Tx, ends []End) (map[endKey]endRow, error) {
	refs := make([]uuid.UUID, len(ends))
	for i, e := range ends {
		refs[i] = e.Ref
	}
	levels := map[Level]bool{}
	for _, e := range ends {
		levels[e.Level] = true
	}
	var names []Level
	for l := range levels {
		names = append(names, l)
	}
	var rows []endRow
	q := tx.Select(&rows).Where("level IN (?)", bun.List(names)).Where("ref IN (?)", bun.List(refs)).Order("level", "side", "ref")
	if err := tx.Lock(q).Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("lock ends: %w", err)
	}
	there := make(map[endKey]endRow, len(rows))
	for _, r := range rows {
		there[endKey{r.Level, r.Side, r.Ref}] = r
	}
	return there, nil
}
