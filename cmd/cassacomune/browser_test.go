package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// browser is a real Chromium on one tab. It skips the test where there is
// none; under CASSACOMUNE_TEST_STRICT it fails instead.
type browser struct {
	t    *testing.T
	ctx  context.Context
	axe  string // the script of axe-core, from CASSACOMUNE_AXE
	shot int
	name string
	seen map[string]bool // pages that axe has looked at
}

func newBrowser(t *testing.T, name string, width int64, script bool) *browser {
	t.Helper()
	path := chromium(t)
	axe, err := os.ReadFile(os.Getenv("CASSACOMUNE_AXE"))
	if err != nil {
		missing(t, "CASSACOMUNE_AXE does not name axe.min.js of axe-core")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	b := &browser{t: t, ctx: ctx, name: name, seen: map[string]bool{}}
	if script { // axe waits for promises, which a page without scripts never keeps
		b.axe = string(axe)
	}
	b.do(chromedp.EmulateViewport(width, 900))
	if !script {
		b.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
			return err
		}))
		b.do(chromedp.Navigate("data:text/html,<title>off</title><script>document.title='on'</script>"))
		if js[string](b, "document.title") != "off" {
			t.Fatal("scripts are not switched off")
		}
	}
	return b
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, "no Chromium on this machine")
	return ""
}

// missing skips, or fails where nothing may be skipped.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CASSACOMUNE_TEST_STRICT") == "1" {
		t.Fatal(what)
	}
	t.Skip(what)
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v\nat %s", b.name, err, b.where())
	}
}

func (b *browser) where() string {
	url, _ := chromedp.Run(b.ctx, chromedp.Location())
	return url
}

// open goes to an address, looks at the page, and returns its text.
func (b *browser) open(url string) string {
	b.t.Helper()
	b.do(chromedp.Navigate(url))
	return b.look()
}

// js evaluates an expression in the page; it works through the debugger, so
// also where the page's own scripts are switched off.
func js[T any](b *browser, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %s: %v\nat %s", b.name, expression, err, b.where())
	}
	return v
}

// fill types into the fields of the page by their names.
func (b *browser) fill(values map[string]string) {
	b.t.Helper()
	for name, v := range values {
		if !js[bool](b, fmt.Sprintf(`(() => { const f = document.querySelector('main [name=%q]'); if (!f) return false;
			if (f.type == 'checkbox' || f.type == 'radio') { const o = document.querySelector('main [name=%q][value=%q]') || f; o.checked = true } else { f.value = %q } return true })()`, name, name, v, v)) {
			b.t.Fatalf("%s: no field %q at %s\n%s", b.name, name, b.where(), b.text())
		}
	}
}

// press presses the button or follows the link whose text contains words, and
// looks at the page that follows.
func (b *browser) press(words string) string {
	b.t.Helper()
	before := js[string](b, "performance.timeOrigin + location.href")
	if !js[bool](b, fmt.Sprintf(`(() => { for (const e of document.querySelectorAll('main button, main a, main input[type=submit], body > *:not(header) button'))
		if ((e.innerText || e.value || '').includes(%q)) { e.click(); return true } return false })()`, words)) {
		b.t.Fatalf("%s: nothing to press %q at %s\n%s", b.name, words, b.where(), b.text())
	}
	b.waitChange(before)
	return b.look()
}

// download follows a link to a file, which the browser saves, and returns
// where it is.
func (b *browser) download(selector string) string {
	b.t.Helper()
	dir := b.t.TempDir()
	b.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir})
		return err
	}))
	if !js[bool](b, fmt.Sprintf(`(() => { const a = document.querySelector(%q); if (a) a.click(); return !!a })()`, selector)) {
		b.t.Fatalf("%s: no %s at %s\n%s", b.name, selector, b.where(), b.text())
	}
	for range 100 {
		time.Sleep(50 * time.Millisecond)
		saved, _ := filepath.Glob(filepath.Join(dir, "[^.]*"))
		if len(saved) == 1 && filepath.Ext(saved[0]) != ".crdownload" {
			return saved[0]
		}
	}
	b.t.Fatalf("%s: %s at %s was not saved", b.name, selector, b.where())
	return ""
}

func (b *browser) waitChange(before string) {
	b.t.Helper()
	for range 100 {
		time.Sleep(50 * time.Millisecond)
		now, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.readyState == 'complete' ? performance.timeOrigin + location.href : ''"))
		if err == nil && now != "" && now != before {
			return
		}
	}
	b.t.Fatalf("%s: the page did not change at %s\n%s", b.name, b.where(), b.text())
}

func (b *browser) text() string { return js[string](b, "document.body.innerText") }

// look takes a picture, lets axe look at pages of ours it has not seen, and
// returns the page's text.
func (b *browser) look() string {
	b.t.Helper()
	b.picture()
	text := b.text()
	path := js[string](b, "location.host + location.pathname + document.title")
	if wide := js[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); wide > 0 {
		b.t.Errorf("%s: %s is %d pixels wider than the window", b.name, b.where(), wide)
	}
	if b.axe != "" && !b.seen[path] && !strings.Contains(path, "sandbox.") {
		b.seen[path] = true
		b.accessible()
	}
	return text
}

func (b *browser) accessible() {
	b.t.Helper()
	js[bool](b, b.axe+";true")
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => v.id + ': ' + v.help + ' ' + v.nodes.map(n => n.html).join(' | ')))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Errorf("%s: axe at %s: %v", b.name, b.where(), err)
	}
	for _, v := range found {
		b.t.Errorf("%s: %s is not accessible: %s", b.name, b.where(), v)
	}
}

// picture keeps what the page looks like in CASSACOMUNE_PICTURES, when set.
func (b *browser) picture() {
	dir := os.Getenv("CASSACOMUNE_PICTURES")
	if dir == "" {
		return
	}
	b.shot++
	var png []byte
	b.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		res, err := cdp.Call(ctx, tab, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: new(true)})
		png = res.Data
		return err
	}))
	if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%02d.png", b.name, b.shot)), png, 0o644); err != nil {
		b.t.Error(err)
	}
}
