package main

import (
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/fault"
	"cassacomune/app/sandbox/idp"
	"cassacomune/static"
)

// indexHead is what stands before the towns: the same style as their pages.
var indexHead = `<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
	`<title>Cassa Comune, dimostrazione</title><link rel="icon" type="image/svg+xml" href="` + static.Path("icon.svg") + `">` +
	`<link rel="stylesheet" href="` + static.Path("fonts.css") + `"><link rel="stylesheet" href="` + static.Path("bi.css") + `"><link rel="stylesheet" href="` + static.Path("app.css") + `"></head>` +
	`<body><header class="bg-primary"><div class="container px-4 py-4"><h1 class="text-white mb-1">Cassa Comune</h1>` +
	`<p class="lead text-white mb-0">Dimostrazione: Comuni, persone e conti sono inventati, nessun importo è vero.</p></div></header>` +
	`<main><div class="container px-4 py-4"><p class="lead">Scegli un Comune ed entra come cittadino, senza password, o come chi ci lavora: la password di tutti è <code class="text-nowrap">` + demoPassword + `</code></p><div class="row g-4">`

// index answers at the bare host: the towns with their accounts and files, and
// the outside world.
func index(at place, dir string) func(*fiber.Ctx) error {
	return func(c *fiber.Ctx) error {
		if rest, ok := strings.CutPrefix(c.Path(), "/file/"); ok {
			return sample(c, dir, rest)
		}
		if c.Path() != "/" {
			return fault.New(fault.NotFound, "demo.page", "Questa pagina non esiste.")
		}
		var b strings.Builder
		b.WriteString(indexHead)
		for _, t := range demoTowns() {
			b.WriteString(t.card(at, dir))
		}
		b.WriteString(outsideCard(at) + `</div></div></main></body></html>`)
		c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'")
		c.Set(fiber.HeaderCacheControl, "no-store")
		c.Type("html", "utf-8")
		return c.SendString(b.String())
	}
}

func (t *demoTown) card(at place, dir string) string {
	var b strings.Builder
	home, name := at.url(t.host()), t.name
	if t.nameDE != "" {
		name += " / " + t.nameDE
	}
	fmt.Fprintf(&b, `<section class="col-12 col-lg-4"><div class="it-card it-card-border-top it-card-border-top-primary it-card-height-full rounded shadow-sm border p-4"><h2 class="h4">%s</h2>`, html.EscapeString(name))
	fmt.Fprintf(&b, `<p class="d-flex flex-wrap gap-2"><a class="btn btn-primary" href="%[1]s/">Portale dei cittadini<span class="visually-hidden"> del %[2]s</span></a><a class="btn btn-outline-primary" href="%[1]s/accesso">Uffici<span class="visually-hidden"> del %[2]s</span></a></p>`, home, html.EscapeString(t.name))
	b.WriteString(`<h3 class="h6">Chi entra negli uffici</h3><ul class="list-unstyled small">`)
	for _, a := range t.staff() {
		fmt.Fprintf(&b, `<li class="mb-2">%s, %s<br><code class="text-break">%s</code></li>`, a.name, a.what, a.email)
	}
	b.WriteString(`</ul>`)
	if names := samples(dir, t.slug); len(names) > 0 {
		b.WriteString(`<h3 class="h6">File da caricare</h3><ul class="list-unstyled small">`)
		for _, n := range names {
			fmt.Fprintf(&b, `<li class="mb-2"><a class="text-break" href="%s/file/%s/%s" download>%s</a><br>%s</li>`, at.url(at.host), t.slug, url.PathEscape(n), html.EscapeString(n), meaning(n))
		}
		b.WriteString(`</ul>`)
	}
	fmt.Fprintf(&b, `<p class="small mb-0 mt-auto"><a href="%s/comune/%s">Che cosa ne sanno banche e Tesoriere<span class="visually-hidden"> del %s</span></a></p></div></section>`, at.url(sandboxHost), t.slug, html.EscapeString(t.name))
	return b.String()
}

func outsideCard(at place) string {
	var b strings.Builder
	b.WriteString(`<section class="col-12 col-lg-8"><div class="it-card it-card-height-full rounded border p-4"><h2 class="h4">Mondo esterno di prova</h2>`)
	fmt.Fprintf(&b, `<p>Banca delle carte, banca postale, Tesorieri, identità: <a class="text-break" href="%s/">%s/</a></p>`, at.url(sandboxHost), at.url(sandboxHost))
	b.WriteString(`<h3 class="h6">Cittadini che possono entrare in ogni Comune, senza password</h3><ul class="row list-unstyled small mb-0">`)
	for _, p := range idp.Invented() {
		fmt.Fprintf(&b, `<li class="col-12 col-md-6 mb-2">%s %s<br><code>%s</code></li>`, p.Given, p.Family, p.FiscalCode)
	}
	b.WriteString(`</ul></div></section><section class="col-12 col-lg-4"><div class="it-card it-card-height-full rounded border p-4"><h2 class="h4">Gestione dell'istanza</h2>`)
	fmt.Fprintf(&b, `<p><a class="text-break" href="%s/">%s/</a></p><p class="small mb-0">Gestore, stessa password<br><code class="text-break">%s</code></p></div></section>`, at.url(operatorHost), at.url(operatorHost), demoOperator.email)
	return b.String()
}

var meanings = [][2]string{{"giornale-", "giornale di cassa del Tesoriere"}, {"pos-", "rendiconto delle carte"}, {"poste-", "flusso dei bollettini postali"},
	{"posizioni-con-errori", "posizioni debitorie, con righe da correggere"}, {"posizioni-", "posizioni debitorie di un ufficio"}}

// meaning says what a file holds, by its name.
func meaning(name string) string {
	for _, m := range meanings {
		if strings.HasPrefix(name, m[0]) {
			return m[1]
		}
	}
	return "file"
}

// samples are the names of the files that were left for a town.
func samples(dir, slug string) (names []string) {
	entries, err := os.ReadDir(filepath.Join(dir, "files", slug))
	if err != nil {
		return nil
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// sample sends one of those files, and no other.
func sample(c *fiber.Ctx, dir, rest string) error {
	slug, name, _ := strings.Cut(rest, "/")
	known := slices.ContainsFunc(demoTowns(), func(t *demoTown) bool { return t.slug == slug })
	name, err := url.PathUnescape(name)
	if err != nil || !known || !slices.Contains(samples(dir, slug), name) {
		return fault.New(fault.NotFound, "demo.file", "Questo file non c'è.")
	}
	return c.Download(filepath.Join(dir, "files", slug, name), name)
}
