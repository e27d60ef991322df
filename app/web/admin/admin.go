// Package admin is the pages of a municipality's administrator: what is set up
// and what is still missing, who works here with which role, and the register
// of what was done; and everybody's own password. Accountants may read the
// set-up, not change it. It holds no rule of its own: tenants and auth refuse
// what is wrong.
package admin

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

// Routes are the administrator's pages.
func Routes() []page.Route {
	get := func(path string, h fiber.Handler) page.Route { return page.Get(path, "setup:view", h) }
	post := func(path string, h fiber.Handler) page.Route { return page.Post(path, "setup:edit", h) }
	return []page.Route{
		get("/admin", home),
		get("/admin/comune", town), post("/admin/comune", saveTown),
		get("/admin/uffici", offices), post("/admin/uffici", addOffice),
		get("/admin/uffici/:code", office), post("/admin/uffici/:code", saveOffice),
		get("/admin/tipi", types), get("/admin/tipi/nuovo", newType), post("/admin/tipi", addType),
		get("/admin/tipi/:code", debtType), post("/admin/tipi/:code", saveType),
		get("/admin/canali", channelList),
		get("/admin/canali/:key", channel), post("/admin/canali/:key", saveChannel),
		get("/admin/conti", accounts), post("/admin/conti", addAccount),
		get("/admin/conti/:key", account), post("/admin/conti/:key", saveAccount),
		get("/admin/capitoli", chapters), post("/admin/capitoli", addChapter),
		get("/admin/capitoli/:year/:number", chapter), post("/admin/capitoli/:year/:number", saveChapter),
		get("/admin/capitoli/:year/:number/:article", chapter), post("/admin/capitoli/:year/:number/:article", saveChapter),
		get("/admin/accertamenti", assessments), post("/admin/accertamenti", addAssessment),
		get("/admin/accertamenti/:year/:number", assessment), post("/admin/accertamenti/:year/:number", saveAssessment),
		get("/admin/imputazioni", defaults), post("/admin/imputazioni", saveDefaults),
		page.Get("/admin/persone", "people:edit", people),
		page.Post("/admin/persone", "people:edit", addPerson),
		page.Post("/admin/persone/:person/revoche", "people:edit", revoke),
		page.Post("/admin/persone/:person/password", "people:edit", issuePassword),
		page.Get("/password", "account:self", passwordPage),
		page.Post("/password", "account:self", changePassword),
		page.Get("/admin/registro", "audit:view", register),
		page.Get("/admin/registro.csv", "audit:view", register),
	}
}

// sheet is a page of the set-up: a list, a form, or both.
type sheet struct {
	page.Base
	Lead     string
	Notes    []page.Alert
	Table    *page.Table
	Empty    *page.Empty
	New      page.Link // to a form on a page of its own
	Years    []page.Link
	FormName string
	Sections []section
	Action   string
	Submit   string
	Back     string
	Edit     bool // who looks may change what is shown
}

// section is a part of a form.
type section struct {
	Name, Lead string
	Fields     []page.Field
}

// start makes a page of the set-up.
func start(c *fiber.Ctx, title string, above ...page.Link) sheet {
	s := sheet{Base: page.For(c, title), Submit: "Salva", Action: c.Path(), Edit: page.At(c).May("setup:edit")}
	s.Breadcrumb = append([]page.Link{{Name: "Configurazione", URL: "/admin"}}, above...)
	return s
}

func (s sheet) show(c *fiber.Ctx) error { return page.Show(c, "admin/sheet", s) }

// read takes over what was posted.
func (s *sheet) read(c *fiber.Ctx) *page.Form {
	s.Form = page.ReadForm(c, s.Words)
	return &s.Form
}

// fill starts the form with values.
func (s *sheet) fill(values map[string]string) { s.Form = page.FillForm(s.Words, values) }

// text, number, choice and tick make fields that show the form's values.
func (s *sheet) text(name, label, hint string) page.Field {
	return page.Field{Name: name, Label: label, Hint: hint, Type: "text", Value: s.Form.Value(name), Error: s.Form.Error(name)}
}

func (s *sheet) need(name, label, hint string) page.Field {
	f := s.text(name, label, hint)
	f.Required = true
	return f
}

func (s *sheet) number(name, label, hint string) page.Field {
	f := s.text(name, label, hint)
	f.InputMode = "numeric"
	return f
}

func (s *sheet) choice(name, label, hint string, options ...page.Option) page.Field {
	f := s.text(name, label, hint)
	f.Type, f.Options = "select", options
	return f
}

func (s *sheet) tick(name, label, hint string) page.Field {
	f := s.text(name, label, hint)
	f.Type = "checkbox"
	return f
}

// keep writes what the form says and leads on with a message; a form with
// mistakes is shown again, and writes nothing.
func (s *sheet) keep(c *fiber.Ctx, to, said string, again func(*fiber.Ctx, sheet) error, write func(*tenants.Tx) error) error {
	if s.Form.Failed() {
		return again(c, *s)
	}
	return s.end(c, page.At(c).Within(c, write), to, said, again)
}

// end is keep for what has been written, or was refused.
func (s *sheet) end(c *fiber.Ctx, err error, to, said string, again func(*fiber.Ctx, sheet) error) error {
	if err != nil {
		err = s.Form.Take(err)
	}
	switch {
	case err != nil:
		return err
	case s.Form.Failed():
		return again(c, *s)
	}
	return saved(c, to, said)
}

// saved leads back with a message.
func saved(c *fiber.Ctx, to, text string) error {
	page.Flash(c, page.Alert{Kind: "success", Text: text})
	return c.Redirect(to, fiber.StatusSeeOther)
}

func ticked(b bool) string {
	if b {
		return "si"
	}
	return ""
}

func badge(on bool, yes, no string) page.Cell {
	if on {
		return page.Cell{Text: yes, Kind: "badge", Class: "bg-success"}
	}
	return page.Cell{Text: no, Kind: "badge", Class: "bg-secondary"}
}

// plain reports whether a code may stand in an address as it is.
func plain(code string) bool {
	return code != "" && len(code) <= 40 && !strings.ContainsFunc(code, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
	})
}
