package desk

import (
	"bytes"
	"fmt"
	"mime"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/debts"
	"cassacomune/app/documents"
	"cassacomune/app/fault"
	"cassacomune/app/paper"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

// slipPDF is the postal slip of one instalment of a debt at today's price: of
// the one asked for, or of the first that can be paid.
func slipPDF(c *fiber.Ctx) error {
	id, err := page.ID(c, noDebt)
	if err != nil {
		return err
	}
	wanted := c.Query("rata")
	var slip documents.Slip
	err = page.At(c).Read(c, func(tx *tenants.Tx) error {
		d, err := debts.Load(tx, id)
		if err != nil {
			return err
		}
		priced, err := debts.Payables(tx, d, tx.Today())
		if err != nil {
			return err
		}
		for _, p := range priced {
			if wanted == p.Instalment.ID.String() || wanted == "" && p.Why == "" {
				slip, err = paper.InstalmentSlip(tx, p)
				return err
			}
		}
		if wanted == "" {
			return fault.New(fault.Conflict, "desk.slip", "Su questa posizione non c'è nulla da pagare.")
		}
		return fault.New(fault.NotFound, "missing", "%s", noDebt)
	})
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := documents.WriteSlips(&out, slip); err != nil {
		return fmt.Errorf("drawing slip: %w", err)
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": "bollettino-" + slip.Code + ".pdf"}))
	return c.Send(out.Bytes())
}
