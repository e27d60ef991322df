package ledger

import (
	"fmt"

	"github.com/google/uuid"

	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Breach is a broken invariant: which one (a, b or f of the design), where,
// and what was found.
type Breach struct {
	Invariant string
	Where     string
	What      string
}

func (b Breach) String() string { return b.Invariant + ": " + b.Where + ": " + b.What }

// Check returns what is broken in the ledger: (a) transfers that are no row of
// the posting table, or a ledger that does not sum to zero; (b) balances on
// the wrong side, and allocations or shares beyond an end; (f) balances,
// states and seals that a replay does not give.
func Check(tx *tenants.Tx) ([]Breach, error) {
	var all []Breach
	for _, step := range []func(*tenants.Tx) ([]Breach, error){checkTransfers, checkBalances, checkStates, checkEnds, checkSeals} {
		found, err := step(tx)
		if err != nil {
			return all, fmt.Errorf("check the ledger: %w", err)
		}
		all = append(all, found...)
	}
	return all, nil
}

// checkTransfers reads every transfer against the posting table, and looks for
// transactions without any.
func checkTransfers(tx *tenants.Tx) (found []Breach, err error) {
	var kinds []entryRow
	if err := tx.SelectFrom("ledger_entry").ColumnExpr("DISTINCT event, mirror, debit, credit").Scan(tx.Ctx, &kinds); err != nil {
		return nil, err
	}
	for _, r := range kinds {
		p := Posting{Event: r.Event, Debit: r.Debit, Credit: r.Credit}
		if r.Debit.Side() == 0 || r.Credit.Side() == 0 || !p.legal(r.Mirror) {
			found = append(found, Breach{"a", string(r.Event), fmt.Sprintf("%s / %s is no row of the posting table", r.Debit, r.Credit)})
		}
	}
	var empty []string
	if err := tx.SelectFrom("ledger_tx").ColumnExpr("ledger_tx.key").
		Join("LEFT JOIN ledger_entry AS e ON e.tenant_id = ledger_tx.tenant_id AND e.tx_id = ledger_tx.id").
		Where("e.tx_id IS NULL").OrderExpr("ledger_tx.key").Scan(tx.Ctx, &empty); err != nil {
		return nil, err
	}
	for _, key := range empty {
		found = append(found, Breach{"a", key, "a transaction without transfers"})
	}
	return found, nil
}

// checkBalances replays the transfers into balances.
func checkBalances(tx *tenants.Tx) (found []Breach, err error) {
	moved, err := replay(tx)
	if err != nil {
		return nil, err
	}
	var stand []balanceRow
	if err := tx.Select(&stand).Order("account", "ref").Scan(tx.Ctx); err != nil {
		return nil, err
	}
	var sum money.Cents
	for _, r := range stand {
		at := place{r.Account, r.Ref}
		where := string(r.Account) + " " + r.Ref.String()
		if r.Account.Side() != Either && (r.Cents < 0 || r.Missing != 0) {
			found = append(found, Breach{"b", where, fmt.Sprintf("%s on the wrong side", r.Cents.Decimal())})
		}
		if moved[at] != r.Cents {
			found = append(found, Breach{"f", where, fmt.Sprintf("the balance says %s, the transfers %s", r.Cents.Decimal(), moved[at].Decimal())})
		}
		delete(moved, at)
		if r.Account.Side() == Credit {
			sum -= r.Cents
		} else {
			sum += r.Cents
		}
	}
	for at, cents := range moved {
		if cents != 0 {
			found = append(found, Breach{"f", string(at.account) + " " + at.ref.String(), fmt.Sprintf("no balance, the transfers %s", cents.Decimal())})
		}
	}
	if sum != 0 {
		found = append(found, Breach{"a", "ledger", "the balances sum to " + sum.Decimal()})
	}
	return found, nil
}

// replay sums the transfers by account and reference, in the database.
func replay(tx *tenants.Tx) (map[place]money.Cents, error) {
	moved := map[place]money.Cents{}
	for _, side := range []struct {
		account, ref string
		sign         money.Cents
	}{{"debit", "debit_ref", 1}, {"credit", "credit_ref", -1}} {
		var rows []struct {
			Account Account
			Ref     uuid.UUID
			Cents   money.Cents
		}
		if err := tx.SelectFrom("ledger_entry").ColumnExpr(side.account+" AS account, "+side.ref+" AS ref, CAST(sum(cents) AS bigint) AS cents").
			GroupExpr(side.account+", "+side.ref).Scan(tx.Ctx, &rows); err != nil {
			return nil, err
		}
		for _, r := range rows {
			cents := r.Cents * side.sign
			if r.Account.Side() == Credit {
				cents = -cents
			}
			moved[place{r.Account, r.Ref}] += cents
		}
	}
	return moved, nil
}

// checkStates rebuilds the state of each allocation from its decisions.
func checkStates(tx *tenants.Tx) (found []Breach, err error) {
	var rows []struct {
		allocationRow `bun:",extend"`
		State         Status
		StateSeq      int
		StateCents    money.Cents
		StateLeft     uuid.UUID
		StateRight    uuid.UUID
		StateHeld     bool
	}
	if err := tx.SelectFrom("allocation").
		ColumnExpr("allocation.*, s.status AS state, s.seq AS state_seq, s.cents AS state_cents, s.left_ref AS state_left, s.right_ref AS state_right, s.held AS state_held").
		Join("LEFT JOIN allocation_state AS s ON s.tenant_id = allocation.tenant_id AND s.allocation_id = allocation.id").
		OrderExpr("allocation.id").Scan(tx.Ctx, &rows); err != nil {
		return nil, err
	}
	var decisions []decisionRow
	if err := tx.Select(&decisions).Order("allocation_id", "seq").Scan(tx.Ctx); err != nil {
		return nil, err
	}
	last := map[uuid.UUID]stateRow{}
	for _, d := range decisions {
		s := last[d.AllocationID]
		s.Seq = d.Seq
		switch d.Status {
		case heldEvent, releasedEvent:
			s.Held = d.Status == heldEvent
		default:
			s.Status, s.Held = d.Status, s.Held && d.Status != Voided
		}
		last[d.AllocationID] = s
	}
	for _, r := range rows {
		want := last[r.ID]
		if r.State != want.Status || r.StateSeq != want.Seq || r.StateHeld != want.Held || r.StateCents != r.Cents || r.StateLeft != r.LeftRef || r.StateRight != r.RightRef {
			found = append(found, Breach{"f", "allocation " + r.ID.String(), fmt.Sprintf("its state says %s, its decisions %s", r.State, want.Status)})
		}
	}
	return found, nil
}

// checkEnds sums the confirmed allocations and the shares by their ends.
func checkEnds(tx *tenants.Tx) (found []Breach, err error) {
	used := map[endKey]money.Cents{}
	all, err := Allocations(tx, Filter{Status: Confirmed})
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		used[endKey{a.Level, Left, a.Left}] += a.Cents
		used[endKey{a.Level, Right, a.Right}] += a.Cents
	}
	shares, err := Shares(tx, ShareFilter{})
	if err != nil {
		return nil, err
	}
	for _, s := range shares {
		used[endKey{shareLevel(s.Level), Left, s.Line}] += s.Cents
		used[endKey{shareLevel(s.Level), Right, s.Allocation}] += s.Cents
	}
	var ends []endRow
	if err := tx.Select(&ends).Order("level", "side", "ref").Scan(tx.Ctx); err != nil {
		return nil, err
	}
	for _, e := range ends {
		k := endKey{e.Level, e.Side, e.Ref}
		where := fmt.Sprintf("%s %s %s", e.Level, e.Side, e.Ref)
		if used[k] > e.Total {
			found = append(found, Breach{"b", where, fmt.Sprintf("confirmed %s of %s", used[k].Decimal(), e.Total.Decimal())})
		}
		if used[k] != e.Used {
			found = append(found, Breach{"f", where, fmt.Sprintf("the end says %s used, the rows %s", e.Used.Decimal(), used[k].Decimal())})
		}
		delete(used, k)
	}
	for k, cents := range used {
		found = append(found, Breach{"b", fmt.Sprintf("%s %s %s", k.level, k.side, k.ref), fmt.Sprintf("confirmed %s of an end that holds nothing", cents.Decimal())})
	}
	return found, nil
}

func checkSeals(tx *tenants.Tx) ([]Breach, error) {
	broken, err := Verify(tx)
	if err != nil || broken == "" {
		return nil, err
	}
	return []Breach{{"f", broken, "the seal does not verify"}}, nil
}
