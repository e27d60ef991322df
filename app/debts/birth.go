package debts

import (
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/ledger"
	"cassacomune/tenants"
)

// Unborn is the state of what a payer has chosen to pay of his own accord
// (pagamento spontaneo) and has not paid: it can be priced, asked for by its
// codes and paid like any debt, but nobody owes it. Nothing is posted, and no
// list, sum, check or digest knows of it. It is born with its payment.
const Unborn State = "unborn"

// born limits a query on debts to those that somebody owes.
func born(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("state <> ?", Unborn) }

// Expect is the step that keeps what a payer is about to pay, and asks for it.
func Expect(tx *tenants.Tx, n New) (Payable, error) {
	n.unborn = true
	d, err := addOne(tx, n)
	if err != nil {
		return Payable{}, err
	}
	var in Instalment
	if err := tx.One(tx.Select(&in).Where("debt_id = ?", d.ID), "Avviso non trovato."); err != nil {
		return Payable{}, err
	}
	return PayableOf(tx, in.ID, tx.Today())
}

// beBorn posts what an unborn debt asks for, due on the payer's day, and tells
// the event. The caller holds its row, and gives it the state that follows.
func (d Debt) beBorn(tx *tenants.Tx, on day.Date) error {
	if d.State != Unborn {
		return nil
	}
	if _, err := ledger.Post(tx, d.due(d.Items, on)); err != nil {
		return fmt.Errorf("post what is due: %w", err)
	}
	if err := record(tx, d.ID, "born", d.Cents, d.Source); err != nil {
		return err
	}
	return tx.Audit("debt.create", d.ID.String(), d.Type)
}

// due is the entry of the items of a debt.
func (d Debt) due(items []Item, on day.Date) ledger.Entry {
	e := ledger.Entry{Key: "debt:" + d.Type + "/" + d.Position, Content: d.Hash, Kind: "debt", EffectiveOn: on, Source: d.Source}
	for _, it := range items {
		e.Postings = append(e.Postings, it.due(it.Cents))
	}
	return e
}

// Forget removes unborn debts, whose rows the caller holds, with all that
// belongs to them. Money that comes on their codes later is of nobody known.
func Forget(tx *tenants.Tx, ids []uuid.UUID) error {
	instalments := tx.Select((*Instalment)(nil)).Column("id").Where("debt_id IN (?)", bun.List(ids))
	for _, q := range []*bun.DeleteQuery{
		tx.Delete((*Code)(nil)).Where("debt_id IN (?)", bun.List(ids)),
		tx.Delete((*Portion)(nil)).Where("instalment_id IN (?)", instalments),
		tx.Delete((*Instalment)(nil)).Where("debt_id IN (?)", bun.List(ids)),
		tx.Delete((*Item)(nil)).Where("debt_id IN (?)", bun.List(ids)),
		tx.Delete((*Party)(nil)).Where("debt_id IN (?)", bun.List(ids)),
		tx.Delete((*Debt)(nil)).Where("id IN (?)", bun.List(ids)).Where("state = ?", Unborn),
	} {
		if _, err := q.Exec(tx.Ctx); err != nil {
			return fmt.Errorf("forget debts never born: %w", err)
		}
	}
	return nil
}
