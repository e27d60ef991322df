// Package accounts is the accountant's pages: what the Treasurer says, why
// each credit came and what is not reconciled, the collection orders that we
// propose, and the checks that must hold. It shows and asks; treasury,
// reconcile, accounting and trace decide.
package accounts

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/accounting"
	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// Routes are the accountant's pages.
func Routes() []page.Route {
	return []page.Route{
		page.Get("/ragioneria/tesoreria", "treasury:view", treasuryPage),
		page.Get("/ragioneria/tesoreria.csv", "treasury:view", provisionalsCSV),

		page.Get("/ragioneria/riconciliazione", "reconcile:view", reconciliation),
		page.Get("/ragioneria/riconciliazione.csv", "reconcile:view", remainingCSV),
		page.Get("/ragioneria/riconciliazione/avanzamento", "reconcile:view", runProgress),
		page.Post("/ragioneria/riconciliazione/esecuzioni", "reconcile:decide", run),
		page.Get("/ragioneria/riconciliazione/:id", "reconcile:view", credit),
		page.Post("/ragioneria/riconciliazione/:id/abbinamenti", "reconcile:decide", match),
		page.Post("/ragioneria/riconciliazione/:id/estraneita", "reconcile:decide", markForeign),
		page.Post("/ragioneria/riconciliazione/:id/estraneita/revoche", "reconcile:decide", unmarkForeign),
		page.Post("/ragioneria/abbinamenti/:id/conferme", "reconcile:decide", confirm),
		page.Post("/ragioneria/abbinamenti/:id/rifiuti", "reconcile:decide", reject),
		page.Post("/ragioneria/abbinamenti/:id/annullamenti", "reconcile:decide", undo),

		page.Get("/ragioneria/reversali", "orders:view", orders),
		page.Get("/ragioneria/reversali.csv", "orders:view", ordersCSV),
		page.Post("/ragioneria/reversali/esportazioni", "orders:export", export),
		page.Get("/ragioneria/reversali/esportazioni/:id/:file", "orders:view", exported),
		page.Post("/ragioneria/reversali/:id/ritiri", "orders:export", withdraw),

		page.Get("/ragioneria/controlli", "check:view", checks),
	}
}

// decided follows what a person decided, in the same transaction: fees that
// are known now are settled, and the passes run again once the minute is over,
// however many decisions it holds. Two runs, where two people decide at once,
// do no harm.
func decided(tx *tenants.Tx) error {
	if err := accounting.SettleFees(tx); err != nil {
		return err
	}
	runs, err := jobs.List(tx, 5, jobs.Reconcile)
	if err != nil {
		return err
	}
	for _, r := range runs {
		if r.State == jobs.Queued && r.RunAfter.After(tx.Now()) {
			return nil
		}
	}
	_, err = jobs.StartAt(tx, jobs.Reconcile, struct{}{}, tx.Now().Truncate(time.Minute).Add(time.Minute), "")
	return err
}

func saved(c *fiber.Ctx, to, text string) error {
	page.Flash(c, page.Alert{Kind: "success", Text: text})
	return c.Redirect(to, fiber.StatusSeeOther)
}
