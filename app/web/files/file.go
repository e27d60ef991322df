package files

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/fault"
	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

type filePage struct {
	page.Base
	File      jobs.File
	URL, Back string
	Badge     string
	Progress  page.Progress
	Running   bool
	MayDecide bool
	Others    bool // somebody with another role decides
	GoodRows  bool // the good rows alone may be loaded
	All       bool // the whole file may be loaded
	Whole     bool // it is loaded whole or not at all, and has errors
	List      page.List
	Problems  page.Table
	Counts    page.Table
	Rejects   bool // there are refused rows to download
	Done      string
	Next      page.Link // where to look, once it is loaded
}

// find returns the file of an address.
func (s side) find(c *fiber.Ctx, tx *tenants.Tx) (jobs.File, error) {
	const missing = "File non trovato."
	id, err := page.ID(c, missing)
	if err != nil {
		return jobs.File{}, err
	}
	f, err := jobs.FindFile(tx, id)
	if err == nil && !s.sees(page.At(c), f) {
		err = fault.New(fault.NotFound, "missing", missing)
	}
	return f, err
}

func (s side) page(c *fiber.Ctx) error {
	p, err := s.load(c)
	if err != nil {
		return err
	}
	return page.Show(c, "files/file", p)
}

// progress is the part of the page that a script asks for again.
func (s side) progress(c *fiber.Ctx) error {
	p, err := s.load(c)
	if err != nil {
		return err
	}
	return page.Fragment(c, "parts/progress", p.Progress)
}

func (s side) load(c *fiber.Ctx) (p filePage, err error) {
	p = filePage{Base: page.For(c, "File"), Back: s.url}
	p.Breadcrumb = append(s.path[:len(s.path):len(s.path)], page.Link{Name: s.title, URL: s.url})
	p.List = page.ReadList(c, p.Words, page.Listing{Size: 100})
	var problems []jobs.Problem
	err = page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		if p.File, err = s.find(c, tx); err != nil {
			return err
		}
		problems, err = jobs.Problems(tx, p.File.Pass().ID, min(p.List.Offset(), 10_000), p.List.Size+1)
		return err
	})
	if err != nil {
		return p, err
	}
	problems = page.Shown(&p.List, problems)
	p.Problems = problemTable(problems, p.List.Summary())
	p.fill(page.At(c), s.at(p.File))
	return p, nil
}

// fill says what the file is and what may be done with it.
func (p *filePage) fill(at *page.Request, url string) {
	f := p.File
	run, preview, stage := f.Pass(), f.Preview, f.Stage()
	p.Title, p.URL, p.Badge, p.Running = f.Params.Name, url, badges[stage], !run.Ended()
	p.Progress = progressOf(p.Words, f, url)
	p.MayDecide = stage == jobs.Waiting && mayLoad(at, preview)
	p.Others = stage == jobs.Waiting && !p.MayDecide
	p.All = preview.Errors == 0
	p.GoodRows = preview.Errors > 0 && preview.HoldsDebts()
	p.Whole = stage == jobs.Faulty && !preview.Unusable
	p.Counts = countTable(f)
	p.Rejects = preview.Errors > 0 && run.State == jobs.Done
	switch {
	case stage != jobs.Loaded:
	case preview.HoldsDebts():
		p.Done, p.Next = "Le posizioni sono caricate e si possono pagare.", page.Link{Name: "Vai alle posizioni", URL: "/desk/posizioni"}
	default:
		p.Done, p.Next = "Il file è caricato; la riconciliazione riparte da sola.", page.Link{Name: "Guarda che cosa resta da riconciliare", URL: "/ragioneria/riconciliazione"}
	}
}

// mayLoad asks for the right of what the file is: debts are the desk's,
// journals and remittances the treasury's. What nobody has read is loaded by
// nobody.
func mayLoad(at *page.Request, p jobs.Preview) bool {
	switch {
	case p.Kind == "":
		return true
	case p.HoldsDebts():
		return at.May("debts:import")
	}
	return at.May("treasury:import")
}

func progressOf(w page.Words, f jobs.File, url string) page.Progress {
	run, text := f.Pass(), "Controllo del file: non è ancora stato scritto nulla"
	if f.Apply.ID != uuid.Nil {
		text = "Caricamento delle righe"
	}
	if run.State == jobs.Queued {
		text += " (in coda)"
	}
	if run.Total > 0 {
		text += fmt.Sprintf(", %d%%", run.Percent())
	}
	return page.Progress{Words: w, Text: text, URL: url + "/avanzamento", Page: url, Done: int(run.Done), Total: int(run.Total), Ended: run.Ended()}
}

// countTable is what the file holds and what it does, or has done.
func countTable(f jobs.File) page.Table {
	v := f.Preview
	t := page.Table{ID: "conti", Caption: "Anteprima: che cosa succede se approvi", Columns: []page.Column{{Name: "Che cosa"}, {Name: "Quanto", Money: true}}}
	if f.Stage() == jobs.Loaded {
		t.Caption = "Che cosa è stato fatto"
	}
	row := func(name string, n int64) {
		t.Rows = append(t.Rows, []page.Cell{{Text: name}, {Text: page.Count(n), Kind: "money"}})
	}
	row("Righe nel file", v.Rows)
	if v.HoldsDebts() {
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

var severities = map[string][2]string{jobs.SeverityError: {"Errore", "bg-danger"}, jobs.SeverityWarning: {"Avviso", "bg-warning"}, jobs.SeverityChange: {"Modifica", "bg-primary"}}

func problemTable(problems []jobs.Problem, caption string) page.Table {
	t := page.Table{ID: "problemi", Caption: caption, Columns: page.Columns("Riga", "Perché", "Campo", "Valore", "Che cos'è")}
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
