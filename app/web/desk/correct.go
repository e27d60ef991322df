package desk

import (
	"fmt"
	"reflect"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

type correctView struct {
	page.Base
	Debt   debts.Debt
	Type   tenants.DebtType
	Kinds  []page.Option
	Simple bool // one instalment: amounts and due date may be corrected here
	Items  []itemField
	Paid   bool
}

type itemField struct{ Name, Label string }

func correctPage(c *fiber.Ctx) error {
	p, err := loadCorrect(c)
	if err != nil {
		return err
	}
	p.Form = page.FillForm(p.Words, formOf(p))
	return page.Show(c, "desk/debt_correct", p)
}

func loadCorrect(c *fiber.Ctx) (p correctView, err error) {
	id, err := page.ID(c, noDebt)
	if err != nil {
		return p, err
	}
	p = correctView{Base: page.For(c, "Correggi la posizione"), Kinds: debtorKinds}
	err = page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		if p.Debt, err = debts.Load(tx, id); err == nil {
			p.Type, err = tx.DebtType(p.Debt.Type)
		}
		return err
	})
	if err != nil {
		return p, err
	}
	if p.Debt.State == debts.Annulled {
		return p, fault.New(fault.Conflict, "debts.annulled", "La posizione è stata annullata: non si può più correggere.")
	}
	p.Breadcrumb = []page.Link{home, {Name: "Posizioni", URL: "/desk/posizioni"}, {Name: p.Debt.Position, URL: "/desk/posizioni/" + id.String()}}
	p.Paid = p.Debt.Paid > 0
	n := debts.Content(p.Debt)
	p.Simple = !p.Paid && len(n.Options) == 1 && len(n.Options[0].Instalments) == 1
	for i, it := range n.Items {
		p.Items = append(p.Items, itemField{fmt.Sprintf("importo_%d", i+1), it.Label})
	}
	return p, nil
}

func formOf(p correctView) map[string]string {
	n := debts.Content(p.Debt)
	values := map[string]string{"causale": n.Reason, "notifica": n.NotifiedOn.Italian()}
	if len(n.Parties) > 0 {
		s := n.Parties[0]
		values["debitore_tipo"], values["debitore_nome"], values["debitore_codice"] = s.Kind, s.Name, s.Code
		values["debitore_email"], values["debitore_indirizzo"] = s.Email, s.Address
	}
	if p.Simple {
		values["scadenza"] = n.Options[0].Instalments[0].DueOn.Italian()
		for i, it := range n.Items {
			values[p.Items[i].Name] = it.Cents.Comma()
		}
	}
	return values
}

func correct(c *fiber.Ctx) error {
	at := page.At(c)
	p, err := loadCorrect(c)
	if err != nil {
		return err
	}
	p.Form = page.ReadForm(c, p.Words)
	n := p.read()
	back := "/desk/posizioni/" + p.Debt.ID.String()
	if !p.Form.Failed() {
		if reflect.DeepEqual(n, debts.Content(p.Debt)) {
			page.Flash(c, page.Alert{Kind: "info", Text: "Nulla è cambiato."})
			return c.Redirect(back, fiber.StatusSeeOther)
		}
		n.Source = "hand"
		_, err := debts.Correct(c.UserContext(), at.DB, at.Tenant.ID, at.Session.Actor, p.Debt.ID, n)
		if err == nil {
			page.Flash(c, page.Alert{Kind: "success", Title: "Posizione corretta", Text: "Se sono cambiati importo o scadenza, i codici di pagamento sono nuovi: i vecchi non valgono più."})
			return c.Redirect(back, fiber.StatusSeeOther)
		}
		if err = p.Form.Take(err); err != nil {
			return err
		}
	}
	return page.Show(c, "desk/debt_correct", p)
}

// read puts what was typed over what the debt says.
func (p *correctView) read() debts.New {
	f := &p.Form
	n := debts.Content(p.Debt)
	n.Reason, n.NotifiedOn = f.Need("causale", "Causale"), f.Day("notifica", "Data di notifica")
	s := readParty(f)
	if len(n.Parties) == 0 {
		n.Parties = []debts.Party{s}
	} else {
		s.Role = n.Parties[0].Role
		n.Parties[0] = s
	}
	if !p.Simple {
		return n
	}
	one := &n.Options[0].Instalments[0]
	one.DueOn = f.Day("scadenza", "Scadenza")
	for i := range n.Items {
		it := &n.Items[i]
		it.Cents = f.Money(p.Items[i].Name, it.Label)
		for k := range one.Portions {
			if one.Portions[k].Item == it.Key {
				one.Portions[k].Cents = it.Cents
			}
		}
	}
	return n
}

// reissue gives an instalment of a debt new codes.
func (d *desk) reissue(c *fiber.Ctx) error {
	id, err := page.ID(c, noDebt)
	if err != nil {
		return err
	}
	form := page.ReadForm(c, page.Words{})
	wanted, _ := uuid.Parse(form.Value("rata")) // what is no id is nobody's
	err = page.At(c).Within(c, func(tx *tenants.Tx) error {
		debt, err := debts.Load(tx, id)
		if err != nil {
			return err
		}
		for _, in := range debt.Instalments {
			if in.ID == wanted {
				_, err = debts.Reissue(tx, in.ID)
				return err
			}
		}
		return fault.New(fault.NotFound, "missing", "%s", noDebt)
	})
	if err != nil {
		return d.debtAgain(c, form, err)
	}
	page.Flash(c, page.Alert{Kind: "success", Title: "Codici rinnovati", Text: "Valgono solo quelli nuovi. Chi paga con i vecchi non perde il denaro: resta come eccedenza."})
	return c.Redirect("/desk/posizioni/"+id.String(), fiber.StatusSeeOther)
}
