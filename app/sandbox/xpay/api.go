package xpay

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/day"
)

// call is the body of a back-office request. Numbers may come quoted.
type call struct {
	APIKey    string   `json:"apiKey"`
	Code      string   `json:"codiceTransazione"`
	Currency  flexible `json:"divisa"`
	Cents     flexible `json:"importo"`
	TimeStamp flexible `json:"timeStamp"`
	MAC       string   `json:"mac"`
}

// flexible is a JSON number or a string of the same digits.
type flexible string

func (f *flexible) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		*f = flexible(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return fmt.Errorf("reading number: %w", err)
	}
	*f = flexible(n)
	return nil
}

// Codes of the error in a back-office answer.
const (
	errorData  = 1
	errorMAC   = 3
	errorOrder = 2
)

// status answers the query on one transaction (situazioneOrdine).
func (a *Acquirer) status(c *fiber.Ctx) error {
	var q call
	if err := json.Unmarshal(c.Body(), &q); err != nil {
		return a.deny(c, "", errorData, "Richiesta non leggibile")
	}
	m, ok := a.merchants[q.APIKey]
	if !ok || !equal(q.MAC, statusMAC(m.Key, q.APIKey, q.Code, string(q.TimeStamp))) {
		return a.deny(c, m.Key, errorMAC, "MAC errato o esercente sconosciuto")
	}
	a.mu.Lock()
	t := a.byKey[[2]string{q.APIKey, q.Code}]
	if t == nil || t.State == Open {
		a.mu.Unlock()
		return a.deny(c, m.Key, errorOrder, "Ordine non trovato")
	}
	copied := *t
	a.mu.Unlock()
	return a.answer(c, m.Key, "OK", fiber.Map{"report": []fiber.Map{report(copied)}})
}

func report(t Transaction) fiber.Map {
	when := t.DecidedAt.In(day.Rome).Format("02/01/2006 15:04:05")
	operations := []fiber.Map{{
		"tipoOperazione": "AUT", "importo": int64(t.Cents), "divisa": "EUR",
		"stato": t.State, "dataOperazione": when, "utente": "",
	}}
	if t.State == Captured {
		operations[0]["stato"] = Authorised
		operations = append(operations, fiber.Map{
			"tipoOperazione": "CONT", "importo": int64(t.Cents), "divisa": "EUR",
			"stato": Captured, "dataOperazione": when, "utente": "",
		})
	}
	return fiber.Map{
		"codiceTransazione": t.Code, "importo": int64(t.Cents), "divisa": "EUR",
		"codiceAutorizzazione": t.Authorisation, "brand": "PROVA",
		"dataTransazione": when, "stato": t.State,
		"dettaglio": []fiber.Map{{
			"importo": int64(t.Cents), "divisa": "EUR", "stato": t.State,
			"codiceTransazione": t.Code, "operazioni": operations,
		}},
	}
}

// capture takes an authorised amount (contabilizza), once and in full.
func (a *Acquirer) capture(c *fiber.Ctx) error {
	var q call
	if err := json.Unmarshal(c.Body(), &q); err != nil {
		return a.deny(c, "", errorData, "Richiesta non leggibile")
	}
	m, ok := a.merchants[q.APIKey]
	if !ok || !equal(q.MAC, captureMAC(m.Key, q.APIKey, q.Code, string(q.Currency), string(q.Cents), string(q.TimeStamp))) {
		return a.deny(c, m.Key, errorMAC, "MAC errato o esercente sconosciuto")
	}
	a.mu.Lock()
	t := a.byKey[[2]string{q.APIKey, q.Code}]
	good := t != nil && t.State == Authorised && q.Currency == "978" && string(q.Cents) == strconv.FormatInt(int64(t.Cents), 10)
	if good {
		t.State, t.CapturedOn = Captured, day.Of(a.config.Clock())
	}
	a.mu.Unlock()
	if !good {
		return a.deny(c, m.Key, errorOrder, "Operazione non ammessa")
	}
	return a.answer(c, m.Key, "OK", fiber.Map{})
}

func (a *Acquirer) deny(c *fiber.Ctx, key string, code int, message string) error {
	return a.answer(c, key, "KO", fiber.Map{"errore": fiber.Map{"codice": code, "messaggio": message}})
}

func (a *Acquirer) answer(c *fiber.Ctx, key, esito string, body fiber.Map) error {
	a.mu.Lock()
	a.operationID++
	operation := strconv.Itoa(a.operationID)
	a.mu.Unlock()
	stamp := strconv.FormatInt(a.config.Clock().UnixMilli(), 10)
	body["esito"], body["idOperazione"], body["timeStamp"] = esito, operation, stamp
	if key != "" {
		body["mac"] = answerMAC(key, esito, operation, stamp)
	}
	return c.JSON(body)
}
