package citizen

import (
	"strings"

	"cassacomune/app/web/page"
)

// sentences are what the rooms and the channels say to payers in Italian, so
// that every language of the portal has them.
var sentences = []string{
	"why.replaced|Questo codice è stato sostituito da un avviso più recente.",
	"why.closed|Questo codice non è più pagabile: è stata scelta un'altra soluzione di pagamento.",
	"why.order|Il termine per pagare in misura ridotta è passato: l'importo sarà indicato in un'ordinanza.",
	"why.nothing|Non c'è nulla da pagare.",
	"why.annulled|L'ufficio ha annullato questo pagamento: non è dovuto nulla.",
	"why.paid|Risulta già pagato.",
	"why.options|Nel carrello c'è già un altro modo di pagare la stessa cosa: per cambiarlo, prima togli quello.",
	"why.started|Il carrello è già stato avviato al pagamento.",
	"channel.card|Carta di credito, debito o prepagata",
	"channel.card_hint|Il pagamento avviene subito, sulla pagina protetta della banca. La ricevuta è immediata.",
	"channel.slip|Bollettino postale premarcato",
	"channel.slip_hint|Stampi il bollettino e paghi in posta, in tabaccheria o con l'app della tua banca. L'incasso risulta dopo qualche giorno.",
}

var keyOf = func() map[string]string {
	keys := map[string]string{}
	for _, keyed := range sentences {
		_, italian, _ := strings.Cut(keyed, "|")
		keys[italian] = keyed
	}
	return keys
}()

// say is a sentence of ours in the visitor's language; one that we do not know
// stays as it is.
func say(w page.Words, italian string) string {
	if keyed, ok := keyOf[italian]; ok {
		return w.T(keyed)
	}
	return italian
}
