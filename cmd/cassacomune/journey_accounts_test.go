package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"cassacomune/app/trace"
	"cassacomune/tenants"
)

// closeDay closes the outside's day and downloads the files that were not
// there before.
func (d demo) closeDay(b *browser, seen map[string]bool) (paths []string) {
	b.t.Helper()
	b.open(d.at("sandbox", "/comune/montelupo"))
	b.press("Chiudi la giornata")
	b.open(d.at("sandbox", "/comune/montelupo"))
	for _, name := range b.offered() {
		if !seen[name] {
			seen[name] = true
			paths = append(paths, b.download(fmt.Sprintf("a[href$=%q]", "/"+name)))
		}
	}
	return paths
}

// offered are the files that the page offers for download.
func (b *browser) offered() []string {
	return js[[]string](b, `[...document.querySelectorAll('a[download]')].map(a => a.innerText)`)
}

// upload gives a file to the accountant's page and sees it through both passes.
func (d demo) upload(b *browser, path string) {
	b.t.Helper()
	b.open(d.at("montelupo", "/ragioneria/file"))
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path}))
	b.press("Carica e controlla")
	b.await("Carica il file", filepath.Base(path))
	b.press("Carica il file")
	b.await("Caricato", filepath.Base(path))
}

// await reloads the page until it says something.
func (b *browser) await(words, what string) {
	b.t.Helper()
	for range 60 {
		if strings.Contains(b.text(), words) {
			b.look()
			return
		}
		time.Sleep(250 * time.Millisecond)
		b.do(chromedp.Reload())
	}
	b.t.Fatalf("%s: %s never said %q at %s\n%s", b.name, what, words, b.where(), b.text())
}

// account carries what the citizens paid to regularised collection orders.
func (d demo) account(b *browser, card, slip string) {
	b.t.Helper()
	seen := map[string]bool{}
	b.open(d.at("sandbox", "/comune/montelupo"))
	for _, name := range b.offered() {
		seen[name] = true // of the past, which has been imported
	}
	code, euro, _ := strings.Cut(slip, " ")
	b.fill(map[string]string{"codice": code, "importo": euro})
	b.press("Paga il bollettino")
	files := d.closeDay(b, seen)
	if len(files) < 3 {
		b.t.Fatalf("the outside gave %v, want settlement, postal flow and journal", files)
	}
	b.open(d.at("montelupo", "/accesso"))
	b.fill(map[string]string{"email": "ragioneria@montelupo.example.org", "password": "prova-cassa-comune"})
	b.press("Accedi")
	for _, f := range files {
		d.upload(b, f)
	}
	d.reconcile(b)
	d.undoAndRedo(b)
	orders := d.export(b)
	b.open(d.at("sandbox", "/comune/montelupo"))
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{orders}))
	b.press("Consegna gli ordinativi")
	for _, f := range d.closeDay(b, seen) {
		if strings.Contains(f, "giornale") {
			d.upload(b, f)
		}
	}
	b.open(d.at("montelupo", "/segui"))
	b.fill(map[string]string{"codice": card})
	text := b.press("Segui")
	for _, stage := range trace.Stages {
		if !strings.Contains(text, stage.Italian()) {
			b.t.Errorf("the line of %s does not say %s:\n%s", card, stage.Italian(), text)
		}
	}
	if !strings.Contains(text, "Reversale") {
		b.t.Errorf("the line of %s does not reach its order:\n%s", card, text)
	}
	if text := b.open(d.at("montelupo", "/ragioneria/controlli")); !strings.Contains(text, "Nessuna anomalia") {
		b.t.Errorf("checks: %s", text)
	}
}

func (d demo) reconcile(b *browser) {
	b.t.Helper()
	b.open(d.at("montelupo", "/ragioneria/riconciliazione"))
	b.press("Riconcilia ora")
	b.await("Ultima riconciliazione il", "the reconciliation")
}

// undoAndRedo takes back the newest match, with a reason, and lets a person
// confirm it again.
func (d demo) undoAndRedo(b *browser) {
	b.t.Helper()
	b.open(d.at("montelupo", "/ragioneria/riconciliazione"))
	b.press("Annulla")
	b.fill(map[string]string{"motivo": "prova di annullamento"})
	b.press("Annulla l'abbinamento")
	text := b.open(b.where())
	if !strings.Contains(text, "prova di annullamento") && !strings.Contains(text, "Da spiegare") {
		b.t.Errorf("after the undoing: %s", text)
	}
	b.fill(map[string]string{"reason": "verificato"})
	js[bool](b, `(() => { document.querySelectorAll('details').forEach(x => x.open = true); const s = document.querySelector('[name=remittance]'); s.selectedIndex = s.options.length - 1; return true })()`)
	b.press("Abbina")
}

// export exports every order that may be, and returns the file.
func (d demo) export(b *browser) string {
	b.t.Helper()
	b.open(d.at("montelupo", "/ragioneria/reversali"))
	js[bool](b, `(() => { document.querySelectorAll('[name=ordinativo]').forEach(x => x.checked = true); return true })()`)
	b.press("Esporta gli ordinativi scelti")
	b.open(d.at("montelupo", "/ragioneria/reversali"))
	return b.download(`a[href$="/ordinativi.csv"]`) // the newest stands first
}

// sound fails on the first thing that does not hold in the demo's data.
func (d demo) sound(t *testing.T) {
	t.Helper()
	db, err := tenants.Open(tenants.Config{Dir: d.dir, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := checkAll(context.Background(), db, ""); err != nil {
		t.Error(err)
	}
}
