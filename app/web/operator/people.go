package operator

import (
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/auth"
	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

// people lists who can log in, anywhere.
func people(c *fiber.Ctx) error {
	at, p := page.At(c), listPage{Base: page.For(c, "Persone"), Search: "/persone",
		Lead: "Chi entra in un Comune o gestisce l'istanza. Apri una persona per darle una password nuova o ammetterla in un altro Comune."}
	p.Breadcrumb = []page.Link{{Name: "Comuni", URL: "/"}}
	p.List = page.ReadList(c, p.Words, page.Listing{Filters: []string{"cerca"}})
	p.Form = p.List.Form()
	towns, err := at.DB.All(c.UserContext())
	if err != nil {
		return err
	}
	all, err := auth.Accounts(c.UserContext(), at.DB, p.List.Filter("cerca"), p.List.Offset(), p.List.Size+1)
	if err != nil {
		return err
	}
	p.Table = page.Table{ID: "persone", Caption: "Persone, per e-mail", Columns: page.Columns("Nome", "E-mail", "Comuni", "Accesso")}
	for _, k := range page.Shown(&p.List, all) {
		p.Table.Rows = append(p.Table.Rows, []page.Cell{{Text: k.Name, URL: "/persone/" + k.ID.String()}, {Text: k.Email, Kind: "long"},
			{Text: townsOf(k, towns)}, {Text: access(k, at.DB.Now())}})
	}
	if len(all) == 0 {
		p.Empty = &page.Empty{Title: "Nessuna persona", Text: "Nessun nome e nessuna e-mail contiene ciò che hai cercato.", URL: "/persone", Action: "Mostra tutte"}
	}
	return page.Show(c, "operator/list", p)
}

// townsOf names the towns that know a person.
func townsOf(k auth.Account, all []tenants.Tenant) string {
	var names []string
	for _, t := range all {
		if slices.Contains(k.Towns, t.ID) {
			names = append(names, t.Name)
		}
	}
	if k.Operator {
		names = append(names, "gestione dell'istanza")
	}
	return strings.Join(names, ", ")
}

// further is the choice of a town that does not know a person yet.
func further(k auth.Account, all []tenants.Tenant, f page.Form) page.Field {
	choice := page.Field{Name: "town", Label: "Comune", Type: "select", Error: f.Error("town"), Options: []page.Option{{Name: "Scegli"}}}
	for _, t := range all {
		if t.State == tenants.StateReady && !slices.Contains(k.Towns, t.ID) {
			choice.Options = append(choice.Options, page.Option{Value: t.Slug, Name: t.Name})
		}
	}
	return choice
}

// access says how a person logs in, or why not.
func access(k auth.Account, now time.Time) string {
	until := k.Until.In(day.Rome).Format("02/01/2006 15:04")
	switch {
	case !k.DisabledAt.IsZero():
		return "persona disattivata"
	case !k.Password:
		return "nessuna password"
	case k.Until.IsZero():
		return "con la sua password"
	case now.Before(k.Until):
		return "con una password da usare una volta, fino al " + until
	}
	return "password da usare una volta, scaduta il " + until
}

type personPage struct {
	page.Base
	Person   auth.Account
	Towns    string
	Access   string
	Further  page.Field // the towns that do not know the person yet
	Password page.Code  // for one use, shown this once
	Until    time.Time
}

var errUnknown = fault.New(fault.NotFound, "auth.person", "Persona sconosciuta.")

func person(c *fiber.Ctx) error { return showPerson(c, &personPage{Base: page.For(c, "Persona")}) }

func showPerson(c *fiber.Ctx, p *personPage) error {
	at := page.At(c)
	id, err := uuid.Parse(c.Params("person"))
	if err != nil {
		return errUnknown
	}
	if p.Person, err = auth.AccountOf(c.UserContext(), at.DB, id); err != nil {
		return err
	}
	towns, err := at.DB.All(c.UserContext())
	if err != nil {
		return err
	}
	p.Title, p.Towns, p.Access = p.Person.Name, townsOf(p.Person, towns), access(p.Person, at.DB.Now())
	p.Breadcrumb = []page.Link{{Name: "Comuni", URL: "/"}, {Name: "Persone", URL: "/persone"}}
	p.Further = further(p.Person, towns, p.Form)
	return page.Show(c, "operator/person", p)
}

func issuePassword(c *fiber.Ctx) error {
	return change(c, func(at *page.Request, id uuid.UUID, _ page.Form) (string, string, error) {
		password, err := auth.Issue(c.UserContext(), at.DB, at.Session.Actor, 0, id)
		return password, "", err
	})
}

// admit makes a town able to give a person a role.
func admit(c *fiber.Ctx) error {
	return change(c, func(at *page.Request, id uuid.UUID, f page.Form) (string, string, error) {
		town, err := at.DB.BySlug(c.UserContext(), f.Value("town"))
		if err != nil {
			return "", "", fault.New(fault.Invalid, "operator.town", "Comune: sceglilo dall'elenco.").On("town")
		}
		password, err := auth.Admit(c.UserContext(), at.DB, at.Session.Actor, town.ID, id)
		return password, "Ora l'amministratore di " + town.Name + " può assegnare un ruolo alla persona.", err
	})
}

// change does something to a person and shows the page again, with the
// password that came of it.
func change(c *fiber.Ctx, do func(*page.Request, uuid.UUID, page.Form) (password, said string, err error)) error {
	at, p := page.At(c), &personPage{Base: page.For(c, "Persona")}
	id, err := uuid.Parse(c.Params("person"))
	if err != nil {
		return errUnknown
	}
	p.Form = page.ReadForm(c, p.Words)
	password, said, err := do(at, id, p.Form)
	if err != nil {
		if err := p.Form.Take(err); err != nil {
			return err
		}
		return showPerson(c, p)
	}
	if said != "" {
		p.Flash = &page.Alert{Kind: "success", Text: said}
	}
	p.Password, p.Until = page.Code{Words: p.Words, Text: password, Value: password}, at.DB.Now().Add(auth.OneTime)
	return showPerson(c, p)
}
