package xpay

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"cassacomune/app/fault"
	"cassacomune/app/money"
)

// maxAttempts is how often one codTrans may be tried after refusals.
const maxAttempts = 3

// start checks a request for payment and opens its transaction, or finds the
// one that is still to be decided.
func (a *Acquirer) start(field func(string) string) (Transaction, error) {
	m, ok := a.merchants[field("alias")]
	if !ok {
		return Transaction{}, refuse("alias sconosciuto")
	}
	code, importo, divisa := field("codTrans"), field("importo"), field("divisa")
	cents, err := strconv.ParseInt(importo, 10, 64)
	switch {
	case len(code) < 2 || len(code) > 30 || strings.ContainsAny(code, `#'"`):
		return Transaction{}, refuse("codTrans deve avere da 2 a 30 caratteri, senza cancelletto, apici e virgolette")
	case err != nil || cents < 1 || cents > 99999999 || strconv.FormatInt(cents, 10) != importo:
		return Transaction{}, refuse("importo deve essere un numero intero di centesimi, da 1 a 99999999")
	case divisa != "EUR":
		return Transaction{}, refuse("divisa deve essere EUR")
	case !equal(field("mac"), startMAC(m.Key, code, divisa, importo)):
		return Transaction{}, refuse("MAC errato: i dati non vengono da questo esercente, o la chiave non è quella")
	}
	for _, name := range []string{"url", "url_back", "urlpost"} {
		u, err := url.Parse(field(name))
		if name == "urlpost" && field(name) == "" {
			continue
		}
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return Transaction{}, refuse(name + " deve essere un indirizzo completo")
		}
	}
	return a.open(Transaction{
		Alias: m.Alias, Code: code, Cents: money.Cents(cents), State: Open,
		Deferred: field("TCONTAB") == "D",
		Return:   field("url"), Back: field("url_back"), Address: field("urlpost"),
		Description: field("descrizione"), Mail: field("mail"), Language: field("languageId"),
	})
}

func (a *Acquirer) open(t Transaction) (Transaction, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := [2]string{t.Alias, t.Code}
	old := a.byKey[key]
	if old == nil {
		t.token, t.order = randomToken(), len(a.byKey)
		a.byKey[key], a.byToken[t.token] = &t, &t
		return t, nil
	}
	switch {
	case old.Cents != t.Cents:
		return Transaction{}, refuse("codTrans già usato per un altro importo")
	case old.State == Open:
		return *old, nil
	case old.State == Refused && old.Attempts < maxAttempts:
		old.State = Open
		return *old, nil
	}
	return Transaction{}, refuse(fmt.Sprintf("codTrans già usato: la transazione risulta %q", old.State))
}

func refuse(reason string) error {
	return fault.New(fault.Invalid, "xpay.request", "Richiesta di pagamento non valida: %s.", reason)
}
