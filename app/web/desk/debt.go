package desk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/collections"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

type debtView struct {
	page.Base
	Debt       debts.Debt
	Type       tenants.DebtType
	Line       page.Line
	Badge      string
	Late       bool
	Items      page.Table
	Ways       []way
	Parties    page.Table
	Paid       page.Table
	Events     page.Table
	MayAnnul   bool
	MayEdit    bool
	SearchCode string
	SlipHere   bool // the town has a postal account
}

// way is an instalment as it may be paid today.
type way struct {
	debts.Payable
	Title string
	Codes []wayCode
}

type wayCode struct {
	page.Code
	Name, State string
}

const noDebt = "Posizione non trovata."

func (d *desk) debtPage(c *fiber.Ctx) error {
	p, err := d.loadDebt(c)
	if err != nil {
		return err
	}
	return page.Show(c, "desk/debt", p)
}

func (d *desk) loadDebt(c *fiber.Ctx) (p debtView, err error) {
	id, err := page.ID(c, noDebt)
	if err != nil {
		return p, err
	}
	p = debtView{Base: page.For(c, "Posizione")}
	p.Breadcrumb = []page.Link{home, {Name: "Posizioni", URL: "/desk/posizioni"}}
	err = page.At(c).Read(c, func(tx *tenants.Tx) error { return p.load(tx, id, d.channels) })
	if err != nil {
		return p, err
	}
	p.MayEdit = page.At(c).May("debts:edit") && p.Debt.State != debts.Annulled && p.Debt.State != debts.Paid
	p.SlipHere = page.At(c).Settings.Postal.Account != ""
	p.MayAnnul = p.MayEdit && p.Debt.Paid == 0
	return p, nil
}

func (p *debtView) load(tx *tenants.Tx, id uuid.UUID, names channelNames) (err error) {
	if p.Debt, err = debts.Load(tx, id); err != nil {
		return err
	}
	if p.Type, err = tx.DebtType(p.Debt.Type); err != nil {
		return err
	}
	priced, err := debts.Payables(tx, p.Debt, tx.Today())
	if err != nil {
		return err
	}
	events, err := debts.Events(tx, id)
	if err != nil {
		return err
	}
	paid, err := collections.OfDebt(tx, id)
	if err != nil {
		return err
	}
	reached, err := collections.Reached(tx, []uuid.UUID{id})
	if err != nil {
		return err
	}
	p.Title = p.Debt.Reason
	if p.Title == "" {
		p.Title = p.Type.NameIn(p.Lang())
	}
	p.Badge, p.Late = badges[p.Debt.State], late(p.Debt, tx.Today())
	p.Line = lineOf(p.Words, p.Debt, reached[id])
	p.Items, p.Parties = itemTable(p.Debt), partyTable(p.Debt)
	files, err := fileNames(tx)
	if err != nil {
		return err
	}
	p.Events, p.Paid = eventTable(events, files), paidTable(paid, names)
	p.Ways = ways(p.Words, priced)
	if len(p.Debt.Codes) > 0 {
		p.SearchCode = p.Debt.Codes[0].Code
	}
	return nil
}

func itemTable(d debts.Debt) page.Table {
	t := page.Table{ID: "voci", Caption: "Voci: di che cosa è fatto l'importo",
		Columns: []page.Column{{Name: "Voce"}, {Name: "Imputazione"}, {Name: "A chi spetta"}, {Name: "Importo", Money: true}},
		Foot:    []page.Cell{{Text: "Totale"}, {}, {}, {Text: d.Cents.String(), Kind: "money"}}}
	for _, it := range d.Items {
		label, whose := it.Label, "Comune"
		if it.IsCost {
			label += " (spesa)"
		}
		if it.Body != "" {
			whose = "Ente " + it.Body
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: label}, {Text: revenue(it.Revenue)}, {Text: whose}, {Text: it.Cents.String(), Kind: "money"}})
	}
	return t
}

func revenue(r tenants.Revenue) string {
	var parts []string
	if r.Chapter != "" {
		parts = append(parts, "cap. "+r.Chapter)
	}
	if r.Article != "" {
		parts = append(parts, "art. "+r.Article)
	}
	if r.Assessment != "" {
		parts = append(parts, fmt.Sprintf("acc. %d/%s", r.Year, r.Assessment))
	}
	if len(parts) == 0 {
		return "da stabilire all'incasso"
	}
	return strings.Join(parts, ", ")
}

var roles = map[string]string{"debtor": "Debitore", "co-debtor": "Coobbligato", "heir": "Erede", "guardian": "Tutore o rappresentante"}

func partyTable(d debts.Debt) page.Table {
	t := page.Table{ID: "soggetti", Caption: "Chi è obbligato",
		Columns: []page.Column{{Name: "Ruolo"}, {Name: "Nome"}, {Name: "Codice fiscale"}, {Name: "E-mail"}, {Name: "Indirizzo"}}}
	for _, s := range d.Parties {
		t.Rows = append(t.Rows, []page.Cell{{Text: roles[s.Role]}, {Text: s.Name}, {Text: s.Code, Kind: "code"}, {Text: s.Email}, {Text: s.Address}})
	}
	return t
}

var eventNames = map[string]string{"loaded": "Caricata", "born": "Nata con il pagamento", "changed": "Corretta", "annulled": "Annullata", "reissued": "Riemessa", "paid": "Pagamento",
	"attributed": "Incasso attribuito", "unattributed": "Attribuzione annullata"}

func eventTable(events []debts.Event, files sources) page.Table {
	t := page.Table{ID: "storia", Caption: "Che cosa è successo", Columns: []page.Column{{Name: "Quando"}, {Name: "Che cosa"}, {Name: "Chi"}, {Name: "Dettaglio"}, {Name: "Importo", Money: true}}}
	for _, e := range events {
		name := eventNames[e.Kind]
		if name == "" {
			name = e.Kind
		}
		cents := e.Cents
		if e.Kind == "annulled" {
			cents = -cents
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: page.Instant(e.At)}, {Text: name}, {Text: e.Actor}, {Text: files.name(e.Detail)}, {Text: cents.String(), Kind: "money"}})
	}
	return t
}

func paidTable(paid []collections.Collection, names channelNames) page.Table {
	t := page.Table{ID: "incassi", Caption: "Incassi su questa posizione",
		Columns: []page.Column{{Name: "Pagato il"}, {Name: "Canale"}, {Name: "Versante"}, {Name: "Codice"}, {Name: "Stato"}, {Name: "Importo", Money: true}}}
	for _, c := range paid {
		sum, excess := money.Cents(0), money.Cents(0)
		for _, l := range c.Lines {
			sum += l.Cents
			if l.Kind == collections.Excess {
				excess += l.Cents
			}
		}
		standing, amount := page.Cell{Text: "Attribuito", Kind: "badge", Class: "bg-success"}, page.Cell{Text: sum.String(), Kind: "money"}
		if excess > 0 {
			standing = page.Cell{Text: "Eccedenza di " + excess.String(), Kind: "badge", Class: "bg-warning"}
		}
		if sum != c.Cents {
			amount.More = []page.Cell{{Text: "di " + c.Cents.String() + " in tutto", Kind: "small"}}
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: c.PaidOn.Italian(), URL: "/desk/incassi/" + c.ID.String()}, {Text: names.of(c.Channel)}, {Text: c.Payer},
			{Text: page.Groups(c.Code), Kind: "code"}, standing, amount})
	}
	return t
}

var codeNames = map[debts.CodeKind]string{debts.NoticeCode: "Numero avviso", debts.SlipCode: "Codice del bollettino"}
var codeStates = map[debts.CodeState]string{debts.Active: "attivo", debts.Closed: "chiuso", debts.Replaced: "sostituito"}

// ways are the instalments, those of an option together: the single payment
// first, then the others in the order in which they fall due.
func ways(w page.Words, priced []debts.Payable) (all []way) {
	first, parts := map[string]int{debts.SingleOption: -1}, map[string]int{}
	for i, p := range priced {
		parts[p.Instalment.Option]++
		if _, ok := first[p.Instalment.Option]; !ok {
			first[p.Instalment.Option] = i
		}
	}
	priced = slices.Clone(priced)
	slices.SortStableFunc(priced, func(a, b debts.Payable) int {
		return cmp.Or(first[a.Instalment.Option]-first[b.Instalment.Option], a.Instalment.Number-b.Instalment.Number)
	})
	for _, p := range priced {
		one := way{Payable: p, Title: wayTitle(p.Instalment, parts)}
		for _, c := range p.Instalment.Codes {
			one.Codes = append(one.Codes, wayCode{page.Code{Words: w, Text: page.Groups(c.Code), Value: c.Code}, codeNames[c.Kind], codeStates[c.State]})
		}
		all = append(all, one)
	}
	return all
}

func wayTitle(in debts.Instalment, parts map[string]int) string {
	if in.Option == debts.SingleOption {
		return "Soluzione unica"
	}
	title := fmt.Sprintf("Rata %d di %d", in.Number, parts[in.Option])
	if len(parts) > 2 { // more than one plan beside the single payment
		title += fmt.Sprintf(" (soluzione «%s»)", in.Option)
	}
	return title
}

// annul relieves a debt before payment, with the reason that the act gives.
func (d *desk) annul(c *fiber.Ctx) error {
	id, err := page.ID(c, noDebt)
	if err != nil {
		return err
	}
	form := page.ReadForm(c, page.Words{})
	err = page.At(c).Within(c, func(tx *tenants.Tx) error { return debts.Annul(tx, id, form.Value("motivo")) })
	if err == nil {
		page.Flash(c, page.Alert{Kind: "success", Title: "Posizione annullata", Text: "Non è più dovuto nulla e i suoi codici non sono più pagabili."})
		return c.Redirect("/desk/posizioni/"+id.String(), fiber.StatusSeeOther)
	}
	return d.debtAgain(c, form, err)
}

// debtAgain shows the debt with what was wrong in one of its forms.
func (d *desk) debtAgain(c *fiber.Ctx, form page.Form, cause error) error {
	if fault.Is(cause, fault.NotFound) {
		return cause
	}
	p, err := d.loadDebt(c)
	if err != nil {
		return err
	}
	form.Words = p.Words
	if err := form.Take(cause); err != nil {
		return err
	}
	p.Form = form
	return page.Show(c, "desk/debt", p)
}
