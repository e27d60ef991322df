package main

import (
	"bufio"
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cassacomune/app/debts"
	"cassacomune/tenants"
)

// demo is the demo as a visitor starts it: another process.
type demo struct {
	t    *testing.T
	dir  string
	port string
}

func startDemo(t *testing.T) demo {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "cassacomune")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	d := demo{t: t, dir: t.TempDir()}
	cmd := exec.Command(binary, "demo", "--addr", "127.0.0.1:0", "--data", d.dir, "--log-level", "error")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Signal(os.Interrupt); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("no ready line: %v", err)
	}
	at, err := url.Parse(strings.TrimSpace(strings.TrimPrefix(line, "ready ")))
	if err != nil || !strings.HasPrefix(line, "ready http://") {
		t.Fatalf("ready line %q: %v", line, err)
	}
	d.port = at.Port()
	return d
}

func (d demo) at(host, path string) string { return "http://" + host + ".localhost:" + d.port + path }

// notices finds notice numbers of open debts of a type, which a card and a
// slip may pay.
func (d demo) notices(slug string, n int) (codes []string) {
	d.t.Helper()
	db, err := tenants.Open(tenants.Config{Dir: d.dir, Clock: time.Now})
	if err != nil {
		d.t.Fatal(err)
	}
	defer db.Close()
	ctx := context.Background()
	town, err := db.BySlug(ctx, slug)
	if err != nil {
		d.t.Fatal(err)
	}
	err = db.Read(ctx, town.ID, func(tx *tenants.Tx) error {
		return tx.SelectFrom("code").ColumnExpr("code.code").
			Join("JOIN debt AS d ON d.tenant_id = code.tenant_id AND d.id = code.debt_id").
			Where("code.kind = ?", debts.NoticeCode).Where("code.state = ?", debts.Active).Where("d.state = ?", debts.Open).Where("d.type = 'MENSA'").
			OrderExpr("code.code").Limit(int64(n)).Scan(tx.Ctx, &codes)
	})
	if err != nil || len(codes) < n {
		d.t.Fatalf("open notices of %s: %d, %v; want %d", slug, len(codes), err, n)
	}
	return codes
}

func TestJourney(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser is not short")
	}
	t.Parallel()
	d := startDemo(t)
	codes := d.notices("montelupo", 12)
	for i, c := range []struct {
		name   string
		width  int64
		script bool
	}{{"desktop", 1280, true}, {"phone", 390, true}, {"noscript", 390, false}} {
		t.Run(c.name, func(t *testing.T) {
			d.t = t
			b := newBrowser(t, c.name, c.width, c.script)
			d.payByCard(b, codes[4*i:4*i+2])
			slip := d.payBySlip(b, codes[4*i+2:4*i+4])
			d.account(b, codes[4*i], slip)
			d.sound(t)
		})
	}
}

func (d demo) fillCart(b *browser, codes []string) {
	b.t.Helper()
	for _, code := range codes {
		b.open(d.at("montelupo", "/"))
		b.fill(map[string]string{"codice": code[:3] + " " + code[3:]})
		b.press("Cerca l'avviso")
		b.press("Metti nel carrello")
	}
	b.open(d.at("montelupo", "/carrello"))
	b.fill(map[string]string{"nome": "Ada Versante", "email": "ada@example.org"})
	b.press("Continua")
}

// payByCard pays two notices at the acquirer's page and comes back to a
// receipt.
func (d demo) payByCard(b *browser, codes []string) {
	b.t.Helper()
	d.fillCart(b, codes)
	b.fill(map[string]string{"canale": "vpos"})
	b.press("Vai al pagamento")
	b.press("Vai alla pagina della banca")
	text := b.press("Paga con la carta buona")
	for range 20 {
		if strings.Contains(text, "Vai alla ricevuta") {
			break
		}
		time.Sleep(250 * time.Millisecond)
		text = b.open(b.where())
	}
	text = b.press("Vai alla ricevuta")
	if !strings.Contains(text, "Ricevuta numero") || !strings.Contains(text, "Ada Versante") {
		b.t.Errorf("receipt: %s", text)
	}
	b.open(d.at("montelupo", "/avvisi/"+codes[0]))
	if text := b.text(); !strings.Contains(text, "già pagato") {
		b.t.Errorf("a paid notice: %s", text)
	}
}

// payBySlip completes a cart of two notices offline; it returns the slip's
// code and its amount.
func (d demo) payBySlip(b *browser, codes []string) string {
	b.t.Helper()
	d.fillCart(b, codes)
	b.fill(map[string]string{"canale": "slip"})
	text := b.press("Vai al pagamento")
	if !strings.Contains(text, "In attesa del pagamento fino al") || !strings.Contains(text, "Scarica il bollettino") {
		b.t.Errorf("slip: %s", text)
	}
	code := strings.ReplaceAll(js[string](b, `document.querySelector('dd.cc-code').innerText`), " ", "")
	total := js[string](b, `document.querySelector('.cc-total .cc-num').innerText`)
	return code + " " + strings.TrimSpace(strings.TrimRight(total, "\u00a0€ "))
}
