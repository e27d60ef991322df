package desk

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/auth"
	"cassacomune/app/fault"
	"cassacomune/app/formats/all"
	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// file is a file that was uploaded: the run of its check, and that of its
// loading once somebody has approved it.
type file struct {
	Name        string
	Params      jobs.ImportParams
	Check       jobs.Run
	Apply       jobs.Run // zero: not approved
	Preview     jobs.Preview
	Says, Badge string
	Waiting     bool // for somebody's approval
}

const noFile = "File non trovato."

func newFile(check jobs.Run, applied map[uuid.UUID]jobs.Run) (f file, err error) {
	f = file{Check: check, Apply: applied[check.ID]}
	if err := check.Decode(&f.Params); err != nil {
		return f, err
	}
	f.Name = f.Params.Name
	if err := f.run().Outcome(&f.Preview); err != nil {
		return f, err
	}
	f.Says, f.Badge, f.Waiting = f.state()
	return f, nil
}

// run is the pass that stands for the file now.
func (f file) run() jobs.Run {
	if f.Apply.ID != uuid.Nil {
		return f.Apply
	}
	return f.Check
}

func (f file) url() string { return "/desk/file/" + f.Check.ID.String() }

func (f file) state() (says, badge string, waiting bool) {
	approved := f.Apply.ID != uuid.Nil
	switch r := f.run(); {
	case r.State == jobs.Cancelled:
		return "Interrotto", "bg-secondary", false
	case r.State == jobs.Failed:
		return "Rifiutato", "bg-danger", false
	case r.State == jobs.Done && approved:
		return "Caricato", "bg-success", false
	case r.State == jobs.Done && f.Preview.Unusable:
		return "Da correggere", "bg-danger", false
	case r.State == jobs.Done:
		return "Da approvare", "bg-warning", true
	case approved:
		return "Caricamento in corso", "bg-primary", false
	}
	return "Controllo in corso", "bg-primary", false
}

// seenBy keeps one office's rows from another's clerk: a file is seen by whose
// offices hold those of who brought it. What is no debts, or was brought by
// the accountants and could not be read, belongs to the treasury. Everybody
// sees their own.
func (f file) seenBy(at *page.Request) bool {
	if f.Params.By.ID != uuid.Nil && f.Params.By.ID == at.Session.Actor.ID {
		return true
	}
	treasury := f.Preview.Kind != string(all.Debts) && (f.Preview.Kind != "" || f.Params.By.Role == auth.RoleAccountant)
	if treasury && !at.May("treasury:view") {
		return false
	}
	mine := at.Session.Actor.Offices
	if len(mine) == 0 {
		return true
	}
	theirs := f.Params.By.Offices
	return len(theirs) > 0 && !slices.ContainsFunc(theirs, func(o string) bool { return !slices.Contains(mine, o) })
}

// findFile returns the file of an address, whose id is that of its check.
func findFile(c *fiber.Ctx, tx *tenants.Tx) (f file, err error) {
	missing := fault.New(fault.NotFound, "missing", noFile)
	id, err := idOf(c, noFile)
	if err != nil {
		return f, err
	}
	run, err := jobs.Find(tx, id)
	if fault.Is(err, fault.NotFound) || err == nil && run.Kind != jobs.Import {
		return f, missing
	}
	if err != nil {
		return f, err
	}
	var params jobs.ImportParams
	if err := run.Decode(&params); err != nil {
		return f, err
	}
	if params.Phase == jobs.Apply { // the second pass stands on the page of the first
		if run, err = jobs.Find(tx, params.Check); err != nil {
			return f, err
		}
	}
	applied, err := jobs.Applied(tx, run.ID)
	if err != nil {
		return f, err
	}
	if f, err = newFile(run, applied); err != nil {
		return f, err
	}
	if !f.seenBy(page.At(c)) {
		return f, missing
	}
	return f, nil
}

type fileView struct {
	page.Base
	File      file
	Progress  page.Progress
	Running   bool
	MayDecide bool
	Others    bool // somebody with another role decides
	GoodRows  bool // the good rows alone may be loaded
	All       bool // the whole file may be loaded
	List      page.List
	Problems  page.Table
	Counts    page.Table
	Rejects   bool // the format gives its rows back
}

var problemListing = page.Listing{Size: 100}

func filePage(c *fiber.Ctx) error {
	p, err := loadFile(c)
	if err != nil {
		return err
	}
	return page.Show(c, "desk/file", p)
}

// fileProgress is the part of the page that a script asks for again.
func fileProgress(c *fiber.Ctx) error {
	p, err := loadFile(c)
	if err != nil {
		return err
	}
	return page.Fragment(c, "parts/progress", p.Progress)
}

func loadFile(c *fiber.Ctx) (p fileView, err error) {
	p = fileView{Base: page.For(c, "File")}
	p.Breadcrumb = []page.Link{home, {Name: "Carica file", URL: "/desk/file"}}
	p.List = page.ReadList(c, p.Words, problemListing)
	var problems []jobs.Problem
	err = page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		if p.File, err = findFile(c, tx); err != nil {
			return err
		}
		problems, err = jobs.Problems(tx, p.File.run().ID, min(p.List.Offset(), 10_000), p.List.Size+1)
		return err
	})
	if err != nil {
		return p, err
	}
	more := len(problems) > p.List.Size
	if more {
		problems = problems[:p.List.Size]
	}
	p.List.Found(len(problems), -1, more)
	p.Problems = problemTable(problems, p.List.Summary())
	run, preview := p.File.run(), p.File.Preview
	p.Title, p.Running = p.File.Name, !run.Ended()
	p.Progress = progressOf(p.Words, p.File)
	p.MayDecide = p.File.Waiting && mayLoad(page.At(c), preview)
	p.Others = p.File.Waiting && !p.MayDecide
	p.All = preview.Errors == 0
	p.GoodRows = preview.Errors > 0 && preview.Kind == string(all.Debts)
	p.Counts = countTable(p.File)
	p.Rejects = preview.Errors > 0 && run.State == jobs.Done
	return p, nil
}

// countTable is what the file holds and what it does, or has done.
func countTable(f file) page.Table {
	v := f.Preview
	t := page.Table{ID: "conti", Caption: "Anteprima: che cosa succede se approvi", Columns: []page.Column{{Name: "Che cosa"}, {Name: "Quanto", Money: true}}}
	if f.Apply.State == jobs.Done {
		t.Caption = "Che cosa è stato fatto"
	}
	row := func(name string, n int64) {
		t.Rows = append(t.Rows, []page.Cell{{Text: name}, {Text: fmt.Sprint(n), Kind: "money"}})
	}
	row("Righe nel file", v.Rows)
	if v.Kind == string(all.Debts) {
		row("Posizioni nuove", v.New)
		row("Posizioni modificate", v.Changed)
		row("Posizioni annullate", v.Annulled)
		row("Posizioni già presenti, invariate", v.Unchanged)
		row("Righe scartate", v.Rejected)
		t.Rows = append(t.Rows, []page.Cell{{Text: "Importo delle posizioni nuove o modificate"}, {Text: v.Sum.String(), Kind: "money"}})
	}
	row("Errori", v.Errors)
	row("Avvisi", v.Warnings)
	return t
}

// mayLoad asks for the right of what the file is: debts are the desk's,
// journals and remittances the treasury's.
func mayLoad(at *page.Request, p jobs.Preview) bool {
	if p.Kind == string(all.Debts) || p.Kind == "" {
		return at.May("debts:import")
	}
	return at.May("treasury:import")
}

func progressOf(w page.Words, f file) page.Progress {
	run := f.run()
	text := "Controllo del file: non è ancora stato scritto nulla"
	if f.Apply.ID != uuid.Nil {
		text = "Caricamento delle righe"
	}
	if run.State == jobs.Queued {
		text += " (in coda)"
	}
	if run.Total > 0 {
		text += fmt.Sprintf(", %d%%", run.Percent())
	}
	return page.Progress{Words: w, Text: text, URL: f.url() + "/avanzamento", Page: f.url(), Done: int(run.Done), Total: int(run.Total), Ended: run.Ended()}
}

var severities = map[string][2]string{jobs.SeverityError: {"Errore", "bg-danger"}, jobs.SeverityWarning: {"Avviso", "bg-warning"}, jobs.SeverityChange: {"Modifica", "bg-primary"}}

func problemTable(problems []jobs.Problem, caption string) page.Table {
	t := page.Table{ID: "problemi", Caption: caption, Columns: []page.Column{{Name: "Riga"}, {Name: "Perché"}, {Name: "Campo"}, {Name: "Valore"}, {Name: "Che cos'è"}}}
	for _, p := range problems {
		line := ""
		if p.Line > 0 {
			line = fmt.Sprint(p.Line)
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: line}, {Text: p.Reason}, {Text: p.Field}, {Text: visible(p.Value)},
			{Text: severities[p.Severity][0], Kind: "badge", Class: severities[p.Severity][1]}})
	}
	return t
}

// visible shows what a value holds that the eye would miss.
func visible(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == 0:
			return '␀'
		case r < ' ' || r == 0x7f:
			return '�'
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// approveFile starts the second pass, of the whole file or of its good rows.
func approveFile(c *fiber.Ctx) error {
	at := page.At(c)
	form := page.ReadForm(c, page.Words{})
	var f file
	if err := at.Read(c, func(tx *tenants.Tx) (err error) { f, err = findFile(c, tx); return err }); err != nil {
		return err
	}
	if !mayLoad(at, f.Preview) {
		return fault.New(fault.Forbidden, "web.forbidden", "Il tuo ruolo non permette questa operazione.")
	}
	mode := jobs.AllOrNothing
	if form.Value("modo") == "buone" {
		mode = jobs.GoodRows
	}
	if _, err := jobs.ApproveImport(c.UserContext(), at.DB, at.Tenant.ID, at.Session.Actor, f.Check.ID, mode); err != nil {
		return fileAgain(c, err)
	}
	return c.Redirect(f.url(), fiber.StatusSeeOther)
}

// cancelFile stops the pass that runs.
func cancelFile(c *fiber.Ctx) error {
	var f file
	err := page.At(c).Within(c, func(tx *tenants.Tx) (err error) {
		if f, err = findFile(c, tx); err != nil {
			return err
		}
		return jobs.Cancel(tx, f.run().ID)
	})
	if err != nil {
		return fileAgain(c, err)
	}
	page.Flash(c, page.Alert{Kind: "info", Title: "Lavorazione interrotta", Text: "Quello che era già stato caricato resta; il resto no."})
	return c.Redirect(f.url(), fiber.StatusSeeOther)
}

// fileAgain shows the file with what was wrong in a decision about it.
func fileAgain(c *fiber.Ctx, cause error) error {
	if fault.Is(cause, fault.NotFound) {
		return cause
	}
	p, err := loadFile(c)
	if err != nil {
		return err
	}
	if err := p.Form.Take(cause); err != nil {
		return err
	}
	return page.Show(c, "desk/file", p)
}

// rejectedCSV gives the refused rows back with the reason beside each; of a
// format that has no rows of its own, the list of its problems.
func rejectedCSV(c *fiber.Ctx) error {
	at := page.At(c)
	var f file
	if err := at.Read(c, func(tx *tenants.Tx) (err error) { f, err = findFile(c, tx); return err }); err != nil {
		return err
	}
	rows := all.Rejected(f.Preview.Format)
	if rows == nil || f.Check.State != jobs.Done {
		return problemsCSV(c, at, f)
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="scarti.csv"`)
	db, town, check := at.DB, at.Tenant.ID, f.Check.ID
	r, w := io.Pipe()
	go func() {
		ctx, done := longDownload()
		defer done()
		w.CloseWithError(jobs.CopyRejected(ctx, db, town, check, w, rows))
	}()
	c.Context().SetBodyStream(r, -1)
	return nil
}

func problemsCSV(c *fiber.Ctx, at *page.Request, f file) error {
	db, town, run := at.DB, at.Tenant.ID, f.run().ID
	ctx, done := longDownload()
	return page.CSV(c, "scarti.csv", []string{"riga", "che_cosa", "campo", "valore", "motivo"}, func(yield func([]string, error) bool) {
		defer done()
		const size = 1000
		for offset := 0; ; offset += size {
			var part []jobs.Problem
			err := db.Read(ctx, town, func(tx *tenants.Tx) (err error) {
				part, err = jobs.Problems(tx, run, offset, size)
				return err
			})
			if err != nil {
				yield(nil, err)
				return
			}
			for _, p := range part {
				if !yield([]string{fmt.Sprint(p.Line), severities[p.Severity][0], p.Field, p.Value, p.Reason}, nil) {
					return
				}
			}
			if len(part) < size {
				return
			}
		}
	})
}
