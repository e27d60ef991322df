package desk

import (
	"crypto/rand"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/codes"
	"cassacomune/app/debts"
	"cassacomune/app/price"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

type newDebtView struct {
	page.Base
	Type  tenants.DebtType
	Types []page.Option
	Kinds []page.Option
	Fine  bool // the price counts from the notification
}

var debtorKinds = []page.Option{{Value: "person", Name: "Persona fisica"}, {Value: "organisation", Name: "Società, ente o associazione"}}

// newDebtPage asks for the type first: what else there is to fill in follows
// from it.
func newDebtPage(c *fiber.Ctx) error {
	p := newDebt(c)
	code := strings.Clone(c.Query("tipo"))
	p.Form = page.FillForm(p.Words, map[string]string{"tipo": code, "posizione": newPosition(), "debitore_tipo": "person"})
	if err := p.load(c, code); err != nil {
		return err
	}
	return page.Show(c, "desk/debt_new", p)
}

func newDebt(c *fiber.Ctx) newDebtView {
	p := newDebtView{Base: page.For(c, "Nuova posizione"), Kinds: debtorKinds}
	p.Breadcrumb = []page.Link{home, {Name: "Posizioni", URL: "/desk/posizioni"}}
	return p
}

func (p *newDebtView) load(c *fiber.Ctx, code string) error {
	return page.At(c).Read(c, func(tx *tenants.Tx) error {
		types, err := tx.DebtTypes()
		for _, t := range types {
			if !t.Active {
				continue
			}
			p.Types = append(p.Types, page.Option{Value: t.Code, Name: t.NameIn(p.Lang())})
			if t.Code == code {
				p.Type = t
			}
		}
		k := p.Type.Setup.Price.Kind
		p.Fine = k == price.RoadFine || k == price.LocalFine
		return err
	})
}

// newPosition is a key for a debt that no other system knows. It is given with
// the form, so that the same form sent twice is one debt.
func newPosition() string {
	return "MANUALE-" + rand.Text()[:10]
}

func (d *desk) createDebt(c *fiber.Ctx) error {
	at := page.At(c)
	p := newDebt(c)
	p.Form = page.ReadForm(c, p.Words)
	if err := p.load(c, p.Form.Value("tipo")); err != nil {
		return err
	}
	n := p.read()
	if !p.Form.Failed() {
		made, err := debts.Create(c.UserContext(), at.DB, at.Tenant.ID, at.Session.Actor, n)
		if err == nil {
			page.Flash(c, page.Alert{Kind: "success", Title: "Posizione aperta", Text: "Ha già il suo codice di pagamento: si può pagare da subito."})
			return c.Redirect("/desk/posizioni/"+made.ID.String(), fiber.StatusSeeOther)
		}
		if err = p.Form.Take(err); err != nil {
			return err
		}
	}
	return page.Show(c, "desk/debt_new", p)
}

// read makes a debt of what was typed, and notes what is wrong with it.
func (p *newDebtView) read() debts.New {
	f := &p.Form
	n := debts.New{Type: p.Type.Code, Position: f.Need("posizione", "Codice posizione"), Reason: f.Need("causale", "Causale"), Source: "hand"}
	if n.Type == "" {
		f.Wrong("tipo", "Tipo: scegli un tipo dall'elenco")
	}
	n.Items = []debts.NewItem{{Key: "1", Cents: f.Money("importo", "Importo")}}
	if f.Value("spese") != "" {
		n.Items = append(n.Items, debts.NewItem{Key: "spese", Label: "Spese di notifica", Cents: f.Money("spese", "Spese"), IsCost: true})
	}
	n.DueOn, n.NotifiedOn = f.Day("scadenza", "Scadenza"), f.Day("notifica", "Data di notifica")
	if p.Fine {
		n.Minimum, n.Maximum = n.Items[0].Cents, f.Money("massimo", "Massimo di legge")
	}
	n.Parties = []debts.Party{readParty(f)}
	return n
}

func readParty(f *page.Form) debts.Party {
	s := debts.Party{Kind: f.Value("debitore_tipo"), Name: f.Need("debitore_nome", "Nome o denominazione"), Code: codes.Clean(f.Value("debitore_codice")),
		Email: f.Value("debitore_email"), Address: f.Value("debitore_indirizzo")}
	if s.Code == "" {
		return s
	}
	_, sorts := codes.Kind(s.Code)
	for _, sort := range sorts { // a wrong check letter is known too: it may have been given out so
		if sort == codes.SortPerson || sort == codes.SortVAT || sort == codes.SortFiscal {
			return s
		}
	}
	f.Wrong("debitore_codice", "Codice fiscale: servono 16 caratteri per una persona, 11 cifre per gli altri")
	return s
}
