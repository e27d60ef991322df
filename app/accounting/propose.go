package accounting

import (
	"fmt"
	"slices"
	"strings"

	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

// Propose returns the orders for the credits that are explained and not yet
// ordered: grouped by account, assessment and chapter, gross, each with what
// the accounting side would refuse. It changes nothing.
func Propose(tx *tenants.Tx) ([]Order, error) {
	credits, err := treasury.Provisionals(tx, treasury.Filter{Side: treasury.Credit, State: treasury.Open})
	if err != nil {
		return nil, err
	}
	b, err := openBooks(tx)
	if err != nil {
		return nil, err
	}
	spoken, err := spokenFor(tx, credits)
	if err != nil {
		return nil, err
	}
	groups := map[imputation]*Order{}
	for _, p := range credits {
		edges, err := explanations(tx, p)
		if err != nil {
			return nil, err
		}
		if len(edges) == 0 {
			continue
		}
		portions, err := b.portionsOf(edges)
		if err != nil {
			return nil, err
		}
		for _, m := range merge(p, beyond(portions, spoken.parts[p.ID])) {
			if !spoken.pairs[pairKey{p.ID, m.to}] {
				add(groups, p, m)
			}
		}
	}
	orders := make([]Order, 0, len(groups))
	for _, o := range groups {
		orders = append(orders, *o)
	}
	for i := range orders {
		if err := b.complete(&orders[i], spoken); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(orders, func(a, b Order) int { return strings.Compare(orderName(a), orderName(b)) })
	return orders, nil
}

func orderName(o Order) string {
	return fmt.Sprintf("%s %d %d %s %s %s %s", o.Account, o.Year, o.AssessmentYear, o.Assessment, o.Chapter, o.Article, o.Key)
}

// explanations returns the confirmed matches of a credit, if they explain all
// of it.
func explanations(tx *tenants.Tx, p treasury.Provisional) ([]ledger.Allocation, error) {
	edges, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R3, Right: p.ID, Status: ledger.Confirmed})
	if err != nil {
		return nil, err
	}
	var sum money.Cents
	for _, a := range edges {
		sum += a.Cents
	}
	if sum != p.Standing() {
		return nil, nil
	}
	return edges, nil
}

// merged are the portions of a credit that go to one imputation.
type merged struct {
	portion
	of []portion
}

// merge sums the portions of a credit by imputation, in the order in which
// they first come.
func merge(p treasury.Provisional, portions []portion) (all []merged) {
	at := map[imputation]int{}
	for _, part := range portions {
		part.to.Account, part.to.Year = p.Account, p.Year
		i, ok := at[part.to]
		if !ok {
			i = len(all)
			at[part.to] = i
			all = append(all, merged{portion: portion{to: part.to}})
		}
		m := &all[i]
		m.gross, m.fee, m.of = m.gross+part.gross, m.fee+part.fee, append(m.of, part)
	}
	return all
}

func add(groups map[imputation]*Order, p treasury.Provisional, part merged) {
	o := groups[part.to]
	if o == nil {
		o = &Order{Account: part.to.Account, Year: part.to.Year, AssessmentYear: part.to.AssessmentYear, Assessment: part.to.Assessment,
			Chapter: part.to.Chapter, Article: part.to.Article}
		if part.to.Problem != "" {
			o.Problems = append(o.Problems, part.to.Problem)
		}
		groups[part.to] = o
	}
	o.Cents += part.gross
	for _, of := range part.of {
		o.Parts = append(o.Parts, OrderPart{ProvisionalID: p.ID, LineRef: of.own, ItemID: of.item, Gross: of.gross, Fee: of.fee})
	}
	line := OrderLine{ProvisionalID: p.ID, ProvisionalNumber: p.Number, Payer: p.PartyName, PayerCode: p.PartyCode}
	if net := part.net(); net != 0 {
		line.Kind, line.Cents, line.Causale = Regularisation, net, "Regolarizzazione provvisorio "+p.Number+" del "+p.EffectiveOn.Italian()
		o.Lines = append(o.Lines, line)
	}
	if part.fee != 0 {
		line.Kind, line.Cents, line.Causale = Compensation, part.fee, "Commissione trattenuta sul provvisorio "+p.Number
		o.Lines = append(o.Lines, line)
	}
}

// complete names the chapter and runs the checks of the accounting side.
func (b *books) complete(o *Order, s spoken) error {
	for i := range o.Lines {
		o.Lines[i].Seq = i + 1
	}
	if err := b.assess(o); err != nil {
		return err
	}
	if o.AssessmentYear != 0 && o.AssessmentYear < o.Year {
		o.ResidueYear = o.AssessmentYear
	}
	refuse := func(format string, args ...any) { o.Problems = append(o.Problems, fmt.Sprintf(format, args...)) }
	switch {
	case o.Year == 0:
		refuse("Manca l'esercizio.")
	case b.settings.Year != 0 && o.Year > b.settings.Year:
		refuse("L'esercizio %d è successivo al bilancio in gestione (%d).", o.Year, b.settings.Year)
	}
	if o.AssessmentYear > o.Year {
		refuse("L'accertamento è del %d, successivo all'esercizio %d.", o.AssessmentYear, o.Year)
	}
	if o.Cents <= 0 {
		refuse("L'importo dell'ordinativo deve essere maggiore di zero.")
	}
	for _, l := range o.Lines {
		if err := b.check(l, s, refuse); err != nil {
			return err
		}
	}
	slices.Sort(o.Problems)
	o.Problems = slices.Compact(o.Problems)
	o.Key = o.key()
	return nil
}

// assess finds assessment and chapter; what is not in the chart is a problem.
func (b *books) assess(o *Order) error {
	year, chapter, article := o.AssessmentYear, o.Chapter, o.Article
	if o.Assessment != "" {
		a, err := b.tx.Assessment(o.AssessmentYear, o.Assessment)
		if fault.Is(err, fault.NotFound) {
			o.Problems = append(o.Problems, fmt.Sprintf("L'accertamento %s del %d non esiste.", o.Assessment, o.AssessmentYear))
			return nil
		}
		if err != nil {
			return err
		}
		o.AssessedAs = a.Name
		if chapter == "" {
			chapter, article = a.Chapter, a.Article
		} else if chapter != a.Chapter {
			o.Problems = append(o.Problems, fmt.Sprintf("L'accertamento %s del %d è sul capitolo %s, non sul %s.", o.Assessment, o.AssessmentYear, a.Chapter, chapter))
		}
		year = a.ChapterYear
	}
	if chapter == "" {
		return nil // already told
	}
	c, err := b.tx.Chapter(year, chapter, article)
	if fault.Is(err, fault.NotFound) {
		o.Problems = append(o.Problems, fmt.Sprintf("Il capitolo %s %s del %d non esiste.", chapter, article, year))
		return nil
	}
	if err != nil {
		return err
	}
	o.Named, o.Siope = c, c.Siope
	if c.Siope == "" {
		o.Problems = append(o.Problems, "Il capitolo "+chapter+" non ha il codice SIOPE.")
	}
	return nil
}

func (b *books) check(l OrderLine, s spoken, refuse func(string, ...any)) error {
	if l.Cents <= 0 {
		refuse("La riga sul provvisorio %s ha un importo non positivo.", l.ProvisionalNumber)
	}
	if strings.TrimSpace(l.Payer) == "" {
		refuse("Il provvisorio %s non dice chi versa.", l.ProvisionalNumber)
	}
	p, err := treasury.Find(b.tx, l.ProvisionalID)
	if fault.Is(err, fault.NotFound) {
		refuse("Il provvisorio %s non esiste.", l.ProvisionalNumber)
		return nil
	}
	if err != nil {
		return err
	}
	switch {
	case p.State == treasury.Cancelled:
		refuse("Il provvisorio %s è stato annullato dal Tesoriere.", p.Number)
	case p.State == treasury.Closed:
		refuse("Il provvisorio %s è già regolarizzato.", p.Number)
	case l.Kind == Regularisation && l.Cents > p.Remaining()-s.cents[p.ID]:
		refuse("Il provvisorio %s non ha capienza: restano %s.", p.Number, p.Remaining()-s.cents[p.ID])
	}
	return nil
}
