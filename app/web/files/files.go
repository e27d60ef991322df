// Package files is where files are brought in, checked, approved and followed:
// the debts of the desk and the journals and remittances of the accountants,
// each at its own address and with its own right, with one page for both. It
// is no role's: app/web puts it beside those of the roles.
package files

import (
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/fault"
	"cassacomune/app/formats/all"
	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// side is one of the places where files are brought in.
type side struct {
	url, title, lead string
	path             []page.Link // that leads to the list
	sample           string      // address of a file to fill in, where there is one
	accepts          func(all.Format) bool
	sees             func(*page.Request, jobs.File) bool
}

// desk keeps one office's rows from another's clerk: a file is seen by whose
// offices hold those of who brought it. What is no debts, or was brought by
// the accountants and could not be read, belongs to the treasury. Everybody
// sees their own.
var desk = side{url: "/desk/file", title: "Carica file", path: []page.Link{{Name: "Scrivania", URL: "/desk"}},
	lead:    "Carica qui le posizioni debitorie di un ufficio. Controlliamo ogni riga e ti mostriamo che cosa succede: nulla viene scritto prima della tua approvazione.",
	sample:  samplePath,
	accepts: func(f all.Format) bool { return f.Kind == all.Debts },
	sees: func(at *page.Request, f jobs.File) bool {
		unread := f.Preview.Kind == "" && f.Params.By.Role != auth.RoleAccountant
		ours := f.Preview.HoldsDebts() || unread || at.May("treasury:view")
		return f.BroughtBy(at.Session.Actor) || ours && f.Of(at.Session.Actor)
	}}

var treasury = side{url: "/ragioneria/file", title: "Giornali e rendiconti", path: []page.Link{{Name: "Tesoreria", URL: "/ragioneria/tesoreria"}},
	lead:    "Giornali di cassa del Tesoriere, liquidazioni dei pagamenti con carta, flussi dei bollettini. Nulla viene scritto prima della tua approvazione.",
	accepts: func(f all.Format) bool { return slices.Contains(treasuryFormats, f.Key) },
	sees:    func(_ *page.Request, f jobs.File) bool { return !f.Preview.HoldsDebts() }}

// treasuryFormats are those that can be loaded, not only looked at.
var treasuryFormats = []string{"opi-journal", "pos-csv", "poste200"}

// Routes are the pages of both sides.
func Routes() []page.Route {
	sampled := []page.Route{{Method: "GET", Path: samplePath, Permission: "debts:import", Handle: sample}} // before the id of a file
	return append(append(sampled, desk.routes("debts:import")...), treasury.routes("treasury:import")...)
}

func (s side) routes(permission string) []page.Route {
	return []page.Route{
		page.Get(s.url, permission, s.list),
		page.Post(s.url, permission, s.upload),
		page.Get(s.url+"/:id", permission, s.page),
		page.Get(s.url+"/:id/avanzamento", permission, s.progress),
		page.Get(s.url+"/:id/scarti.csv", permission, s.rejected),
		page.Post(s.url+"/:id/approvazioni", permission, s.approve),
		page.Post(s.url+"/:id/cancellazioni", permission, s.cancel),
	}
}

type listPage struct {
	page.Base
	URL, Lead, Limit string
	Formats          []string // that can be brought in, by name
	Sample           string   // address of a file to fill in, where there is one
	Table            page.Table
	None             page.Empty
}

// formats are the names of what can be brought in here.
func (s side) formats() (names []string) {
	for _, f := range all.List {
		if s.accepts(f) {
			names = append(names, f.Title)
		}
	}
	return names
}

func (s side) list(c *fiber.Ctx) error {
	p, err := s.loadList(c)
	if err != nil {
		return err
	}
	return page.Show(c, "files/list", p)
}

func (s side) loadList(c *fiber.Ctx) (p listPage, err error) {
	at := page.At(c)
	p = listPage{Base: page.For(c, s.title), URL: s.url, Lead: s.lead, Limit: page.Bytes(at.Settings.Limit()), Formats: s.formats(),
		None: page.Empty{Title: "Nessun file finora", Text: "Quando carichi un file, qui vedi a che punto è. Prima di scrivere qualcosa ti mostriamo sempre un'anteprima."}}
	p.Breadcrumb, p.Sample = s.path, s.sample
	var rows [][]page.Cell
	err = at.Read(c, func(tx *tenants.Tx) error {
		known, err := jobs.Files(tx)
		for _, f := range known {
			if s.sees(at, f) {
				rows = append(rows, []page.Cell{{Text: f.Params.Name, URL: s.at(f)}, {Text: f.Preview.Title}, {Text: page.Instant(f.Check.CreatedAt)}, {Text: f.Check.CreatedBy},
					{Text: saysOf(f), Kind: "badge", Class: badges[f.Stage()]}})
			}
		}
		return err
	})
	p.Table = page.Table{ID: "file", Caption: "Dal più recente", Rows: rows,
		Columns: page.Columns("File", "Che cos'è", "Caricato il", "Da chi", "Stato")}
	return p, err
}

// at is where a file's page stands.
func (s side) at(f jobs.File) string { return s.url + "/" + f.Check.ID.String() }

var badges = map[jobs.Stage]string{jobs.Checking: "bg-primary", jobs.Loading: "bg-primary", jobs.Waiting: "bg-warning", jobs.Loaded: "bg-success",
	jobs.Faulty: "bg-danger", jobs.Rejected: "bg-danger", jobs.Interrupted: "bg-secondary"}

func saysOf(f jobs.File) string {
	if run := f.Pass(); !run.Ended() && run.Total > 0 {
		return fmt.Sprintf("%s, %d%%", f.Stage(), run.Percent())
	}
	return string(f.Stage())
}

// upload keeps the file and starts its check.
func (s side) upload(c *fiber.Ctx) error {
	at := page.At(c)
	limit := at.Settings.Limit()
	name, content, err := page.Upload(c, limit)
	var run jobs.Run
	if err == nil {
		run, err = jobs.StartImport(c.UserContext(), at.DB, at.Tenant.ID, at.Session.Actor, name, content)
	}
	switch {
	case err == nil:
		return c.Redirect(s.url+"/"+run.ID.String(), fiber.StatusSeeOther)
	case fault.Is(err, fault.TooLarge):
		return page.TooLarge(limit)
	}
	p, failed := s.loadList(c)
	if failed != nil {
		return failed
	}
	if err := p.Form.Take(err); err != nil {
		return err
	}
	return page.Show(c, "files/list", p)
}
