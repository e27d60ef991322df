package ledger

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// balanceRow is what stands on an account for a reference, on the account's
// natural side. Missing carries the amount that a movement takes away into the
// statement; a row that would be born with it is refused.
type balanceRow struct {
	bun.BaseModel `bun:"table:ledger_balance,alias:ledger_balance"`
	tenants.Row

	Account Account   `bun:"account,pk"`
	Ref     uuid.UUID `bun:"ref,pk"`
	Cents   money.Cents
	Missing money.Cents
	Either  bool
	Since   day.Date
}

type place struct {
	account Account
	ref     uuid.UUID
}

// moveBalances adds the net of the entries to the balances, once per account
// and reference, in one order for everybody, so that two transactions wait for
// each other instead of locking each other out. The condition is in the
// statement that changes the row: who comes second sees what the first left.
func moveBalances(tx *tenants.Tx, batch []prepared) error {
	for part := range slices.Chunk(netOf(batch), chunk) {
		move := tx.Insert(&part).On("CONFLICT (tenant_id, account, ref) DO UPDATE").
			Set("cents = ledger_balance.cents + EXCLUDED.cents - EXCLUDED.missing").
			Set("since = CASE WHEN ledger_balance.cents = 0 THEN EXCLUDED.since ELSE ledger_balance.since END").
			Where("ledger_balance.either OR ledger_balance.cents + EXCLUDED.cents - EXCLUDED.missing >= 0")
		if !takes(part) { // nothing can be refused, so nothing need come back
			if err := tx.Append(move); err != nil {
				return fmt.Errorf("move balances: %w", err)
			}
			continue
		}
		var moved []balanceRow
		if _, err := move.Returning("account, ref, missing").Exec(tx.Ctx, &moved); err != nil {
			if strings.Contains(err.Error(), "ledger_balance_side") {
				return errOverdrawn(part[0].Account, part[0].Missing)
			}
			return fmt.Errorf("move balances: %w", err)
		}
		if err := refuseOverdrawn(part, moved); err != nil {
			return err
		}
	}
	return nil
}

// takes reports whether a movement takes away what may not be there.
func takes(rows []balanceRow) bool {
	return slices.ContainsFunc(rows, func(r balanceRow) bool { return r.Missing > 0 })
}

func refuseOverdrawn(wanted, moved []balanceRow) error {
	done := make(map[place]bool, len(moved))
	for _, r := range moved {
		done[place{r.Account, r.Ref}] = r.Missing == 0
	}
	for _, r := range wanted {
		if !done[place{r.Account, r.Ref}] {
			return errOverdrawn(r.Account, r.Missing)
		}
	}
	return nil
}

func errOverdrawn(a Account, cents money.Cents) error {
	return fault.New(fault.Conflict, "ledger.overdrawn",
		"Importo non disponibile: l'operazione toglierebbe %s da «%s» (%s), dove ne restano meno. Qualcun altro può averli già usati.",
		cents, string(a), a.Italian())
}

// netOf sums the postings by account and reference, in order; what nets to
// zero does not move.
func netOf(batch []prepared) []balanceRow {
	net := map[place]money.Cents{}
	since := map[place]day.Date{}
	add := func(a Account, ref uuid.UUID, cents money.Cents, on day.Date) {
		if a.Side() == Credit {
			cents = -cents
		}
		p := place{a, ref}
		net[p] += cents
		if d, ok := since[p]; !ok || on.Before(d) {
			since[p] = on
		}
	}
	for _, b := range batch {
		for _, p := range b.postings {
			add(p.Debit, p.DebitRef, p.Cents, b.tx.EffectiveOn)
			add(p.Credit, p.CreditRef, -p.Cents, b.tx.EffectiveOn)
		}
	}
	rows := make([]balanceRow, 0, len(net))
	for p, cents := range net {
		if cents == 0 {
			continue
		}
		r := balanceRow{Account: p.account, Ref: p.ref, Cents: cents, Either: p.account.Side() == Either, Since: since[p]}
		if cents < 0 && !r.Either {
			r.Cents, r.Missing = 0, -cents
		}
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b balanceRow) int {
		if n := strings.Compare(string(a.Account), string(b.Account)); n != 0 {
			return n
		}
		return bytes.Compare(a.Ref[:], b.Ref[:])
	})
	return rows
}
