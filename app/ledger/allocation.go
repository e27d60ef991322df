package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Level is the step of the line that an allocation crosses.
type Level string

// The levels, each between two neighbours.
const (
	R1 Level = "R1" // item - collection
	R2 Level = "R2" // collection - remittance
	R3 Level = "R3" // remittance - credit
	R4 Level = "R4" // credit - order
)

// Origin is who made or decided an allocation.
type Origin string

// The origins. A person outranks every rule and file.
const (
	FromFile   Origin = "file"
	FromRule   Origin = "rule"
	FromPerson Origin = "person"
)

// Status is where an allocation stands.
type Status string

// The states of an allocation.
const (
	Proposed  Status = "proposed"
	Confirmed Status = "confirmed"
	Voided    Status = "void"
)

// Reason is one of the reasons for an allocation, to be shown.
type Reason struct {
	What  string `json:"what"`            // "importo", "chiave", "data"...
	Left  string `json:"left,omitempty"`  // as it stands at the left end
	Right string `json:"right,omitempty"` // as it stands at the right end
	Where string `json:"where,omitempty"` // file and line
}

// Allocation (abbinamento) says that cents of its left end are cents of its
// right end, its neighbour towards the order.
type Allocation struct {
	ID          uuid.UUID // given by Allocate when zero
	Key         string    // natural key, equal in every database; the live one is unique
	Level       Level
	Left, Right uuid.UUID
	Cents       money.Cents
	Origin      Origin
	Rule        string
	Evidence    []Reason
	Status      Status // of now
	Decided     Origin // who made the last decision
	Held        bool   // an exported order uses it
	Who         string
	When        time.Time
	Run         uuid.UUID
	Rivals      int

	// What the ends hold in all, given to Allocate. Zero: the end has been
	// registered with SetEnds.
	LeftTotal, RightTotal money.Cents
}

type allocationRow struct {
	bun.BaseModel `bun:"table:allocation,alias:allocation"`
	tenants.Row

	ID       uuid.UUID `bun:"id,pk"`
	Level    Level
	LeftRef  uuid.UUID
	RightRef uuid.UUID
	Cents    money.Cents
	Key      string
	Origin   Origin
	Rule     string
	Evidence string
	Rivals   int
	RunID    uuid.UUID `bun:",nullzero"`
	Who      string
	MadeAt   time.Time
}

type decisionRow struct {
	bun.BaseModel `bun:"table:allocation_event,alias:allocation_event"`
	tenants.Row

	AllocationID uuid.UUID `bun:"allocation_id,pk"`
	Seq          int       `bun:"seq,pk"`
	Status       Status
	Origin       Origin
	Rule         string
	Reason       string
	Who          string
	At           time.Time
}

type stateRow struct {
	bun.BaseModel `bun:"table:allocation_state,alias:allocation_state"`
	tenants.Row

	AllocationID uuid.UUID `bun:"allocation_id,pk"`
	Level        Level
	LeftRef      uuid.UUID
	RightRef     uuid.UUID
	Cents        money.Cents
	LiveKey      *string
	Seq          int
	Status       Status
	Origin       Origin
	Held         bool
}

// Allocate writes allocations, proposed or confirmed, and answers with their
// ids. A live allocation with the same key, ends and cents is the answer
// already; another with the same key is a fault of kind Conflict. Confirmed
// ones never take more than either end holds: else a fault of kind Conflict,
// and the transaction must be rolled back.
func Allocate(tx *tenants.Tx, list ...Allocation) ([]Posted, error) {
	posted := make([]Posted, len(list))
	states := make([]stateRow, len(list))
	for i := range list {
		if err := complete(tx, &list[i]); err != nil {
			return nil, err
		}
		a := list[i]
		posted[i] = Posted{ID: a.ID, Fresh: true}
		states[i] = stateRow{AllocationID: a.ID, Level: a.Level, LeftRef: a.Left, RightRef: a.Right, Cents: a.Cents, Seq: 1, Status: a.Status, Origin: a.Origin}
		if a.Key != "" {
			states[i].LiveKey = &list[i].Key
		}
	}
	live, err := liveByKey(tx, list)
	if err != nil {
		return nil, err
	}
	var fresh []Allocation
	var freshStates []stateRow
	for i, a := range list {
		was, ok := live[a.Key]
		if a.Key == "" || !ok {
			fresh, freshStates = append(fresh, a), append(freshStates, states[i])
			live[a.Key] = states[i]
			continue
		}
		if was.Level != a.Level || was.LeftRef != a.Left || was.RightRef != a.Right || was.Cents != a.Cents {
			return nil, fault.New(fault.Conflict, "ledger.allocation_key", "L'abbinamento «%s» esiste già con altri estremi o un altro importo.", a.Key)
		}
		posted[i] = Posted{ID: was.AllocationID}
	}
	if err := insertAllocations(tx, fresh, freshStates); err != nil {
		return nil, err
	}
	if err := useEnds(tx, endsOf(fresh)); err != nil {
		return nil, err
	}
	return posted, nil
}

func complete(tx *tenants.Tx, a *Allocation) error {
	if a.ID == uuid.Nil {
		a.ID = tx.NewID()
	}
	if a.Status == "" {
		a.Status = Proposed
	}
	switch {
	case !slices.Contains([]Level{R1, R2, R3, R4}, a.Level), a.Left == uuid.Nil, a.Right == uuid.Nil,
		a.Status != Proposed && a.Status != Confirmed, !slices.Contains([]Origin{FromFile, FromRule, FromPerson}, a.Origin):
		return fmt.Errorf("allocate %q: level, ends, origin or status missing", a.Key)
	case a.Cents <= 0:
		return fault.New(fault.Invalid, "ledger.cents", "Un abbinamento deve avere un importo maggiore di zero, non %s.", a.Cents)
	}
	a.Who, a.When = actor(tx), tx.Now()
	return nil
}

func liveByKey(tx *tenants.Tx, list []Allocation) (map[string]stateRow, error) {
	live := map[string]stateRow{}
	var keys []string
	for _, a := range list {
		if a.Key != "" {
			keys = append(keys, a.Key)
		}
	}
	for part := range slices.Chunk(keys, chunk) {
		var rows []stateRow
		if err := tx.Select(&rows).Where("live_key IN (?)", bun.List(part)).Scan(tx.Ctx); err != nil {
			return nil, fmt.Errorf("live allocations: %w", err)
		}
		for _, r := range rows {
			live[*r.LiveKey] = r
		}
	}
	return live, nil
}

func insertAllocations(tx *tenants.Tx, list []Allocation, states []stateRow) error {
	for from := 0; from < len(list); from += chunk {
		to := min(from+chunk, len(list))
		rows := make([]allocationRow, 0, to-from)
		decisions := make([]decisionRow, 0, to-from)
		for _, a := range list[from:to] {
			evidence, err := json.Marshal(a.Evidence)
			if err != nil {
				return fmt.Errorf("evidence of %s: %w", a.Key, err)
			}
			rows = append(rows, allocationRow{ID: a.ID, Level: a.Level, LeftRef: a.Left, RightRef: a.Right, Cents: a.Cents, Key: a.Key,
				Origin: a.Origin, Rule: a.Rule, Evidence: string(evidence), Rivals: a.Rivals, RunID: a.Run, Who: a.Who, MadeAt: a.When})
			decisions = append(decisions, decisionRow{AllocationID: a.ID, Seq: 1, Status: a.Status, Origin: a.Origin, Rule: a.Rule, Who: a.Who, At: a.When})
		}
		state := states[from:to]
		for _, model := range []any{&rows, &decisions, &state} {
			if _, err := tx.Insert(model).Exec(tx.Ctx); err != nil {
				return fmt.Errorf("insert allocations: %w", err)
			}
		}
	}
	return nil
}

// endsOf returns the two ends of each allocation, with what the confirmed ones
// use of them.
func endsOf(list []Allocation) []End {
	var ends []End
	for _, a := range list {
		var used money.Cents
		if a.Status == Confirmed {
			used = a.Cents
		}
		ends = append(ends, End{Level: a.Level, Side: Left, Ref: a.Left, Total: a.LeftTotal, use: used},
			End{Level: a.Level, Side: Right, Ref: a.Right, Total: a.RightTotal, use: used})
	}
	return ends
}

// Filter limits a list of allocations; what is zero does not limit.
type Filter struct {
	Level       Level
	Left, Right uuid.UUID
	Ref         uuid.UUID // at either end
	Status      Status
	Run         uuid.UUID
	After       uuid.UUID // the last id of the page before
	Limit       int
}

// Allocations returns the allocations that the filter lets through, in the
// order in which they were made, with their state of now.
func Allocations(tx *tenants.Tx, f Filter) ([]Allocation, error) {
	q := tx.SelectFrom("allocation").ColumnExpr("allocation.*, s.status, s.origin AS decided, s.held").
		Join("JOIN allocation_state AS s ON s.tenant_id = allocation.tenant_id AND s.allocation_id = allocation.id").OrderExpr("allocation.id")
	for column, id := range map[string]uuid.UUID{"s.left_ref": f.Left, "s.right_ref": f.Right, "allocation.run_id": f.Run} {
		if id != uuid.Nil {
			q = q.Where("? = ?", bun.Safe(column), id)
		}
	}
	if f.Level != "" {
		q = q.Where("s.level = ?", f.Level)
	}
	if f.Ref != uuid.Nil {
		q = q.Where("(s.left_ref = ? OR s.right_ref = ?)", f.Ref, f.Ref)
	}
	if f.Status != "" {
		q = q.Where("s.status = ?", f.Status)
	}
	if f.After != uuid.Nil {
		q = q.Where("allocation.id > ?", f.After)
	}
	if f.Limit > 0 {
		q = q.Limit(int64(f.Limit))
	}
	var rows []struct {
		allocationRow `bun:",extend"`
		Status        Status
		Decided       Origin
		Held          bool
	}
	if err := q.Scan(tx.Ctx, &rows); err != nil {
		return nil, fmt.Errorf("allocations: %w", err)
	}
	out := make([]Allocation, len(rows))
	for i, r := range rows {
		out[i] = Allocation{ID: r.ID, Key: r.Key, Level: r.Level, Left: r.LeftRef, Right: r.RightRef, Cents: r.Cents, Origin: r.Origin, Rule: r.Rule,
			Status: r.Status, Decided: r.Decided, Held: r.Held, Who: r.Who, When: r.MadeAt, Run: r.RunID, Rivals: r.Rivals}
		if err := json.Unmarshal([]byte(r.Evidence), &out[i].Evidence); err != nil {
			return nil, fmt.Errorf("evidence of %s: %w", r.ID, err)
		}
	}
	return out, nil
}

func byLevelSideRef(a, b End) int {
	if n := bytes.Compare([]byte(string(a.Level)+string(a.Side)), []byte(string(b.Level)+string(b.Side))); n != 0 {
		return n
	}
	return bytes.Compare(a.Ref[:], b.Ref[:])
}
