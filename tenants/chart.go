package tenants

import (
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
)

// Chapter (capitolo di entrata) is a line of a year's budget.
type Chapter struct {
	bun.BaseModel `bun:"table:chapter"`
	Row

	Year        int    `bun:"year,pk"`
	Number      string `bun:"number,pk"`
	Article     string `bun:"article,pk"`
	Name        string
	AccountCode string // level V of the integrated chart, "E.1.01.01.06.001"
	Siope       string // the same in 10 digits, without letter and dots
	Title       string // titolo
	Typology    string // tipologia
}

// Assessment (accertamento contabile) is the entry in the accounts by which a
// year's revenue is recognised. One of a former year is collected on residuo.
type Assessment struct {
	bun.BaseModel `bun:"table:assessment"`
	Row

	Year        int    `bun:"year,pk"`
	Number      string `bun:"number,pk"`
	ChapterYear int
	Chapter     string
	Article     string
	Name        string
}

// Chapters returns a year's chapters by number.
func (tx *Tx) Chapters(year int) (all []Chapter, err error) {
	return all, tx.Select(&all).Where("year = ?", year).OrderExpr("number, article").Scan(tx.Ctx)
}

// Chapter returns one line of a year's budget.
func (tx *Tx) Chapter(year int, number, article string) (c Chapter, err error) {
	return c, tx.One(tx.Select(&c).Where("year = ?", year).Where("number = ?", number).Where("article = ?", article), "Capitolo non trovato.")
}

// SaveChapter adds or changes a chapter.
func (tx *Tx) SaveChapter(c Chapter) error {
	if c.Year < 1999 || c.Number == "" {
		return fault.New(fault.Invalid, "chapter", "Un capitolo ha un esercizio e un numero.").On("number")
	}
	if len(c.Siope) != 10 {
		return fault.New(fault.Invalid, "chapter.siope", "Il codice SIOPE %q deve avere 10 cifre.", c.Siope).On("siope")
	}
	if _, err := tx.Insert(&c).On("CONFLICT (tenant_id, year, number, article) DO UPDATE").Set("name = EXCLUDED.name").
		Set("account_code = EXCLUDED.account_code").Set("siope = EXCLUDED.siope").Set("title = EXCLUDED.title").
		Set("typology = EXCLUDED.typology").Exec(tx.Ctx); err != nil {
		return err
	}
	return tx.Audit("chapter.save", c.Number, "")
}

// Assessments returns every assessment, newest year first.
func (tx *Tx) Assessments() (all []Assessment, err error) {
	return all, tx.Select(&all).OrderExpr("year DESC, number").Scan(tx.Ctx)
}

// Assessment returns one assessment.
func (tx *Tx) Assessment(year int, number string) (a Assessment, err error) {
	return a, tx.One(tx.Select(&a).Where("year = ?", year).Where("number = ?", number), "Accertamento non trovato.")
}

// SaveAssessment adds or changes an assessment.
func (tx *Tx) SaveAssessment(a Assessment) error {
	if a.Year < 1999 || a.Number == "" {
		return fault.New(fault.Invalid, "assessment", "Un accertamento ha un anno e un numero.").On("number")
	}
	if a.ChapterYear == 0 {
		a.ChapterYear = a.Year
	}
	if _, err := tx.Chapter(a.ChapterYear, a.Chapter, a.Article); err != nil {
		return err
	}
	if _, err := tx.Insert(&a).On("CONFLICT (tenant_id, year, number) DO UPDATE").Set("name = EXCLUDED.name").
		Set("chapter_year = EXCLUDED.chapter_year").Set("chapter = EXCLUDED.chapter").Set("article = EXCLUDED.article").Exec(tx.Ctx); err != nil {
		return err
	}
	return tx.Audit("assessment.save", a.Number, "")
}
