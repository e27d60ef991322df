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
)

const indexStyle = `body{font:1.05rem/1.55 system-ui,sans-serif;margin:0;color:#17324d;background:#f2f5f8}
header{background:#0a3d62;color:#fff;padding:1.25rem}header p{margin:.25rem 0 0}
main{max-width:60rem;margin:1.5rem auto;padding:0 1rem}section{background:#fff;padding:1rem 1.25rem;margin:0 0 1rem}
h1{margin:0;font-size:1.6rem}h2{font-size:1.25rem;margin:.25rem 0}a{color:#0a4f8a;overflow-wrap:anywhere}ul{padding-left:1.25rem}
code{overflow-wrap:anywhere;background:#e8eef3;padding:0 .25rem}`

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
		for _, t := range demoTowns() {
			b.WriteString(t.card(at, dir))
		}
		b.WriteString(outsideCard(at))
		c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'")
		c.Set(fiber.HeaderCacheControl, "no-store")
		c.Type("html", "utf-8")
		return c.SendString(`<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
			`<title>Cassa Comune, dimostrazione</title><style>` + indexStyle + `</style></head><body><header><h1>Cassa Comune, dimostrazione</h1>` +
			`<p>Comuni, persone e conti sono inventati: nessun importo è vero.</p></header><main>` + b.String() + `</main></body></html>`)
	}
}

func (t *demoTown) card(at place, dir string) string {
	var b strings.Builder
	home, name := at.url(t.host()), t.name
	if t.nameDE != "" {
		name += " / " + t.nameDE
	}
	fmt.Fprintf(&b, `<section><h2>%s</h2><p>Portale dei cittadini: <a href="%s/">%s/</a></p>`, html.EscapeString(name), home, home)
	fmt.Fprintf(&b, `<p>Uffici: <a href="%s/accesso">%s/accesso</a>, la password di tutti è <code>%s</code></p>`, home, home, demoPassword)
	b.WriteString(`<ul>`)
	for _, a := range t.staff() {
		fmt.Fprintf(&b, `<li><code>%s</code>: %s (%s)</li>`, a.email, a.what, a.name)
	}
	b.WriteString(`</ul>`)
	if names := samples(dir, t.slug); len(names) > 0 {
		b.WriteString(`<p>File da caricare:</p><ul>`)
		for _, n := range names {
			fmt.Fprintf(&b, `<li><a href="%s/file/%s/%s" download>%s</a>: %s</li>`, at.url(at.host), t.slug, url.PathEscape(n), html.EscapeString(n), meaning(n))
		}
		b.WriteString(`</ul>`)
	}
	fmt.Fprintf(&b, `<p>Che cosa ne sa il mondo esterno: <a href="%s/comune/%s">banche e Tesoriere, %s</a></p></section>`, at.url(sandboxHost), t.slug, html.EscapeString(t.name))
	return b.String()
}

func outsideCard(at place) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<section><h2>Mondo esterno di prova</h2><p>Banca delle carte, banca postale, tesorieri, identità: <a href="%s/">%s/</a></p>`, at.url(sandboxHost), at.url(sandboxHost))
	b.WriteString(`<p>Cittadini che possono entrare in ogni Comune, senza password:</p><ul>`)
	for _, p := range idp.Invented() {
		fmt.Fprintf(&b, `<li>%s %s, <code>%s</code></li>`, p.Given, p.Family, p.FiscalCode)
	}
	fmt.Fprintf(&b, `</ul></section><section><h2>Gestione dell'istanza</h2><p><a href="%s/">%s/</a>: <code>%s</code>, stessa password</p></section>`,
		at.url(operatorHost), at.url(operatorHost), demoOperator.email)
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
