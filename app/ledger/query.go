package ledger

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Balance returns what stands on an account for a reference, on the account's
// natural side.
func Balance(tx *tenants.Tx, a Account, ref uuid.UUID) (money.Cents, error) {
	var rows []balanceRow
	if err := tx.Select(&rows).Where("account = ? AND ref = ?", a, ref).Scan(tx.Ctx); err != nil {
		return 0, fmt.Errorf("balance of %s: %w", a, err)
	}
	if len(rows) == 0 {
		return 0, nil
	}
	return rows[0].Cents, nil
}

// Balances returns the balance of an account for many references; a reference
// that never moved is not in the answer.
func Balances(tx *tenants.Tx, a Account, refs []uuid.UUID) (map[uuid.UUID]money.Cents, error) {
	out := make(map[uuid.UUID]money.Cents, len(refs))
	if len(refs) == 0 {
		return out, nil
	}
	var rows []balanceRow
	if err := tx.Select(&rows).Where("account = ? AND ref IN (?)", a, bun.List(refs)).Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("balances of %s: %w", a, err)
	}
	for _, r := range rows {
		out[r.Ref] = r.Cents
	}
	return out, nil
}

// Standing is what stands on an account for a reference, and since when.
type Standing struct {
	Account Account
	Ref     uuid.UUID
	Cents   money.Cents
	Since   day.Date // from this day on it has not been zero
}

// Open returns what is not zero on a family of accounts ("CLR", "DAT", "SOS")
// or on one of them ("CLR.pos"), oldest first. This is "what is not
// reconciled".
func Open(tx *tenants.Tx, prefix Account) ([]Standing, error) {
	var rows []balanceRow
	q := tx.Select(&rows).Where("cents <> 0").Order("since", "account", "ref")
	if prefix != "" { // a range: LIKE would lose the index behind row-level security
		q = q.Where("(account = ? OR account >= ? AND account < ?)", prefix, prefix+".", prefix+"/")
	}
	if err := q.Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("open on %s: %w", prefix, err)
	}
	return standings(rows), nil
}

// Standings returns what stands anywhere for a reference.
func Standings(tx *tenants.Tx, ref uuid.UUID) ([]Standing, error) {
	var rows []balanceRow
	if err := tx.Select(&rows).Where("ref = ? AND cents <> 0", ref).Order("account").Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("standings of %s: %w", ref, err)
	}
	return standings(rows), nil
}

// HoldBalances waits for whoever moves what stands for a reference, and lets
// others wait until the transaction ends.
func HoldBalances(tx *tenants.Tx, ref uuid.UUID) error {
	var rows []balanceRow
	if err := tx.Lock(tx.Select(&rows).Where("ref = ?", ref).Order("account")).Scan(tx.Ctx); err != nil {
		return fmt.Errorf("hold balances of %s: %w", ref, err)
	}
	return nil
}

func standings(rows []balanceRow) []Standing {
	out := make([]Standing, len(rows))
	for i, r := range rows {
		out[i] = Standing{r.Account, r.Ref, r.Cents, r.Since}
	}
	return out
}

// Total is the sum of an account.
type Total struct {
	Account Account
	Cents   money.Cents
	Refs    int // references that are not zero
}

// Totals returns the sums of all accounts that are not zero, in the order of
// their names.
func Totals(tx *tenants.Tx) ([]Total, error) {
	var out []Total
	if err := tx.SelectFrom("ledger_balance").ColumnExpr("account, CAST(sum(cents) AS bigint) AS cents, count(*) AS refs").
		Where("cents <> 0").GroupExpr("account").OrderExpr("account").Scan(tx.Ctx, &out); err != nil {
		return nil, fmt.Errorf("totals: %w", err)
	}
	return out, nil
}

// Line is a transfer with its transaction, for the trace.
type Line struct {
	Tx          uuid.UUID
	Key         string
	Kind        string
	EffectiveOn day.Date
	KnownAt     time.Time
	Source      string
	Actor       string
	Voids       uuid.UUID // not zero: this undoes that transaction
	Reason      string
	Seq         int
	Posting
}

// Entries returns all transfers that touch a reference, in the order in which
// they became known.
func Entries(tx *tenants.Tx, ref uuid.UUID) ([]Line, error) {
	var rows []lineRow
	if err := tx.SelectFrom("ledger_entry").
		ColumnExpr("ledger_entry.*, t.key, t.kind, t.effective_on, t.known_at, t.source, t.actor, t.voids, t.reason").
		Join("JOIN ledger_tx AS t ON t.tenant_id = ledger_entry.tenant_id AND t.id = ledger_entry.tx_id").
		Where("(ledger_entry.debit_ref = ? OR ledger_entry.credit_ref = ?)", ref, ref).
		OrderExpr("t.known_at, t.id, ledger_entry.seq").Scan(tx.Ctx, &rows); err != nil {
		return nil, fmt.Errorf("transfers of %s: %w", ref, err)
	}
	out := make([]Line, len(rows))
	for i, r := range rows {
		out[i] = r.line()
	}
	return out, nil
}

type lineRow struct {
	entryRow    `bun:",extend"`
	Key         string
	Kind        string
	EffectiveOn day.Date
	KnownAt     time.Time
	Source      string
	Actor       string
	Voids       uuid.UUID `bun:",nullzero"`
	Reason      string
}

func (r lineRow) line() Line {
	return Line{Tx: r.TxID, Key: r.Key, Kind: r.Kind, EffectiveOn: r.EffectiveOn, KnownAt: r.KnownAt, Source: r.Source,
		Actor: r.Actor, Voids: r.Voids, Reason: r.Reason, Seq: r.Seq,
		Posting: Posting{r.Event, r.Debit, r.Credit, r.DebitRef, r.CreditRef, r.Cents}}
}
