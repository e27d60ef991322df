package files

import (
	"github.com/gofiber/fiber/v2"

	"cassacomune/app/web/page"
)

const samplePath = "/desk/file/esempio.csv"

// sample is a file of debts to fill in: our own format, with this town's
// code and a type of its catalogue. Loaded as it is, it only shows how the
// check speaks: its dates and people are to be written.
func sample(c *fiber.Ctx) error {
	at := page.At(c)
	code := "CODICE"
	if types := at.Types(); len(types) > 0 {
		code = types[0].Code
	}
	header := []string{"ente", "tipo_dovuto", "codice_posizione", "scadenza", "importo", "causale", "debitore_tipo", "debitore_codice", "debitore_nome", "debitore_email", "debitore_indirizzo"}
	rows := [][]string{
		{at.Settings.FiscalCode, code, "ESEMPIO-1", "31/12/" + at.DB.Now().Format("2006"), "57,00", "Scrivi la causale", "F", "", "Nome e cognome", "", "Via e numero, CAP e città"},
		{at.Settings.FiscalCode, code, "ESEMPIO-2", "31/12/" + at.DB.Now().Format("2006"), "1.234,50", "Scrivi la causale", "G", "", "Denominazione", "", ""},
	}
	return page.CSV(c, "posizioni-esempio.csv", header, func(yield func([]string, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	})
}
