// Package files is where files are brought in, checked, approved and followed:
// the debts of the desk and the journals and remittances of the accountants,
// each at its own address and with its own right, with one page for both. It
// is no role's: app/web puts it beside those of the roles.
package files

import (
	"fmt"
	"slices"
	"strings"

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
		page.Get(s.url+".csv", permission, s.listCSV),
		{Method: fiber.MethodPost, Path: s.url, Permission: permission, Handle: s.upload, Upload: true},
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
	List             page.List
	Filter           page.Form
	Stages           []page.Option
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
	p = listPage{Base: page.For(c, s.title), URL: s.url, Lead: s.lead, Limit: page.Bytes(at.Settings.Limit()), Formats: s.formats(), Stages: stageOptions(),
		None: page.Empty{Title: "Nessun file finora", Text: "Quando carichi un file, qui vedi a che punto è. Prima di scrivere qualcosa ti mostriamo sempre un'anteprima."}}
	p.Breadcrumb, p.Sample = s.path, s.sample
	p.List = s.readList(c, p.Words)
	p.Filter = p.List.Form()
	if p.List.Filtered() {
		p.None = page.Empty{Title: "Nessun file", Text: "Nessun file corrisponde ai filtri: togline uno.", URL: s.url, Action: "Togli i filtri"}
	}
	known, err := s.listed(c, p.List)
	if err != nil {
		return p, err
	}
	var rows [][]page.Cell
	for _, f := range page.Paged(&p.List, known) {
		rows = append(rows, []page.Cell{{Text: f.Params.Name, URL: s.at(f)}, {Text: f.Preview.Title}, {Text: page.Instant(f.Check.CreatedAt)}, {Text: f.Check.CreatedBy},
			{Text: saysOf(f), Kind: "badge", Class: badges[f.Stage()]}})
	}
	p.Table = page.Table{ID: "file", Caption: p.List.Summary() + ", dal più recente", Rows: rows,
		Columns: page.Columns("File", "Che cos'è", "Caricato il", "Da chi", "Stato")}
	return p, nil
}

// lookedThrough is how many of the newest imports the list holds.
const lookedThrough = 5000

func (s side) readList(c *fiber.Ctx, w page.Words) page.List {
	return page.ReadList(c, w, page.Listing{Filters: []string{"nome", "stato"}, Path: s.url})
}

// listed are the files that the list's filters leave of those that who asks
// may see.
func (s side) listed(c *fiber.Ctx, l page.List) (all []jobs.File, err error) {
	at, name := page.At(c), strings.ToLower(l.Filter("nome"))
	return all, at.Read(c, func(tx *tenants.Tx) error {
		known, err := jobs.Files(tx, lookedThrough)
		for _, f := range known {
			if s.sees(at, f) && strings.Contains(strings.ToLower(f.Params.Name), name) && (l.Filter("stato") == "" || l.Filter("stato") == string(f.Stage())) {
				all = append(all, f)
			}
		}
		return err
	})
}

func stageOptions() []page.Option {
	options := []page.Option{{Name: "tutti"}}
	for _, s := range []jobs.Stage{jobs.Checking, jobs.Waiting, jobs.Faulty, jobs.Loading, jobs.Loaded, jobs.Rejected, jobs.Interrupted} {
		options = append(options, page.Option{Value: string(s), Name: string(s)})
	}
	return options
}

// listCSV is the list as a file.
func (s side) listCSV(c *fiber.Ctx) error {
	known, err := s.listed(c, s.readList(c, page.Words{}))
	if err != nil {
		return err
	}
	return page.CSV(c, "file.csv", []string{"file", "che_cosa", "caricato_il", "da_chi", "stato", "righe", "errori", "avvisi"}, func(yield func([]string, error) bool) {
		for _, f := range known {
			v := f.Preview
			if !yield([]string{f.Params.Name, v.Title, page.Instant(f.Check.CreatedAt), f.Check.CreatedBy, saysOf(f), fmt.Sprint(v.Rows), fmt.Sprint(v.Errors), fmt.Sprint(v.Warnings)}, nil) {
				return
			}
		}
	})
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
