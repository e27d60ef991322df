package documents

// Texts holds every fixed word of the papers in one language.
type Texts struct {
	Language string // BCP 47, "it-IT"

	SlipTitle, Recipient, ToPay, DueOn, Amount, Due, Total, Code, More, HowToPay string
	Instructions                                                                 []string

	FiscalCode, DepositHalf, CreditHalf, OnAccount, OfEuro, InWords, HeldBy, PaidBy, Reason, CustomerCode, Postmark, PostmarkCredit, DoNotWrite string

	ReceiptTitle, Number, IssuedOn, Payer, PaidFor, Channel, Transaction, ToQuote, PaidOn, Paid, TotalPaid, Statement, Page string
}

// Italian is the language of every paper.
func Italian() *Texts {
	return &Texts{
		Language:  "it-IT",
		SlipTitle: "Richiesta di pagamento", Recipient: "Destinatario", ToPay: "Che cosa si paga", DueOn: "Scadenza",
		Amount: "Importo", Due: "Da pagare", Total: "Totale da pagare", Code: "Codice cliente", More: "Altre voci", HowToPay: "Come pagare",
		Instructions: []string{
			"Pagare con questo bollettino in un ufficio postale, oppure nei punti e con le applicazioni che leggono i bollettini postali, entro la scadenza indicata.",
			"Il codice e l’importo sono già stampati: non correggerli e non scrivere nella fascia bianca in basso.",
			"Il Comune registra il pagamento quando la Posta lo comunica. Conservare la ricevuta.",
		},
		FiscalCode: "Codice fiscale", DepositHalf: "Ricevuta di Versamento", CreditHalf: "Ricevuta di Accredito",
		OnAccount: "sul C/C n.", OfEuro: "di Euro", InWords: "Importo in lettere", HeldBy: "Intestato a", PaidBy: "Eseguito da",
		Reason: "Causale", CustomerCode: "Codice cliente", Postmark: "Bollo dell’Ufficio Postale",
		PostmarkCredit: "Bollo dell’Ufficio Postale",
		DoNotWrite:     "IMPORTANTE: NON SCRIVERE NELLA ZONA SOTTOSTANTE",
		ReceiptTitle:   "Ricevuta di pagamento", Number: "Ricevuta n.", IssuedOn: "Emessa il", Payer: "Versante", PaidFor: "Pagamenti ricevuti",
		Channel: "Canale", Transaction: "Transazione", ToQuote: "Codice da citare", PaidOn: "Pagato il", Paid: "Pagato", TotalPaid: "Totale pagato",
		Statement: "Questa ricevuta attesta che il pagamento è stato eseguito. Non è una quietanza del Tesoriere e non è un documento fiscale.",
		Page:      "pagina",
	}
}

// German is the secondary language of the towns of South Tyrol.
func German() *Texts {
	return &Texts{
		Language:  "de-IT",
		SlipTitle: "Zahlungsaufforderung", Recipient: "Empfänger", ToPay: "Gegenstand der Zahlung", DueOn: "Fälligkeit",
		Amount: "Betrag", Due: "Zu zahlen", Total: "Zu zahlender Gesamtbetrag", Code: "Kundenkode", More: "Weitere Posten", HowToPay: "Zahlungshinweise",
		Instructions: []string{
			"Die Zahlung erfolgt mit diesem Erlagschein bei einem Postamt, bei den Annahmestellen oder mit einer App, die Posterlagscheine liest, innerhalb der Fälligkeit.",
			"Kode und Betrag sind bereits aufgedruckt: bitte nicht ändern und den weißen Streifen unten frei lassen.",
			"Die Gemeinde verbucht die Zahlung nach Mitteilung der Post. Bitte die Empfangsbestätigung aufbewahren.",
		},
		FiscalCode: "Steuernummer", DepositHalf: "Einzahlungsbestätigung", CreditHalf: "Gutschriftsbeleg",
		OnAccount: "auf K/K Nr.", OfEuro: "Euro", InWords: "Betrag in Worten", HeldBy: "Lautend auf", PaidBy: "Eingezahlt von",
		Reason: "Zahlungsgrund", CustomerCode: "Kundenkode", Postmark: "Stempel des Postamtes", PostmarkCredit: "Stempel des Postamtes",
		DoNotWrite:   "WICHTIG: NICHT IM UNTEREN FELD SCHREIBEN",
		ReceiptTitle: "Zahlungsbestätigung", Number: "Beleg Nr.", IssuedOn: "Ausgestellt am", Payer: "Einzahler", PaidFor: "Eingegangene Zahlungen",
		Channel: "Zahlungskanal", Transaction: "Transaktion", ToQuote: "Anzugebender Kode", PaidOn: "Gezahlt am", Paid: "Gezahlt", TotalPaid: "Gezahlter Gesamtbetrag",
		Statement: "Diese Bestätigung belegt, dass die Zahlung erfolgt ist. Sie ist weder eine Quittung des Schatzmeisters noch ein Steuerbeleg.",
		Page:      "Seite",
	}
}

// both joins a word in the two languages; the secondary one may be missing.
func both(secondary *Texts, word func(*Texts) string) string {
	first := word(italian)
	if secondary == nil || word(secondary) == "" || word(secondary) == first {
		return first
	}
	return first + " / " + word(secondary)
}

var italian = Italian()
