package reconcile

import (
	"fmt"
	"strings"

	"cassacomune/app/ledger"
	"cassacomune/app/money"
)

// rulesItalian are the rules of every level as an accountant says them: those
// of the passes and those by which a file ties its neighbours.
var rulesItalian = map[string]string{
	ByKey: "riferimento nella causale", ByAmount: "importo unico nella finestra del canale", ByRun: "serie di riversamenti consecutivi",
	ByNearness: "importo uguale", ByPerson: "scelta di una persona",
	"codice": "codice pagato", "riga del riversamento": "riga del rendiconto del canale", "giornale di cassa": "reversale nel giornale di cassa",
}

// RuleItalian says a rule in words; one that has none keeps its own name.
func RuleItalian(rule string) string {
	if text, ok := rulesItalian[rule]; ok {
		return text
	}
	return rule
}

// ReasonItalian says a reason of an allocation as a sentence, without its
// place; what it compares stands in it to the letter.
func ReasonItalian(r ledger.Reason) string {
	switch r.What {
	case "codice di pagamento":
		if r.Right == "" { // paid from a cart
			return "il pagamento è della posizione " + r.Left
		}
		return fmt.Sprintf("il codice %s è della posizione %s", r.Right, r.Left)
	case "posizione":
		return "una persona lo attribuisce alla posizione " + r.Left
	case "codice della transazione":
		return fmt.Sprintf("il rendiconto %s elenca il pagamento %s", r.Right, r.Left)
	case "provvisorio chiuso":
		return fmt.Sprintf("la reversale %s regolarizza il provvisorio %s", r.Right, r.Left)
	case "riferimento":
		_, flow, _ := strings.Cut(r.Left, ":") // the channel stands before the flow
		return fmt.Sprintf("la causale riporta %s, il riferimento del riversamento %s", r.Right, flow)
	case "importo":
		if r.Left == r.Right {
			return "stesso importo: " + euro(r.Left)
		}
		return fmt.Sprintf("riversamento di %s, accredito di %s", euro(r.Left), euro(r.Right))
	case "ordinante":
		return fmt.Sprintf("chi versa si riconosce da «%s»", r.Right)
	case "data":
		return fmt.Sprintf("riversato il %s, accreditato il %s", r.Left, r.Right)
	case "serie":
		return fmt.Sprintf("%s, in tutto %s", r.Left, euro(r.Right))
	}
	return strings.TrimSuffix(r.What+": "+strings.Trim(r.Left+" = "+r.Right, " ="), ": ")
}

// euro prints an amount that was kept as "1266,80"; what is none stays.
func euro(text string) string {
	cents, err := money.Parse(text)
	if err != nil {
		return text
	}
	return cents.String()
}
