package web

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
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
	Status       int
	Text, Advice string
	Request      string // the number to quote to the help desk
	Next         page.Link
}

// fail answers every error: a fault with its own sentence, anything else as an
// internal error that is logged and not shown.
func (w *web) fail(c *fiber.Ctx, err error) error {
	status, said := w.said(c, err)
	c.Status(status)
	at := page.At(c)
	if at == nil || at.Tenant.ID == 0 && w.OperatorHost == "" {
		return c.Type("txt", "utf-8").SendString(said.Text)
	}
	if err := page.Show(c, "site/error", newErrorPage(c, status, said)); err != nil {
		w.Log.Error("error page", "error", err)
		return c.Type("txt", "utf-8").SendString(said.Text)
	}
	c.Status(status)
	return nil
}

// said is the status of the answer, and the fault that it tells of.
func (w *web) said(c *fiber.Ctx, err error) (status int, said *fault.Error) {
	var asked *fiber.Error
	switch f := fault.Of(err); {
	case f != nil:
		return statuses[f.Kind], f
	case errors.As(err, &asked) && asked.Code == fiber.StatusRequestEntityTooLarge:
		return asked.Code, page.ErrForm
	case errors.As(err, &asked) && asked.Code < 500:
		return asked.Code, errRequest
	}
	w.Log.Error("request failed", "id", c.GetRespHeader(fiber.HeaderXRequestID), "route", c.Route().Path, "error", err)
	return fiber.StatusInternalServerError, errInternal
}

// What is said of errors that are no faults.
var (
	errRequest  = fault.New(fault.Invalid, "web.request", "La richiesta non è valida.")
	errInternal = fault.New("", "web.internal", "La pagina non ha potuto rispondere. Nessun importo è stato addebitato da qui: riprova tra qualche minuto.")
)

func newErrorPage(c *fiber.Ctx, status int, said *fault.Error) errorPage {
	p := errorPage{Base: page.For(c, ""), Status: status, Request: c.GetRespHeader(fiber.HeaderXRequestID)}
	p.Text = p.Fault(said)
	p.Title, p.Next = p.T("error.title|Errore"), page.Link{Name: p.T("error.home|Torna alla pagina iniziale"), URL: "/"}
	if t, ok := titles[status]; ok {
		p.Title = p.T(t)
	}
	if status == fiber.StatusNotFound {
		p.Advice = p.T("error.missing_next|Controlla il codice o l'indirizzo.")
	}
	switch at := page.At(c); {
	case said.Key == "web.page":
		p.Title, p.Advice = p.T("error.no_page|Pagina non trovata"), p.T("error.no_page_next|Controlla l'indirizzo, oppure riparti dalla pagina iniziale.")
	case strings.HasPrefix(said.Key, "auth.") && at.Session.Kind == auth.KindAnonymous:
		p.Title, p.Next = p.T("error.login|Accesso non riuscito"), page.Link{Name: p.T("error.login_again|Riprova ad accedere"), URL: "/entra"}
	case ofCart(said.Key) && at.Session.Kind != auth.KindStaff:
		p.Next = page.Link{Name: p.T("outcome.again|Torna al carrello"), URL: "/carrello"}
	case at.Session.Kind == auth.KindStaff && at.Tenant.ID != 0:
		p.Next = page.Link{Name: "Torna alla scrivania", URL: "/desk"}
		switch said.Key {
		case "web.forbidden":
			p.Advice = "Se ti serve per il tuo lavoro, chiedi il ruolo all'amministratore del Comune."
		case "web.file.large":
			p.Next = page.Link{Name: "Scegli un altro file", URL: c.Path()}
		}
	}
	return p
}

// ofCart reports whether a fault is mended in the cart.
func ofCart(key string) bool {
	room, _, _ := strings.Cut(key, ".")
	return slices.Contains([]string{"cart", "attempt", "channel", "vpos"}, room)
}

// titles say what happened, by the status of the answer.
var titles = map[int]string{
	fiber.StatusNotFound: "error.missing|Non trovato", fiber.StatusForbidden: "error.forbidden|Operazione non permessa",
	fiber.StatusConflict: "error.conflict|Non è possibile", fiber.StatusUnprocessableEntity: "error.invalid|Dati da correggere",
	fiber.StatusTooManyRequests: "error.many|Troppe richieste", fiber.StatusRequestEntityTooLarge: "error.large|Troppo grande",
	fiber.StatusInternalServerError: "error.internal|Errore interno",
}

func escape(s string) string { return url.QueryEscape(s) }
