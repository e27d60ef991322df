package admin

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/fault"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

var chaptersLink = page.Link{Name: "Capitoli", URL: "/admin/capitoli"}

func chapters(c *fiber.Ctx) error {
	s := start(c, "Capitoli di entrata")
	s.fill(map[string]string{"year": strconv.Itoa(yearOf(c))})
	return showChapters(c, s)
}

// yearOf is the year that the address asks for, or the one being managed.
func yearOf(c *fiber.Ctx) int {
	if n, err := strconv.Atoi(c.Query("esercizio")); err == nil && n >= 1999 && n <= 2100 {
		return n
	}
	if n := page.At(c).Settings.Year; n != 0 {
		return n
	}
	return page.At(c).DB.Now().Year()
}

func showChapters(c *fiber.Ctx, s sheet) error {
	year := yearOf(c)
	var all []tenants.Chapter
	if err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		all, err = tx.Chapters(year)
		return err
	}); err != nil {
		return err
	}
	s.Lead = "I capitoli del bilancio su cui si incassa, con la voce di V livello del piano dei conti integrato. Il codice SIOPE, il titolo e la tipologia ne derivano."
	t := &page.Table{ID: "capitoli", Caption: "Capitoli dell'esercizio " + strconv.Itoa(year), Columns: page.Columns("Capitolo", "Articolo", "Descrizione", "Piano dei conti", "SIOPE", "Titolo", "Tipologia")}
	for _, ch := range all {
		t.Rows = append(t.Rows, []page.Cell{{Text: ch.Number, URL: chapterURL(ch)}, {Text: ch.Article}, {Text: ch.Name},
			{Text: ch.AccountCode, Kind: "code"}, {Text: ch.Siope, Kind: "code"}, {Text: ch.Title}, {Text: ch.Typology}})
	}
	if s.Table = t; len(all) == 0 {
		s.Table, s.Empty = nil, &page.Empty{Title: "Nessun capitolo per il " + strconv.Itoa(year), Text: "Aggiungi i capitoli di entrata su cui il Comune incassa."}
	}
	for y := year - 1; y <= year+1; y++ {
		s.Years = append(s.Years, page.Link{Name: strconv.Itoa(y), URL: "/admin/capitoli?esercizio=" + strconv.Itoa(y), Active: y == year})
	}
	s.FormName, s.Submit = "Aggiungi un capitolo", "Aggiungi"
	s.Sections = chapterFields(&s, true)
	return s.show(c)
}

func chapterURL(ch tenants.Chapter) string {
	u := "/admin/capitoli/" + strconv.Itoa(ch.Year) + "/" + ch.Number
	if ch.Article != "" {
		u += "/" + ch.Article
	}
	return u
}

func chapterFields(s *sheet, fresh bool) []section {
	fields := []page.Field{s.need("name", "Descrizione", ""), s.need("account_code", "Voce del piano dei conti, V livello", "per esempio E.3.01.02.01.008")}
	if fresh {
		year := s.number("year", "Esercizio", "")
		year.Required = true
		fields = append([]page.Field{year, s.need("number", "Capitolo", ""), s.text("article", "Articolo", "se c'è")}, fields...)
	}
	return []section{{Fields: fields}}
}

var accountForm = regexp.MustCompile(`^E\.[1-79]\.[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{3}$`)

// readChapter checks the form. Of the account's code the rest follows: the
// SIOPE code is the same without letter and dots, its first digit the title,
// and with the next two the typology.
func readChapter(f *page.Form, year int, number, article string) tenants.Chapter {
	ch := tenants.Chapter{Year: year, Number: number, Article: article, Name: f.Need("name", "Descrizione"), AccountCode: strings.ToUpper(f.Need("account_code", "Voce del piano dei conti"))}
	if ch.AccountCode == "" {
		return ch
	}
	if !accountForm.MatchString(ch.AccountCode) {
		f.Wrong("account_code", "Voce del piano dei conti: serve il V livello, per esempio E.3.01.02.01.008")
		return ch
	}
	ch.Siope = strings.ReplaceAll(ch.AccountCode[2:], ".", "")
	ch.Title, ch.Typology = ch.Siope[:1], ch.Siope[:3]+"0000"
	return ch
}

func addChapter(c *fiber.Ctx) error {
	s := start(c, "Capitoli di entrata")
	f := s.read(c)
	ch := readChapter(f, between(f, "year", "Esercizio", 1999, 2100), f.Need("number", "Capitolo"), f.Value("article"))
	if ch.Number != "" && !plain(ch.Number) || ch.Article != "" && !plain(ch.Article) {
		f.Wrong("number", "Capitolo e articolo: usa solo lettere, cifre, punti e trattini")
	}
	return s.keep(c, chaptersLink.URL+"?esercizio="+strconv.Itoa(ch.Year), "Capitolo aggiunto.", showChapters, func(tx *tenants.Tx) error {
		if _, err := tx.Chapter(ch.Year, ch.Number, ch.Article); err == nil {
			return fault.New(fault.Conflict, "chapter.taken", "Il capitolo %s del %d esiste già.", ch.Number, ch.Year).On("number")
		}
		return keepChapter(tx, ch)
	})
}

// keepChapter saves; what is wrong with the SIOPE code is wrong with the field
// that it follows from.
func keepChapter(tx *tenants.Tx, ch tenants.Chapter) error {
	err := tx.SaveChapter(ch)
	if e := fault.Of(err); e != nil && e.Field == "siope" {
		return e.On("account_code")
	}
	return err
}

// chapterOf is the chapter that the address names.
func chapterOf(c *fiber.Ctx, tx *tenants.Tx) (tenants.Chapter, error) {
	year, err := strconv.Atoi(c.Params("year"))
	if err != nil {
		year = 0
	}
	return tx.Chapter(year, c.Params("number"), c.Params("article"))
}

func chapter(c *fiber.Ctx) error {
	var ch tenants.Chapter
	if err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		ch, err = chapterOf(c, tx)
		return err
	}); err != nil {
		return err
	}
	s := start(c, "Capitolo "+ch.Number, chaptersLink)
	s.fill(map[string]string{"name": ch.Name, "account_code": ch.AccountCode})
	return showChapter(c, s)
}

func showChapter(c *fiber.Ctx, s sheet) error {
	s.Lead, s.Back = "Esercizio "+c.Params("year"), chaptersLink.URL
	s.Sections = chapterFields(&s, false)
	return s.show(c)
}

func saveChapter(c *fiber.Ctx) error {
	s := start(c, "Capitolo "+c.Params("number"), chaptersLink)
	f := s.read(c)
	err := page.At(c).Within(c, func(tx *tenants.Tx) error {
		old, err := chapterOf(c, tx)
		if err != nil {
			return err
		}
		ch := readChapter(f, old.Year, old.Number, old.Article)
		if f.Failed() {
			return nil
		}
		return keepChapter(tx, ch)
	})
	return s.end(c, err, chaptersLink.URL+"?esercizio="+c.Params("year"), "Capitolo salvato.", showChapter)
}
