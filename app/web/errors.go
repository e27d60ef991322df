package web

import (
	"errors"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/fault"
	"cassacomune/app/web/page"
)

// statuses maps a fault to the answer, here and nowhere else.
var statuses = map[fault.Kind]int{
	fault.NotFound: fiber.StatusNotFound, fault.Invalid: fiber.StatusUnprocessableEntity, fault.Conflict: fiber.StatusConflict,
	fault.Forbidden: fiber.StatusForbidden, fault.TooLarge: fiber.StatusRequestEntityTooLarge, fault.TooMany: fiber.StatusTooManyRequests,
}

type errorPage struct {
	page.Base
	Status  int
	Text    string
	Request string // the number to quote to the help desk
	Next    page.Link
}

// fail answers every error: a fault with its own sentence, anything else as an
// internal error that is logged and not shown.
func (w *web) fail(c *fiber.Ctx, err error) error {
	status, text := fiber.StatusInternalServerError, "Errore interno. Nessun importo è stato addebitato da questa pagina: riprova tra qualche minuto."
	var asked *fiber.Error
	switch f := fault.Of(err); {
	case f != nil:
		status, text = statuses[f.Kind], f.Text
	case errors.As(err, &asked) && asked.Code < 500:
		status, text = asked.Code, "La richiesta non è valida."
		if asked.Code == fiber.StatusRequestEntityTooLarge {
			text = "Il file supera il limite di dimensione."
		}
	default:
		w.Log.Error("request failed", "id", c.GetRespHeader(fiber.HeaderXRequestID), "route", c.Route().Path, "error", err)
	}
	c.Status(status)
	at := page.At(c)
	if at == nil || at.Tenant.ID == 0 && w.OperatorHost == "" {
		return c.Type("txt", "utf-8").SendString(text)
	}
	p := errorPage{Base: page.For(c, titles[status]), Status: status, Text: text,
		Request: c.GetRespHeader(fiber.HeaderXRequestID), Next: page.Link{Name: "Torna alla pagina iniziale", URL: "/"}}
	if p.Title == "" {
		p.Title = "Errore"
	}
	if err := page.Show(c, "site/error", p); err != nil {
		w.Log.Error("error page", "error", err)
		return c.Type("txt", "utf-8").SendString(text)
	}
	c.Status(status)
	return nil
}

var titles = map[int]string{
	fiber.StatusNotFound: "Pagina non trovata", fiber.StatusForbidden: "Operazione non permessa", fiber.StatusConflict: "Non è possibile",
	fiber.StatusUnprocessableEntity: "Dati da correggere", fiber.StatusTooManyRequests: "Troppe richieste",
	fiber.StatusRequestEntityTooLarge: "File troppo grande", fiber.StatusInternalServerError: "Errore interno",
}

func escape(s string) string { return url.QueryEscape(s) }
