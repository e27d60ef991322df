package files

import (
	"fmt"
	"io"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/fault"
	"cassacomune/app/formats/all"
	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// approve starts the second pass, of the whole file or of its good rows.
func (s side) approve(c *fiber.Ctx) error {
	at, form := page.At(c), page.ReadForm(c, page.Words{})
	f, err := s.seen(c)
	if err != nil {
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
		return s.again(c, err)
	}
	return c.Redirect(s.at(f), fiber.StatusSeeOther)
}

func (s side) seen(c *fiber.Ctx) (f jobs.File, err error) {
	return f, page.At(c).Read(c, func(tx *tenants.Tx) error { f, err = s.find(c, tx); return err })
}

// cancel stops the pass that runs.
func (s side) cancel(c *fiber.Ctx) error {
	var f jobs.File
	err := page.At(c).Within(c, func(tx *tenants.Tx) (err error) {
		if f, err = s.find(c, tx); err != nil {
			return err
		}
		return jobs.Cancel(tx, f.Pass().ID)
	})
	if err != nil {
		return s.again(c, err)
	}
	page.Flash(c, page.Alert{Kind: "info", Title: "Lavorazione interrotta", Text: "Quello che era già stato caricato resta; il resto no."})
	return c.Redirect(s.at(f), fiber.StatusSeeOther)
}

// again shows the file with what was wrong in a decision about it.
func (s side) again(c *fiber.Ctx, cause error) error {
	if fault.Is(cause, fault.NotFound) {
		return cause
	}
	p, err := s.load(c)
	if err != nil {
		return err
	}
	if err := p.Form.Take(cause); err != nil {
		return err
	}
	return page.Show(c, "files/file", p)
}

// rejected gives the refused rows back with the reason beside each; of a
// format that has no rows of its own, the list of its problems.
func (s side) rejected(c *fiber.Ctx) error {
	at := page.At(c)
	f, err := s.seen(c)
	if err != nil {
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
		ctx, done := page.LongDownload()
		defer done()
		w.CloseWithError(jobs.CopyRejected(ctx, db, town, check, w, rows))
	}()
	c.Context().SetBodyStream(r, -1)
	return nil
}

func problemsCSV(c *fiber.Ctx, at *page.Request, f jobs.File) error {
	db, town, run := at.DB, at.Tenant.ID, f.Pass().ID
	ctx, done := page.LongDownload()
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
