package admin

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/auth"
	"cassacomune/app/fault"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

var roles = []page.Option{{Value: auth.RoleClerk, Name: "operatore di sportello"}, {Value: auth.RoleAccountant, Name: "ragioneria"}, {Value: auth.RoleAdministrator, Name: "amministratore"}}

// member is a role of a person, as the list shows it.
type member struct {
	PersonID                  uuid.UUID
	Name, Email, Role, RoleIT string
	Offices                   string
	GrantedBy                 string
	GrantedAt                 time.Time
}

type peoplePage struct {
	page.Base
	Members  []member
	Roles    page.Field
	Offices  []page.Field
	Password page.Code // for one use, of who was just added or forgot theirs; shown this once
	Who      string
	Until    time.Time // it is good until then
}

func people(c *fiber.Ctx) error {
	return showPeople(c, &peoplePage{Base: start(c, "Persone").Base})
}

func showPeople(c *fiber.Ctx, p *peoplePage) error {
	err := page.At(c).Read(c, func(tx *tenants.Tx) error {
		offices, err := tx.Offices()
		if err != nil {
			return err
		}
		names := map[string]string{}
		for _, o := range offices {
			names[o.Code] = o.Name
			p.Offices = append(p.Offices, page.Field{Name: "office_" + o.Code, Label: o.Name, Value: p.Form.Value("office_" + o.Code)})
		}
		all, err := auth.Members(tx)
		for _, m := range all {
			var limited []string
			for _, code := range m.Offices {
				limited = append(limited, names[code])
			}
			where := "tutti"
			if len(limited) > 0 {
				where = list(limited)
			}
			p.Members = append(p.Members, member{m.PersonID, m.Name, m.Email, m.Role, named(roles, m.Role), where, m.GrantedBy, m.GrantedAt})
		}
		return err
	})
	if err != nil {
		return err
	}
	s := sheet{Base: p.Base}
	p.Roles = s.choice("role", "Ruolo", "", roles...)
	return page.Show(c, "admin/people", p)
}

// addPerson gives a role to a person, known to the town or not. Who is new gets
// a password for one use, which is shown once and kept nowhere.
func addPerson(c *fiber.Ctx) error {
	p := &peoplePage{Base: start(c, "Persone").Base}
	p.Form = page.ReadForm(c, p.Words)
	f := &p.Form
	email, name, role := f.Need("email", "E-mail"), f.Need("name", "Nome e cognome"), f.Value("role")
	if !slices.Contains(auth.StaffRoles, role) {
		f.Wrong("role", "Ruolo: sceglilo dall'elenco")
	}
	limited, err := chosenOffices(c, f)
	if err != nil {
		return err
	}
	if f.Failed() {
		return showPeople(c, p)
	}
	password, err := admit(c, email, name, role, limited)
	if err != nil {
		if err := f.Take(err); err != nil {
			return err
		}
		return showPeople(c, p)
	}
	if password == "" {
		return saved(c, "/admin/persone", "Ruolo assegnato. La persona entra con la password che ha già.")
	}
	return showPassword(c, p, email, password)
}

// showPassword shows a password that was issued, this once.
func showPassword(c *fiber.Ctx, p *peoplePage, who, password string) error {
	p.Password, p.Who, p.Until = page.Code{Words: p.Words, Text: password, Value: password}, who, page.At(c).DB.Now().Add(auth.OneTime)
	p.Form = page.Form{Words: p.Words}
	return showPeople(c, p)
}

func chosenOffices(c *fiber.Ctx, f *page.Form) (chosen []string, err error) {
	err = page.At(c).Read(c, func(tx *tenants.Tx) error {
		all, err := tx.Offices()
		for _, o := range all {
			if f.Value("office_"+o.Code) != "" {
				chosen = append(chosen, o.Code)
			}
		}
		return err
	})
	return chosen, err
}

func admit(c *fiber.Ctx, email, name, role string, offices []string) (password string, err error) {
	at, ctx := page.At(c), c.UserContext()
	who, err := auth.CreatePerson(ctx, at.DB, at.Session.Actor, email, name)
	known := fault.Is(err, fault.Conflict)
	if known {
		who, err = auth.FindPerson(ctx, at.DB, email)
	}
	if err != nil {
		return "", err
	}
	if err := auth.Grant(ctx, at.DB, at.Tenant.ID, at.Session.Actor, who.ID, role, offices); err != nil || known {
		return "", err
	}
	return auth.Issue(ctx, at.DB, at.Session.Actor, at.Tenant.ID, who.ID)
}

// issuePassword helps somebody who forgot theirs.
func issuePassword(c *fiber.Ctx) error {
	at, p := page.At(c), &peoplePage{Base: start(c, "Persone").Base}
	id, err := uuid.Parse(c.Params("person"))
	if err != nil {
		return errNotHere
	}
	password, err := auth.Issue(c.UserContext(), at.DB, at.Session.Actor, at.Tenant.ID, id)
	if err != nil {
		if err := p.Form.Take(err); err != nil {
			return err
		}
		return showPeople(c, p)
	}
	who, err := auth.PersonOf(c.UserContext(), at.DB, id)
	if err != nil {
		return err
	}
	return showPassword(c, p, who.Email, password)
}

// errNotHere answers an id that nobody can have.
var errNotHere = fault.New(fault.NotFound, "auth.member", "La persona non ha questo ruolo.")

func revoke(c *fiber.Ctx) error {
	at := page.At(c)
	id, err := uuid.Parse(c.Params("person"))
	if err != nil {
		return errNotHere
	}
	p := &peoplePage{Base: start(c, "Persone").Base}
	p.Form = page.ReadForm(c, p.Words)
	role := p.Form.Value("role")
	if id == at.Session.Actor.ID && role == auth.RoleAdministrator {
		p.Form.Wrong("", "Non puoi togliere a te il ruolo di amministratore: chiedilo a un altro amministratore.")
		return showPeople(c, p)
	}
	if err := auth.Revoke(c.UserContext(), at.DB, at.Tenant.ID, at.Session.Actor, id, role); err != nil {
		return err
	}
	return saved(c, "/admin/persone", "Ruolo revocato.")
}
