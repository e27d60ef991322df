package accounts

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/fault"
	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// file is a journal or a remittance that was uploaded: the run of its check,
// and that of its loading once approved.
type file struct {
	Check, Apply jobs.Run
	Name         string
	Preview      jobs.Preview
	Says, Class  string
	Waiting      bool // for an approval
}

// Run is the pass that stands for the file now.
func (f file) Run() jobs.Run {
	if f.Apply.ID != uuid.Nil {
		return f.Apply
	}
	return f.Check
}

func (f file) url() string { return "/ragioneria/file/" + f.Check.ID.String() }

const debtFile = "debts" // kind of the files that are the desk's

// newFile reads a file's runs; ok is false for the second pass, and for the
// desk's files, which stand on its own page.
func newFile(check jobs.Run, applied map[uuid.UUID]jobs.Run) (f file, ok bool, err error) {
	var params jobs.ImportParams
	if err := check.Decode(&params); err != nil || params.Phase != jobs.Check {
		return f, false, err
	}
	f = file{Check: check, Apply: applied[check.ID], Name: params.Name}
	if err := f.Run().Outcome(&f.Preview); err != nil {
		return f, false, err
	}
	approved := f.Apply.ID != uuid.Nil
	switch r := f.Run(); {
	case r.State == jobs.Failed:
		f.Says, f.Class = "Rifiutato", "bg-danger"
	case r.State == jobs.Cancelled:
		f.Says, f.Class = "Interrotto", "bg-secondary"
	case r.State == jobs.Done && approved:
		f.Says, f.Class = "Caricato", "bg-success"
	case r.State == jobs.Done && (f.Preview.Unusable || f.Preview.Errors > 0):
		f.Says, f.Class = "Da correggere", "bg-danger"
	case r.State == jobs.Done:
		f.Says, f.Class, f.Waiting = "Da approvare", "bg-warning", true
	case approved:
		f.Says, f.Class = "Caricamento in corso", "bg-primary"
	default:
		f.Says, f.Class = "Controllo in corso", "bg-primary"
	}
	return f, f.Preview.Kind != debtFile, nil
}

type filesView struct {
	page.Base
	Limit int64 // MB
	Table page.Table
}

func files(c *fiber.Ctx) error {
	p, err := loadFiles(c)
	if err != nil {
		return err
	}
	return page.Show(c, "accounts/files", p)
}

func loadFiles(c *fiber.Ctx) (*filesView, error) {
	at := page.At(c)
	p := &filesView{Base: page.For(c, "Giornali e rendiconti"), Limit: at.Settings.Limit() >> 20}
	p.Breadcrumb = []page.Link{{Name: "Tesoreria", URL: "/ragioneria/tesoreria"}}
	p.Table = page.Table{ID: "caricati", Caption: "Gli ultimi file", Columns: columns("File", "Stato", "Che cos'è", "Caricato il", "Da chi")}
	return p, at.Read(c, func(tx *tenants.Tx) error {
		runs, err := jobs.List(tx, 200, jobs.Import)
		if err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(runs))
		for i, r := range runs {
			ids[i] = r.ID
		}
		applied, err := jobs.Applied(tx, ids...)
		if err != nil {
			return err
		}
		for _, r := range runs {
			f, ok, err := newFile(r, applied)
			if err != nil {
				return err
			}
			if ok {
				p.Table.Rows = append(p.Table.Rows, []page.Cell{{Text: f.Name, URL: f.url()}, {Text: f.Says, Kind: "badge", Class: f.Class}, {Text: f.Preview.Title}, {Text: clock(r.CreatedAt)}, {Text: r.CreatedBy}})
			}
		}
		return nil
	})
}

var errNoFile = fault.New(fault.Invalid, "accounts.file.none", "Scegli un file da caricare.").On("file")

// upload keeps the file as it comes and starts its check.
func upload(c *fiber.Ctx) error {
	at := page.At(c)
	c.Set(fiber.HeaderConnection, "close") // a refused body is not read to its end
	name, content, err := filePart(c)
	var run jobs.Run
	if err == nil {
		run, err = jobs.StartImport(c.UserContext(), at.DB, at.Tenant.ID, at.Session.Actor, name, content)
	}
	if err == nil {
		return c.Redirect("/ragioneria/file/"+run.ID.String(), fiber.StatusSeeOther)
	}
	if fault.Is(err, fault.TooLarge) {
		return err
	}
	p, failed := loadFiles(c)
	if failed != nil {
		return failed
	}
	if err := p.Form.Take(err); err != nil {
		return err
	}
	return page.Show(c, "accounts/files", p)
}

// filePart finds the file in the form, still to be read.
func filePart(c *fiber.Ctx) (name string, content io.Reader, err error) {
	boundary := string(c.Request().Header.MultipartFormBoundary())
	if boundary == "" {
		return "", nil, errNoFile
	}
	body := c.Context().RequestBodyStream()
	if body == nil {
		body = bytes.NewReader(c.Body())
	}
	parts := multipart.NewReader(body, boundary)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return "", nil, errNoFile
		}
		if err != nil {
			return "", nil, fault.New(fault.Invalid, "accounts.file.broken", "Il caricamento si è interrotto: riprova.").On("file")
		}
		if part.FormName() == "file" && part.FileName() != "" {
			name := []rune(strings.Map(printable, strings.ToValidUTF8(part.FileName(), "")))
			return string(name[:min(len(name), 120)]), part, nil
		}
	}
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

type fileView struct {
	page.Base
	File     file
	URL      string
	Running  bool
	Progress page.Progress
	Problems page.Table
	List     page.List
}

func filePage(c *fiber.Ctx) error {
	p, err := loadFile(c)
	if err != nil {
		return err
	}
	return page.Show(c, "accounts/file", p)
}

func fileProgress(c *fiber.Ctx) error {
	p, err := loadFile(c)
	if err != nil {
		return err
	}
	return page.Fragment(c, "parts/progress", p.Progress)
}

func loadFile(c *fiber.Ctx) (*fileView, error) {
	const missing = "File non trovato."
	p := &fileView{Base: page.For(c, "File")}
	p.Breadcrumb = []page.Link{{Name: "Tesoreria", URL: "/ragioneria/tesoreria"}, {Name: "Giornali e rendiconti", URL: "/ragioneria/file"}}
	p.List = page.ReadList(c, p.Words, page.Listing{Size: 100})
	id, err := idOf(c, missing)
	if err != nil {
		return p, err
	}
	err = page.At(c).Read(c, func(tx *tenants.Tx) error {
		run, err := jobs.Find(tx, id)
		if fault.Is(err, fault.NotFound) || err == nil && run.Kind != jobs.Import {
			return fault.New(fault.NotFound, "missing", missing)
		}
		if err != nil {
			return err
		}
		applied, err := jobs.Applied(tx, run.ID)
		if err != nil {
			return err
		}
		ok := false
		if p.File, ok, err = newFile(run, applied); err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.NotFound, "missing", missing)
		}
		return p.readProblems(tx)
	})
	if err != nil {
		return p, err
	}
	r := p.File.Run()
	text := "Controllo del file: non è ancora stato scritto nulla"
	if p.File.Apply.ID != uuid.Nil {
		text = "Caricamento dei movimenti"
	}
	p.Title, p.URL, p.Running = p.File.Name, p.File.url(), !r.Ended()
	p.Progress = page.Progress{Words: p.Words, Text: text, URL: p.URL + "/avanzamento", Page: p.URL, Done: int(r.Done), Total: int(r.Total), Ended: r.Ended()}
	return p, nil
}

var severities = map[string][2]string{jobs.SeverityError: {"Errore", "bg-danger"}, jobs.SeverityWarning: {"Avviso", "bg-warning"}, jobs.SeverityChange: {"Modifica", "bg-primary"}}

func (p *fileView) readProblems(tx *tenants.Tx) error {
	all, err := jobs.Problems(tx, p.File.Run().ID, min(p.List.Offset(), 10_000), p.List.Size+1)
	more := len(all) > p.List.Size
	if more {
		all = all[:p.List.Size]
	}
	p.List.Found(len(all), -1, more)
	p.Problems = page.Table{ID: "problemi", Caption: "Che cosa abbiamo trovato", Columns: columns("Riga", "Che cos'è", "Campo", "Valore", "Perché")}
	for _, x := range all {
		line := ""
		if x.Line > 0 {
			line = fmt.Sprint(x.Line)
		}
		p.Problems.Rows = append(p.Problems.Rows, []page.Cell{{Text: line}, {Text: severities[x.Severity][0], Kind: "badge", Class: severities[x.Severity][1]}, {Text: x.Field}, {Text: x.Value}, {Text: x.Reason}})
	}
	return err
}

// approveFile starts the second pass: a journal or a remittance is loaded whole
// or not at all.
func approveFile(c *fiber.Ctx) error {
	p, err := loadFile(c) // refuses what is not here, or not the treasury's
	if err != nil {
		return err
	}
	at := page.At(c)
	if _, err := jobs.ApproveImport(c.UserContext(), at.DB, at.Tenant.ID, at.Session.Actor, p.File.Check.ID, jobs.AllOrNothing); err != nil {
		return err
	}
	return c.Redirect(p.URL, fiber.StatusSeeOther)
}
