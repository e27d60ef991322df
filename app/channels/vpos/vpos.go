// Package vpos speaks XPay: cards by virtual POS on a page hosted by the
// acquirer, with an alias and a MAC key. The field names and the strings that
// are signed follow three public implementations that agree with each other
// (the acquirer's own shop plug-in, and two independent ones).
package vpos

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"cassacomune/app/channels"
	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/payments"
)

// XPay is the channel. Client asks the acquirer; nil has a timeout of 10 s.
type XPay struct{ Client *http.Client }

// Key is the channel's stable name.
func (XPay) Key() string { return "vpos" }

// Title names the channel for payers.
func (XPay) Title() string { return "Carta di credito, debito o prepagata" }

// Hint says what will happen.
func (XPay) Hint() string {
	return "Il pagamento avviene subito, sulla pagina protetta della banca. La ricevuta è immediata."
}

// Fields are the settings.
func (XPay) Fields() []channels.Field {
	return []channels.Field{
		{Key: "base", Label: "Indirizzo del gateway", Required: true, Default: "https://ecommerce.nexi.it"},
		{Key: "alias", Label: "Alias del terminale", Required: true},
		{Key: "mac_key", Label: "Chiave MAC", Secret: true, Required: true},
		{Key: "algorithm", Label: "Algoritmo del MAC", Hint: "sha1, oppure sha256 se il contratto lo prevede", Default: "sha1"},
		{Key: "asking", Label: "Indirizzo per la verifica dello stato", Hint: "vuoto: lo stesso del gateway"},
	}
}

// maxCents is the largest amount that the protocol carries.
const maxCents money.Cents = 99_999_999

// Start builds the form that the payer's browser posts.
func (XPay) Start(c channels.Config, o channels.Order) (channels.Redirect, error) {
	if o.Attempt.Cents > maxCents {
		return channels.Redirect{}, fault.New(fault.Conflict, "vpos.limit", "Con la carta si possono pagare al massimo %s.", maxCents)
	}
	amount := strconv.FormatInt(int64(o.Attempt.Cents), 10)
	mac, err := sign(c, "codTrans="+o.Attempt.Code+"divisa=EUR"+"importo="+amount)
	if err != nil {
		return channels.Redirect{}, err
	}
	language := "ITA"
	if o.Language == "de" {
		language = "GER"
	}
	return channels.Redirect{URL: c["base"] + "/ecomm/ecomm/DispatcherServlet", Fields: [][2]string{
		{"alias", c["alias"]}, {"importo", amount}, {"divisa", "EUR"}, {"codTrans", o.Attempt.Code},
		{"url", o.Return}, {"url_back", o.Cancel}, {"urlpost", o.Notify},
		{"languageId", language}, {"descrizione", plain(o.Reason)}, {"mail", o.Email}, {"TCONTAB", "I"}, {"mac", mac},
	}}, nil
}

// plain keeps what the acquirer's page prints without harm.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`#'"<>`, r) || r < ' ' {
			return ' '
		}
		return r
	}, s)
}

// sign is the MAC of a text under the municipality's key.
func sign(c channels.Config, text string) (string, error) {
	switch c["algorithm"] {
	case "", "sha1":
		sum := sha1.Sum([]byte(text + c["mac_key"]))
		return hex.EncodeToString(sum[:]), nil
	case "sha256":
		sum := sha256.Sum256([]byte(text + c["mac_key"]))
		return hex.EncodeToString(sum[:]), nil
	}
	return "", fmt.Errorf("vpos: unknown algorithm %q", c["algorithm"])
}

// The text that is signed has no separators, so that every field must keep to
// its alphabet before it is believed.
var forms = map[string]*regexp.Regexp{
	"codTrans": regexp.MustCompile(`^[A-Z0-9]{2,30}$`),
	"esito":    regexp.MustCompile(`^[A-Z]{2,12}$`),
	"importo":  regexp.MustCompile(`^[0-9]{1,8}$`),
	"divisa":   regexp.MustCompile(`^[A-Z]{3}$`),
	"data":     regexp.MustCompile(`^[0-9]{8}$`),
	"orario":   regexp.MustCompile(`^[0-9]{6}$`),
	"codAut":   regexp.MustCompile(`^[A-Za-z0-9]{0,10}$`),
}

var signed = []string{"codTrans", "esito", "importo", "divisa", "data", "orario", "codAut"}

// Notified reads the acquirer's notification. One whose MAC is wrong is
// ErrUnsigned; nothing of it is believed.
func (XPay) Notified(c channels.Config, m channels.Message) (channels.Outcome, error) {
	var text strings.Builder
	for _, f := range signed {
		if !forms[f].MatchString(m.Form[f]) {
			return channels.Outcome{}, fmt.Errorf("%w: field %s", channels.ErrUnsigned, f)
		}
		text.WriteString(f + "=" + m.Form[f])
	}
	want, err := sign(c, text.String())
	if err != nil {
		return channels.Outcome{}, err
	}
	if subtle.ConstantTimeCompare([]byte(want), []byte(strings.ToLower(m.Form["mac"]))) != 1 {
		return channels.Outcome{}, channels.ErrUnsigned
	}
	if alias := m.Form["alias"]; alias != "" && alias != c["alias"] {
		return channels.Outcome{}, fmt.Errorf("%w: another alias", channels.ErrUnsigned)
	}
	cents, err := strconv.ParseInt(m.Form["importo"], 10, 64)
	if err != nil {
		return channels.Outcome{}, fmt.Errorf("amount of notification: %w", err)
	}
	state, detail := outcomeOf(m.Form["esito"])
	d := m.Form["data"]
	on, _ := day.Parse(d[:4] + "-" + d[4:6] + "-" + d[6:])
	return channels.Outcome{Code: m.Form["codTrans"], State: state, Cents: money.Cents(cents), Currency: m.Form["divisa"],
		ProviderID: m.Form["codAut"], PaidOn: on, Detail: detail}, nil
}

func outcomeOf(esito string) (payments.State, string) {
	switch esito {
	case "OK":
		return payments.Collected, ""
	case "PEN":
		return payments.Pending, "La banca non ha ancora confermato."
	case "ANNULLO":
		return payments.Cancelled, "Il pagamento è stato annullato."
	}
	return payments.Refused, "La banca ha rifiutato il pagamento."
}

// Ask queries the acquirer for the state of an order.
func (x XPay) Ask(ctx context.Context, c channels.Config, a payments.Attempt, now time.Time) (channels.Outcome, error) {
	stamp := strconv.FormatInt(now.UnixMilli(), 10)
	mac, err := sign(c, "apiKey="+c["alias"]+"codiceTransazione="+a.Code+"timeStamp="+stamp)
	if err != nil {
		return channels.Outcome{}, err
	}
	base := c["asking"]
	if base == "" {
		base = c["base"]
	}
	body, err := json.Marshal(map[string]string{"apiKey": c["alias"], "codiceTransazione": a.Code, "timeStamp": stamp, "mac": mac})
	if err != nil {
		return channels.Outcome{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/ecomm/api/bo/situazioneOrdine", strings.NewReader(string(body)))
	if err != nil {
		return channels.Outcome{}, fmt.Errorf("ask acquirer: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	client := x.Client
	if client == nil {
		client = &http.Client{Timeout: 10 * time.Second}
	}
	res, err := client.Do(req)
	if err != nil {
		return channels.Outcome{}, fmt.Errorf("ask acquirer: %w", err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return channels.Outcome{}, fmt.Errorf("ask acquirer: %w", err)
	}
	return read(c, a, raw)
}

// answer is what the acquirer says of an order: the operations of its report.
type answer struct {
	Esito       string `json:"esito"`
	IDOperation string `json:"idOperazione"`
	TimeStamp   string `json:"timeStamp"`
	MAC         string `json:"mac"`
	Report      []struct {
		Amount   json.Number `json:"importo"` // a number, or one in quotes
		Currency string      `json:"divisa"`
		CodAut   string      `json:"codiceAutorizzazione"`
		State    string      `json:"stato"`
		Date     string      `json:"dataTransazione"`
	} `json:"report"`
}

func read(c channels.Config, a payments.Attempt, raw []byte) (channels.Outcome, error) {
	var r answer
	if err := json.Unmarshal(raw, &r); err != nil {
		return channels.Outcome{}, fmt.Errorf("answer of acquirer: %w", err)
	}
	want, err := sign(c, "esito="+r.Esito+"idOperazione="+r.IDOperation+"timeStamp="+r.TimeStamp)
	if err != nil {
		return channels.Outcome{}, err
	}
	if subtle.ConstantTimeCompare([]byte(want), []byte(strings.ToLower(r.MAC))) != 1 {
		return channels.Outcome{}, channels.ErrUnsigned
	}
	o := channels.Outcome{Code: a.Code, State: payments.Pending, Currency: "EUR", Detail: "La banca non conosce ancora l'esito."}
	for _, op := range r.Report {
		cents, err := strconv.ParseInt(op.Amount.String(), 10, 64)
		if err != nil {
			return o, fmt.Errorf("answer of acquirer: amount: %w", err)
		}
		o.Cents, o.ProviderID = money.Cents(cents), op.CodAut
		if op.Currency != "" {
			o.Currency = op.Currency
		}
		switch strings.ToLower(op.State) {
		case "autorizzato", "contabilizzato", "incassato":
			o.State, o.Detail = payments.Collected, ""
		case "negato", "rifiutato":
			o.State, o.Detail = payments.Refused, "La banca ha rifiutato il pagamento."
		case "annullato":
			o.State, o.Detail = payments.Cancelled, "Il pagamento è stato annullato."
		}
	}
	return o, nil
}
