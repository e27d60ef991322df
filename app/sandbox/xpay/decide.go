package xpay

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/fault"
)

// Choice is what the person in front of the hosted page does.
type Choice string

// The four buttons of the hosted page.
const (
	Pay    Choice = "paga"
	Deny   Choice = "rifiuta"
	Cancel Choice = "annulla"
	Wait   Choice = "attendi"
)

// decide applies the choice to an open transaction and returns where the
// browser goes. A repeated press finds the decision already taken and leads
// to the same place, with no second notification.
func (a *Acquirer) decide(token string, c Choice) (string, error) {
	a.mu.Lock()
	t := a.byToken[token]
	if t == nil {
		a.mu.Unlock()
		return "", fault.New(fault.NotFound, "xpay.page", "Questa pagina di pagamento non esiste.")
	}
	fresh := t.State == Open
	if fresh {
		if err := t.apply(c, a.config.Clock()); err != nil {
			a.mu.Unlock()
			return "", err
		}
	}
	copied, behaviour := *t, a.behaviour
	a.mu.Unlock()

	if fresh && copied.State != Cancelled {
		a.notify(copied, behaviour)
	}
	return a.returnTo(copied), nil
}

// Resolve ends a transaction that was left pending, and notifies it.
func (a *Acquirer) Resolve(alias, code string, good bool) error {
	a.mu.Lock()
	t := a.byKey[[2]string{alias, code}]
	if t == nil || t.State != Pending {
		a.mu.Unlock()
		return fault.New(fault.Conflict, "xpay.pending", "La transazione %s non è in attesa.", code)
	}
	choice := Deny
	if good {
		choice = Pay
	}
	err := t.apply(choice, a.config.Clock())
	copied, behaviour := *t, a.behaviour
	a.mu.Unlock()
	if err != nil {
		return err
	}
	a.notify(copied, behaviour)
	return nil
}

func (t *Transaction) apply(c Choice, now time.Time) error {
	switch c {
	case Pay:
		t.State = Captured
		t.CapturedOn = day.Of(now)
		if t.Deferred {
			t.State, t.CapturedOn = Authorised, day.Date{}
		}
		t.Authorisation = fmt.Sprintf("T%05d", (t.order+1)%100000)
	case Deny:
		t.State = Refused
	case Cancel:
		t.State = Cancelled
	case Wait:
		t.State = Pending
	default:
		return refuse("scelta sconosciuta")
	}
	t.Attempts++
	t.DecidedAt = now
	return nil
}

// outcome spells the state as esito.
func (t *Transaction) outcome() string {
	switch t.State {
	case Captured, Authorised:
		return "OK"
	case Pending:
		return "PEN"
	case Cancelled:
		return "ANNULLO"
	}
	return "KO"
}

// result holds the fields of the notification and of the browser's return.
func (a *Acquirer) result(t Transaction) url.Values {
	when := t.DecidedAt.In(day.Rome)
	importo, data, orario := strconv.FormatInt(int64(t.Cents), 10), when.Format("20060102"), when.Format("150405")
	message := map[string]string{"OK": "Message OK", "KO": "Auth. Denied", "PEN": "Pending", "ANNULLO": "Cancelled"}[t.outcome()]
	return url.Values{
		"alias": {t.Alias}, "codTrans": {t.Code}, "importo": {importo}, "divisa": {"EUR"},
		"esito": {t.outcome()}, "data": {data}, "orario": {orario}, "codAut": {t.Authorisation},
		"brand": {"PROVA"}, "messaggio": {message},
		"mac": {outcomeMAC(a.merchants[t.Alias].Key, t.Code, t.outcome(), importo, "EUR", data, orario, t.Authorisation)},
	}
}

// returnTo is the address of the browser's return. A cancelled payment goes
// back to url_back with no MAC: it is a hint, not an outcome.
func (a *Acquirer) returnTo(t Transaction) string {
	fields := a.result(t)
	address := t.Return
	if t.State == Cancelled {
		address = t.Back
		fields.Del("mac")
		fields.Del("codAut")
	}
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	query := u.Query()
	for name, values := range fields {
		query[name] = values
	}
	u.RawQuery = query.Encode()
	return u.String()
}
