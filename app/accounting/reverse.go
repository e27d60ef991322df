package accounting

import (
	"fmt"

	"github.com/google/uuid"

	"cassacomune/app/formats"
	"cassacomune/app/ledger"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

// takeBack undoes a line of an order that the Treasurer has reversed
// (STORNATO, RIPRISTINATO): its postings are voided, its provisionals are open
// again. One whose line is not known yet waits for it.
func takeBack(tx *tenants.Tx, e treasury.Entry) error {
	o, line, err := reversible(tx, e)
	if err != nil || notOurs(line) {
		return err
	}
	if line.ID == uuid.Nil {
		return treasury.Wait(tx, e, treasury.ForOrder, e.Document+" "+e.Number, "Il giornale storna una riga di ordinativo che non conosciamo, o per un altro importo.")
	}
	if err := unsettleFees(tx, o, e); err != nil {
		return err
	}
	var posted []executedLine
	if err := tx.Select(&posted).Where("entry_id = ?", line.ID).Order("kind").Scan(tx.Ctx); err != nil {
		return fmt.Errorf("lines of %s: %w", line.Key(), err)
	}
	for _, p := range posted {
		if _, err := ledger.Void(tx, p.TxID, "reversed:"+e.Key()+"/"+p.Kind, "Stornato dal Tesoriere"); err != nil {
			return err
		}
	}
	if err := reopen(tx, o, line); err != nil {
		return err
	}
	return forget(tx, o)
}

// forget takes back what was recognised in an order of the journal that is no
// longer what it was: our order has left us, and waits to be executed again, or
// to be withdrawn.
func forget(tx *tenants.Tx, executed Executed) error {
	var orders []Order
	if err := tx.Select(&orders).Where("executed_id = ?", executed.ID).Scan(tx.Ctx); err != nil {
		return fmt.Errorf("orders executed as %s: %w", executed.Number, err)
	}
	for _, o := range orders {
		o.Number, o.ExecutedID = "", uuid.Nil
		if err := o.move(tx, Exported); err != nil {
			return fmt.Errorf("forget %s: %w", o.Label, err)
		}
	}
	return nil
}

// reversible finds the executed line that a reversal names: the same order,
// line and amount, not taken back yet; or the one of a warrant that is not ours.
func reversible(tx *tenants.Tx, e treasury.Entry) (o Executed, line treasury.Entry, err error) {
	if o, err = executedOrder(tx, e); err != nil {
		return o, line, err
	}
	all, err := treasury.Movements(tx, e.Account, e.Year, e.Document, e.Number)
	if err != nil {
		return o, line, err
	}
	for _, m := range all {
		if !m.Executes() || m.Progressive != e.Progressive || m.Cents != e.Cents {
			continue
		}
		var posted []executedLine
		if err := tx.Select(&posted).Where("entry_id = ?", m.ID).Scan(tx.Ctx); err != nil {
			return o, line, fmt.Errorf("lines of %s: %w", m.Key(), err)
		}
		if len(posted) == 0 {
			if notOurs(m) {
				line = m
			}
			continue
		}
		voided, err := isVoided(tx, o.ID, posted[0].TxID)
		if err != nil {
			return o, line, err
		}
		if !voided {
			return o, m, nil
		}
	}
	return o, line, nil
}

func isVoided(tx *tenants.Tx, ref, txID uuid.UUID) (bool, error) {
	lines, err := ledger.Entries(tx, ref)
	if err != nil {
		return false, err
	}
	for _, l := range lines {
		if l.Voids == txID {
			return true, nil
		}
	}
	return false, nil
}

// reopen voids the edges of a line and gives its provisionals back.
func reopen(tx *tenants.Tx, o Executed, line treasury.Entry) error {
	s := treasury.Credit
	if line.Document == formats.DocWarrant {
		s = treasury.Debit
	}
	for _, c := range line.Closes {
		p, err := treasury.FindNumber(tx, line.Account, line.Year, s, c.Number)
		if err != nil {
			return err
		}
		key := creditName(p) + ">" + o.name() + "/" + line.Progressive + "/" + line.Movement
		edges, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R4, Left: p.ID, Right: o.ID, Status: ledger.Confirmed})
		if err != nil {
			return err
		}
		cents := line.Cents
		if c.Cents != nil {
			cents = *c.Cents
		}
		for _, a := range edges {
			if a.Key == key {
				cents = a.Cents
				if err := ledger.VoidByRule(tx, a.ID, "giornale di cassa", "Stornato dal Tesoriere"); err != nil {
					return err
				}
			}
		}
		if err := p.Regularise(tx, -cents); err != nil {
			return err
		}
	}
	return nil
}
