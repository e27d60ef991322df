package vpos

import (
	"errors"
	"strings"
	"testing"

	"cassacomune/app/channels"
	"cassacomune/app/payments"
	"cassacomune/app/shared"
)

var config = channels.Config{"base": "https://banca.example", "alias": "ALIAS_WEB_00000000", "mac_key": "chiave-di-prova-0123456789abcdef", "algorithm": "sha1"}

// form is a notification as the formulas of the protocol make it; its MAC was
// computed with sha1sum.
func form() map[string]string {
	return map[string]string{"codTrans": "CC0001", "esito": "OK", "importo": "12540", "divisa": "EUR", "data": "20261123", "orario": "101500",
		"codAut": "TESTOK", "alias": "ALIAS_WEB_00000000", "mac": "00fa33238855fd39f7f55518c68eb06c967d8945"}
}

func TestNotified(t *testing.T) {
	o, err := XPay{}.Notified(config, channels.Message{Form: form()})
	if err != nil {
		t.Fatal(err)
	}
	if o.Code != "CC0001" || o.State != payments.Collected || o.Cents != 12540 || o.Currency != "EUR" || o.ProviderID != "TESTOK" || o.PaidOn.String() != "2026-11-23" {
		t.Errorf("Notified = %+v", o)
	}
}

func TestNotifiedRefusesWhatIsNotSigned(t *testing.T) {
	for name, change := range map[string]func(map[string]string){
		"wrong mac":        func(f map[string]string) { f["mac"] = strings.Repeat("0", 40) },
		"no mac":           func(f map[string]string) { delete(f, "mac") },
		"cut mac":          func(f map[string]string) { f["mac"] = f["mac"][:39] },
		"another amount":   func(f map[string]string) { f["importo"] = "12541" },
		"another order":    func(f map[string]string) { f["codTrans"] = "CC0002" },
		"another outcome":  func(f map[string]string) { f["esito"] = "KO" },
		"moved border":     func(f map[string]string) { f["esito"], f["importo"] = "OKimporto=1", "2540" },
		"negative amount":  func(f map[string]string) { f["importo"] = "-1" },
		"another alias":    func(f map[string]string) { f["alias"] = "ALTRO" },
		"no field":         func(f map[string]string) { delete(f, "data") },
		"another currency": func(f map[string]string) { f["divisa"] = "USD" },
	} {
		f := form()
		change(f)
		if _, err := (XPay{}).Notified(config, channels.Message{Form: f}); !errors.Is(err, channels.ErrUnsigned) {
			t.Errorf("%s: %v, want ErrUnsigned", name, err)
		}
	}
	other := channels.Config{"alias": config["alias"], "mac_key": "altra", "algorithm": "sha1"}
	if _, err := (XPay{}).Notified(other, channels.Message{Form: form()}); !errors.Is(err, channels.ErrUnsigned) {
		t.Errorf("another town's key: %v, want ErrUnsigned", err)
	}
}

func TestStart(t *testing.T) {
	r, err := XPay{}.Start(config, channels.Order{Attempt: payments.Attempt{Code: "CC0001", Cents: 12540}, Reason: "Mensa \"marzo\" <b>"})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range r.Fields {
		got[f[0]] = f[1]
	}
	if got["mac"] != "0b88282beef9d6c06c09324a495566535acdafc5" || got["importo"] != "12540" || strings.ContainsAny(got["descrizione"], `"<>`) {
		t.Errorf("Start = %v", got)
	}
	if _, err := (XPay{}).Start(config, channels.Order{Attempt: payments.Attempt{Cents: maxCents + 1}}); err == nil {
		t.Error("an amount beyond the protocol's was accepted")
	}
}

// TestVectors reads the vectors that were made apart from this code.
func TestVectors(t *testing.T) {
	n := 0
	for _, r := range shared.Table(t, "corpora/pos/MAC_VECTORS.csv")[1:] {
		if !strings.HasPrefix(r[0], "xpay_") {
			continue
		}
		n++
		text := strings.TrimSuffix(r[2], config["mac_key"])
		if got, err := sign(config, text); err != nil || got != r[3] {
			t.Errorf("%s: sign = %s, %v, want %s", r[0], got, err, r[3])
		}
	}
	if n < 5 {
		t.Errorf("%d vectors of XPay, want 5 or more", n)
	}
}
