package xpay

import (
	"html"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/fault"
)

// Mount adds the acquirer's routes below a prefix.
func (a *Acquirer) Mount(r fiber.Router) {
	r.Post("/ecomm/ecomm/DispatcherServlet", a.dispatch)
	r.Get("/ecomm/ecomm/pagina/:token", a.show)
	r.Post("/ecomm/ecomm/pagina/:token", a.press)
	r.Post("/ecomm/api/bo/situazioneOrdine", a.status)
	r.Post("/ecomm/api/bo/contabilizza", a.capture)
}

func (a *Acquirer) dispatch(c *fiber.Ctx) error {
	t, err := a.start(func(name string) string { return strings.Clone(c.FormValue(name)) })
	if err != nil {
		return sorry(c, err)
	}
	return c.Redirect(a.config.BaseURL+"/ecomm/ecomm/pagina/"+t.token, fiber.StatusSeeOther)
}

func (a *Acquirer) show(c *fiber.Ctx) error {
	a.mu.Lock()
	t := a.byToken[c.Params("token")]
	if t == nil {
		a.mu.Unlock()
		return sorry(c, fault.New(fault.NotFound, "xpay.page", "Questa pagina di pagamento non esiste."))
	}
	copied := *t
	a.mu.Unlock()
	if copied.State != Open {
		return c.Redirect(a.returnTo(copied), fiber.StatusSeeOther)
	}
	return send(c, fiber.StatusOK, "Pagamento di prova", hosted(a.merchants[copied.Alias], copied))
}

func (a *Acquirer) press(c *fiber.Ctx) error {
	where, err := a.decide(strings.Clone(c.Params("token")), Choice(strings.Clone(c.FormValue("scelta"))))
	if err != nil {
		return sorry(c, err)
	}
	return c.Redirect(where, fiber.StatusSeeOther)
}

func hosted(m Merchant, t Transaction) string {
	row := func(name, value string) string {
		if value == "" {
			return ""
		}
		return "<dt>" + name + "</dt><dd>" + html.EscapeString(value) + "</dd>"
	}
	button := func(c Choice, class, text string) string {
		return `<button class="` + class + `" name="scelta" value="` + string(c) + `">` + text + `</button>`
	}
	return "<dl>" + row("A favore di", m.Name) + row("Importo", t.Cents.String()) +
		row("Causale", t.Description) + row("Codice della transazione", t.Code) + "</dl>" +
		`<form method="post">` +
		button(Pay, "good", "Paga con la carta buona") + button(Deny, "plain", "Fai rifiutare la carta") +
		button(Wait, "plain", "Lascia il pagamento in attesa") + button(Cancel, "plain", "Annulla e torna al Comune") +
		"</form>"
}

func sorry(c *fiber.Ctx, err error) error {
	f := fault.Of(err)
	if f == nil {
		return err
	}
	status := fiber.StatusBadRequest
	if f.Kind == fault.NotFound {
		status = fiber.StatusNotFound
	}
	return send(c, status, "Pagamento non possibile", `<p role="alert">`+html.EscapeString(f.Text)+" Nessun addebito è stato fatto.</p>")
}

const style = `body{font:1.1rem/1.5 system-ui,sans-serif;margin:0;color:#1a1a2e;background:#f2f4f7}
header{background:#5b2a86;color:#fff;padding:1rem}main{max-width:36rem;margin:1.5rem auto;padding:1.5rem;background:#fff}
dt{font-weight:600}dd{margin:0 0 .75rem;overflow-wrap:anywhere}
button{display:block;width:100%;margin:.5rem 0;padding:.75rem;font:inherit;border:2px solid #5b2a86;background:#fff;color:#5b2a86;cursor:pointer}
button.good{background:#5b2a86;color:#fff}button:focus-visible{outline:3px solid #b45309;outline-offset:2px}`

func send(c *fiber.Ctx, status int, title, body string) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	c.Type("html", "utf-8")
	return c.Status(status).SendString(`<!doctype html><html lang="it"><head><meta charset="utf-8">` +
		`<meta name="viewport" content="width=device-width, initial-scale=1"><title>` + title + `</title><style>` + style +
		`</style></head><body><header>Ambiente di prova, nessun addebito</header><main><h1>` + title + `</h1>` + body + `</main></body></html>`)
}
