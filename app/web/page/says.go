package page

import (
	"strings"

	"cassacomune/app/fault"
)

// sentences are what the rooms, the codes and the channels say to payers in
// Italian, so that every language of the portal has them. A test reads them out
// of the sources.
var sentences = []string{
	"why.replaced|Questo codice è stato sostituito da un avviso più recente.",
	"why.closed|Questo codice non è più pagabile: è stata scelta un'altra soluzione di pagamento.",
	"why.other|È stata scelta un'altra soluzione di pagamento.",
	"why.order|Il termine per pagare in misura ridotta è passato: l'importo sarà indicato in un'ordinanza.",
	"why.price|L'importo non si può calcolare: chiedi all'ufficio.",
	"why.nothing|Non c'è nulla da pagare.",
	"why.annulled|L'ufficio ha annullato questo pagamento: non è dovuto nulla.",
	"why.paid|Risulta già pagato.",
	"why.options|Nel carrello c'è già un altro modo di pagare la stessa cosa: per cambiarlo, prima togli quello.",
	"why.started|Il carrello è già stato avviato al pagamento.",
	"why.full|Il carrello contiene al massimo %d avvisi.",
	"why.empty|Il carrello è vuoto.",
	"why.cart_paid|Questo carrello è già stato pagato.",
	"why.line|Un avviso del carrello non si può più pagare. %s",
	"why.ground|Un avviso del carrello non si può pagare con questo canale.",
	"why.of_cart|Il codice è di un carrello, non di un avviso.",
	"why.most|L'importo supera il massimo di 99.999.999,99 €.",
	"why.positive|L'importo deve essere maggiore di zero: %s.",
	"why.no_account|Il Comune non ha un conto corrente postale per i bollettini.",

	"channel.card|Carta di credito, debito o prepagata",
	"channel.card_hint|Il pagamento avviene subito, sulla pagina protetta della banca. La ricevuta è immediata.",
	"channel.card_limit|Con la carta si possono pagare al massimo %s.",
	"channel.slip|Bollettino postale premarcato",
	"channel.slip_hint|Stampi il bollettino e paghi in posta, in tabaccheria o con l'app della tua banca. L'incasso risulta dopo qualche giorno.",
	"channel.off|Il canale %s non è attivo.",

	"receipt.loose|Pagamento da attribuire",

	"fiscal.length|Il codice fiscale deve avere 16 caratteri, oppure 11 cifre.",
	"fiscal.form|Il codice fiscale non ha la forma prevista: sei lettere, poi anno, mese, giorno, luogo e lettera di controllo.",
	"fiscal.date|La data di nascita scritta nel codice fiscale non esiste.",
	"fiscal.check|La lettera di controllo del codice fiscale non è giusta: controllare i caratteri.",
	"fiscal.number|Il codice fiscale numerico",
	"fiscal.digits|%s deve avere 11 cifre.",
	"fiscal.digit|%s ha la cifra di controllo sbagliata: controllare le cifre.",

	"error.says_page|Questa pagina non esiste.",
	"error.says_forbidden|Il tuo ruolo non permette questa operazione.",
	"error.says_forgery|La pagina è rimasta aperta troppo a lungo o la richiesta viene da un altro sito: torna alla pagina, ricaricala e riprova.",
	"error.says_request|La richiesta non è valida.",
	"error.says_internal|La pagina non ha potuto rispondere. Nessun importo è stato addebitato da qui: riprova tra qualche minuto.",
	"error.says_large|I dati inviati sono troppi: al massimo %s. Torna alla pagina, accorcia i testi e riprova.",
	"error.says_rate|Ci sono state troppe richieste in poco tempo. Riprova tra qualche minuto.",
	"error.says_language|Questa lingua non è disponibile.",
	"error.says_no_login|Questo Comune non ha ancora attivato l'accesso dei cittadini.",
	"error.says_state|L'accesso è scaduto o è stato iniziato altrove: riprovare.",
	"error.says_refused|L'accesso è stato annullato o rifiutato dal servizio di identità.",
	"error.says_identity|La risposta del servizio di identità non è valida.",
	"error.says_level|Il livello di sicurezza dell'identità non è sufficiente per questo servizio.",
	"error.says_fiscal|Il servizio di identità non ha comunicato un codice fiscale valido.",
	"error.says_provider|Il servizio di identità non risponde: riprovare più tardi.",
	"error.says_issuer|L'indirizzo del servizio di identità deve iniziare con https://.",
	"error.says_session|La sessione è scaduta: accedere di nuovo.",
}

var keyOf = func() map[string]string {
	keys := map[string]string{}
	for _, keyed := range sentences {
		_, italian, _ := strings.Cut(keyed, "|")
		keys[italian] = keyed
	}
	return keys
}()

// Say is a sentence of ours in the language; one that we do not know stays as
// it is.
func (w Words) Say(italian string) string {
	if keyed, ok := keyOf[italian]; ok {
		return w.T(keyed)
	}
	return italian
}

// missing is the key of what nobody has, or somebody else: in other languages
// one sentence for all of it.
const missing = "missing"

// Fault is what a fault says, in the language.
func (w Words) Fault(e *fault.Error) string {
	if e.Key == missing && w.Lang() != "it" {
		return w.T("error.says_missing|Qui non risulta.")
	}
	return e.In(w.Say)
}
