package main

import (
	"fmt"
	"slices"

	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// loads are how many days ago debts were loaded; a debt is loaded with the
// first load that is not before it was known.
var loads = []int{oldest, 95, 35, 3}

const oldest = 110

// owed is a debt of the demo and the day on which its office loads it.
type owed struct {
	debts.New
	ago int
}

// owe invents the debts of a town: those of the citizens who can log in, in
// several offices each, then those of others.
func (t *demoTown) owe(today day.Date) (all []owed) {
	for i, p := range citizens() {
		all = append(all,
			t.meals(today, p, 12-40*(i%2)), // due soon, or overdue
			t.waste(today, p, 25+i),        // single payment or instalments
			t.fine(today, p, []int{2, 33, 92}[i%3], i%2 == 0),
			t.lights(today, p, 20-60*(i/3)))
		if i%2 == 1 {
			all = append(all, t.stay(today, p, 8-25*(i%4)))
		} else {
			all = append(all, t.permit(today, p, 15))
		}
	}
	for len(all) < t.debts {
		p := t.debtor()
		switch n := t.random.IntN(100); {
		case n < 30:
			all = append(all, t.waste(today, p, 5+t.random.IntN(60)))
		case n < 52:
			all = append(all, t.fine(today, p, []int{1, 4, 20, 33, 55, 70, 92}[t.random.IntN(7)], t.random.IntN(3) == 0))
		case n < 78:
			all = append(all, t.meals(today, p, 28-30*t.random.IntN(4)))
		case n < 90:
			all = append(all, t.lights(today, p, 40-45*t.random.IntN(3)))
		case n < 95:
			all = append(all, t.permit(today, p, t.random.IntN(30)))
		default:
			all = append(all, t.stay(today, p, 16-31*t.random.IntN(4)))
		}
	}
	return all[:t.debts]
}

// position is the office's own key.
func (t *demoTown) position(prefix string, year int) string {
	t.sequence++
	return fmt.Sprintf("%s-%d-%05d", prefix, year, t.sequence)
}

// loadedFor is the load that knows of something that was due or notified so
// many days ago.
func loadedFor(ago int) int {
	for _, l := range slices.Backward(loads) {
		if l > ago {
			return l
		}
	}
	return oldest
}

var months = []string{"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"}

// meals is a month of the school canteen.
func (t *demoTown) meals(today day.Date, p debts.Party, due int) owed {
	on := today.AddDays(due)
	month := on.AddMonths(-1)
	return owed{debts.New{Type: "MENSA", Position: t.position("M", on.Year()), Source: "programma mensa", Parties: []debts.Party{p}, DueOn: on,
		Reason: fmt.Sprintf("Ristorazione scolastica, %s %d", months[month.Month()-1], month.Year()),
		Items:  []debts.NewItem{{Key: "retta", Label: "Retta mensile", Cents: money.Cents(380 * (8 + t.random.IntN(15)))}}}, loadedFor(20 - due)}
}

// lights is a year of votive lights; the former year's goes on its residuo.
func (t *demoTown) lights(today day.Date, p debts.Party, due int) owed {
	on := today.AddDays(due)
	item := debts.NewItem{Key: "canone", Label: "Canone annuo", Cents: money.Cents(1850 * (1 + t.random.IntN(3)))}
	reason := "Luci votive, canone " + fmt.Sprint(today.Year())
	if due < -30 {
		item.Revenue = tenants.Revenue{Year: t.year - 1, Assessment: "31", Chapter: "3020"}
		reason = "Luci votive, canone " + fmt.Sprint(today.Year()-1) + ", sollecito"
	}
	return owed{debts.New{Type: "LUCI", Position: t.position("L", today.Year()), Reason: reason, Source: "programma cimiteri",
		Parties: []debts.Party{p}, DueOn: on, Items: []debts.NewItem{item}}, loadedFor(max(1, 30-due))}
}

// permit is a fee of the office for businesses, with a part of the health
// authority in some.
func (t *demoTown) permit(today day.Date, p debts.Party, due int) owed {
	items := []debts.NewItem{{Key: "diritti", Label: "Diritti di istruttoria", Cents: 60_00}}
	if t.random.IntN(3) == 0 {
		items = append(items, debts.NewItem{Key: "spese", Label: "Spese di pubblicazione", Cents: 12_50, IsCost: true})
	}
	return owed{debts.New{Type: "SUAP", Position: t.position("S", today.Year()), Reason: "Pratica SUAP, diritti di istruttoria", Source: "programma SUAP",
		Parties: []debts.Party{p}, DueOn: today.AddDays(due), Items: items}, 3}
}

// stay is the tourist tax that a host has declared: late, it grows.
func (t *demoTown) stay(today day.Date, p debts.Party, due int) owed {
	on := today.AddDays(due)
	return owed{debts.New{Type: "SOGGIORNO", Position: t.position("T", on.Year()), Reason: "Imposta di soggiorno, periodo fino al " + on.AddDays(-15).Italian(),
		Source: "dichiarazioni delle strutture", Parties: []debts.Party{p}, DueOn: on,
		Items: []debts.NewItem{{Key: "imposta", Label: "Imposta di soggiorno", Cents: money.Cents(150 * (40 + t.random.IntN(400)))}}}, loadedFor(max(1, 15-due))}
}

var breaches = []struct {
	text             string
	minimum, maximum money.Cents
}{
	{"sosta vietata", 42_00, 173_00}, {"sosta su stallo riservato", 87_00, 344_00},
	{"eccesso di velocità oltre 10 km/h", 173_00, 694_00}, {"passaggio con il rosso", 167_00, 665_00},
}

// fine is a breach of the Codice della Strada, notified so many days ago, or
// not yet where the clerk hands it over.
func (t *demoTown) fine(today day.Date, p debts.Party, notified int, costly bool) owed {
	b := pick(t, breaches)
	n := debts.New{Type: "CDS", Position: t.position("V", today.AddDays(-notified).Year()), Source: "programma verbali", Parties: []debts.Party{p},
		NotifiedOn: today.AddDays(-notified), DueOn: today.AddDays(60 - notified), Minimum: b.minimum, Maximum: b.maximum,
		Items: []debts.NewItem{{Key: "sanzione", Label: "Sanzione amministrativa", Cents: b.minimum}}}
	n.Reason = "Verbale " + n.Position + ": " + b.text
	if costly {
		n.Items = append(n.Items, debts.NewItem{Key: "notifica", Label: "Spese di notifica", Cents: 15_30, IsCost: true})
	}
	return owed{n, loadedFor(notified)}
}

// waste is the waste tax with the Province's part, at once or in four
// instalments.
func (t *demoTown) waste(today day.Date, p debts.Party, first int) owed {
	tax := money.Cents(8000 + 25*t.random.IntN(1600))
	province := (tax*5 + 50) / 100
	on := today.AddDays(first - 50)
	n := debts.New{Type: "TARI", Position: t.position("R", today.Year()), Reason: fmt.Sprintf("TARI %d, utenza %06d", today.Year(), t.random.IntN(1_000_000)),
		Source: "ruolo TARI", Parties: []debts.Party{p}, DueOn: on.AddDays(30),
		Items: []debts.NewItem{{Key: "tari", Label: "Tassa sui rifiuti", Cents: tax},
			{Key: "tefa", Label: "TEFA per la " + t.provinceName, Cents: province, Body: t.province,
				Revenue: tenants.Revenue{Year: t.year, Assessment: "92", Chapter: "9020"}}}}
	plan := debts.NewOption{Key: "rate"}
	left, leftProvince := tax, province
	for i := range 4 {
		part, partProvince := tax/4, province/4
		if i == 3 {
			part, partProvince = left, leftProvince
		}
		left, leftProvince = left-part, leftProvince-partProvince
		plan.Instalments = append(plan.Instalments, debts.NewInstalment{Number: i + 1, DueOn: on.AddMonths(2 * i),
			Portions: []debts.NewPortion{{Item: "tari", Cents: part}, {Item: "tefa", Cents: partProvince}}})
	}
	whole := debts.NewInstalment{Number: 1, DueOn: n.DueOn, Portions: []debts.NewPortion{{Item: "tari", Cents: tax}, {Item: "tefa", Cents: province}}}
	n.Options = []debts.NewOption{{Key: debts.SingleOption, Instalments: []debts.NewInstalment{whole}}, plan}
	return owed{n, oldest}
}
