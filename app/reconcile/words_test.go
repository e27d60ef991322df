package reconcile

import (
	"testing"

	"cassacomune/app/ledger"
)

func TestReasonItalian(t *testing.T) {
	for _, c := range []struct {
		reason ledger.Reason
		want   string
	}{
		{ledger.Reason{What: "codice di pagamento", Left: "V-1", Right: "2600"}, "il codice 2600 è della posizione V-1"},
		{ledger.Reason{What: "codice di pagamento", Left: "V-1"}, "il pagamento è della posizione V-1"},
		{ledger.Reason{What: "riferimento", Left: "vpos:9000/2026-11-24", Right: "9000"}, "la causale riporta 9000, il riferimento del riversamento 9000/2026-11-24"},
		{ledger.Reason{What: "importo", Left: "1266,80", Right: "1266,80"}, "stesso importo: 1.266,80\u00a0€"},
		{ledger.Reason{What: "importo", Left: "1,00", Right: "2,00"}, "riversamento di 1,00\u00a0€, accredito di 2,00\u00a0€"},
		{ledger.Reason{What: "serie", Left: "2 riversamenti", Right: "x"}, "2 riversamenti, in tutto x"},
		{ledger.Reason{What: "motivo", Left: "verificato"}, "motivo: verificato"},
		{ledger.Reason{What: "altro", Left: "a", Right: "b"}, "altro: a = b"},
		{ledger.Reason{What: "altro"}, "altro"},
	} {
		if got := ReasonItalian(c.reason); got != c.want {
			t.Errorf("ReasonItalian(%+v) = %q, want %q", c.reason, got, c.want)
		}
	}
}
