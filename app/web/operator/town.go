package operator

import (
	"regexp"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/codes"
	"cassacomune/app/fault"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

type townPage struct {
	page.Base
	Password page.Code // for one use, of the first administrator, shown this once
	Who      string
	Added    string
	Until    time.Time
}

func startTown(c *fiber.Ctx) *townPage {
	p := &townPage{Base: page.For(c, "Nuovo Comune")}
	p.Breadcrumb = []page.Link{{Name: "Comuni", URL: "/"}}
	return p
}

func newTown(c *fiber.Ctx) error { return page.Show(c, "operator/town", startTown(c)) }

var hostForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$`)

// newTownForm is what the form says.
type newTownForm struct {
	tenants.New
	email, admin string
}

func readTown(f *page.Form) newTownForm {
	n := newTownForm{New: tenants.New{Name: f.Need("name", "Denominazione"), Slug: f.Need("slug", "Nome breve"), FiscalCode: codes.Clean(f.Need("fiscal_code", "Codice fiscale"))}}
	if n.FiscalCode != "" && (len(n.FiscalCode) != 11 || codes.CheckFiscalCode(n.FiscalCode) != nil) {
		f.Wrong("fiscal_code", "Codice fiscale: servono le 11 cifre di un ente")
	}
	for _, h := range strings.Fields(strings.ToLower(f.Need("host", "Indirizzi"))) {
		if !hostForm.MatchString(h) {
			f.Wrong("host", "Indirizzi: «"+h+"» non è il nome di un sito, per esempio pagamenti.comune.esempio.it")
		}
		n.Hosts = append(n.Hosts, h)
	}
	n.email, n.admin = f.Need("email", "E-mail dell'amministratore"), f.Need("admin", "Nome e cognome dell'amministratore")
	n.Settings = tenants.Settings{Title: n.Name, FiscalCode: n.FiscalCode, Languages: []string{"it"}}
	return n
}

// addTown registers a municipality and its first administrator. Sent again
// after a crash it finishes what is missing.
func addTown(c *fiber.Ctx) error {
	at, p := page.At(c), startTown(c)
	p.Form = page.ReadForm(c, p.Words)
	n := readTown(&p.Form)
	if p.Form.Failed() {
		return page.Show(c, "operator/town", p)
	}
	ctx, by := c.UserContext(), at.Session.Actor
	n.Settings.Year = at.DB.Now().Year()
	who, err := auth.CreatePerson(ctx, at.DB, by, n.email, n.admin)
	if fault.Is(err, fault.Conflict) {
		who, err = auth.FindPerson(ctx, at.DB, n.email)
	}
	if err != nil {
		return p.again(c, err)
	}
	town, err := at.DB.Add(ctx, n.New, by)
	if err != nil {
		return p.again(c, err)
	}
	password, err := auth.Admit(ctx, at.DB, by, town.ID, who.ID)
	if err == nil {
		err = auth.Grant(ctx, at.DB, town.ID, by, who.ID, auth.RoleAdministrator, nil)
	}
	if err != nil {
		return p.again(c, err)
	}
	if password == "" {
		page.Flash(c, page.Alert{Kind: "success", Text: "Comune aggiunto. L'amministratore entra con la password che ha già."})
		return c.Redirect("/", fiber.StatusSeeOther)
	}
	p.Password, p.Who, p.Added = page.Code{Words: p.Words, Text: password, Value: password}, who.Email, town.Name
	p.Until, p.Form = at.DB.Now().Add(auth.OneTime), page.Form{Words: p.Words}
	return page.Show(c, "operator/town", p)
}

// again shows the form with what a use case refused.
func (p *townPage) again(c *fiber.Ctx, err error) error {
	if e := fault.Of(err); e != nil && e.Key == "auth.name" {
		err = e.On("admin")
	}
	if err := p.Form.Take(err); err != nil {
		return err
	}
	return page.Show(c, "operator/town", p)
}
