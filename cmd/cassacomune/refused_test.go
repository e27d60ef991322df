package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// TestUploadOverTheLimit has a browser send a file that is much longer than the
// town's limit: what it shows is our page, which says the limit and what to do,
// and not its own of a broken connection.
func TestUploadOverTheLimit(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser is not short")
	}
	s := newStage(t, tenantstest.SQLite(t))
	must(t, s.db.Within(s.ctx, s.a.id, seeder, func(tx *tenants.Tx) error {
		m, err := tx.Municipality()
		if err != nil {
			return err
		}
		m.Settings.UploadLimit = 1 << 20
		return tx.SaveSettings(m.Settings)
	}))
	file := filepath.Join(t.TempDir(), "posizioni.csv")
	must(t, os.WriteFile(file, bytes.Repeat([]byte("riga;di;prova\n"), 3<<20), 0o600))
	b := newBrowser(t, "refused", 390, true)
	home := s.place.url(s.a.host())
	b.open(home + "/accesso?next=/desk/file")
	b.fill(map[string]string{"email": s.a.staff()[0].email, "password": demoPassword})
	b.press("Accedi")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file}))
	if text := b.press("Carica e controlla"); !strings.Contains(text, "supera il limite di 1 MB") || !strings.Contains(text, "Dividilo") {
		t.Errorf("the browser shows %.200q, want the page that says the limit", text)
	}
	if text := b.press("Scegli un altro file"); !strings.Contains(text, "Al massimo 1 MB") {
		t.Errorf("back from it %.200q, want the page to choose a file", text)
	}
}

// TestLongForms sends forms and messages that are longer than any of ours, with
// and without saying so, to pages that take no file: none is taken in.
func TestLongForms(t *testing.T) {
	s := newStage(t, tenantstest.SQLite(t))
	for _, path := range []string{"/avvisi", "/accesso", "/servizi/RICARICA", "/notifiche/vpos", "/carrello/voci"} {
		for _, kind := range []string{"application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
			for _, name := range []string{"long", "endless"} {
				body := &sizeless{}
				r, err := http.NewRequest("POST", "http://x"+path, body)
				must(t, err)
				r.Host = s.a.host()
				r.Header.Set("Content-Type", kind)
				r.Header.Set("Sec-Fetch-Site", "same-origin")
				if name == "long" {
					r.ContentLength = 20 << 20
				}
				res, err := s.http.Do(r)
				if err == nil { // else the connection ended while the client still sent
					res.Body.Close()
					if res.StatusCode != 413 {
						t.Errorf("POST %s, %s and %s = %d, want 413", path, name, kind, res.StatusCode)
					}
				}
				if sent := body.sent.Load(); sent > 16<<20 {
					t.Errorf("POST %s, %s and %s: %d bytes were taken in", path, name, kind, sent)
				}
			}
		}
	}
}

// sizeless is a body without an end. The client may still read it when the
// answer is there.
type sizeless struct{ sent atomic.Int64 }

func (b *sizeless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	b.sent.Add(int64(len(p)))
	return len(p), nil
}
