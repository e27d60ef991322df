package cbi

// outcome is what a cause (causale) of a disposal says.
type outcome struct {
	key            string
	asks           bool // a request always
	asksIfNegative bool // a request with the sign -, an answer with +
	recall         bool // asks to take an earlier request back
	meaning        string
}

// outcomes are the causes that public code names (WeFed-Repo/htdocs, esiti).
var outcomes = map[string]outcome{
	"50000": {key: RID, asks: true},
	"50001": {key: RID, meaning: "stornato: conto estinto"},
	"50002": {key: RID, meaning: "restituito: presentato in ritardo"},
	"50003": {key: RID, meaning: "insoluto: fondi insufficienti"},
	"50004": {key: RID, meaning: "stornato: opposizione del debitore"},
	"50006": {key: RID, meaning: "restituito al presentatore"},
	"50007": {key: RID, meaning: "stornato: motivi tecnici o archivi dei mandati non allineati"},
	"50008": {key: RID, meaning: "richiamato"},
	"50009": {key: RID, meaning: "contestato: motivi generici"},
	"50010": {key: RID, meaning: "pagato"},

	"07000": {key: MAV, asksIfNegative: true, meaning: "pagato"},
	"07006": {key: MAV, meaning: "restituito al presentatore"},
	"07008": {key: MAV, meaning: "richiamato"},
	"07010": {key: MAV, meaning: "radiato"},
	"07011": {key: MAV, meaning: "pagato dopo la radiazione"},
	"07100": {key: MAV, asks: true, recall: true, meaning: "richiesta di richiamo"},
}
