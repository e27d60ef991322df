package documents

import (
	"time"

	"cassacomune/app/day"
)

var printedAt = time.Date(2026, 7, 1, 10, 30, 0, 0, time.UTC)

// sample is the second vector of docs/formats/td896.md.
func sample() Slip {
	return Slip{
		Created: printedAt,
		Issuer: Issuer{Name: "Comune di Livorno", Office: "Ufficio Ristorazione scolastica", Address: "Piazza del Municipio 1, 57123 Livorno",
			FiscalCode: "00104330493", Contacts: "Tel. 0586 820111 · ristorazione@comune.example.it"},
		Debtor:  Party{Name: "Nicolò D’Agostino-Bäcker", Code: "DGSNCL80A01E625X", Address: []string{"Via dell’Università 12 bis", "57123 Livorno LI"}},
		Account: "12345", IBAN: "IT60X0760101000000000012345", Authorisation: "AUT. DB/SSIC/E 12345 DEL 01/07/2026",
		Code: "240704900900004256", Amount: 13550, DueOn: day.New(2026, 9, 30), Reason: "Ristorazione scolastica e luci votive, carrello di 2 pagamenti",
		Items: []Item{
			{Text: "Ristorazione scolastica, giugno 2026", Code: "301000000000000123", DueOn: day.New(2026, 9, 30), Amount: 11500},
			{Text: "Luci votive, anno 2026", Code: "301000000000000224", DueOn: day.New(2026, 10, 31), Amount: 2050},
		},
	}
}

func bilingual() Slip {
	s := sample()
	s.Secondary = German()
	s.Issuer.Name, s.Issuer.SecondaryName = "Comune di Bolzano", "Gemeinde Bozen"
	s.Authorisation = ""
	s.Items[0].Secondary, s.Items[1].Secondary = "Schulausspeisung, Juni 2026", "Grablichter, Jahr 2026"
	return s
}
