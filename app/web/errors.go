package web

import (
	"errors"
	"net/url"
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
	status, key, text := w.said(c, err)
	c.Status(status)
	at := page.At(c)
	if at == nil || at.Tenant.ID == 0 && w.OperatorHost == "" {
		return c.Type("txt", "utf-8").SendString(text)
	}
	if err := page.Show(c, "site/error", newErrorPage(c, status, key, text)); err != nil {
		w.Log.Error("error page", "error", err)
		return c.Type("txt", "utf-8").SendString(text)
	}
	c.Status(status)
	return nil
}

// said is the status of the answer, the fault's key and its sentence.
func (w *web) said(c *fiber.Ctx, err error) (status int, key, text string) {
	var asked *fiber.Error
	switch f := fault.Of(err); {
	case f != nil:
		return statuses[f.Kind], f.Key, f.Text
	case errors.As(err, &asked) && asked.Code == fiber.StatusRequestEntityTooLarge:
		return asked.Code, "web.large", "Il file supera il limite di dimensione."
	case errors.As(err, &asked) && asked.Code < 500:
		return asked.Code, "web.request", "La richiesta non è valida."
	}
	w.Log.Error("request failed", "id", c.GetRespHeader(fiber.HeaderXRequestID), "route", c.Route().Path, "error", err)
	return fiber.StatusInternalServerError, "web.internal", "Errore interno. Nessun importo è stato addebitato da questa pagina: riprova tra qualche minuto."
}

func newErrorPage(c *fiber.Ctx, status int, key, text string) errorPage {
	p := errorPage{Base: page.For(c, ""), Status: status, Text: text, Request: c.GetRespHeader(fiber.HeaderXRequestID)}
	p.Title, p.Next = p.T("error.title|Errore"), page.Link{Name: p.T("error.home|Torna alla pagina iniziale"), URL: "/"}
	if t, ok := titles[status]; ok {
		p.Title = p.T(t)
	}
	if heard, ok := heard[key]; ok {
		name, _, _ := strings.Cut(heard, "|")
		p.Text = p.T(name + "|" + text)
	}
	switch at := page.At(c); {
	case key == "web.page":
		p.Title, p.Advice = p.T("error.no_page|Pagina non trovata"), p.T("error.no_page_next|Controlla l'indirizzo, oppure riparti dalla pagina iniziale.")
	case strings.HasPrefix(key, "auth.") && at.Session.Kind == auth.KindAnonymous:
		p.Title, p.Next = p.T("error.login|Accesso non riuscito"), page.Link{Name: p.T("error.login_again|Riprova ad accedere"), URL: "/entra"}
	case at.Session.Kind == auth.KindStaff && at.Tenant.ID != 0:
		p.Next = page.Link{Name: "Torna alla scrivania", URL: "/desk"}
		if key == "web.forbidden" {
			p.Advice = "Se ti serve per il tuo lavoro, chiedi il ruolo all'amministratore del Comune."
		}
	}
	return p
}

// titles say what happened, by the status of the answer.
var titles = map[int]string{
	fiber.StatusNotFound: "error.missing|Non trovato", fiber.StatusForbidden: "error.forbidden|Operazione non permessa",
	fiber.StatusConflict: "error.conflict|Non è possibile", fiber.StatusUnprocessableEntity: "error.invalid|Dati da correggere",
	fiber.StatusTooManyRequests: "error.many|Troppe richieste", fiber.StatusRequestEntityTooLarge: "error.large|File troppo grande",
	fiber.StatusInternalServerError: "error.internal|Errore interno",
}

// heard are the faults that a citizen can meet, so that every language of the
// portal has them. In Italian the fault's own sentence stands.
var heard = map[string]string{
	"web.page":      "error.says_page|Questa pagina non esiste.",
	"web.forbidden": "error.says_forbidden|Il tuo ruolo non permette questa operazione.",
	"web.forgery":   "error.says_forgery|La pagina è rimasta aperta troppo a lungo o la richiesta viene da un altro sito: torna alla pagina, ricaricala e riprova.",
	"web.request":   "error.says_request|La richiesta non è valida.",
	"web.internal":  "error.says_internal|Errore interno. Nessun importo è stato addebitato da questa pagina: riprova tra qualche minuto.",
	"missing":       "error.says_missing|Qui non risulta.",
	"portal.rate":   "error.says_rate|Ci sono state troppe richieste in poco tempo. Riprova tra qualche minuto.",
	"login.none":    "error.says_no_login|Questo Comune non ha ancora attivato l'accesso dei cittadini.",
	"auth.state":    "error.says_state|L'accesso è scaduto o è stato iniziato altrove: riprovare.",
	"auth.refused":  "error.says_refused|L'accesso è stato annullato o rifiutato dal servizio di identità.",
	"auth.identity": "error.says_identity|La risposta del servizio di identità non è valida.",
	"auth.level":    "error.says_level|Il livello di sicurezza dell'identità non è sufficiente per questo servizio.",
	"auth.fiscal":   "error.says_fiscal|Il servizio di identità non ha comunicato un codice fiscale valido.",
	"auth.provider": "error.says_provider|Il servizio di identità non risponde: riprovare più tardi.",
	"auth.session":  "error.says_session|La sessione è scaduta: accedere di nuovo.",
	"attempt.paid":  "error.says_paid|Questo carrello è già stato pagato.",
	"cart.empty":    "error.says_empty|Il carrello è vuoto.",
	"cart.nothing":  "error.says_nothing|Non c'è nulla da pagare.",
	"cart.closed":   "error.says_closed|Il carrello è già stato avviato al pagamento.",
}

func escape(s string) string { return url.QueryEscape(s) }
