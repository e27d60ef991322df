package outside

import (
	"fmt"
	"html"
	"io"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/sandbox/xpay"
)

func (w *World) mount() {
	w.app.Get("/", w.index)
	w.Acquirer.Mount(w.app.Group("/acquirer"))
	w.Identity.Mount(w.app.Group("/idp"))
	w.app.Get("/comune/:slug", w.page)
	w.app.Get("/comune/:slug/file/:name", w.download)
	w.app.Post("/comune/:slug/chiudi", w.form(w.closeForm))
	w.app.Post("/comune/:slug/bollettino", w.form(w.slipForm))
	w.app.Post("/comune/:slug/ordinativi", w.form(w.ordersForm))
	w.app.Post("/comune/:slug/attesa", w.form(w.pendingForm))
	w.app.Post("/notifiche", w.form(w.notifyForm))
}

func (w *World) index(c *fiber.Ctx) error {
	var b strings.Builder
	b.WriteString("<p>Qui sta ciò che per un Comune è fuori: la banca delle carte, la banca postale, il Tesoriere, chi garantisce l'identità. Nulla di ciò che vedi muove denaro.</p><h2>Comuni</h2><p>Apri un Comune per pagare un bollettino allo sportello, chiudere la giornata e scaricare i file che le banche e il Tesoriere gli mandano.</p><ul>")
	for _, t := range w.towns {
		fmt.Fprintf(&b, `<li><a href="%s">%s</a></li>`, html.EscapeString(w.address(t.Slug)), html.EscapeString(t.Name))
	}
	b.WriteString(`</ul><h2>Notifiche della banca delle carte</h2><p>Come la banca racconta al Comune, da qui in poi, i pagamenti con carta. Anche quelli che perde si ritrovano: il Comune li chiede da sé.</p><form method="post" action="` + w.config.BaseURL + `/notifiche">` +
		`<p><button name="modo" value="normali">Consegna le notifiche</button> <button name="modo" value="ripetute">Consegnale più volte</button> ` +
		`<button name="modo" value="perse">Perdile tutte</button></p></form>`)
	return send(c, fiber.StatusOK, "Il mondo fuori dal Comune", b.String())
}

func (w *World) address(slug string) string {
	return w.config.BaseURL + "/comune/" + url.PathEscape(slug)
}

func (w *World) page(c *fiber.Ctx) error {
	t, err := w.town(c.Params("slug"))
	if err != nil {
		return sorry(c, err)
	}
	here := html.EscapeString(w.address(t.Slug))
	w.mu.Lock()
	files, last := append([]File(nil), t.files...), t.last
	w.mu.Unlock()
	var b strings.Builder
	b.WriteString(`<p><a href="` + w.config.BaseURL + `/">Tutti i Comuni</a></p><h2>Chiusura</h2>`)
	if !last.IsZero() {
		b.WriteString("<p>Ultimo giorno chiuso: " + last.Long() + ".</p>")
	}
	b.WriteString(`<form method="post" action="` + here + `/chiudi"><p>Le banche preparano i rendiconti di quello che è stato pagato e il Tesoriere il giornale di cassa: si scaricano qui sotto e si caricano nelle pagine del Comune.</p><button>Chiudi la giornata</button></form><h2>File da scaricare</h2>`)
	if len(files) == 0 {
		b.WriteString("<p>Ancora nessuno: chiudi la giornata.</p>")
	}
	b.WriteString("<ul>")
	for _, f := range files {
		fmt.Fprintf(&b, `<li><a href="%s/file/%s" download>%s</a>: %s del %s</li>`, here, url.PathEscape(f.Name), html.EscapeString(f.Name), f.What, f.On.Italian())
	}
	b.WriteString("</ul>")
	if t.PostalAccount != "" {
		b.WriteString(`<h2>Sportello postale</h2><form method="post" action="` + here + `/bollettino">` +
			`<p><label for="codice">Codice del bollettino (18 cifre)</label><input id="codice" name="codice" inputmode="numeric" required></p>` +
			`<p><label for="importo">Importo in euro</label><input id="importo" name="importo" inputmode="decimal" required></p><button>Paga il bollettino</button></form>`)
	}
	b.WriteString(`<h2>Ordinativi per il Tesoriere</h2><form method="post" enctype="multipart/form-data" action="` + here + `/ordinativi">` +
		`<p>Il file esportato dalla pagina «Reversali» del Comune: il Tesoriere lo esegue, e il giornale della chiusura dopo lo racconta.</p><p><label for="file">File degli ordinativi (CSV)</label><input id="file" type="file" name="file" required></p><button>Consegna gli ordinativi</button></form>`)
	b.WriteString(w.pending(t, here))
	return send(c, fiber.StatusOK, t.Name, b.String())
}

// pending lists the card payments that wait for a decision.
func (w *World) pending(t *town, here string) string {
	var b strings.Builder
	for _, x := range w.Acquirer.Transactions(t.Merchant.Alias) {
		if x.State == xpay.Pending {
			code := html.EscapeString(x.Code)
			fmt.Fprintf(&b, `<li>%s, %s <form method="post" action="%s/attesa"><input type="hidden" name="codice" value="%s"><button name="esito" value="OK">Conferma %s</button> <button name="esito" value="KO">Rifiuta %s</button></form></li>`,
				code, x.Cents, here, code, code, code)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "<h2>Pagamenti con carta in attesa</h2><ul>" + b.String() + "</ul>"
}

func (w *World) download(c *fiber.Ctx) error {
	files, err := w.Files(c.Params("slug"))
	if err != nil {
		return sorry(c, err)
	}
	name, err := url.PathUnescape(c.Params("name"))
	for _, f := range files {
		if err == nil && f.Name == name {
			c.Set(fiber.HeaderContentType, f.Type)
			c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+f.Name+`"`)
			return c.Send(f.Bytes)
		}
	}
	return sorry(c, fault.New(fault.NotFound, "outside.file", "Questo file non c'è."))
}

// form runs what a form asks and sends the browser on to a page.
func (w *World) form(do func(*fiber.Ctx) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := do(c); err != nil {
			return sorry(c, err)
		}
		where := w.config.BaseURL + "/"
		if slug := c.Params("slug"); slug != "" {
			where = w.address(slug)
		}
		return c.Redirect(where, fiber.StatusSeeOther)
	}
}

func (w *World) closeForm(c *fiber.Ctx) error {
	var on day.Date
	if text := c.FormValue("giorno"); text != "" {
		var err error
		if on, err = day.Parse(text); err != nil {
			return fault.New(fault.Invalid, "outside.day", "Giorno %q: %v.", text, err)
		}
	}
	_, err := w.CloseDay(c.Params("slug"), on)
	return err
}

func (w *World) slipForm(c *fiber.Ctx) error {
	t, err := w.town(c.Params("slug"))
	if err != nil {
		return err
	}
	cents, err := money.Parse(c.FormValue("importo"))
	if err != nil {
		return fault.New(fault.Invalid, "outside.amount", "Importo %q: %v.", c.FormValue("importo"), err)
	}
	return w.Post.Pay(strings.ReplaceAll(c.FormValue("codice"), " ", ""), t.PostalAccount, cents, day.Date{})
}

func (w *World) ordersForm(c *fiber.Ctx) error {
	header, err := c.FormFile("file")
	if err != nil {
		return fault.New(fault.Invalid, "outside.orders", "Scegli il file degli ordinativi.")
	}
	file, err := header.Open()
	if err != nil {
		return fmt.Errorf("opening orders: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return fmt.Errorf("reading orders: %w", err)
	}
	orders, err := readOrders(data)
	if err != nil {
		return err
	}
	_, err = w.Orders(c.Params("slug"), orders, day.Date{})
	return err
}

func (w *World) pendingForm(c *fiber.Ctx) error {
	t, err := w.town(c.Params("slug"))
	if err != nil {
		return err
	}
	return w.Acquirer.Resolve(t.Merchant.Alias, c.FormValue("codice"), c.FormValue("esito") == "OK")
}

func (w *World) notifyForm(c *fiber.Ctx) error {
	switch c.FormValue("modo") {
	case "normali":
		w.Acquirer.Behave(xpay.Behaviour{})
	case "ripetute":
		w.Acquirer.Behave(xpay.Behaviour{Repeats: 3})
	case "perse":
		w.Acquirer.Behave(xpay.Behaviour{Drop: true})
	default:
		return fault.New(fault.Invalid, "outside.notify", "Modo di consegna %q sconosciuto.", c.FormValue("modo"))
	}
	return nil
}

func sorry(c *fiber.Ctx, err error) error {
	f := fault.Of(err)
	if f == nil {
		return err
	}
	status := fiber.StatusBadRequest
	switch f.Kind {
	case fault.NotFound:
		status = fiber.StatusNotFound
	case fault.Conflict:
		status = fiber.StatusConflict
	}
	return send(c, status, "Non è stato possibile", `<p role="alert">`+html.EscapeString(err.Error())+`</p>`)
}

const style = `body{font:1.1rem/1.5 system-ui,sans-serif;margin:0;color:#1d2b1f;background:#eef4ee}
header{background:#1e5631;color:#fff;padding:1rem}main{max-width:46rem;margin:1.5rem auto;padding:1.5rem;background:#fff}
label{display:block}input{font:inherit;padding:.5rem;max-width:100%;box-sizing:border-box}a{color:#1e5631;overflow-wrap:anywhere}
button{margin:.25rem 0;padding:.6rem 1rem;font:inherit;border:2px solid #1e5631;background:#fff;color:#1e5631;cursor:pointer}
:focus-visible{outline:3px solid #b45309;outline-offset:2px}`

func send(c *fiber.Ctx, status int, title, body string) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'")
	c.Type("html", "utf-8")
	title = html.EscapeString(title)
	return c.Status(status).SendString(`<!doctype html><html lang="it"><head><meta charset="utf-8">` +
		`<meta name="viewport" content="width=device-width, initial-scale=1"><title>` + title + ` | Ambiente di prova</title><style>` + style +
		`</style></head><body><header>Ambiente di prova: fuori dal Comune</header><main><h1>` + title + `</h1>` + body + `</main></body></html>`)
}
