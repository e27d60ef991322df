package citizen

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/codes"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

type servicesPage struct {
	page.Base
	Groups []group
	Empty  page.Empty
}

// group is an office with what may be paid to it without being asked.
type group struct {
	Office string
	Types  []page.Link
}

// services is the catalogue of what one may pay without a notice.
func (p *portal) services(c *fiber.Ctx) error {
	at, v := page.At(c), servicesPage{Base: base(c, "services.title|Pagamenti spontanei")}
	v.Empty = page.Empty{Title: v.T("services.none|Nessun pagamento spontaneo"), Text: v.T("services.none_text|Questo Comune non ha ancora pagamenti da fare senza avviso."), URL: "/", Action: v.T("cart.find|Cerca un avviso")}
	err := at.Read(c, func(tx *tenants.Tx) error {
		known, err := namesOf(tx, at.Lang)
		if err != nil {
			return err
		}
		types, err := tx.DebtTypes()
		where := map[string]int{}
		for _, t := range types {
			if !spontaneous(t) {
				continue
			}
			i, ok := where[t.Office]
			if !ok {
				i = len(v.Groups)
				where[t.Office] = i
				v.Groups = append(v.Groups, group{Office: known.offices[t.Office]})
			}
			v.Groups[i].Types = append(v.Groups[i].Types, page.Link{Name: t.NameIn(at.Lang), URL: "/servizi/" + t.Code})
		}
		return err
	})
	if err != nil {
		return err
	}
	return page.Show(c, "citizen/services", v)
}

func spontaneous(t tenants.DebtType) bool { return t.Active && t.Spontaneous }

// question is a field of the debt type, as the form asks it.
type question struct{ Name, Label, Mode, Required string }

type servicePage struct {
	page.Base
	Action    string
	Questions []question
}

func (p *portal) service(c *fiber.Ctx) error {
	at, b := page.At(c), page.For(c, "")
	t, err := spontaneousType(c, at)
	if err != nil {
		return err
	}
	if citizen := citizenOf(at); citizen != nil {
		b.Form = page.FillForm(b.Words, map[string]string{"cf": citizen.FiscalCode, "nome": citizen.Name()})
	}
	return showService(c, b, t)
}

func spontaneousType(c *fiber.Ctx, at *page.Request) (t tenants.DebtType, err error) {
	err = at.Read(c, func(tx *tenants.Tx) error {
		if t, err = tx.DebtType(c.Params("type")); err == nil && !spontaneous(t) {
			err = fault.New(fault.NotFound, "missing", "Tipo dovuto non trovato.")
		}
		return err
	})
	return t, err
}

func showService(c *fiber.Ctx, b page.Base, t tenants.DebtType) error {
	at := page.At(c)
	b.Title = t.NameIn(at.Lang)
	b.Breadcrumb = []page.Link{{Name: b.T("services.title|Pagamenti spontanei"), URL: "/servizi"}}
	return page.Show(c, "citizen/service", servicePage{b, "/servizi/" + t.Code, questions(t, at.Lang)})
}

func questions(t tenants.DebtType, lang string) (out []question) {
	for _, f := range t.Setup.Fields {
		q := question{Name: "c_" + f.Key, Label: f.Label, Mode: "text"}
		if lang == "de" && f.LabelDE != "" {
			q.Label = f.LabelDE
		}
		if f.Required {
			q.Required = "true"
		}
		if f.Kind == "number" || f.Kind == "amount" {
			q.Mode = "decimal"
		}
		out = append(out, q)
	}
	return out
}

// open keeps what is about to be paid, and puts it into the cart: it is owed
// from the moment in which it is paid.
func (p *portal) open(c *fiber.Ctx) error {
	at, b := page.At(c), page.For(c, "")
	t, err := spontaneousType(c, at)
	if err != nil {
		return err
	}
	b.Form = page.ReadForm(c, b.Words)
	n := readService(&b.Form, t, at.Lang)
	if b.Form.Failed() {
		return showService(c, b, t)
	}
	if err := p.allow(c, ""); err != nil {
		return err
	}
	var secret string
	err = at.Within(c, func(tx *tenants.Tx) error {
		n.Position = "SP-" + strings.ToUpper(tx.NewID().String())
		asked, err := debts.Expect(tx, n)
		if err == nil {
			secret, err = intoCart(c, tx, asked)
		}
		return err
	})
	if err != nil {
		if err = b.Form.Take(err); err != nil {
			return err
		}
		return showService(c, b, t)
	}
	keep(c, cartCookie, secret, cartLife)
	return c.Redirect("/carrello", fiber.StatusSeeOther)
}

const longestAnswer = 200

// readService reads who owes, how much, and the answers of the debt type.
func readService(f *page.Form, t tenants.DebtType, lang string) debts.New {
	who := debts.Party{Kind: "unknown", Name: f.Need("nome", f.T("payer.name|Nome e cognome, o denominazione")), Code: codes.Clean(f.Need("cf", f.T("payer.code|Codice fiscale")))}
	if len(who.Name) > longestAnswer {
		f.Wrong("nome", f.T("payer.long|Il nome può avere al massimo 100 caratteri."))
	}
	if who.Code != "" {
		if err := codes.CheckFiscalCode(who.Code); err != nil {
			f.Wrong("cf", f.Fault(fault.Of(err)))
		}
	}
	if len(who.Code) == 16 { // eleven digits tell nothing
		who.Kind = "person"
	}
	n := debts.New{Type: t.Code, Reason: t.Name, Parties: []debts.Party{who}, Fields: map[string]string{}, Source: "portal"}
	var said []string
	for _, q := range questions(t, lang) {
		answer := readAnswer(f, q, kindOf(t, q))
		if answer != "" {
			n.Fields[strings.TrimPrefix(q.Name, "c_")] = answer
			said = append(said, answer)
		}
	}
	if len(said) > 0 {
		n.Reason += ": " + strings.Join(said, ", ")
	}
	amount := f.Money("importo", f.T("service.amount|Importo"))
	if f.Error("importo") == "" && amount <= 0 {
		f.Wrong("importo", f.T("service.positive|L'importo deve essere maggiore di zero."))
	}
	n.Items = []debts.NewItem{{Key: "1", Label: t.Name, Cents: amount}}
	return n
}

func kindOf(t tenants.DebtType, q question) string {
	for _, f := range t.Setup.Fields {
		if "c_"+f.Key == q.Name {
			return f.Kind
		}
	}
	return ""
}

func readAnswer(f *page.Form, q question, kind string) string {
	answer := f.Value(q.Name)
	if q.Required != "" {
		answer = f.Need(q.Name, q.Label)
	}
	switch {
	case answer == "":
		return ""
	case len(answer) > longestAnswer:
		f.Wrong(q.Name, f.T("service.long|%s: al massimo 200 caratteri", q.Label))
	case kind == "date":
		return f.Day(q.Name, q.Label).Italian()
	case kind == "number" && strings.Trim(answer, "0123456789") != "":
		f.Wrong(q.Name, f.T("service.number|%s: solo cifre", q.Label))
	case kind == "amount":
		cents, err := money.Parse(answer)
		if err != nil {
			f.Wrong(q.Name, f.T("form.money|%s: importo non leggibile, per esempio 1.234,50", q.Label))
		}
		return cents.String()
	}
	return answer
}
