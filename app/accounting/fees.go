package accounting

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

// fee is what a remittance withheld and no order has taken in compensation.
type fee struct {
	remittance uuid.UUID
	cents      money.Cents
}

// feesOf returns the fees behind an order: of the remittances that explain the
// provisionals it regularises.
func feesOf(tx *tenants.Tx, o Executed) ([]fee, error) {
	orders, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R4, Right: o.ID, Status: ledger.Confirmed})
	if err != nil {
		return nil, err
	}
	var all []fee
	seen := map[uuid.UUID]bool{}
	for _, a := range orders {
		credits, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R3, Right: a.Left, Status: ledger.Confirmed})
		if err != nil {
			return nil, err
		}
		for _, c := range credits {
			if seen[c.Left] {
				continue
			}
			seen[c.Left] = true
			cents, err := ledger.Balance(tx, ledger.FEE, c.Left)
			if err != nil {
				return nil, err
			}
			if cents > 0 {
				all = append(all, fee{c.Left, cents})
			}
		}
	}
	return all, nil
}

// take draws cents from fees in their order.
func take(fees []fee, cents money.Cents) (taken []fee) {
	for _, f := range fees {
		if c := min(f.cents, cents); c > 0 {
			taken = append(taken, fee{f.remittance, c})
			cents -= c
		}
	}
	return taken
}

// SettleFees finds the fees of orders that were gross above their provisionals
// before anybody knew why. It is called when a journal ends and when a
// reconciliation ends; a second call changes nothing.
func SettleFees(tx *tenants.Tx) error {
	standing, err := ledger.Open(tx, ledger.DATt)
	if err != nil {
		return err
	}
	open := map[uuid.UUID]money.Cents{}
	var refs []uuid.UUID
	for _, s := range standing {
		open[s.Ref], refs = s.Cents, append(refs, s.Ref)
	}
	for part := range slices.Chunk(refs, 500) {
		var orders []Executed
		if err := tx.Select(&orders).Where("id IN (?)", bun.List(part)).Scan(tx.Ctx); err != nil {
			return fmt.Errorf("orders with an unknown fee: %w", err)
		}
		slices.SortFunc(orders, func(a, b Executed) int { return bytes.Compare([]byte(a.name()), []byte(b.name())) })
		for _, o := range orders {
			if err := settleFee(tx, o, open[o.ID]); err != nil {
				return err
			}
		}
	}
	return nil
}

func settleFee(tx *tenants.Tx, o Executed, standing money.Cents) error {
	unknown, err := unknownFee(tx, o)
	if err != nil || unknown == 0 {
		return err
	}
	fees, err := feesOf(tx, o)
	if err != nil {
		return err
	}
	taken := take(fees, min(unknown, standing))
	if len(taken) == 0 {
		return nil
	}
	before, err := ledger.Entries(tx, o.ID)
	if err != nil {
		return err
	}
	entry := ledger.Entry{Key: fmt.Sprintf("fee-found:%s:%d", o.name(), len(before)), Kind: "reconcile", EffectiveOn: tx.Today(),
		Source: "commissione nota dal riversamento", Derived: true}
	for _, f := range taken {
		entry.Postings = append(entry.Postings, ledger.Posting{Event: ledger.FeeFound, Debit: ledger.DATt, DebitRef: o.ID, Credit: ledger.FEE, CreditRef: f.remittance, Cents: f.cents})
	}
	if len(before) > 0 {
		entry.EffectiveOn = before[len(before)-1].EffectiveOn
	}
	_, err = ledger.Post(tx, entry)
	return err
}

// unknownFee is what stands on DAT.t for an order because of fees: the events
// that put it there, less those that took it away.
func unknownFee(tx *tenants.Tx, o Executed) (cents money.Cents, err error) {
	lines, err := ledger.Entries(tx, o.ID)
	if err != nil {
		return 0, err
	}
	for _, l := range lines {
		if l.Event != ledger.FeeUnknown && l.Event != ledger.FeeFound {
			continue
		}
		if l.Credit == ledger.DATt && l.CreditRef == o.ID {
			cents += l.Cents
		}
		if l.Debit == ledger.DATt && l.DebitRef == o.ID {
			cents -= l.Cents
		}
	}
	return cents, nil
}

// unsettleFees takes back the fees found for an order, before one of its lines
// is reversed; what still holds is found again when the journal ends.
func unsettleFees(tx *tenants.Tx, o Executed, e treasury.Entry) error {
	lines, err := ledger.Entries(tx, o.ID)
	if err != nil {
		return err
	}
	voided := map[uuid.UUID]bool{}
	for _, l := range lines {
		voided[l.Voids] = true
	}
	for _, l := range lines {
		if l.Event == ledger.FeeFound && l.Voids == uuid.Nil && !voided[l.Tx] {
			voided[l.Tx] = true
			if _, err := ledger.Void(tx, l.Tx, "unsettled:"+l.Key+":"+e.Key(), "Riga dell'ordinativo stornata"); err != nil {
				return err
			}
		}
	}
	return nil
}
