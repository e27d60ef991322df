package accounts

import (
	"github.com/gofiber/fiber/v2"

	"cassacomune/app/ledger"
	"cassacomune/app/trace"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

type checksView struct {
	page.Base
	Breaches []ledger.Breach
	Links    []page.Link
}

// invariants says in words what each letter of a check is.
var invariants = []page.Option{
	{Value: "a", Name: "ogni registrazione è in pareggio"}, {Value: "b", Name: "nessun conto di passaggio è dalla parte sbagliata"},
	{Value: "c", Name: "i provvisori aperti sono gli stessi del Tesoriere"}, {Value: "d", Name: "ogni fatto esterno è registrato una volta sola"},
	{Value: "f", Name: "i saldi si ricalcolano uguali e i sigilli sono intatti"},
}

// Meaning says what an invariant asks.
func (checksView) Meaning(letter string) string {
	for _, i := range invariants {
		if i.Value == letter {
			return i.Name
		}
	}
	return letter
}

// checks tests now what must always hold.
func checks(c *fiber.Ctx) error {
	p := checksView{Base: page.For(c, "Controlli")}
	p.Breadcrumb = []page.Link{{Name: "Tesoreria", URL: "/ragioneria/tesoreria"}}
	for _, i := range invariants {
		p.Links = append(p.Links, page.Link{Name: i.Name})
	}
	if err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		p.Breaches, err = trace.Check(tx)
		return err
	}); err != nil {
		return err
	}
	return page.Show(c, "accounts/checks", p)
}
