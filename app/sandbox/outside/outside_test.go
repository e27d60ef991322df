package outside

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"cassacomune/app/sandbox/treasurer"
	"cassacomune/app/sandbox/xpay"
)

const slip = "240704900900004256"

// world serves the outside on a loopback port, with a town's own server that
// takes notifications.
func world(t *testing.T) (base string, notified chan url.Values) {
	t.Helper()
	notified = make(chan url.Values, 10)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base = "http://" + listener.Addr().String()
	now := time.Date(2026, 11, 23, 9, 15, 0, 0, time.UTC)
	w, err := New(Config{
		BaseURL: base, Clock: func() time.Time { return now },
		Towns: []Town{
			{Slug: "prova", Name: "Comune di Prova", PostalAccount: "12345", StateTransfer: 5000000,
				Merchant: xpay.Merchant{Alias: "A1", Key: "k1", Terminal: "11111111"}, Treasurer: treasurer.Config{Opening: 100}},
			{Slug: "altro", Name: "Comune d'Altrove", Merchant: xpay.Merchant{Alias: "A2", Key: "k2", Terminal: "22222222"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- w.App().Listener(listener) }()
	t.Cleanup(func() {
		w.Close()
		if err := w.App().Shutdown(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return base, notified
}

func townServer(t *testing.T, notified chan url.Values) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err == nil && r.Method == http.MethodPost {
			notified <- r.PostForm
		}
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return "http://" + listener.Addr().String()
}

func get(t *testing.T, address string) string {
	t.Helper()
	answer, err := http.Get(address)
	return body(t, answer, err)
}

func body(t *testing.T, answer *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func post(t *testing.T, address string, form url.Values) string {
	t.Helper()
	answer, err := http.PostForm(address, form)
	return body(t, answer, err)
}

// TestDemo is the visitor's way: pay by card, pay a slip, close the day, hand
// over the order, close the next.
func TestDemo(t *testing.T) {
	base, notified := world(t)
	town := townServer(t, notified)
	sum := sha1.Sum([]byte("codTrans=CC0001divisa=EURimporto=12540k1"))
	page := post(t, base+"/acquirer/ecomm/ecomm/DispatcherServlet", url.Values{
		"alias": {"A1"}, "importo": {"12540"}, "divisa": {"EUR"}, "codTrans": {"CC0001"}, "mac": {hex.EncodeToString(sum[:])},
		"url": {town + "/esito"}, "url_back": {town + "/annulla"}, "urlpost": {town + "/notifica"}})
	if !strings.Contains(page, "nessun addebito") || !strings.Contains(page, "Comune di Prova") {
		t.Fatalf("hosted page: %s", page)
	}
	// the page posts to itself: find it again by the same request
	answer, err := http.PostForm(base+"/acquirer/ecomm/ecomm/DispatcherServlet", url.Values{
		"alias": {"A1"}, "importo": {"12540"}, "divisa": {"EUR"}, "codTrans": {"CC0001"}, "mac": {hex.EncodeToString(sum[:])},
		"url": {town + "/esito"}, "url_back": {town + "/annulla"}})
	body(t, answer, err)
	answer, err = http.PostForm(answer.Request.URL.String(), url.Values{"scelta": {"paga"}})
	body(t, answer, err)
	if q := answer.Request.URL; q.Path != "/esito" || q.Query().Get("esito") != "OK" {
		t.Errorf("browser ends at %s", q)
	}
	if n := <-notified; n.Get("codTrans") != "CC0001" || n.Get("importo") != "12540" {
		t.Errorf("notification = %v", n)
	}
	if got := post(t, base+"/comune/prova/bollettino", url.Values{"codice": {slip}, "importo": {"90,00"}}); !strings.Contains(got, "Comune di Prova") {
		t.Fatalf("slip: %s", got)
	}
	list := post(t, base+"/comune/prova/chiudi", nil)
	links := regexp.MustCompile(`href="(http://[^"]*/file/[^"]*)"`).FindAllStringSubmatch(list, -1)
	if len(links) != 3 {
		t.Fatalf("links = %v in %s", links, list)
	}
	for i, want := range []string{"11111111;2026-11-23;CC0001;125,40;1,50;123,90\r\n", slip, "RIF 11111111-20261123"} {
		if got := get(t, links[i][1]); !strings.Contains(got, want) {
			t.Errorf("%s lacks %q:\n%s", links[i][1], want, got)
		}
	}
	if got := get(t, links[2][1]); !strings.Contains(got, "<totale_sospesi_entrata>50213.90</totale_sospesi_entrata>") {
		t.Errorf("journal = %s", got)
	}
	if got := orders(t, base, "ordinativo;riga;tipo_riscossione;importo;provvisorio;importo_provvisorio;note\n"+
		"A;1;REGOLARIZZAZIONE;123,90;1;123,90;x\nA;2;COMPENSAZIONE;1,50;;;\nB;1;REGOLARIZZAZIONE;90,00;2;90,00;\n"); !strings.Contains(got, "Comune di Prova") {
		t.Fatalf("orders: %s", got)
	}
	list = post(t, base+"/comune/prova/chiudi", nil)
	next := get(t, base+"/comune/prova/file/giornale-20261124.xml")
	if strings.Count(next, "REGOLARIZZATO") != 2 || !strings.Contains(next, "<totale_sospesi_entrata>50000.00</totale_sospesi_entrata>") ||
		!strings.Contains(next, "<saldo_complessivo_precedente>50214.90</saldo_complessivo_precedente>") {
		t.Errorf("next journal = %s, list %s", next, list)
	}
	if got := orders(t, base, "ordinativo;riga;tipo_riscossione;importo;provvisorio;importo_provvisorio\nC;1;REGOLARIZZAZIONE;123,90;1;123,90\n"); !strings.Contains(got, "Il Tesoriere rifiuta") {
		t.Errorf("the same provisional again: %s", got)
	}
}

func orders(t *testing.T, base, table string) string {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", "ordinativi.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, table); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(base+"/comune/prova/ordinativi", w.FormDataContentType(), &b)
	return body(t, answer, err)
}

func TestPages(t *testing.T) {
	base, _ := world(t)
	index := get(t, base+"/")
	for _, slug := range []string{"prova", "altro"} {
		if want := fmt.Sprintf(`href="%s/comune/%s"`, base, slug); !strings.Contains(index, want) {
			t.Errorf("index lacks %s: %s", want, index)
		}
	}
	if got := get(t, base+"/idp/.well-known/openid-configuration"); !strings.Contains(got, base+"/idp/authorize") {
		t.Errorf("discovery = %s", got)
	}
	for _, path := range []string{"/comune/nessuno", "/comune/prova/file/nulla.xml"} {
		answer, err := http.Get(base + path)
		body(t, answer, err)
		if answer.StatusCode != 404 {
			t.Errorf("%s: status %d, want 404", path, answer.StatusCode)
		}
	}
	post(t, base+"/comune/prova/chiudi", nil)
	answer, err := http.PostForm(base+"/comune/prova/chiudi", url.Values{"giorno": {"2026-11-23"}})
	body(t, answer, err)
	if answer.StatusCode != 409 {
		t.Errorf("closing a closed day: status %d, want 409", answer.StatusCode)
	}
	// what one town closes, the other does not see
	if got := get(t, base+"/comune/altro"); strings.Contains(got, "/file/") {
		t.Errorf("the other town has files: %s", got)
	}
}

func TestReadOrdersRefuses(t *testing.T) {
	head := strings.Join(columns, ";") + "\n"
	for name, table := range map[string]string{
		"column":      "ordinativo;riga\n1;1\n",
		"amount":      head + "1;1;CASSA;12..34;;\n",
		"provisional": head + "1;1;REGOLARIZZAZIONE;1,00;x;1,00\n",
		"changed":     head + "1;1;REGOLARIZZAZIONE;2,00;1;1,00\n1;1;REGOLARIZZAZIONE;3,00;2;1,00\n",
		"empty":       "",
	} {
		if got, err := readOrders([]byte(table)); err == nil {
			t.Errorf("%s: read as %v", name, got)
		}
	}
	got, err := readOrders([]byte(head + "9;1;REGOLARIZZAZIONE;2,00;1;1,00\n9;1;REGOLARIZZAZIONE;2,00;2;1,00\n"))
	if err != nil || len(got) != 1 || got[0].Number != 9 || got[0].Cents != 200 || len(got[0].Lines[0].Closes) != 2 {
		t.Errorf("orders = %+v, %v", got, err)
	}
}
