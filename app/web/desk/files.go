package desk

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

type filesPage struct {
	page.Base
	Limit string
	Table page.Table
	None  page.Empty
}

// shownFiles is how many runs of the newest are looked through for the list.
const shownFiles = 200

func fileList(c *fiber.Ctx) error {
	p, err := loadFiles(c)
	if err != nil {
		return err
	}
	return page.Show(c, "desk/files", p)
}

func loadFiles(c *fiber.Ctx) (p filesPage, err error) {
	at := page.At(c)
	p = filesPage{Base: page.For(c, "Carica file"), Limit: size(at.Settings.Limit()),
		None: page.Empty{Title: "Nessun file finora", Text: "Quando carichi un file, qui vedi a che punto è. Prima di scrivere qualcosa ti mostriamo sempre un'anteprima."}}
	p.Breadcrumb = []page.Link{home}
	var files []file
	if err := at.Read(c, func(tx *tenants.Tx) (err error) {
		files, err = listFiles(tx, at)
		return err
	}); err != nil {
		return p, err
	}
	p.Table = page.Table{ID: "file", Caption: fmt.Sprintf("File, dal più recente: %d", len(files)),
		Columns: []page.Column{{Name: "File"}, {Name: "Caricato il"}, {Name: "Da chi"}, {Name: "Stato"}, {Name: "Avanzamento"}}}
	for _, f := range files {
		p.Table.Rows = append(p.Table.Rows, []page.Cell{{Text: f.Name, URL: f.url()}, {Text: clock(f.Check.CreatedAt)}, {Text: f.Check.CreatedBy},
			{Text: f.Says, Kind: "badge", Class: f.Badge}, {Text: fmt.Sprintf("%d%%", f.run().Percent())}})
	}
	return p, nil
}

// listFiles returns the files that the actor may see, newest first.
func listFiles(tx *tenants.Tx, at *page.Request) (files []file, err error) {
	runs, err := jobs.List(tx, shownFiles, jobs.Import)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for _, r := range runs {
		ids = append(ids, r.ID)
	}
	applied, err := jobs.Applied(tx, ids...)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		f, err := newFile(r, applied)
		if err != nil {
			return nil, err
		}
		if f.Params.Phase == jobs.Check && f.seenBy(at) {
			files = append(files, f)
		}
	}
	return files, nil
}

// upload keeps the file and starts its check. It is read as it comes: what is
// over the limit is refused before it fills anything.
func upload(c *fiber.Ctx) error {
	at := page.At(c)
	limit := at.Settings.Limit()
	c.Set(fiber.HeaderConnection, "close") // a refused body is not read to its end
	if int64(c.Request().Header.ContentLength()) > limit+envelope {
		return tooLarge(limit)
	}
	name, content, err := filePart(c)
	if err != nil {
		return uploadAgain(c, err)
	}
	run, err := jobs.StartImport(c.UserContext(), at.DB, at.Tenant.ID, at.Session.Actor, name, content)
	if fault.Is(err, fault.TooLarge) {
		return tooLarge(limit)
	}
	if err != nil {
		return uploadAgain(c, err)
	}
	return c.Redirect("/desk/file/"+run.ID.String(), fiber.StatusSeeOther)
}

// envelope is what a form may add around the file.
const envelope = 64 << 10

func tooLarge(limit int64) error {
	return fault.New(fault.TooLarge, "desk.file.large", "Il file supera il limite di %s. Dividilo in più file, oppure chiedi all'amministratore di alzare il limite.", size(limit))
}

var errNoFile = fault.New(fault.Invalid, "desk.file.none", "Scegli un file da caricare.").On("file")

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
			return "", nil, fault.New(fault.Invalid, "desk.file.broken", "Il caricamento si è interrotto: riprova.").On("file")
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return plainName(part.FileName()), part, nil
		}
	}
}

// plainName is the name of a file as it is shown: one line, not too long.
func plainName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if r := []rune(s); len(r) > 120 {
		s = string(r[:120])
	}
	return s
}

func uploadAgain(c *fiber.Ctx, cause error) error {
	p, err := loadFiles(c)
	if err != nil {
		return err
	}
	if err := p.Form.Take(cause); err != nil {
		return err
	}
	return page.Show(c, "desk/files", p)
}

// size prints a number of bytes for people.
func size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%d byte", n)
}
