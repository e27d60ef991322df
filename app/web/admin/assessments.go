package admin

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/fault"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

var assessmentsLink = page.Link{Name: "Accertamenti", URL: "/admin/accertamenti"}

func assessments(c *fiber.Ctx) error {
	s := start(c, "Accertamenti")
	s.fill(map[string]string{"year": strconv.Itoa(yearOf(c))})
	return showAssessments(c, s)
}

func showAssessments(c *fiber.Ctx, s sheet) error {
	year := yearOf(c)
	var all []tenants.Assessment
	var sections []section
	if err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		if all, err = tx.Assessments(); err != nil {
			return err
		}
		sections, err = assessmentFields(tx, &s, true)
		return err
	}); err != nil {
		return err
	}
	s.Lead = "Gli accertamenti di entrata su cui si imputano gli incassi. Quelli di anni precedenti all'esercizio in gestione si incassano in conto residui."
	t := &page.Table{ID: "accertamenti", Caption: "Accertamenti, esercizio in gestione " + strconv.Itoa(year), Columns: page.Columns("Anno", "Numero", "Descrizione", "Capitolo", "Gestione")}
	for _, a := range all {
		t.Rows = append(t.Rows, []page.Cell{{Text: strconv.Itoa(a.Year)}, {Text: a.Number, URL: "/admin/accertamenti/" + strconv.Itoa(a.Year) + "/" + a.Number}, {Text: a.Name},
			{Text: chapterName(a)}, {Text: management(a.Year, year)}})
	}
	if s.Table = t; len(all) == 0 {
		s.Table, s.Empty = nil, &page.Empty{Title: "Nessun accertamento", Text: "Aggiungi gli accertamenti che l'ufficio ragioneria ha registrato, con il loro capitolo."}
	}
	s.FormName, s.Submit, s.Sections = "Aggiungi un accertamento", "Aggiungi", sections
	return s.show(c)
}

func management(year, managed int) string {
	if year < managed {
		return "residui"
	}
	return "competenza"
}

func chapterName(a tenants.Assessment) string {
	name := a.Chapter
	if a.Article != "" {
		name += "/" + a.Article
	}
	if a.ChapterYear != a.Year {
		name += " del " + strconv.Itoa(a.ChapterYear)
	}
	return name
}

func assessmentFields(tx *tenants.Tx, s *sheet, fresh bool) ([]section, error) {
	options, err := chapterOptions(tx, page.Option{Name: "Scegli il capitolo"})
	if err != nil {
		return nil, err
	}
	fields := []page.Field{s.need("name", "Descrizione", ""), s.choice("chapter", "Capitolo", "", options...)}
	if fresh {
		year := s.number("year", "Anno", "in cui l'entrata è stata accertata")
		year.Required = true
		fields = append([]page.Field{year, s.need("number", "Numero", "")}, fields...)
	}
	return []section{{Fields: fields}}, nil
}

// chapterOptions offers the chapters of the years that have assessments in use:
// the one being managed and the two before.
func chapterOptions(tx *tenants.Tx, first page.Option) ([]page.Option, error) {
	m, err := tx.Municipality()
	if err != nil {
		return nil, err
	}
	options, year := []page.Option{first}, m.Settings.Year
	if year == 0 {
		year = tx.Today().Year()
	}
	for _, y := range []int{year, year - 1, year - 2} {
		all, err := tx.Chapters(y)
		if err != nil {
			return nil, err
		}
		for _, ch := range all {
			options = append(options, page.Option{Value: chapterKey(ch.Year, ch.Number, ch.Article), Name: chapterName(tenants.Assessment{Chapter: ch.Number, Article: ch.Article}) + " del " + strconv.Itoa(ch.Year) + " - " + ch.Name})
		}
	}
	return options, nil
}

func chapterKey(year int, number, article string) string {
	return strconv.Itoa(year) + "/" + number + "/" + article
}

// splitKey reads what chapterKey wrote.
func splitKey(key string) (year int, number, article string, ok bool) {
	parts := strings.Split(key, "/")
	if len(parts) != 3 {
		return 0, "", "", false
	}
	year, err := strconv.Atoi(parts[0])
	return year, parts[1], parts[2], err == nil
}

func readAssessment(f *page.Form, year int, number string) tenants.Assessment {
	a := tenants.Assessment{Year: year, Number: number, Name: f.Need("name", "Descrizione")}
	key, ok := f.Need("chapter", "Capitolo"), false
	if a.ChapterYear, a.Chapter, a.Article, ok = splitKey(key); !ok && key != "" {
		f.Wrong("chapter", "Capitolo: scegline uno dell'elenco")
	}
	return a
}

func addAssessment(c *fiber.Ctx) error {
	s := start(c, "Accertamenti")
	f := s.read(c)
	a := readAssessment(f, between(f, "year", "Anno", 1999, 2100), f.Need("number", "Numero"))
	if a.Number != "" && !plain(a.Number) {
		f.Wrong("number", "Numero: usa solo lettere, cifre, punti e trattini")
	}
	return s.keep(c, assessmentsLink.URL, "Accertamento aggiunto.", showAssessments, func(tx *tenants.Tx) error {
		if _, err := tx.Assessment(a.Year, a.Number); err == nil {
			return fault.New(fault.Conflict, "assessment.taken", "L'accertamento %s del %d esiste già.", a.Number, a.Year).On("number")
		}
		return keepAssessment(tx, a)
	})
}

// keepAssessment saves; a chapter that is not there is a mistake of the form.
func keepAssessment(tx *tenants.Tx, a tenants.Assessment) error {
	if _, err := tx.Chapter(a.ChapterYear, a.Chapter, a.Article); fault.Is(err, fault.NotFound) {
		return fault.New(fault.Invalid, "assessment.chapter", "Il capitolo scelto non esiste.").On("chapter")
	}
	return tx.SaveAssessment(a)
}

func assessmentOf(c *fiber.Ctx, tx *tenants.Tx) (tenants.Assessment, error) {
	year, err := strconv.Atoi(c.Params("year"))
	if err != nil {
		year = 0
	}
	return tx.Assessment(year, c.Params("number"))
}

func assessment(c *fiber.Ctx) error {
	var a tenants.Assessment
	if err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		a, err = assessmentOf(c, tx)
		return err
	}); err != nil {
		return err
	}
	s := start(c, "Accertamento "+a.Number+" del "+strconv.Itoa(a.Year), assessmentsLink)
	s.fill(map[string]string{"name": a.Name, "chapter": chapterKey(a.ChapterYear, a.Chapter, a.Article)})
	return showAssessment(c, s)
}

func showAssessment(c *fiber.Ctx, s sheet) error {
	s.Back = assessmentsLink.URL
	if err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		s.Sections, err = assessmentFields(tx, &s, false)
		return err
	}); err != nil {
		return err
	}
	return s.show(c)
}

func saveAssessment(c *fiber.Ctx) error {
	s := start(c, "Accertamento "+c.Params("number"), assessmentsLink)
	f := s.read(c)
	err := page.At(c).Within(c, func(tx *tenants.Tx) error {
		old, err := assessmentOf(c, tx)
		if err != nil {
			return err
		}
		a := readAssessment(f, old.Year, old.Number)
		if f.Failed() {
			return nil
		}
		return keepAssessment(tx, a)
	})
	return s.end(c, err, assessmentsLink.URL, "Accertamento salvato.", showAssessment)
}
