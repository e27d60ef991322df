package desk

import (
	"cassacomune/app/collections"
	"cassacomune/app/debts"
	"cassacomune/app/money"
	"cassacomune/app/web/page"
)

// lineOf is the path of a debt's money, from what is booked.
func lineOf(w page.Words, d debts.Debt, r collections.Reach) page.Line {
	if d.State == debts.Annulled {
		off := page.Reached{State: page.Off}
		return page.NewLine(w, page.Reached{State: page.Off, Note: "Annullato"}, off, off, off, off, off)
	}
	return page.NewLine(w, page.Reached{State: page.Done, Amount: d.Cents}, page.Reached{State: page.Done},
		step(d.Paid, d.Cents), step(r.Remitted, d.Cents), step(r.Credited, d.Cents), step(r.Ordered, d.Cents))
}

// lampsOf is the same path without amounts, for a row of a list.
func lampsOf(w page.Words, d debts.Debt, r collections.Reach) page.Cell {
	if d.State == debts.Annulled {
		return page.LampsCell(w, page.Off, page.Off, page.Off, page.Off, page.Off, page.Off)
	}
	return page.LampsCell(w, page.Done, page.Done, step(d.Paid, d.Cents).State, step(r.Remitted, d.Cents).State,
		step(r.Credited, d.Cents).State, step(r.Ordered, d.Cents).State)
}

func step(come, of money.Cents) page.Reached {
	switch {
	case come <= 0:
		return page.Reached{State: page.Open}
	case come < of:
		return page.Reached{State: page.Part, Amount: come}
	}
	return page.Reached{State: page.Done, Amount: come}
}

// badges of a debt's states.
var badges = map[debts.State]string{debts.Open: "bg-primary", debts.Partly: "bg-warning", debts.Paid: "bg-success", debts.Annulled: "bg-secondary"}
