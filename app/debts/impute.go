package debts

import (
	"slices"

	"github.com/google/uuid"

	"cassacomune/app/day"
	"cassacomune/app/money"
	"cassacomune/app/price"
)

// claim is what is still due on an item, inside the instalment being paid.
type claim struct {
	item      Item
	remaining money.Cents
}

// Imputed is a part of a payment, on an item.
type Imputed struct {
	Item  Item
	Cents money.Cents
}

// Adjusted is a change of what is due by title that a payment brings with it,
// because a rule of law or the option chosen has another price.
type Adjusted struct {
	Item  Item
	Cents money.Cents // positive: more is due
	Rule  string
}

// Plan says what a payment does to a debt. It changes nothing by itself.
type Plan struct {
	Debt       Debt
	Instalment Instalment
	PaidOn     day.Date // by the payer
	Adjust     []Adjusted
	Lines      []Imputed
	Excess     money.Cents // more than is due: kept, flagged, never refused
	Completes  bool        // nothing remains to be paid of the instalment
	Why        string      // nothing can be paid on the instalment: the reason, in Italian
}

// Cents is what the plan pays.
func (p Plan) Cents() (sum money.Cents) {
	for _, l := range p.Lines {
		sum += l.Cents
	}
	return sum
}

// impute spreads a payment over the claims in the debt type's order (art. 1194
// of the Civil Code: costs and interest before principal, unless the town's
// regulation says otherwise); inside a class, in the order of the file.
func impute(claims []claim, cents money.Cents, order []string) (lines []Imputed, excess money.Cents) {
	sorted := slices.Clone(claims)
	slices.SortStableFunc(sorted, func(a, b claim) int { return rank(a.item, order) - rank(b.item, order) })
	for _, c := range sorted {
		part := min(c.remaining, cents)
		if part <= 0 {
			continue
		}
		lines = append(lines, Imputed{c.item, part})
		cents -= part
	}
	return lines, cents
}

func rank(it Item, order []string) int {
	if len(order) == 0 {
		order = []string{"costs", "interest", "principal"}
	}
	class := "principal"
	switch {
	case it.IsCost:
		class = "costs"
	case it.Key == "interessi":
		class = "interest"
	}
	if i := slices.Index(order, class); i >= 0 {
		return i
	}
	return len(order)
}

// adjust brings the claims from what is due by title to a price: the
// difference falls on the items that are no costs, the first ones first.
func adjust(claims []claim, difference money.Cents, rule string) (changes []Adjusted, after []claim) {
	after = slices.Clone(claims)
	for i, c := range after {
		if difference == 0 || c.item.IsCost {
			continue
		}
		change := max(difference, -c.remaining)
		if difference > 0 {
			change = difference
		}
		if change == 0 {
			continue
		}
		changes = append(changes, Adjusted{c.item, change, rule})
		after[i].remaining += change
		difference -= change
	}
	return changes, after
}

// plan decides what a payment of cents does to claims whose price on the
// payer's day is quoted. A reduced price holds only for who pays it in full; a
// higher one is due whatever is paid.
func plan(claims []claim, quoted money.Cents, rule string, cents money.Cents, order []string) Plan {
	var p Plan
	title := money.Cents(0)
	for _, c := range claims {
		title += c.remaining
	}
	if quoted > title || quoted < title && cents >= quoted {
		p.Adjust, claims = adjust(claims, quoted-title, rule)
	}
	p.Lines, p.Excess = impute(claims, cents, order)
	due := money.Cents(0)
	for _, c := range claims {
		due += c.remaining
	}
	p.Completes = cents >= due
	return p
}

// ruleOf names the rule by which a quote differs from the title, for the
// posting and for people.
func ruleOf(q price.Quote) string {
	for _, l := range q.Lines {
		if l.Rule != "cost" {
			return l.Rule
		}
	}
	return "title"
}

func portionOf(in Instalment, item uuid.UUID) *Portion {
	for i := range in.Portions {
		if in.Portions[i].ItemID == item {
			return &in.Portions[i]
		}
	}
	return nil
}
