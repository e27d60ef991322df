package xpay

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/go-cmp/cmp"

	"cassacomune/app/day"
	"cassacomune/app/shared"
)

const testKey = "chiave-di-prova-0123456789abcdef"

// macCases are own vectors from the public formulas; each hex was computed
// outside Go.
func TestMAC(t *testing.T) {
	for _, test := range []struct{ name, got, want string }{
		{"start", startMAC(testKey, "CC0001", "EUR", "12540"), "0b88282beef9d6c06c09324a495566535acdafc5"},
		{"outcome ok", outcomeMAC(testKey, "CC0001", "OK", "12540", "EUR", "20261123", "101500", "TESTOK"), "00fa33238855fd39f7f55518c68eb06c967d8945"},
		{"outcome ko", outcomeMAC(testKey, "CC0001", "KO", "12540", "EUR", "20261123", "101500", ""), "6750700165e050de21ddc50793f40637ebd2d210"},
		{"status", statusMAC(testKey, "ALIAS_WEB_00000000", "CC0001", "1795428900000"), "fa02d5375621c8ca2c6180a5fa514267eb00b371"},
		{"answer", answerMAC(testKey, "OK", "123456789", "1795428901000"), "b23685b45ac9d4c49f93f1eb2d99350f4c343d76"},
	} {
		if test.got != test.want {
			t.Errorf("%s MAC = %s, want %s", test.name, test.got, test.want)
		}
	}
}

// TestMACShared reads the same facts from the shared corpus, where present.
func TestMACShared(t *testing.T) {
	for _, row := range shared.Table(t, "corpora/pos/MAC_VECTORS.csv")[1:] {
		clear := strings.TrimSuffix(row[2], testKey)
		if row[1] != "sha1" || clear == row[2] {
			t.Errorf("%s: unexpected vector", row[0])
			continue
		}
		if got := mac(testKey, pair{strings.SplitN(clear, "=", 2)[0], strings.SplitN(clear, "=", 2)[1]}); got != row[3] {
			t.Errorf("%s: mac = %s, want %s", row[0], got, row[3])
		}
	}
}

// town is a merchant's side of the conversation, written by hand.
type town struct {
	*Acquirer
	app  *fiber.App
	now  time.Time
	seen chan url.Values
}

func newTown(t *testing.T, b Behaviour, answers ...int) *town {
	w := &town{app: fiber.New(fiber.Config{Immutable: true}), now: time.Date(2026, 11, 23, 9, 15, 0, 0, time.UTC), seen: make(chan url.Values, 20)}
	w.Acquirer = New(Config{
		Merchants: []Merchant{{Alias: "ALIAS1", Key: testKey, Name: "Comune di Prova", Terminal: "12345678"}},
		FeeBasis:  120, Notify: b, Clock: func() time.Time { return w.now },
		Post: func(_ context.Context, _ string, form url.Values) (int, error) {
			w.seen <- form
			if len(answers) > 0 {
				status := answers[0]
				answers = answers[1:]
				return status, nil
			}
			return 200, nil
		},
	})
	w.Mount(w.app)
	t.Cleanup(w.Close)
	return w
}

func form(code, importo string) url.Values {
	return url.Values{
		"alias": {"ALIAS1"}, "importo": {importo}, "divisa": {"EUR"}, "codTrans": {code}, "descrizione": {"Mensa <luglio>"},
		"url": {"http://comune.localhost/esito?x=1"}, "url_back": {"http://comune.localhost/annulla"}, "urlpost": {"http://comune.localhost/notifica"},
		"mac": {startMAC(testKey, code, "EUR", importo)},
	}
}

func (w *town) post(t *testing.T, path string, f url.Values) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(f.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.do(t, r)
}

func (w *town) do(t *testing.T, r *http.Request) (*http.Response, string) {
	t.Helper()
	answer, err := w.app.Test(r, 5000)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

// choose walks from the form to the browser's return.
func (w *town) choose(t *testing.T, code, importo string, c Choice) *url.URL {
	t.Helper()
	answer, body := w.post(t, "/ecomm/ecomm/DispatcherServlet", form(code, importo))
	if answer.StatusCode != 303 {
		t.Fatalf("dispatch of %s: status %d, %s", code, answer.StatusCode, body)
	}
	page := answer.Header.Get("Location")
	_, body = w.do(t, httptest.NewRequest(http.MethodGet, page, nil))
	for _, want := range []string{"Ambiente di prova, nessun addebito", "Mensa &lt;luglio&gt;", "Comune di Prova"} {
		if !strings.Contains(body, want) {
			t.Fatalf("hosted page lacks %q: %s", want, body)
		}
	}
	first, _ := w.post(t, page, url.Values{"scelta": {string(c)}})
	again, _ := w.post(t, page, url.Values{"scelta": {string(Pay)}})
	if got, want := again.Header.Get("Location"), first.Header.Get("Location"); got != want {
		t.Errorf("second press leads to %s, want %s", got, want)
	}
	where, err := url.Parse(first.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	return where
}

func TestConversation(t *testing.T) {
	for _, test := range []struct {
		choice     Choice
		path       string
		esito      string
		notified   int
		status     string // esito of the query
		state      string
		authorised bool
	}{
		{Pay, "/esito", "OK", 1, "OK", Captured, true},
		{Deny, "/esito", "KO", 1, "OK", Refused, false},
		{Wait, "/esito", "PEN", 1, "OK", Pending, false},
		{Cancel, "/annulla", "ANNULLO", 0, "OK", Cancelled, false},
	} {
		t.Run(string(test.choice), func(t *testing.T) {
			w := newTown(t, Behaviour{})
			where := w.choose(t, "CC0001", "12540", test.choice)
			q := where.Query()
			if where.Path != test.path || q.Get("esito") != test.esito || q.Get("codAut") != "" != test.authorised {
				t.Errorf("return = %s", where)
			}
			if len(w.seen) != test.notified {
				t.Fatalf("notifications = %d, want %d", len(w.seen), test.notified)
			}
			if test.notified > 0 {
				n := <-w.seen
				want := outcomeMAC(testKey, "CC0001", test.esito, "12540", "EUR", "20261123", "101500", n.Get("codAut"))
				if n.Get("mac") != want || q.Get("mac") != want {
					t.Errorf("MACs = %s, %s, want %s", n.Get("mac"), q.Get("mac"), want)
				}
			}
			got := w.query(t, "CC0001", testKey)
			if got.Esito != test.status || len(got.Report) != 1 || got.Report[0].State != test.state || got.Report[0].Cents != 12540 {
				t.Errorf("status = %+v", got)
			}
		})
	}
}

type statusAnswer struct {
	Esito     string `json:"esito"`
	Operation string `json:"idOperazione"`
	TimeStamp string `json:"timeStamp"`
	MAC       string `json:"mac"`
	Report    []struct {
		State string `json:"stato"`
		Cents int64  `json:"importo"`
	} `json:"report"`
}

func (w *town) query(t *testing.T, code, key string) statusAnswer {
	t.Helper()
	stamp := strconv.FormatInt(w.now.UnixMilli(), 10)
	body := `{"apiKey":"ALIAS1","codiceTransazione":"` + code + `","timeStamp":` + stamp + `,"mac":"` + statusMAC(key, "ALIAS1", code, stamp) + `"}`
	_, text := w.do(t, httptest.NewRequest(http.MethodPost, "/ecomm/api/bo/situazioneOrdine", strings.NewReader(body)))
	var a statusAnswer
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatalf("status answer %s: %v", text, err)
	}
	if want := answerMAC(testKey, a.Esito, a.Operation, a.TimeStamp); a.MAC != want {
		t.Errorf("answer MAC = %s, want %s", a.MAC, want)
	}
	return a
}

func TestRefusedRequests(t *testing.T) {
	for name, change := range map[string]func(url.Values){
		"MAC errato":    func(f url.Values) { f.Set("mac", strings.Repeat("0", 40)) },
		"alias":         func(f url.Values) { f.Set("alias", "ALTRO") },
		"importo":       func(f url.Values) { f.Set("importo", "125,40") },
		"divisa":        func(f url.Values) { f.Set("divisa", "USD") },
		"codTrans deve": func(f url.Values) { f.Set("codTrans", "A#1") },
		"url_back":      func(f url.Values) { f.Set("url_back", "/annulla") },
	} {
		w := newTown(t, Behaviour{})
		f := form("CC0001", "12540")
		change(f)
		answer, body := w.post(t, "/ecomm/ecomm/DispatcherServlet", f)
		if answer.StatusCode != 400 || !strings.Contains(body, name) {
			t.Errorf("%s: status %d, %s", name, answer.StatusCode, body)
		}
	}
	w := newTown(t, Behaviour{})
	if got := w.query(t, "MAI", testKey); got.Esito != "KO" {
		t.Errorf("status of an unknown order = %+v", got)
	}
	w.choose(t, "CC0001", "12540", Pay)
	if got := w.query(t, "CC0001", "altra"); got.Esito != "KO" || got.Report != nil {
		t.Errorf("status with a wrong MAC = %+v", got)
	}
	if answer, _ := w.post(t, "/ecomm/ecomm/DispatcherServlet", form("CC0001", "12540")); answer.StatusCode != 400 {
		t.Errorf("a paid codTrans opened again: status %d", answer.StatusCode)
	}
}

func TestDeliveries(t *testing.T) {
	for _, test := range []struct {
		name    string
		b       Behaviour
		answers []int
		want    int
	}{
		{"dropped", Behaviour{Drop: true}, nil, 0},
		{"repeated", Behaviour{Repeats: 3}, nil, 4},
		{"delayed", Behaviour{Delay: 20 * time.Millisecond}, nil, 1},
		{"retried", Behaviour{}, []int{500}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newTown(t, test.b, test.answers...)
			w.choose(t, "CC0001", "12540", Pay)
			if test.b.Delay > 0 && len(w.seen) != 0 {
				t.Errorf("delayed notification was sent at once")
			}
			w.deliveries.Wait()
			if len(w.seen) != test.want {
				t.Errorf("notifications = %d, want %d", len(w.seen), test.want)
			}
			if got := w.query(t, "CC0001", testKey); got.Report[0].State != Captured {
				t.Errorf("status = %+v", got)
			}
		})
	}
}

func TestSettle(t *testing.T) {
	w := newTown(t, Behaviour{})
	w.choose(t, "CC0001", "12540", Pay)  // fee 150.48 -> 150
	w.choose(t, "CC0002", "1125", Pay)   // fee 13.5 -> 14
	w.choose(t, "CC0003", "5000", Deny)  // not settled
	w.choose(t, "CC0004", "10000", Wait) // settled only when resolved
	on := day.New(2026, 11, 23)
	got, err := w.Settle("ALIAS1", on)
	if err != nil {
		t.Fatal(err)
	}
	want := "terminale;data;codice_transazione;lordo;commissione;netto\r\n" +
		"12345678;2026-11-23;CC0001;125,40;1,50;123,90\r\n12345678;2026-11-23;CC0002;11,25;0,14;11,11\r\n"
	if diff := cmp.Diff(want, string(got.CSV)); diff != "" {
		t.Error(diff)
	}
	if got.Count != 2 || got.Gross != 13665 || got.Fee != 164 || got.Net != 13501 || !strings.Contains(got.Text, "12345678-20261123") {
		t.Errorf("settlement = %+v", got)
	}
	if err := w.Resolve("ALIAS1", "CC0004", true); err != nil {
		t.Fatal(err)
	}
	again, err := w.Settle("ALIAS1", on)
	if diff := cmp.Diff(got, again, cmp.Comparer(func(a, b day.Date) bool { return a == b })); diff != "" || err != nil {
		t.Errorf("second close of the day differs: %s %v", diff, err)
	}
	next, err := w.Settle("ALIAS1", on.AddDays(1))
	if err != nil || next.Count != 1 || next.Gross != 10000 {
		t.Errorf("next day = %+v, %v", next, err)
	}
	if empty, err := w.Settle("ALIAS1", on.AddDays(2)); err != nil || empty.CSV != nil || empty.Net != 0 {
		t.Errorf("empty day = %+v, %v", empty, err)
	}
	if _, err := w.Settle("ALIAS1", on.AddDays(-1)); err == nil {
		t.Error("a day before the last close was settled")
	}
}

// TestLoopback posts to a name below localhost that no resolver knows.
func TestLoopback(t *testing.T) {
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.FormValue("esito") }))
	defer server.Close()
	address := strings.Replace(server.URL, "127.0.0.1", "nessuno-lo-risolve.localhost", 1)
	status, err := poster(&http.Client{Transport: loopback()})(t.Context(), address, url.Values{"esito": {"OK"}})
	if err != nil || status != 200 || got != "OK" {
		t.Errorf("post = %d, %v, esito %q", status, err, got)
	}
}
