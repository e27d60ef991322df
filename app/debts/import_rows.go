package debts

import (
	"fmt"
	"slices"
	"strconv"

	"cassacomune/app/formats"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// debt makes a debt of the rows of a group, and tells where they disagree.
func (g *Group) debt(source string) New {
	first := g.Rows[0]
	n := New{Type: first.DebtType, Position: first.Position, Reason: first.Reason, NotifiedOn: first.NotifiedOn,
		Minimum: first.Minimum, Maximum: first.Maximum, Source: source,
		Parties: []Party{{Role: "debtor", Kind: kindOf(first), Code: first.DebtorCode, Name: first.DebtorName, Email: first.DebtorEmail, Address: first.DebtorAddress}}}
	for i := range g.Rows {
		g.agrees(g.Rows[i], first)
		n.Options = g.place(n.Options, g.Rows[i])
	}
	g.items(&n)
	return n
}

func kindOf(r formats.DebtRow) string {
	if r.DebtorKind == "" {
		return "unknown"
	}
	return r.DebtorKind
}

// agrees compares what must be the same in all rows of a debt.
func (g *Group) agrees(r, first formats.DebtRow) {
	for _, x := range []struct{ field, got, want string }{
		{"azione", r.Action, first.Action},
		{"debitore_codice", r.DebtorCode, first.DebtorCode},
		{"debitore_nome", r.DebtorName, first.DebtorName},
		{"data_notifica", r.NotifiedOn.Italian(), first.NotifiedOn.Italian()},
		{"importo_minimo", r.Minimum.Comma(), first.Minimum.Comma()},
		{"importo_massimo", r.Maximum.Comma(), first.Maximum.Comma()},
	} {
		if x.got != x.want {
			g.refuse(r.Line, x.field, x.got, fmt.Sprintf("valore diverso da quello della stessa posizione alla riga %d", first.Line))
		}
	}
}

// place puts a row into its option and instalment.
func (g *Group) place(options []NewOption, r formats.DebtRow) []NewOption {
	key := r.Option
	if key == "" {
		key = SingleOption
	}
	o := slices.IndexFunc(options, func(o NewOption) bool { return o.Key == key })
	if o < 0 {
		o = len(options)
		options = append(options, NewOption{Key: key})
	}
	list := options[o].Instalments
	number := max(r.Instalment, 1)
	i := slices.IndexFunc(list, func(in NewInstalment) bool { return in.Number == number })
	if i < 0 {
		i = len(list)
		list = append(list, NewInstalment{Number: number, DueOn: r.DueOn, ValidUntil: r.ValidUntil, Notice: r.Notice})
	}
	in := &list[i]
	item := itemKey(r)
	switch {
	case slices.ContainsFunc(in.Portions, func(p NewPortion) bool { return p.Item == item }):
		g.refuse(r.Line, "voce", r.Item, "la voce è ripetuta nella stessa rata")
	case in.DueOn != r.DueOn:
		g.refuse(r.Line, "scadenza", r.DueOn.Italian(), "le voci di una rata hanno scadenze diverse")
	case in.Notice != r.Notice:
		g.refuse(r.Line, "numero_avviso", r.Notice, "le voci di una rata hanno numeri di avviso diversi")
	}
	in.Portions = append(in.Portions, NewPortion{item, r.Cents})
	options[o].Instalments = list
	return options
}

func itemKey(r formats.DebtRow) string {
	if r.Item == "" {
		return "1"
	}
	return r.Item
}

// title is the option that says what is due: the one that pays all at once,
// or the one that asks for most. Reduced ones are prices, not what is due.
func title(options []NewOption) (title int) {
	most := money.Cents(-1)
	for i, o := range options {
		if o.Key == SingleOption {
			return i
		}
		sum := money.Cents(0)
		for _, in := range o.Instalments {
			for _, p := range in.Portions {
				sum += p.Cents
			}
		}
		if sum > most {
			title, most = i, sum
		}
	}
	return title
}

// items sums the items of the title. The other options ask for the same items.
func (g *Group) items(n *New) {
	title := title(n.Options)
	for _, in := range n.Options[title].Instalments {
		for _, p := range in.Portions {
			i := slices.IndexFunc(n.Items, func(it NewItem) bool { return it.Key == p.Item })
			if i < 0 {
				i = len(n.Items)
				n.Items = append(n.Items, NewItem{Key: p.Item})
			}
			n.Items[i].Cents += p.Cents
		}
	}
	described := map[string]NewItem{}
	for _, r := range g.Rows {
		key := itemKey(r)
		it := NewItem{Key: key, IsCost: r.IsCost, Body: r.Beneficiary, IBAN: r.IBAN, VAT: r.VAT,
			Revenue: tenants.Revenue{Year: r.AssessmentYear, Assessment: r.AssessmentNumber, Chapter: r.Chapter}}
		was, ok := described[key]
		described[key] = it
		i := slices.IndexFunc(n.Items, func(it NewItem) bool { return it.Key == key })
		switch {
		case i < 0:
			g.refuse(r.Line, "voce", r.Item, "la voce non c'è nella soluzione "+strconv.Quote(n.Options[title].Key)+", che fa da titolo")
		case ok && was != it:
			g.refuse(r.Line, "voce", r.Item, "la voce ha altri dati (spesa, beneficiario, IBAN, iva o imputazione) in un'altra riga della posizione")
		default:
			it.Cents = n.Items[i].Cents
			n.Items[i] = it
		}
	}
}

// units returns the office's own keys of what is paid, where they differ from
// the debt's.
func (g Group) units() (units []string) {
	for _, r := range g.Rows {
		if r.Unit != "" && r.Unit != r.Position && !slices.Contains(units, r.Unit) {
			units = append(units, r.Unit)
		}
	}
	return units
}
